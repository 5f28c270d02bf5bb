"""What somebody asked: in their export, and gone with them, on both databases."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlmodel import Session

from bot.adapters.database.model_calls.tables import ModelCallRow, ModelCallState
from bot.adapters.database.transaction import SqlStore
from bot.domain.dojo.people import CohortRole
from bot.domain.enquiries.records import (
    AnswerSource,
    AnswerState,
    Citation,
    HandoverReason,
    Kind,
    Place,
    model_repository,
)
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


def test_old_enquiries_are_forgotten_unless_somebody_waits(store: Kept) -> None:
    asked(store, "UADA")
    with store.begin() as tx:
        enrolment = asked_by(tx, "UADA")
        waits = tx.enquiries.open(enrolment, Place.DIRECT, "DUADA", "2.1", AT)
        tx.handovers.add(waits.id, HandoverReason.REQUESTED, "Wait", AT)
        assert tx.enquiries.forget(AT) == 0
        assert tx.enquiries.forget(AT.replace(hour=11)) == 1
        assert [one.id for one in tx.enquiries.of(enrolment)] == [waits.id]


def asked_by(tx: Tx, user: str) -> int:
    person = tx.members.by_chat("T1", user)
    assert person
    return tx.members.roles(person)[0].enrolment
