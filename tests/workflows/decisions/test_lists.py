"""A participant reads their own decisions, a sensei what their participants confirmed, nobody else any."""

from datetime import timedelta

import pytest

from bot.domain.articulation.slots import Slot
from bot.domain.decisions.records import DecisionState, RevisedBy
from bot.domain.dojo.people import EnrolmentState
from bot.domain.pairing.states import PairState
from tests.entrypoints.webhooks import now
from tests.workflows.decisions.recorded import ADA, BO, DECIDED, LEA, SEN, Recorded

DRAFT, CONFIRMED = DecisionState.DRAFT, DecisionState.CONFIRMED
SUPERSEDED, WITHDRAWN = DecisionState.SUPERSEDED, DecisionState.WITHDRAWN


def test_drafts_come_first_and_each_decision_says_where_it_stands(it: Recorded) -> None:
    old = it.decides(ADA, SUPERSEDED, title="Answers are in Redis")
    it.decides(ADA, CONFIRMED, title="Answers are in Postgres", supersedes=old.id)
    it.decides(ADA, WITHDRAWN, title="Answers are nowhere")
    it.decides(ADA, DRAFT, title="Two agents", private=True)
    shown = it.sees(it.people[ADA])
    assert "1 draft, 1 confirmed, 2 replaced or withdrawn" in shown
    order = [
        "4. Two agents",
        "2. Answers are in Postgres",
        "1. Answers are in Redis",
        "3. Answers are nowhere",
    ]
    places = [shown.index(title) for title in order]
    assert places == sorted(places)
    assert "private: only you can see it" in shown
    assert "ada/desk · replaced by a later decision" in shown


def test_without_a_decision_one_reads_where_they_come_from(it: Recorded) -> None:
    assert "When you answer one of my questions" in it.sees(it.people[ADA])


def test_a_number_opens_the_record_with_its_parts_places_and_history(it: Recorded) -> None:
    first = it.decides(ADA, SUPERSEDED, title="Answers are in Redis")
    made = it.decides(ADA, DRAFT, supersedes=first.id)
    with it.here.store.begin() as tx:
        tx.decisions.revise(
            made.id,
            made.title,
            {Slot.DECIDED: DECIDED, Slot.AGAINST: "Redis lost <!channel> answers"},
            RevisedBy.PARTICIPANT,
            now() + timedelta(minutes=1),
        )
    shown = it.sees(it.people[ADA], "2")
    for part in (
        "This decision will replace decision 1.",
        f"Decided {DECIDED}",
        "Against Redis lost <!channel> answers",
        "Left empty: Context, Facing",
        "desk.py, lines 3–8, at aaaaaaa",
        "by Sensei, from your words",
        "by you; changed: against",
    ):
        assert part in shown, part
    assert "Decision 2 replaced this one" not in it.sees(it.people[ADA], "1"), "it is only a draft"


@pytest.mark.parametrize("number", ["7", "0", "9" * 30])
def test_a_number_that_one_does_not_have_is_answered_with_a_sentence(it: Recorded, number: str) -> None:
    it.decides(BO, CONFIRMED)
    person = it.people[ADA]
    assert "You have no decision with this number." in it.sees(person, number)
    assert person.modal is None


def test_a_number_in_two_capstones_is_asked_about(it: Recorded) -> None:
    it.decides(ADA, CONFIRMED)
    it.decides(ADA, CONFIRMED, repository="letters")
    assert "Several of your capstones have a decision with this number." in it.sees(it.people[ADA], "1")


def test_a_long_list_has_pages(it: Recorded) -> None:
    for number in range(12):
        it.decides(ADA, CONFIRMED, title=f"Choice {number + 1:02}")
    ada = it.people[ADA]
    assert "1–10 of 12" in it.sees(ada)
    assert ada.modal
    ada.click(ada.modal, "decisions.page:next")
    assert "11–12 of 12" in it.form(ada)
    assert "Choice 02" in it.form(ada)
    assert "Choice 12" not in it.form(ada)


def test_a_sensei_reads_what_their_participant_has_confirmed_and_no_draft(it: Recorded) -> None:
    it.decides(ADA, CONFIRMED, title="Said in public")
    it.decides(ADA, CONFIRMED, title="Said in private", private=True)
    it.decides(ADA, DRAFT, title="Not said yet")
    it.decides(BO, CONFIRMED, title="Another's")
    sen, ada = it.people[SEN], it.people[ADA]
    assert f"@{ada.id} – 2 decisions" in it.sees(sen)
    assert sen.modal
    sen.click(sen.modal, f"decisions.list:{it.member(ADA).enrolment}")
    by_click = it.form(sen)
    assert "Said in public" in by_click
    assert "Said in private" in by_click
    assert "only its author and their sensei can see it" in by_click
    assert "Not said yet" not in by_click
    assert "Another's" not in by_click
    for name in (ADA, "ada", f"<@{ada.id}>"):
        sen.closes()
        assert it.sees(sen, name) == by_click, name


def test_a_sensei_opens_a_record_without_buttons_that_change_it(it: Recorded) -> None:
    made = it.decides(ADA, CONFIRMED)
    sen = it.people[SEN]
    it.sees(sen, ADA)
    it.clicks(sen, "decisions.see", made)
    assert DECIDED in it.form(sen)
    assert "from their words" in it.form(sen)
    assert sen.modal
    assert "decisions.edit" not in str(sen.modal.document)


@pytest.mark.parametrize("name", [BO, "Nobody", LEA, "<@U0NOBODY>"])
def test_a_name_that_one_may_not_look_up_is_answered_as_one_that_does_not_exist(
    it: Recorded, name: str
) -> None:
    it.decides(BO, CONFIRMED)
    for person in (it.people[SEN], it.people[ADA]):
        assert it.sees(person, name).startswith("I can't show you that person's decisions.")
        assert person.modal is None


def test_a_lead_and_a_guest_read_nobodys_decisions(it: Recorded) -> None:
    made = it.decides(ADA, CONFIRMED)
    for person, refusal in (
        (it.people[LEA], "Your role in this dojo doesn't allow that."),
        (it.slack.person("Guest"), "You're not in this dojo."),
    ):
        assert it.sees(person).startswith(refusal)
        it.forges(person, "decisions.see", str(made.id))
        assert it.whispered(person).startswith(refusal)
        assert person.modal is None


def test_who_is_no_longer_their_sensei_reads_no_more(it: Recorded) -> None:
    made = it.decides(ADA, CONFIRMED)
    sen = it.people[SEN]
    it.sees(sen, ADA)
    shown = sen.modal
    assert shown
    with it.here.store.begin() as tx:
        [pair] = tx.pairings.ongoing(it.member(ADA).cohort, {it.member(ADA).person})
        tx.pairings.set_state(pair.id, PairState.ENDED, now())
    sen.click(shown, f"decisions.see:{made.id}")
    assert "I can't show you this decision." in it.form(sen)
    assert DECIDED not in it.form(sen)


def test_whoever_has_left_reads_their_decisions_no_more(it: Recorded) -> None:
    it.decides(ADA, CONFIRMED)
    it.sets(ADA, EnrolmentState.LEFT)
    assert it.sees(it.people[ADA]).startswith("You're not in this dojo.")
