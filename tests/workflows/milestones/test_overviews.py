"""`/dojo milestone` shows a participant what is ruled, a sensei what is missing, and a lead counts."""

from datetime import timedelta

import pytest

from bot.domain.decisions.records import DecisionState
from bot.domain.dojo.people import DateKind, EnrolmentState
from bot.domain.triage.records import ExemptSubject, Milestone, RulerRole
from tests.entrypoints.webhooks import now
from tests.workflows.milestones.ruled import ADA, BO, CANARY, LEA, SAFETY, SEN, SOL, SPEED, Ruled

DOUBT = "the evidence is below level 2"


def test_a_participant_sees_levels_gates_and_what_they_can_still_show(it: Ruled) -> None:
    it.reads("speed.1")
    it.rules(SAFETY, 1, sentence="Say who may call it.")
    shown = it.opens(it.people[ADA])
    assert "Design milestone" in shown
    assert "Your capstone ada/desk – 1 of 2 criteria ruled on" in shown
    assert "level 1" in shown
    assert "No ruling yet" in shown
    assert "Not ready yet: The quality safety" in shown
    assert "What you can still show" in shown
    for hidden in (CANARY, DOUBT, "draft", "Your participants", "The cohort", "Rule"):
        assert hidden not in shown


def test_before_any_ruling_a_participant_sees_no_level_at_all(it: Ruled) -> None:
    it.reads("speed.1", "speed.2")
    shown = it.opens(it.people[ADA])
    assert "0 of 2 criteria ruled on" in shown
    assert "level" not in shown
    assert "Not ready" not in shown
    assert "Send me my report" not in shown


def test_a_sensei_sees_what_is_missing_and_which_gates_are_in_doubt(it: Ruled) -> None:
    it.reads("safety.1")
    it.rules(SPEED, 2)
    shown = it.opens(it.people[SEN])
    assert "1 of 2 criteria ruled on" in shown
    assert DOUBT in shown
    assert "Only you see this" in shown
    modal = it.people[SEN].modal
    assert modal
    buttons = [block["accessory"] for block in modal.document["blocks"] if "accessory" in block]
    assert [(button["action_id"], button["value"]) for button in buttons] == [
        (f"triage.list:{it.desk.id}", str(it.desk.id))
    ]
    it.rules(SAFETY, 2)
    shown = it.opens(it.people[SEN])
    assert "2 of 2 criteria ruled on" in shown
    assert DOUBT not in shown


def test_nobody_but_the_sensei_on_duty_sees_a_doubt(it: Ruled) -> None:
    it.reads("safety.1")
    for name in (ADA, BO, SOL, LEA):
        assert DOUBT not in it.opens(it.people[name]), name
    today = now().date()
    with it.here.store.begin() as tx:
        sen, sol = it.member(SEN), it.member(SOL)
        tx.absences.add(sen.cohort, sen.person, today - timedelta(1), today + timedelta(1), sol.person)
    shown = it.opens(it.people[SOL])
    assert DOUBT in shown
    assert "you're standing in as their sensei" in shown


def test_a_lead_sees_counts_and_ruled_gates_but_no_words(it: Ruled) -> None:
    it.reads("safety.1")
    it.rules(SAFETY, 0, sentence="Say who may call it.")
    it.capstone(BO)
    shown = it.opens(it.people[LEA])
    assert "The cohort – 1 of 4 rulings made" in shown
    assert "not ready yet: The quality safety" in shown
    for hidden in ("Say who", CANARY, DOUBT, "Your participants", "Growth"):
        assert hidden not in shown


def test_growth_is_for_the_participant_and_their_sensei_alone(it: Ruled) -> None:
    it.decides(ADA, DecisionState.CONFIRMED, check="speed.1")
    assert "1 decision unaided" in it.opens(it.people[ADA])
    assert "1 decision unaided" in it.opens(it.people[SEN])
    for name in (BO, SOL, LEA):
        assert "unaided" not in it.opens(it.people[name])


@pytest.mark.parametrize(("days", "ruled"), [(3, 1), (30, 1), (90, 1)])
def test_rulings_still_count_when_the_date_moves_while_the_evidence_is_unchanged(
    it: Ruled, days: int, ruled: int
) -> None:
    it.reads("safety.1")
    it.rules(SAFETY, 2)
    it.dates(days=days)
    assert f"{ruled} of 2 criteria ruled on" in it.opens(it.people[ADA])
    assert f"The cohort – {ruled} of 2" in it.opens(it.people[LEA])


def test_after_the_date_moved_a_ruling_on_other_evidence_no_longer_counts(it: Ruled) -> None:
    it.reads("safety.1")
    it.rules(SAFETY, 2)
    it.reads("safety.1", quote="guarded(4)")
    assert "1 of 2 criteria ruled on" in it.opens(it.people[SEN])
    it.dates(days=30)
    for name in (ADA, SEN, LEA):
        assert "0 of 2" in it.opens(it.people[name]), name


def test_a_second_senseis_ruling_replaces_the_first_even_after_the_window(it: Ruled) -> None:
    it.reads("safety.1")
    first = it.rules(SAFETY, 1)
    with it.here.store.begin() as tx:
        asked = tx.appeals.ask(first.id, it.member(ADA).person, "It is more.", now())
    assert asked
    it.rules(SAFETY, 3, milestone=None, sensei=SOL, role=RulerRole.SECOND, appeal=asked.id)
    shown = it.opens(it.people[ADA])
    assert "level 3" in shown
    assert "Not ready" not in shown


def test_what_does_not_apply_needs_no_ruling_whether_whole_or_check_by_check(it: Ruled) -> None:
    with it.here.store.begin() as tx:
        sen = it.member(SEN).person
        tx.exemptions.grant(it.desk.id, ExemptSubject.CRITERION, SPEED, "No traffic.", sen, now())
    for name in (ADA, SEN, LEA):
        assert "0 of 1" in it.opens(it.people[name]), name
    with it.here.store.begin() as tx:
        tx.exemptions.grant(it.desk.id, ExemptSubject.CHECK, "safety.1", "No callers.", sen, now())
    for name in (ADA, SEN, LEA):
        assert "0 of 0" in it.opens(it.people[name]), name


def test_without_a_date_nobody_is_asked_for_rulings(it: Ruled) -> None:
    with it.here.store.begin() as tx:
        [entry] = tx.cohorts.dates(it.member(ADA).cohort)
        tx.cohorts.remove_date(it.member(ADA).cohort, entry.id)
    for name in (ADA, SEN, LEA):
        assert "No milestone has a date yet" in it.opens(it.people[name])


def test_a_milestone_that_is_over_shows_its_rulings_and_asks_for_nothing(it: Ruled) -> None:
    it.reads("safety.1")
    it.rules(SAFETY, 2, at=now() - timedelta(days=30))
    it.dates(days=-28)
    shown = it.opens(it.people[ADA])
    assert "Their rulings stay as they are" in shown
    assert "1 of 2 criteria ruled on" in shown
    assert "What you can still show" not in shown


def test_people_who_have_left_are_shown_to_nobody(it: Ruled) -> None:
    it.sets(ADA, EnrolmentState.LEFT)
    assert "You have no participants" in it.opens(it.people[SEN])
    assert "0 of 0 rulings made" in it.opens(it.people[LEA])
    assert "You're not in this dojo" in it.opens(it.people[ADA])


def test_of_two_milestones_the_nearer_one_is_shown(it: Ruled) -> None:
    it.dates(DateKind.MIDWAY, 5)
    it.rules(SAFETY, 2, milestone=Milestone.MIDWAY)
    shown = it.opens(it.people[ADA])
    assert "Design milestone" in shown
    assert "0 of 2 criteria ruled on" in shown
