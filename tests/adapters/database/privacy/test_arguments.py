"""What somebody argued is shown to them, erased with them, and stays with whoever they turn out to be."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import SQLModel

from bot.domain.articulation.conversations import ConversationState
from bot.domain.articulation.slots import Slot, SlotQuote
from bot.domain.decisions.drift import DriftFinding, cite_anchor
from bot.domain.decisions.records import CodeAnchor, DecisionOrigin, DecisionState, RevisedBy
from bot.domain.privacy.data_scope import DataScope
from bot.domain.pull_requests.records import Account
from bot.workflows.privacy.export import find_person
from tests.workflows.running_dojo import ADA, SEN, START, Dojo, sha

LEE = Account(6, "lee")
IN_THREAD = "We cap the answer because the desk closes at five."
IN_PRIVATE = "Between us, nobody measured how long the answers are."
EDITED = "The limit is what the night shift could read aloud."
DRIFTED = "Decision 1 closes the desk at five. What closes it now?"
CHANGED = "desk.close(at=18)"
LEES = "I have raised the limit since I took this over."
SENSEIS = "Have you asked the night shift?"
WORDS = (IN_THREAD, IN_PRIVATE, EDITED, DRIFTED)
TABLES = ("conversation", "private_message", "decision", "decision_revision", "decision_anchor")
ALL_TABLES = (*TABLES, "drift_question", "drift_finding", "statement")


@pytest.fixture(name="it")
def a_dojo(engine: sa.Engine) -> Iterator[Dojo]:
    it = Dojo(engine)
    it.question = it.ask(comment=900)  # type: ignore[attr-defined]
    with it.store.begin() as tx:
        tx.questions.save_message(it.question, 901, ADA.id, IN_THREAD, START)  # type: ignore[attr-defined]
        tx.questions.save_message(it.question, 902, SEN.id, SENSEIS, START)  # type: ignore[attr-defined]
    yield it
    with engine.begin() as connection:
        for table in reversed(SQLModel.metadata.sorted_tables):
            connection.execute(sa.delete(table))


def argue(it: Dojo, account: Account = ADA, *, comment: int | None = 901, texts: Any = None) -> int:
    """Let a participant have answered the question, in its thread and in private; return the decision."""
    question = it.question  # type: ignore[attr-defined]
    with it.store.begin() as tx:
        person = tx.members.by_host_account(account.id)
        assert person
        opened = tx.conversations.open(question, START)
        tx.conversations.add_private_message(opened.id, person, IN_PRIVATE, f"D{account.id} 1.1", START)
        said = [each.id for each in tx.conversations.messages(opened.id, account.id)]
        quotes = [SlotQuote(Slot.EVIDENCE, said[-1], IN_PRIVATE)]
        if comment:
            quotes.append(SlotQuote(Slot.DECIDED, f"thread:{comment}", IN_THREAD))
        decision = tx.decisions.add(
            it.capstone.id,
            person=person,
            origin=DecisionOrigin.CHAT,
            question=question,
            check="speed.1",
            private=True,
            title="A limit",
            texts=texts or {Slot.DECIDED: IN_THREAD, Slot.EVIDENCE: IN_PRIVATE},
            anchors=[CodeAnchor("desk.py", sha("a"), "head", 1, 1, "x = 1")],
            supersedes=None,
            by=RevisedBy.SENSEI,
            at=START,
        )
        tx.decisions.revise(decision.id, "A limit", {Slot.DECIDED: EDITED}, RevisedBy.PARTICIPANT, START)
        tx.decisions.set_state(decision.id, DecisionState.CONFIRMED, START)
        tx.decisions.add_drift_question(question, decision.id)
        place = cite_anchor(CodeAnchor("desk.py", sha("b"), "head", 1, 1, CHANGED))
        asked = tx.questions.get(question)
        assert asked
        tx.decisions.save_findings(
            asked.require_round(), [DriftFinding(decision.id, "f" * 64, place, DRIFTED)]
        )
        tx.decisions.set_code_gone(decision.id, START)
        state = ConversationState.RECORDED
        tx.conversations.save(
            replace(
                opened,
                private=True,
                state=state,
                probe="You say it closes. When?",
                quotes=tuple(quotes),
                decision=decision.id,
            ),
            START,
        )
        for source, reference in (("thread", question), ("decision", decision.id)):
            tx.statements.enter(
                it.capstone.id,
                source=source,  # type: ignore[arg-type]
                reference=reference,
                check="speed.1",
                partial=True,
                missing="against",
                quote=EDITED,
                pull_request=None,
                pending=False,
                at=START,
            )
        return decision.id


def document(it: Dojo, name: str) -> dict[str, Any]:
    with it.store.read() as tx:
        return tx.people.document(find_person(tx, name))


def erase(it: Dojo, name: str) -> list[str]:
    """Erase somebody; return their words that are left in any row, or that nobody would have searched for."""
    with it.store.begin() as tx:
        who = find_person(tx, name)
        traces = tx.people.traces(who)
        tx.erasures.erase_person(who, traces)
    rows = str(_all_rows(it.engine))
    return [words for words in WORDS if words in rows or (name != "sen" and words not in traces.words)]


def _all_rows(engine: sa.Engine) -> list[Any]:
    with engine.connect() as connection:
        return [list(connection.execute(sa.select(table))) for table in SQLModel.metadata.sorted_tables]


def sizes(it: Dojo) -> dict[str, int]:
    with it.engine.connect() as connection:
        return {
            table: connection.exec_driver_sql(f'SELECT count(*) FROM "{table}"').scalar_one()
            for table in ALL_TABLES
        }


def test_a_participant_is_shown_all_that_they_argued_and_nothing_of_their_sensei(it: Dojo) -> None:
    argue(it)
    [capstone] = document(it, "ada")["capstones"]
    [pull] = capstone["pull_requests"]
    [question] = pull["questions"]
    conversation = question["conversation"]
    assert [message["body"] for message in conversation["private_messages"]] == [IN_PRIVATE]
    assert (conversation["private"], conversation["state"]) == (True, "recorded")
    assert [quote for _, _, quote in json.loads(conversation["quotes"])] == [IN_PRIVATE, IN_THREAD]
    [decision] = capstone["decisions"]
    assert (decision["author"], decision["state"], decision["number"]) == ("themselves", "confirmed", 1)
    assert [revision["texts"] for revision in decision["revisions"]] == [
        {"decided": IN_THREAD, "evidence": IN_PRIVATE},
        {"decided": EDITED},
    ]
    assert [anchor["quote"] for anchor in decision["anchors"]] == ["x = 1"]
    assert decision["drift_questions"] == [question["id"]]
    assert [statement["quote"] for statement in capstone["statements"]] == [EDITED] * 2
    assert decision["code_gone_at"].startswith(START.date().isoformat())
    [finding] = pull["rounds"][0]["drift_findings"]
    assert (finding["decision_id"], finding["text"]) == (decision["id"], DRIFTED)
    assert finding["citation"]["quote"] == CHANGED
    assert SENSEIS not in json.dumps(document(it, "ada"))


def test_a_sensei_is_shown_nothing_that_their_participant_said(it: Dojo) -> None:
    argue(it)
    shown = json.dumps(document(it, "sen"))
    assert SENSEIS in shown
    assert [words for words in (*WORDS, "A limit") if words in shown] == []


def test_an_erased_participant_leaves_nothing_that_they_argued(it: Dojo) -> None:
    argue(it)
    assert all(sizes(it).values())
    assert erase(it, "ada") == []
    assert set(sizes(it).values()) == {0}


def test_an_erased_sensei_takes_nothing_that_their_participant_argued(it: Dojo) -> None:
    argue(it)
    before = sizes(it)
    assert erase(it, "sen") == list(WORDS)
    assert sizes(it) == before
    assert EDITED in json.dumps(document(it, "ada"))


def test_a_forgotten_capstone_takes_all_that_was_argued_in_it(it: Dojo) -> None:
    argue(it)
    with it.store.begin() as tx:
        scope = tx.people.capstone_scope(it.capstone.id)
        counts = tx.erasures.erase_capstone(it.capstone.id)
    assert (len(scope.conversations), len(scope.decisions)) == (1, 1)
    assert {table: counts[table] for table in ALL_TABLES} == {
        **dict.fromkeys(ALL_TABLES, 1),
        "decision_revision": 2,
        "statement": 2,
    }
    assert set(sizes(it).values()) == {0}


def test_who_took_a_capstone_over_is_not_shown_what_its_former_participant_argued(it: Dojo) -> None:
    argue(it)
    it.enrol(LEE)
    shown = document(it, "lee")
    text = json.dumps(shown)
    assert [words for words in (*WORDS, "A limit", "You say") if words in text] == []
    [capstone] = shown["capstones"]
    assert [decision["author"] for decision in capstone["decisions"]] == ["somebody else"]
    former = document(it, "ada")["elsewhere"]
    assert [message["body"] for message in former["private_messages"]] == [IN_PRIVATE]
    assert [each["revisions"][-1]["texts"] for each in former["decisions"]] == [{"decided": EDITED}]


def test_a_former_participant_is_erased_from_a_capstone_that_stays(it: Dojo) -> None:
    argue(it)
    it.enrol(LEE)
    assert erase(it, "ada") == []
    assert set(sizes(it).values()) == {0}
    assert document(it, "lee")["capstones"]


@pytest.mark.contract
def test_a_former_participant_takes_nothing_that_the_new_one_recorded(it: Dojo) -> None:
    argue(it, comment=None, texts={Slot.DECIDED: IN_THREAD})
    it.enrol(LEE)
    it.question = it.ask(comment=950)  # type: ignore[attr-defined]
    with it.store.begin() as tx:
        lee = tx.members.by_host_account(LEE.id)
        assert lee
        kept = tx.conversations.open(it.question, START)  # type: ignore[attr-defined]
        tx.conversations.add_private_message(kept.id, lee, LEES, "D6 1.1", START)
    assert erase(it, "ada") == []
    assert sizes(it) == {**dict.fromkeys(ALL_TABLES, 0), "conversation": 1, "private_message": 1}
    assert LEES in json.dumps(document(it, "lee"))


@pytest.mark.contract
def test_what_was_argued_stays_with_whom_its_author_turns_out_to_be(it: Dojo) -> None:
    argue(it)
    before = sizes(it)
    with it.store.begin() as tx:
        kept = tx.members.find_or_add_by_chat("T1", "U0ADA4711", "Ada", START)
        tx.members.prove(kept, ADA, START)
    assert sizes(it) == before
    [capstone] = document(it, "U0ADA4711")["capstones"]
    assert [decision["author"] for decision in capstone["decisions"]] == ["themselves"]
    assert erase(it, "U0ADA4711") == []


def test_what_sensei_said_and_exported_is_listed_as_published(it: Dojo) -> None:
    decision = argue(it)
    question = it.question  # type: ignore[attr-defined]
    with it.store.begin() as tx:
        tx.decisions.set_export(decision, 12, START)
        for turn, comment in ((1, "77"), (2, ""), ("closed", "resolved")):
            tx.effects.begin(f"say:{question}:{turn}", START)
            if comment:
                tx.effects.finish(f"say:{question}:{turn}", comment, START)
        shown = tx.people.published_items(find_person(tx, "ada"))
    bare = f"ada/desk{it.number}"
    assert f"{bare}/pull/1#discussion_r77" in shown.replies
    assert not [anchor for anchor in shown.replies if "resolved" in anchor]
    assert shown.records == (f"{bare}/pull/12",)
    erase(it, "ada")
    with it.store.begin() as tx:
        assert tx.effects.find(f"say:{question}:1") == (False, None)


def test_a_scope_knows_conversations_and_decisions_in_the_audit_trail() -> None:
    scope = DataScope(conversations=frozenset({3}), decisions=frozenset({4}))
    assert scope.is_subject("conversation:3")
    assert scope.is_subject("decision:4")
    assert not scope.is_subject("conversation:4")
    assert not scope.is_subject("decision:3")
