"""Participants write a decision's words themselves, and keep messages of their own as decisions."""

import pytest

from bot.domain.articulation.slots import Slot
from bot.domain.decisions.records import DecisionOrigin, DecisionState
from bot.domain.dojo.people import EnrolmentState
from tests.entrypoints.webhooks import now
from tests.workflows.decisions.recorded import ADA, BO, DECIDED, SEN, Recorded

DRAFT, CONFIRMED = DecisionState.DRAFT, DecisionState.CONFIRMED
SHORTCUT = "decisions.new"


def edits(it: Recorded, values: dict[str, object], number: int = 1) -> dict[str, str]:
    """Open a decision's form, fill it in and save it; return the form's errors."""
    ada = it.people[ADA]
    [made] = [one for one in it.decisions_of(ADA) if one.number == number]
    it.sees(ada, str(number))
    it.clicks(ada, "decisions.edit", made)
    outcome = ada.submit({f"join.{name}": value for name, value in values.items()})
    it.settle()
    return outcome.errors


def test_the_form_holds_every_part_and_what_is_saved_are_the_participants_words(it: Recorded) -> None:
    made = it.decides(ADA)
    assert not edits(it, {"against": "Redis: it lost\nanswers <!here> & *more*", "title": "Postgres"})
    stored = it.stored(made)
    assert stored.texts == {Slot.DECIDED: DECIDED, Slot.AGAINST: "Redis: it lost\nanswers <!here> & *more*"}
    assert (stored.title, stored.state, stored.revision) == ("Postgres", DRAFT, 2)
    assert it.heard(it.people[ADA])[-1].startswith("Decision 1 is saved.")


def test_a_draft_can_be_confirmed_with_its_words(it: Recorded) -> None:
    made = it.decides(ADA, check="speed.1")
    assert not edits(it, {"decided": "We keep them in SQLite.", "title": "", "too": ["confirm"]})
    stored = it.stored(made)
    assert (stored.state, stored.title) == (CONFIRMED, "We keep them in SQLite")
    [said] = it.heard(it.people[ADA])
    assert "Decision 1 is recorded. We keep them in SQLite" in said
    assert "This decision counts as evidence for the check speed.1." in said


def test_the_ledger_has_the_newest_words_of_a_confirmed_decision(it: Recorded) -> None:
    made = it.decides(ADA, CONFIRMED, check="speed.2")
    edits(it, {"against": "Redis.", "accepting": "A database to run."})
    with it.here.store.read() as tx:
        [statement] = tx.statements.of(made.capstone)
    assert "Redis." in statement.quote
    assert not statement.partial


def test_saving_the_same_words_makes_no_revision(it: Recorded) -> None:
    made = it.decides(ADA)
    edits(it, {})
    assert it.stored(made).revision == 1


@pytest.mark.parametrize(
    ("values", "errors"),
    [
        ({"decided": ""}, {"decided": "Fill in at least one part, such as what was decided."}),
        ({"title": "x" * 101}, {"title": "This has 101 characters; the maximum is 100."}),
    ],
)
def test_what_is_wrong_is_said_next_to_its_field(
    it: Recorded, values: dict[str, object], errors: dict[str, str]
) -> None:
    made = it.decides(ADA)
    assert edits(it, values) == errors
    assert it.stored(made) == made


def test_a_part_too_long_for_a_field_stays_as_it_is(it: Recorded) -> None:
    made = it.decides(ADA, texts={Slot.DECIDED: DECIDED, Slot.CONTEXT: "😀" * 2000})
    assert not edits(it, {"decided": "We keep them in SQLite."})
    assert it.stored(made).texts == {Slot.DECIDED: "We keep them in SQLite.", Slot.CONTEXT: "😀" * 2000}


def test_a_form_of_a_decision_that_was_replaced_meanwhile_saves_nothing(it: Recorded) -> None:
    made = it.decides(ADA)
    ada = it.people[ADA]
    it.sees(ada, "1")
    it.clicks(ada, "decisions.edit", made)
    with it.here.store.begin() as tx:
        tx.decisions.set_state(made.id, DecisionState.SUPERSEDED, now())
    ada.submit({"join.decided": "We keep them in SQLite."})
    assert "Decision 1 was replaced by a later one. Nothing was changed." in it.form(ada)
    assert it.stored(made).texts == {Slot.DECIDED: DECIDED}


def test_ones_own_message_becomes_a_private_decision(it: Recorded) -> None:
    it.capstone(ADA)
    ada = it.people[ADA]
    message = ada.says(
        "We use <https://example.org/a?b=1&amp;c=2|SQLite> &amp; not &lt;Redis&gt;. It is small."
    )
    ada.uses_shortcut(message, SHORTCUT)
    assert "only you and your sensei can see it" in it.form(ada)
    assert "Capstone" not in it.form(ada), "there is only one"
    assert not ada.submit({"join.accepting": "One machine."}).errors
    it.settle()
    [made] = it.decisions_of(ADA)
    words = "We use https://example.org/a?b=1&c=2 & not <Redis>. It is small."
    assert made.texts == {Slot.DECIDED: words, Slot.ACCEPTING: "One machine."}
    assert (made.state, made.private, made.origin) == (CONFIRMED, True, DecisionOrigin.CHAT)
    assert (made.question, made.anchors, made.person) == (None, (), it.member(ADA).person)
    assert "This decision isn't evidence for any check of the rubric" in it.heard(ada)[-1]
    it.sees(ada, "1")
    it.clicks(ada, "decisions.publish", made)
    it.settle()
    assert not it.stored(made).private


def test_with_several_capstones_one_chooses(it: Recorded) -> None:
    it.capstone(ADA)
    letters = it.capstone(ADA, "letters")
    ada = it.people[ADA]
    ada.uses_shortcut(ada.says("We send letters."), SHORTCUT)
    ada.submit({"join.capstone": str(letters.id)})
    it.settle()
    assert [made.capstone for made in it.decisions_of(ADA)] == [letters.id]


def test_a_message_longer_than_a_field_is_cut_and_this_is_said(it: Recorded) -> None:
    it.capstone(ADA)
    ada = it.people[ADA]
    ada.uses_shortcut(ada.says("😀" * 1000 + "x" * 3000), SHORTCUT)
    assert "too long for the field below" in it.form(ada)
    assert not ada.submit().errors
    it.settle()
    [made] = it.decisions_of(ADA)
    assert made.texts[Slot.DECIDED].endswith("x…")


def test_a_message_of_somebody_else_or_of_an_app_is_not_recorded(it: Recorded) -> None:
    it.capstone(ADA)
    ada, bo = it.people[ADA], it.people[BO]
    message = bo.says("We use Redis.")
    for said in (message, {**message, "user": ada.id, "bot_id": "B1"}):
        ada.uses_shortcut(said, SHORTCUT)
        assert it.whispered(ada).startswith("You can only record your own messages as a decision. Nothing")
        assert ada.modal is None
    it.settle()
    assert not it.here.kept, "nothing of the message is stored"


def test_who_is_no_participant_or_has_no_capstone_is_told_in_a_sentence(it: Recorded) -> None:
    for person, told in (
        (it.people[SEN], "Only participants can record decisions here."),
        (it.slack.person("Guest"), "Only participants can record decisions here."),
        (it.people[ADA], "I don't know your capstone yet"),
    ):
        person.uses_shortcut(person.says("We use Redis."), SHORTCUT)
        assert it.whispered(person).startswith(told)
        assert person.modal is None


def test_a_form_sent_after_one_has_left_records_nothing(it: Recorded) -> None:
    it.capstone(ADA)
    ada = it.people[ADA]
    ada.uses_shortcut(ada.says("We use Redis."), SHORTCUT)
    it.sets(ADA, EnrolmentState.LEFT)
    ada.submit()
    assert "You're not in this dojo." in it.form(ada)
    it.settle()
    assert not it.decisions_of(ADA)


def test_a_shortcut_of_another_version_says_that_it_no_longer_works(it: Recorded) -> None:
    ada = it.people[ADA]
    ada.uses_shortcut(ada.says("We use Redis."), "decisions.gone")
    assert it.whispered(ada) == "This shortcut no longer works. Nothing was changed. Use /dojo help instead."


def test_a_form_for_anothers_capstone_records_nothing(it: Recorded) -> None:
    it.capstone(ADA)
    theirs = it.capstone(BO)
    ada = it.people[ADA]
    ada.uses_shortcut(ada.says("We use Redis."), SHORTCUT)
    assert ada.modal
    ada.modal.document["private_metadata"] = str(theirs.id)
    ada.submit()
    assert "That capstone is no longer yours, so nothing was saved." in it.form(ada)
    it.settle()
    assert not it.decisions_of(BO)
