"""A design document and a defence are shown to whoever they are about, and go with them."""

import json
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import SQLModel

from bot.adapters.database.model_calls.tables import ModelCallState
from bot.domain.defences.records import DefenceOutcome, DefenceState, NewDefenceQuestion
from bot.domain.design_documents.records import DocumentFinding, DocumentReading, DocumentSource, Says
from bot.domain.dojo.profiles import Vocabulary
from bot.rendering.privacy.export_page import render_page
from bot.workflows.privacy.export import find_person
from tests.adapters.database.rows import row
from tests.workflows.running_dojo import ADA, SEN, START, Dojo

PASTED = "The night desk answers forty letters before breakfast."
QUESTION = "What does a caller of `night_desk` see after the third try?"
QUOTE = "night_desk(tries=3)"
FOLLOW_UP = "Which night was the worst so far?"
TOUCHES = "what the clerk on duty sees"
NOTE = "She named the clerk and the price of waiting."
TABLES = ("design_document", "defence", "defence_question", "defence_ruling")


class Defended(Dojo):
    """Ada has given a design document; Sen has prepared her defence and, if asked, ruled on it."""

    def prepares(self, *, held: bool = True) -> None:
        with self.store.begin() as tx:
            ada, sen = (tx.members.by_host_account(account.id) for account in (ADA, SEN))
            assert ada
            assert sen
            given = tx.design_documents.add(
                self.capstone.id, ada, source=DocumentSource.PASTED, text=PASTED, at=START
            )
            finding = DocumentFinding("speed.1", Says.PART, PASTED[:20], 1, "who opens the letters")
            reading = DocumentReading(("speed.1",), (finding,), ("Where do the forty letters come from?",))
            tx.design_documents.save_reading(given.id, "", "", reading, START)
            self.document_id = given.id
            defence = tx.defences.add(self.capstone.id, ada, sen, START, START)
            asked = NewDefenceQuestion(
                "speed",
                "speed.1",
                QUESTION,
                (FOLLOW_UP,),
                (TOUCHES,),
                "night/desk.py",
                3,
                3,
                QUOTE,
                "f" * 64,
            )
            tx.defences.set_questions(defence.id, "a" * 40, [asked])
            tx.defences.set_state(defence.id, DefenceState.READY, START)
            if held:
                [question] = (tx.defences.find(defence.id) or defence).questions
                tx.defences.rule(question.id, DefenceOutcome.ALONE, NOTE, sen, START)
                tx.defences.set_state(defence.id, DefenceState.HELD, START)
            tx.effects.begin(f"message:defence.result:{defence.id}", START)
            tx.effects.begin(f"message:design.told:{given.id}:{sen}", START)

    def calls(self, *purposes: str) -> None:
        """Let a model have answered calls about Ada's capstone."""
        with self.store.begin() as tx:
            for number, purpose in enumerate(purposes):
                call = row(
                    START,
                    key=str(number) * 64,
                    purpose=purpose,
                    repository=f"github.com/{self.number}",
                    state=ModelCallState.ANSWERED,
                    finished_at=START,
                    answer=json.dumps({"questions": [{"text": f"{purpose}: {QUESTION}"}]}),
                )
                tx.rulings.session.add(call)

    def gives_away(self) -> None:
        """Let the capstone be somebody else's: Sen's, who is as good as any."""
        with self.store.begin() as tx:
            change = sa.text("UPDATE capstone SET participant_id = :person WHERE id = :id")
            other = tx.members.by_host_account(SEN.id)
            tx.rulings.session.connection().execute(change, {"person": other, "id": self.capstone.id})

    def exported(self, name: str) -> dict[str, Any]:
        with self.store.read() as tx:
            return {**tx.people.document(find_person(tx, name)), "made_at": START.isoformat()}

    def erase(self, name: str) -> str:
        """Erase somebody; return every row that is left, as text, except for the audit trail."""
        with self.store.begin() as tx:
            who = find_person(tx, name)
            tx.erasures.erase_person(who, tx.people.traces(who))
        with self.engine.connect() as connection:
            tables = [table for table in SQLModel.metadata.sorted_tables if table.name != "audit_event"]
            return str([list(connection.execute(sa.select(table))) for table in tables])

    def sizes(self) -> dict[str, int]:
        with self.engine.connect() as connection:
            count = sa.select(sa.func.count())
            return {name: connection.scalar(count.select_from(sa.table(name))) or 0 for name in TABLES}


def _as_exported(document: dict[str, Any]) -> dict[str, Any]:
    """A document as the command line completes it."""
    capstones = [{**capstone, "workflows": [], "cloned": False} for capstone in document["capstones"]]
    work = {**document["work"], "workflows": []}
    return {**document, "capstones": capstones, "work": work}


@pytest.fixture(name="it")
def a_dojo(engine: sa.Engine) -> Defended:
    return Defended(engine)


def test_a_participant_gets_what_they_gave_and_how_their_defence_went(it: Defended) -> None:
    it.prepares()
    document = it.exported("ada")
    [capstone] = document["capstones"]
    text = json.dumps(capstone, ensure_ascii=False)
    assert all(words in text for words in (PASTED, QUESTION, QUOTE, NOTE))
    assert FOLLOW_UP not in text
    assert TOUCHES not in text
    assert len(capstone["effects"]) == 2
    page = render_page(_as_exported(document), Vocabulary({}, {}, ()))
    assert "answered alone" in page
    assert "The night desk answers" in page


def test_before_it_was_held_an_export_has_no_question(it: Defended) -> None:
    it.prepares(held=False)
    text = json.dumps(it.exported("ada"), ensure_ascii=False)
    assert PASTED in text
    assert all(words not in text for words in (QUESTION, QUOTE, FOLLOW_UP, TOUCHES))


def test_how_a_model_worded_a_defence_is_in_no_export_of_its_participant(it: Defended) -> None:
    it.prepares(held=False)
    it.calls("defence", "design")
    text = json.dumps(it.exported("ada"), ensure_ascii=False)
    assert f"design: {QUESTION}" in text
    assert f"defence: {QUESTION}" not in text


def test_a_sensei_gets_what_they_ruled(it: Defended) -> None:
    it.prepares()
    document = it.exported("sen")
    assert [one["note"] for one in document["elsewhere"]["defence_rulings"]] == [NOTE]
    assert QUESTION not in json.dumps(document)
    assert "She named the clerk" in render_page(_as_exported(document), Vocabulary({}, {}, ()))


def test_an_erased_participant_leaves_nothing(it: Defended) -> None:
    it.prepares()
    left = it.erase("ada")
    assert all(words not in left for words in (PASTED, QUESTION, QUOTE, FOLLOW_UP, TOUCHES, NOTE))
    assert it.sizes() == dict.fromkeys(TABLES, 0)
    assert "defence.result" not in left
    assert "design.told" not in left


def test_an_erased_sensei_leaves_the_outcome_without_their_words(it: Defended) -> None:
    it.prepares()
    left = it.erase("sen")
    assert NOTE not in left
    assert QUESTION in left
    assert it.sizes()["defence_ruling"] == 1
    with it.store.read() as tx:
        found = tx.defences.newest([it.capstone.id])[it.capstone.id]
    assert found.prepared_by is None
    assert [(one.outcome, one.note, one.by) for one in found.questions[0].rulings] == [
        (DefenceOutcome.ALONE, "", None)
    ]


def test_a_capstone_is_erased_with_its_documents_and_defences(it: Defended) -> None:
    it.prepares()
    with it.store.begin() as tx:
        counts = tx.erasures.erase_capstone(it.capstone.id)
    assert {name: counts[name] for name in TABLES} == dict.fromkeys(TABLES, 1)
    assert it.sizes() == dict.fromkeys(TABLES, 0)


def test_a_former_participants_documents_and_defences_are_nobody_elses(it: Defended) -> None:
    it.prepares()
    it.gives_away()
    with it.store.read() as tx:
        assert tx.defences.newest([it.capstone.id]) == {}
        assert tx.defences.list_outcomes([it.capstone.id]) == []
        assert tx.design_documents.list_statements([it.capstone.id]) == []
    assert QUESTION not in json.dumps(it.exported("sen"))
    assert QUESTION in json.dumps(it.exported("ada")["elsewhere"]["defences"])


def test_answers_about_a_former_participants_document_are_in_nobody_elses_export(it: Defended) -> None:
    it.prepares()
    it.calls("design", "articulate", "check_in", "review")
    it.gives_away()
    text = json.dumps(it.exported("sen"), ensure_ascii=False)
    assert "review: " in text
    assert all(f"{purpose}: " not in text for purpose in ("design", "articulate", "check_in"))


def test_an_erased_former_participant_leaves_no_quote_in_an_answer(it: Defended) -> None:
    it.prepares()
    it.calls("design")
    it.gives_away()
    assert f"design: {QUESTION}" not in it.erase("ada")
