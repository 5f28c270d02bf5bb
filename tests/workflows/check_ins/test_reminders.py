"""Reminding of a check-in once, and letting it count as skipped: in working days, and without nagging."""

from datetime import UTC, date, datetime, timedelta

from bot.domain.check_ins.records import CheckInState
from bot.domain.dojo.people import EnrolmentState
from bot.domain.pull_requests.records import QuestionState
from bot.workflows.articulation.private_answers import note_answer
from bot.workflows.articulation.question_contexts import load_context
from bot.workflows.articulation.waiting_questions import list_waiting_questions
from bot.workflows.check_ins.endings import note_answered, skip_check_in
from bot.workflows.check_ins.reminders import plan_return
from tests.workflows.check_ins.checked import Checked

FRIDAY, MONDAY = date(2026, 11, 27), date(2026, 11, 30)


def asked(it: Checked) -> int:
    it.shows()
    assert it.asks() == "asked"
    return it.question.id


def test_after_two_working_days_one_reminder_and_after_two_more_it_is_skipped(it: Checked) -> None:
    number = asked(it)
    [job] = it.waiting("check_in_reminder")
    assert job.due_at == datetime(2026, 11, 30, 9, tzinfo=UTC), "Thursday and two working days"
    assert it.reminds() == "reminded"
    assert it.sent(number)[-1] == f"articulation:{number}:reminder:2026-11-30"
    assert it.check_ins()[0].reminded_at == it.clock
    assert it.reminds() == "skipped"
    assert it.clock == datetime(2026, 12, 2, 9, tzinfo=UTC)
    [made] = it.check_ins()
    assert (made.state, made.ended_at, made.reason) == (CheckInState.SKIPPED, it.clock, "")
    assert it.question.state is QuestionState.DEFERRED
    assert it.waiting("check_in_reminder") == []
    with it.store.read() as tx:
        assert list_waiting_questions(tx, it.person) == (), "a skipped check-in doesn't wait"


def test_an_answer_ends_the_waiting_and_a_skipped_one_can_still_be_answered(it: Checked) -> None:
    number = asked(it)
    with it.store.begin() as tx:
        skip_check_in(tx, it.check_ins()[0], it.now(), "On a course")
    assert it.check_ins()[0].reason == "On a course"
    with it.store.begin() as tx:
        context = load_context(tx, number)
        assert context
        note_answer(tx, context, it.now(), note_answered)
    assert it.check_ins()[0].state is CheckInState.ANSWERED
    assert it.question.state is QuestionState.ANSWERED
    assert it.reminds() == "over"


def test_a_question_that_was_answered_elsewhere_ends_the_check_in(it: Checked) -> None:
    for state, end in (
        (QuestionState.ANSWERED, CheckInState.ANSWERED),
        (QuestionState.DISPUTED, CheckInState.ANSWERED),
        (QuestionState.WITHDRAWN, CheckInState.WITHDRAWN),
    ):
        it.wait(1)
        if not it.check_ins():
            asked(it)
        made = it.check_ins()[0]
        with it.store.begin() as tx:
            tx.check_ins.set_state(made.id, CheckInState.ASKED, it.now())
            tx.questions.set_state(made.question or 0, state, it.now())
            member = tx.members.get(it.enrolment)
            plan_return(tx, made, member, FRIDAY, it.now())
        assert it.reminds() == end.value
        assert it.check_ins()[0].state is end


def test_the_reminder_waits_while_they_are_paused_or_have_had_another_message(it: Checked) -> None:
    asked(it)
    with it.store.begin() as tx:
        tx.members.set_state(it.enrolment, EnrolmentState.PAUSED)
    assert it.reminds() == "later"
    with it.store.begin() as tx:
        tx.members.set_state(it.enrolment, EnrolmentState.ACTIVE)
        tx.unprompted.take(it.person, date(2026, 12, 1), "levels", "levels:1")
    assert it.reminds() == "later"
    assert it.clock.date() == date(2026, 12, 1)
    assert it.reminds() == "reminded"
    assert it.clock.date() == date(2026, 12, 2)


def test_the_reminder_waits_while_they_are_away(it: Checked) -> None:
    asked(it)
    with it.store.begin() as tx:
        tx.absences.add(it.cohort, it.person, MONDAY, MONDAY + timedelta(days=3), None)
    assert it.reminds() == "later"
    assert it.reminds() == "reminded"
    assert it.clock == datetime(2026, 12, 4, 9, tzinfo=UTC)


def test_who_puts_it_off_is_asked_again_on_that_day_and_not_before(it: Checked) -> None:
    number = asked(it)
    later = date(2026, 12, 8)
    with it.store.begin() as tx:
        tx.rhythms.snooze(it.enrolment, later)
        plan_return(tx, it.check_ins()[0], tx.members.get(it.enrolment), later, it.now())
    with it.store.begin() as tx:
        tx.unprompted.take(it.person, later, "levels", "levels:1")
    assert it.reminds() == "reminded", "they asked for this one"
    assert it.clock == datetime(2026, 12, 8, 9, tzinfo=UTC)
    assert it.sent(number)[-1] == f"articulation:{number}:reminder:2026-12-08"
    assert it.reminds() == "skipped"
    assert it.clock.date() == date(2026, 12, 10)


def test_the_sensei_hears_of_two_in_a_row_until_an_answer(it: Checked) -> None:
    asked(it)
    with it.store.begin() as tx:
        skip_check_in(tx, it.check_ins()[0], it.now())
        assert tx.check_ins.skipped_twice([it.capstone.id]) == {}
    it.wait(7 * 86400)
    it.shows("import shop")
    assert it.asks(day=it.clock.date()) == "asked"
    with it.store.begin() as tx:
        assert tx.check_ins.skipped_twice([it.capstone.id]) == {}
        skip_check_in(tx, it.check_ins()[0], it.now())
    with it.store.begin() as tx:
        assert tx.check_ins.skipped_twice([it.capstone.id, 0]) == {it.capstone.id: it.clock}
        note_answered(tx, it.question.id, it.now())
    with it.store.read() as tx:
        assert tx.check_ins.skipped_twice([it.capstone.id]) == {}
