"""A sensei opens evidence and rules on it: who may, what they must have seen, and what is kept of it."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from bot.domain.dojo.people import CohortRole, EnrolmentState
from bot.domain.triage.records import AppealState, ExemptSubject, Milestone, RulerRole, Verdict
from bot.errors import UserError
from bot.workflows.dojo import sensei_confirmation
from bot.workflows.triage.exemptions import exempt
from bot.workflows.triage.rulings import LOCK, EvidenceMovedError, RulingInput
from tests.workflows.triage.judging import LOADER, SAFETY, SPEED, Judging, moves

NOT_THEIRS = (
    "You're not currently this participant's sensei or that sensei's deputy, so I haven't saved anything."
)
APPEALED = "This ruling is under appeal, so I haven't saved anything."
BUSY = "Someone else is currently ruling on this criterion."


@pytest.fixture
def it(engine: sa.Engine) -> Judging:
    return Judging(engine)


def test_a_sensei_agrees_with_what_they_were_shown_and_the_participant_is_told_once(it: Judging) -> None:
    shown = it.opens()
    assert (shown.participant, shown.role, shown.last, shown.until) == (
        it.ada,
        RulerRole.SENSEI,
        None,
        it.now() + LOCK,
    )
    assert (shown.evidence.draft.level, len(shown.evidence.checks[0].supports)) == (1, 1)
    ruling = it.rules(sentence=" Well bounded. ", view=shown.evidence.view)
    assert (ruling.level, ruling.draft, ruling.verdict, ruling.sentence) == (
        1,
        1,
        Verdict.AGREED,
        "Well bounded.",
    )
    assert (ruling.sensei, ruling.basis, ruling.milestone) == (it.sen, shown.evidence.digest, None)
    assert it.told == it.history() == [ruling]


def test_history_stays_and_the_newest_ruling_is_shown_beside_the_evidence(it: Judging) -> None:
    it.opens()
    first = it.rules()
    it.wait(60)
    assert it.opens().last == first
    second = it.rules(verdict=Verdict.OTHER, level=3, reason="The test of it is new.")
    assert it.history() == [first, second]


def test_the_audit_trail_has_ids_and_no_level_draft_or_word(it: Judging) -> None:
    it.opens()
    it.rules(verdict=Verdict.OTHER, level=4, reason="Quince", sentence="Medlar")
    [(actor, seen)] = it.audited("evidence.see")
    [(ruler, made)] = it.audited("ruling.make")
    assert actor == ruler == it.sen
    for word in ("Quince", "Medlar", "level", "draft", "4"):
        assert word not in seen + made.replace(str(it.history()[0].id), "")


def test_what_the_operator_enters_is_said_to_be_the_operators(it: Judging) -> None:
    with it.store.begin() as tx:
        it.rulings.show_evidence(tx, it.sen, it.capstone.id, SPEED, it.now(), entered_by_operator=True)
        given = RulingInput(it.capstone.id, SPEED, Verdict.CANNOT_JUDGE, entered_by_operator=True)
        ruling = it.rulings.rule(tx, it.sen, given, it.now())
    assert (ruling.sensei, ruling.entered_by_operator) == (it.sen, True)
    assert {actor for actor, _ in it.audited("evidence.see") + it.audited("ruling.make")} == {"operator"}


# -- what a ruling needs


@pytest.mark.parametrize(
    ("verdict", "level", "words", "told"),
    [
        (Verdict.OTHER, None, "Why not", "A ruling needs a level from 0 to 4."),
        (Verdict.OTHER, 5, "Why not", "A ruling needs a level from 0 to 4."),
        (Verdict.OTHER, 3, " \u200b. ", "A level other than the draft needs a reason."),
        (Verdict.OTHER, 3, "x" * 1001, "The reason can have at most 1,000 characters, and yours has 1,001."),
    ],
)
def test_an_incomplete_ruling_is_not_saved_and_the_evidence_stays_open(
    it: Judging, verdict: Verdict, level: int | None, words: str, told: str
) -> None:
    it.opens()
    assert told in it.refusal(lambda: it.rules(verdict=verdict, level=level, reason=words))
    assert "yours has 301" in it.refusal(lambda: it.rules(sentence="x" * 301))
    assert it.history() == it.told == []
    it.rules()


def test_the_drafts_own_level_is_agreement_and_needs_no_reason(it: Judging) -> None:
    it.opens()
    assert it.rules(verdict=Verdict.OTHER, level=1).verdict is Verdict.AGREED


def test_words_that_no_database_stores_are_stored_visibly(it: Judging) -> None:
    it.opens()
    it.rules(verdict=Verdict.OTHER, level=2, reason="Half\ud83d", sentence="Nul\0l")
    [kept] = it.history()
    assert (kept.reason, kept.sentence) == ("Half\ufffd", "Nul\ufffdl")


def test_where_nothing_is_drafted_a_sensei_cannot_agree_but_can_say_that_they_cannot_judge(
    it: Judging,
) -> None:
    it.reads(moves("speed.1", "bounded(3)"), missed=("safety.1",))
    assert it.opens(criterion=SAFETY).evidence.draft.level is None
    assert it.refusal(lambda: it.rules(criterion=SAFETY)) == "There is no draft level to agree with."
    ruling = it.rules(criterion=SAFETY, verdict=Verdict.CANNOT_JUDGE, level=3)
    assert (ruling.level, ruling.draft) == (None, None)


def test_a_criterion_that_the_rubric_has_not_is_neither_shown_nor_ruled_on(it: Judging) -> None:
    told = "The rubric no longer has this criterion, so I haven't saved anything."
    assert it.refusal(lambda: it.opens(criterion="gone")) == told
    it.opens()
    assert "haven't opened this evidence" in it.refusal(lambda: it.rules(criterion="gone"))


# -- evidence that moves


def test_evidence_that_changes_while_it_is_read_must_be_looked_at_again(it: Judging) -> None:
    it.opens()
    it.reads(moves("speed.1", "bounded(3)"), moves("speed.2", "cheap()"))
    with pytest.raises(EvidenceMovedError):
        it.rules()
    assert it.history() == []
    it.opens()
    assert it.rules().level == 2


def test_a_push_that_moves_only_lines_does_not_disturb_whoever_rules(it: Judging) -> None:
    it.opens()
    it.reads(moves("speed.1", "bounded( 3 )"))
    assert it.rules().level == 1


def test_a_draft_that_changes_without_new_evidence_must_be_looked_at_again(it: Judging) -> None:
    it.reads(moves("speed.1", "bounded(3)"), moves("speed.2", "cheap()"))
    assert it.opens().evidence.draft.level == 2
    it.reads(moves("speed.1", "bounded(3)"), moves("speed.2", "cheap()"), stacks=("shop",))
    with pytest.raises(EvidenceMovedError):
        it.rules()
    assert it.opens().evidence.draft.level == 1


def test_a_form_opened_before_the_evidence_moved_does_not_count_for_what_was_opened_since(
    it: Judging,
) -> None:
    earlier = it.opens().evidence.view
    it.reads(moves("speed.2", "cheap()"))
    it.opens()
    with pytest.raises(EvidenceMovedError):
        it.rules(view=earlier)


def test_exempting_a_check_while_ruling_shows_the_evidence_again(it: Judging) -> None:
    it.opens()
    with it.store.begin() as tx:
        exempt(tx, LOADER, it.sen, it.capstone.id, ExemptSubject.CHECK, "speed.1", "No calls.", it.now())
    with pytest.raises(EvidenceMovedError):
        it.rules()


# -- one at a time, and once


def test_nobody_rules_on_what_they_have_not_opened_or_opened_long_ago(it: Judging) -> None:
    told = "You haven't opened this evidence in the last 15 minutes, so I haven't saved a ruling."
    assert it.refusal(it.rules) == told
    it.opens()
    it.wait(LOCK.total_seconds())
    assert it.refusal(it.rules) == told


def test_a_second_submission_is_told_when_the_first_was_saved(it: Judging) -> None:
    it.opens()
    it.rules()
    it.wait(90)
    told = it.refusal(it.rules)
    assert told == "You ruled on this at 09:00, and that ruling counts. I haven't saved another one."
    assert len(it.history()) == len(it.told) == 1


def test_while_the_sensei_reads_the_deputy_waits_and_after_the_time_out_the_reverse(it: Judging) -> None:
    deputy = it.comes()
    with it.away(it.sen, deputy):
        it.opens()
        with pytest.raises(UserError) as refused:
            it.opens(deputy)
        assert (refused.value.what, refused.value.remedy) == (BUSY, "Try again after 09:15.")
        assert "haven't opened" in it.refusal(lambda: it.rules(deputy))
        it.wait(LOCK.total_seconds())
        assert it.opens(deputy).role is RulerRole.DEPUTY
        assert it.refusal(it.opens) == BUSY
        assert it.rules(deputy).role is RulerRole.DEPUTY
        assert it.refusal(it.rules) == "Someone else ruled on this at 09:15, so I haven't saved your ruling."
    assert [ruling.sensei for ruling in it.history()] == [deputy]


def test_whoever_leaves_the_evidence_lets_others_rule(it: Judging) -> None:
    deputy = it.comes()
    with it.away(it.sen, deputy):
        it.opens()
        with it.store.begin() as tx:
            it.rulings.leave(tx, deputy, it.capstone.id, SPEED)
        assert it.refusal(lambda: it.opens(deputy)) == BUSY
        with it.store.begin() as tx:
            it.rulings.leave(tx, it.sen, it.capstone.id, SPEED)
        it.opens(deputy)


# -- who rules


def test_a_deputy_rules_up_to_their_last_day_and_not_after_it(it: Judging) -> None:
    deputy = it.comes()
    with it.away(it.sen, deputy):
        it.clock = it.clock.replace(hour=23, minute=58)
        it.opens(deputy)
        it.rules(deputy)
        it.opens(deputy)
        it.wait(180)
        assert it.refusal(lambda: it.rules(deputy)) == NOT_THEIRS
        it.opens()  # the lock of somebody who may no longer rule keeps nobody waiting
    assert len(it.history()) == 1


def test_a_sensei_who_is_replaced_while_they_read_cannot_rule_and_keeps_nobody_waiting(it: Judging) -> None:
    successor = it.comes()
    it.opens()
    it.has_sensei(successor)
    assert it.refusal(it.rules) == NOT_THEIRS
    it.opens(successor)
    it.rules(successor)


def test_strangers_leads_participants_and_whoever_has_left_or_waits_for_a_lead_cannot_open_it(
    it: Judging,
) -> None:
    left, unconfirmed, lead = it.comes(), it.comes(), it.comes(CohortRole.LEAD)
    for person in (it.ada, lead, left):
        assert it.refusal(lambda person=person: it.opens(person)) == NOT_THEIRS
    it.has_sensei(left)
    it.sets_state(left, EnrolmentState.LEFT)
    assert it.refusal(lambda: it.opens(left)) == NOT_THEIRS
    it.has_sensei(unconfirmed)
    with it.store.begin() as tx:
        [member] = tx.members.roles(unconfirmed)
        sensei_confirmation.open_request(tx, member, it.now())
    assert it.refusal(lambda: it.opens(unconfirmed)) == NOT_THEIRS
    it.has_sensei(lead)
    assert it.refusal(lambda: it.opens(lead)) == NOT_THEIRS


def test_nobody_rules_on_their_own_capstone(it: Judging) -> None:
    with it.store.begin() as tx:
        tx.members.join(it.capstone.cohort, it.ada, CohortRole.SENSEI, it.now())
    it.has_sensei(it.ada)
    assert it.refusal(lambda: it.opens(it.ada)) == NOT_THEIRS


def test_on_an_ended_or_deleted_capstone_nothing_is_ruled_but_on_a_held_one_it_is(it: Judging) -> None:
    ended = "This capstone has ended, so I haven't saved anything."
    with it.store.begin() as tx:
        tx.capstones.set_publishing(it.capstone.id, held=True)
    it.opens()
    it.rules()
    it.opens()
    with it.store.begin() as tx:
        tx.capstones.end(it.capstone.id)
    assert it.refusal(it.rules) == it.refusal(it.opens) == ended
    with it.store.begin() as tx, pytest.raises(UserError, match="has ended"):
        it.rulings.show_evidence(tx, it.sen, 10**9, SPEED, it.now())
    assert len(it.history()) == 1


# -- appeals


def test_from_the_appeal_on_only_the_second_sensei_rules_though_the_first_has_opened_it(
    it: Judging,
) -> None:
    second = it.comes()
    it.opens()
    it.rules()
    it.wait(LOCK.total_seconds())
    it.opens()
    appeal = it.appeals()
    assert it.refusal(it.rules) == it.refusal(lambda: it.opens(second)) == APPEALED
    with it.store.begin() as tx:
        tx.appeals.assign(appeal, second, it.now())
    assert it.refusal(it.rules) == APPEALED
    shown = it.opens(second)
    assert (shown.role, shown.appeal and shown.appeal.id) == (RulerRole.SECOND, appeal)
    ruling = it.rules(second, verdict=Verdict.OTHER, level=2, reason="The price is named.")
    assert (ruling.role, ruling.appeal) == (RulerRole.SECOND, appeal)
    with it.store.begin() as tx:
        found = tx.appeals.find(appeal)
    assert found
    assert found.state is AppealState.RULED
    assert it.refusal(lambda: it.rules(second)).startswith("You ruled on this at 09:15")
    assert it.refusal(lambda: it.opens(second)) == NOT_THEIRS
    assert it.refusal(it.opens).startswith("A second sensei has ruled on this evidence")


def test_a_second_sensei_who_is_replaced_has_left_or_whose_appeal_is_withdrawn_does_not_rule(
    it: Judging,
) -> None:
    second, third = it.comes(), it.comes()
    it.opens()
    it.rules()
    it.wait(LOCK.total_seconds())
    appeal = it.appeals(second)
    it.opens(second)
    with it.store.begin() as tx:
        tx.appeals.assign(appeal, third, it.now())
    assert it.refusal(lambda: it.rules(second)) == APPEALED
    it.opens(third)
    it.sets_state(third, EnrolmentState.LEFT)
    assert it.refusal(lambda: it.rules(third)) == APPEALED
    with it.store.begin() as tx:
        tx.appeals.set_state(appeal, AppealState.WITHDRAWN, it.now())
    assert it.refusal(lambda: it.rules(third)) == NOT_THEIRS
    it.opens()
    it.rules()


# -- milestones


def test_a_ruling_counts_for_the_milestone_that_is_open_where_its_sensei_lives(it: Judging) -> None:
    with it.milestone(it.now().date() + timedelta(8)):  # it opens tomorrow
        far_east = it.comes(zone="Asia/Tokyo")
        it.has_sensei(far_east)
        for hour, milestone in ((14, None), (16, Milestone.DESIGN)):  # midnight there is at 15:00 in UTC
            it.clock = it.clock.replace(hour=hour)
            it.opens(far_east)
            assert it.rules(far_east).milestone is milestone
