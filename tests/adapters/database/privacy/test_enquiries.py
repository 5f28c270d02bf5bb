"""What somebody asked: in their export, and gone with them, on both databases."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlmodel import Session, col, select

from bot.adapters.database.model_calls.tables import ModelCallRow, ModelCallState
from bot.adapters.database.transaction import SqlStore
from bot.domain.dojo.people import CohortRole
from bot.domain.enquiries.records import (
    AnswerSource,
    AnswerState,
    Citation,
    HandoverReason,
    HandoverState,
    Kind,
    Place,
    model_repository,
)
from bot.domain.sources.markdown_files import redact
from bot.ports.store import Tx
from bot.workflows.privacy.export import find_person
from tests import databases

AT = datetime(2026, 11, 27, 10, tzinfo=UTC)
CANARY, ANSWERED = "zanzibar-canary-4711", "quito-canary-4712"
TABLES = ("enquiry", "enquiry_message", "enquiry_answer", "enquiry_handover")


class Kept(SqlStore):
    """A store with its engine, to see what is in the tables."""

    def __init__(self, engine: sa.Engine, tenant: str, now: Callable[[], datetime]) -> None:
        super().__init__(engine, tenant, now)
        self.engine = engine


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Kept]:
    with databases.opened(request.param, tmp_path) as engine:
        yield Kept(engine, "github.com", lambda: AT)


def asked(store: Kept, user: str) -> int:
    """Let a participant ask, be answered, and be handed over to Sen, who answers; their enrolment."""
    with store.begin() as tx:
        cohort = tx.cohorts.add("dojo", AT)
        sen = tx.members.find_or_add_by_chat("T1", "USEN", "Sen", AT)
        tx.members.join(cohort.id, sen, CohortRole.SENSEI, AT)
        person = tx.members.find_or_add_by_chat("T1", user, user.lower(), AT)
        member = tx.members.join(cohort.id, person, CohortRole.PARTICIPANT, AT)
        enquiry = tx.enquiries.open(member.enrolment, Place.DIRECT, f"D{user}", "1.1", AT)
        message = tx.enquiries.add_message(enquiry.id, "1.1", f"{CANARY} {user}", AT)
        cited = (Citation("Handbook", "https://wiki.example", f"{CANARY} {user}"),)
        kept = tx.enquiries.keep_answer(
            message.id, 0, Kind.FACT, None, AnswerSource.MODEL, f"{CANARY} {user}", cited, "", AT
        )
        tx.enquiries.set_answer_state(kept.id, AnswerState.SHOWN, "1.2")
        handover = tx.handovers.add(enquiry.id, HandoverReason.REQUESTED, f"{CANARY} {user}", AT)
        tx.handovers.note_told(handover.id, sen, AT)
        tx.handovers.add_reply(handover.id, sen, f"DSEN {user}", f"{ANSWERED} {user}", AT)
    with Session(store.engine) as session:
        session.add(
            ModelCallRow(
                key=user.ljust(64, "0"),
                attempt=1,
                sample=0,
                purpose="enquiry",
                repository=model_repository(member.enrolment),
                prompt="enquiries/answer",
                prompt_version=1,
                prompt_sha256="0" * 64,
                rubric_version="1",
                provider="anthropic",
                model="m",
                state=ModelCallState.ANSWERED,
                started_at=AT,
                seen_at=AT,
                finished_at=AT,
                answer=json.dumps({"question": f"{CANARY} {user}"}),
            )
        )
        session.commit()
    return member.enrolment


def rows(store: Kept) -> str:
    """Everything in the tables of enquiries, and in that of calls to a model."""
    with store.engine.connect() as connection:
        queries = [sa.text(f'SELECT * FROM "{table}"') for table in (*TABLES, "model_call")]
        return str([tuple(row) for query in queries for row in connection.execute(query)])


def test_an_export_has_what_somebody_asked_and_nobody_elses(store: Kept) -> None:
    for user in ("UADA", "UBO"):
        asked(store, user)
    with store.read() as tx:
        exported = json.dumps(tx.people.document(find_person(tx, "UADA")))
        of_sen = json.dumps(tx.people.document(find_person(tx, "USEN")))
    assert exported.count(f"{CANARY} UADA") == 5  # message, answer, citation, summary, and the model's answer
    assert exported.count(f"{ANSWERED} UADA") == 1
    assert "UBO" not in exported
    assert CANARY not in of_sen
    assert {word for word in ("UADA", "UBO") if f"{ANSWERED} {word}" in of_sen} == {"UADA", "UBO"}


def test_an_erasure_leaves_nothing_of_what_somebody_asked_and_all_of_the_rest(store: Kept) -> None:
    for user in ("UADA", "UBO"):
        asked(store, user)
    with store.begin() as tx:
        person = find_person(tx, "UADA")
        tx.erasures.erase_person(person, tx.people.traces(person))
    left = rows(store)
    assert "UADA" not in left
    assert left.count(f"{CANARY} UBO") == 5
    assert left.count(f"{ANSWERED} UBO") == 1


def test_an_erasure_of_whoever_answered_leaves_the_question_without_their_words(store: Kept) -> None:
    asked(store, "UADA")
    with store.begin() as tx:
        person = find_person(tx, "USEN")
        tx.erasures.erase_person(person, tx.people.traces(person))
    left = rows(store)
    assert ANSWERED not in left
    assert left.count(f"{CANARY} UADA") == 5
    assert person.id
    assert person.id not in left


def test_old_enquiries_are_forgotten_even_if_one_waits(store: Kept) -> None:
    asked(store, "UADA")
    with store.begin() as tx:
        enrolment = asked_by(tx, "UADA")
        waits = tx.enquiries.open(enrolment, Place.DIRECT, "DUADA", "2.1", AT)
        handover = tx.handovers.add(waits.id, HandoverReason.REQUESTED, "Wait", AT)
        assert tx.enquiries.forget(AT) == 0
        assert (enrolment, handover.id) in tx.handovers.unmoved_since(AT.replace(hour=11))
        assert tx.enquiries.forget(AT.replace(hour=11)) == 2
        assert tx.enquiries.of(enrolment) == []


def test_a_model_forgets_what_it_answered_to_one_person(store: Kept) -> None:
    enrolment = asked(store, "UADA")
    asked(store, "UBO")
    with store.begin() as tx:
        assert tx.erasures.forget_enquiry_answers(enrolment) == 1
        assert tx.erasures.forget_enquiry_answers(enrolment) == 0
    assert [(row.state, row.answer is None, row.repository) for row in calls(store)] == [
        (ModelCallState.FORGOTTEN, True, model_repository(enrolment)),
        (ModelCallState.ANSWERED, False, model_repository(enrolment + 1)),
    ]


def test_who_asked_is_forgotten_in_old_calls_and_not_what_they_cost(store: Kept) -> None:
    asked(store, "UADA")
    with Session(store.engine) as session:
        [row] = session.exec(select(ModelCallRow)).all()
        other = {**row.model_dump(exclude={"id"}), "key": "k" * 64, "repository": "github.com/7"}
        session.add(ModelCallRow(**other))
        session.commit()
    with store.begin() as tx:
        assert tx.erasures.forget_askers(AT) == 0
        assert tx.erasures.forget_askers(AT.replace(hour=11)) == 1
    of_ada, of_code = calls(store)
    assert (of_ada.repository, of_ada.request_id, of_ada.answer) == (None, None, None)
    assert (of_ada.purpose, of_ada.model, of_ada.prompt) == ("enquiry", "m", "enquiries/answer")
    assert (of_code.repository, of_code.state) == ("github.com/7", ModelCallState.ANSWERED)


def test_an_edit_counts_when_it_was_made_and_waits_for_an_answer_of_its_own(store: Kept) -> None:
    asked(store, "UADA")
    with store.begin() as tx:
        enrolment = asked_by(tx, "UADA")
        [enquiry] = tx.enquiries.of(enrolment)
        [message] = tx.enquiries.messages(enquiry.id)
        later = AT + timedelta(days=2)
        since = later - timedelta(hours=1)
        assert (
            tx.enquiries.count_asked([enrolment], since),
            tx.enquiries.count_unanswered(enrolment, since),
        ) == (0, 0)
        tx.enquiries.edit_message(message.id, "And now?", later)
        assert tx.enquiries.count_asked([enrolment], since) == 2
        assert tx.enquiries.count_asked_in(tx.members.get(enrolment).cohort, since) == 2
        assert tx.enquiries.count_unanswered(enrolment, since) == 1
        tx.enquiries.keep_answer(message.id, 1, Kind.FACT, None, AnswerSource.FIXED, "So.", (), "", later)
        assert tx.enquiries.count_unanswered(enrolment, since) == 0


def test_a_deleted_answer_waits_again_only_while_there_is_a_question(store: Kept) -> None:
    for user in ("UADA", "UBO"):
        asked(store, user)
        with store.begin() as tx:
            [enquiry] = tx.enquiries.of(asked_by(tx, user))
            [handover] = tx.handovers.of(enquiry.id)
            if user == "UBO":
                tx.handovers.erase_summary(handover.id)
            tx.handovers.change_reply(handover.id, handover.replies[0].reference, "")
            state = HandoverState.WITHDRAWN if user == "UBO" else HandoverState.WAITING
            assert [one.state for one in tx.handovers.of(enquiry.id)] == [state]


def test_an_erasure_takes_the_gaps_that_are_the_persons_own_words(store: Kept) -> None:
    key = "AK" + "IA" + "QW3ERTYUIO5PASDF"
    asked(store, "UADA")
    with store.begin() as tx:
        enrolment = asked_by(tx, "UADA")
        cohort = tx.members.get(enrolment).cohort
        [enquiry] = tx.enquiries.of(enrolment)
        tx.enquiries.add_message(enquiry.id, "1.5", f"Is {key} ours?", AT)
        for words in (CANARY, redact(f"Is {key} ours?"), "Who owns staging?"):
            tx.handbooks.add_gap(cohort, words, AT.date())
        person = find_person(tx, "UADA")
        assert tx.erasures.erase_person(person, tx.people.traces(person))["handbook_gap"] == 2
        assert [words for _, _, words in tx.handbooks.gaps(cohort)] == ["Who owns staging?"]


def calls(store: Kept) -> list[ModelCallRow]:
    """The calls to a model, oldest first."""
    with Session(store.engine) as session:
        return list(session.exec(select(ModelCallRow).order_by(col(ModelCallRow.id))))


def asked_by(tx: Tx, user: str) -> int:
    person = tx.members.by_chat("T1", user)
    assert person
    return tx.members.roles(person)[0].enrolment
