"""Reminding of a check-in once, and letting it count as skipped: in working days, and without nagging."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.adapters.files.articulation import load_guide
from bot.domain.articulation.conversations import ConversationState
from bot.domain.chat.events import ReplyChange, ThreadReply
from bot.domain.check_ins.records import CheckInState, Rhythm
from bot.domain.dojo.people import CohortRole, DateKind, EnrolmentState
from bot.domain.pull_requests.records import Account, PublishPolicy, QuestionState, Ruling
from bot.ports.jobs import Job
from bot.ports.store import Tx
from bot.rendering.pull_requests.waiting_questions import format_waiting_questions
from bot.workflows.articulation.private_answers import note_answer
from bot.workflows.articulation.private_messages import PrivateMessages
from bot.workflows.articulation.private_replies import PrivateReplies
from bot.workflows.articulation.question_contexts import load_context
from bot.workflows.articulation.waiting_questions import list_waiting_questions
from bot.workflows.chat.features import Kept
from bot.workflows.chat.unprompted import Feature
from bot.workflows.check_ins.endings import (
    note_answered,
    settle_newest,
    skip_check_in,
    withdraw_check_in,
)
from bot.workflows.check_ins.messages import write_reminder
from bot.workflows.check_ins.next_check_in import load_participant, show_next
from bot.workflows.check_ins.reminders import plan_return, store_return_day
from bot.workflows.check_ins.standings import gather_facts
from tests.workflows.check_ins.checked import QUOTE, Checked

FRIDAY, MONDAY = date(2026, 11, 27), date(2026, 11, 30)


def told(it: Checked, tx: Tx) -> Mapping[int, datetime]:
    """Of which capstones senseis hear that two check-ins in a row were skipped."""
    return tx.check_ins.skipped_twice([it.capstone.id, 0], it.clock - timedelta(weeks=4))


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
    assert it.sent(number)[-1] == f"articulation:{number}:reminder:chosen:2026-12-08"
    assert it.reminds() == "skipped"
    assert it.clock.date() == date(2026, 12, 10)


def test_the_sensei_hears_of_two_in_a_row_until_an_answer(it: Checked) -> None:
    asked(it)
    with it.store.begin() as tx:
        skip_check_in(tx, it.check_ins()[0], it.now())
        assert told(it, tx) == {}
    it.wait(7 * 86400)
    it.shows("import shop")
    assert it.asks(day=it.clock.date()) == "asked"
    with it.store.begin() as tx:
        assert told(it, tx) == {}
        skip_check_in(tx, it.check_ins()[0], it.now())
    with it.store.begin() as tx:
        assert told(it, tx) == {it.capstone.id: it.clock}
        note_answered(tx, it.question.id, it.now())
    with it.store.read() as tx:
        assert told(it, tx) == {}


def skips_twice(it: Checked) -> None:
    for quote in (QUOTE, "import shop"):
        it.shows(quote)
        assert it.asks(day=it.clock.date()) == "asked"
        with it.store.begin() as tx:
            skip_check_in(tx, it.check_ins()[0], it.now())
        it.wait(7 * 86400)


def test_a_new_participant_starts_without_the_former_ones_skips(it: Checked) -> None:
    skips_twice(it)
    with it.store.read() as tx:
        assert set(told(it, tx)) == {it.capstone.id}
    moves(it)
    with it.store.read() as tx:
        assert told(it, tx) == {}


def test_after_four_weeks_without_a_check_in_the_sensei_hears_it_no_more(it: Checked) -> None:
    skips_twice(it)
    it.wait(3 * 7 * 86400 + 1)
    with it.store.read() as tx:
        assert told(it, tx) == {}


def moves(it: Checked) -> None:
    """Let the capstone be given to Bo."""
    with it.store.begin() as tx:
        bo = Account(it.account.id + 500_000_000, f"{it.account.login}bo")
        person = tx.members.find_or_add_by_chat(f"TBO{it.number}", f"UBO{it.account.id}", "Bo", it.now())
        tx.members.join(it.cohort, tx.members.prove(person, bo, it.now()), CohortRole.PARTICIPANT, it.now())
        tx.capstones.add(
            cohort=tx.cohorts.get(it.cohort).name,
            repository=it.number,
            owner="ada",
            name="desk",
            default_branch="main",
            installation=it.installation.id,
            participant=bo,
            sensei=None,
            publish=None,
            at=it.now(),
        )


def test_a_check_in_of_a_capstone_that_is_someone_elses_by_now_is_withdrawn(it: Checked) -> None:
    number = asked(it)
    it.delivers()
    moves(it)
    assert it.reminds() == "withdrawn"
    assert it.check_ins()[0].state is CheckInState.WITHDRAWN
    assert it.question.state is QuestionState.WITHDRAWN
    assert f"articulation:{number}:reminder:2026-11-30" not in it.sent(number)
    with it.store.read() as tx:
        talk = tx.conversations.by_question(number)
        assert talk
        assert talk.state is ConversationState.CLOSED
        about = {"question": number, "day": "2026-11-30", "chosen": False}
        assert write_reminder(tx, about) is None


def test_who_left_is_asked_nothing_even_if_they_come_back(it: Checked) -> None:
    asked(it)
    it.delivers()
    with it.store.begin() as tx:
        tx.members.set_state(it.enrolment, EnrolmentState.LEFT)
    assert it.reminds() == "withdrawn"
    assert it.question.state is QuestionState.WITHDRAWN


def test_the_reminder_waits_while_its_own_capstone_is_on_hold(it: Checked) -> None:
    asked(it)
    with it.store.begin() as tx:
        tx.capstones.add(
            cohort=tx.cohorts.get(it.cohort).name,
            repository=it.number + 4_000_000,
            owner="ada",
            name="another",
            default_branch="main",
            installation=it.installation.id,
            participant=it.account,
            sensei=None,
            publish=None,
            at=it.now(),
        )
        tx.capstones.set_publishing(it.capstone.id, publish=PublishPolicy.HELD)
    assert it.reminds() == "later"
    with it.store.begin() as tx:
        tx.capstones.set_publishing(it.capstone.id, publish=PublishPolicy.AUTOMATIC)
    assert it.reminds() == "reminded"


def test_nothing_that_never_arrived_is_skipped(it: Checked) -> None:
    asked(it)
    assert it.reminds(arrived=False) == "later"
    assert it.clock == datetime(2026, 11, 30, 9, tzinfo=UTC)
    it.delivers()
    assert it.reminds() == "later"
    assert it.reminds() == "reminded"
    assert it.clock.date() == date(2026, 12, 3), "two working days after it had arrived"
    assert it.reminds(arrived=False) == "later"
    it.delivers()
    assert it.reminds() == "later"
    assert it.reminds() == "skipped"


def hears(it: Checked, number: int) -> CheckInState:
    """Let Ada reply to the message of a question; return how the check-in ended."""
    with it.store.begin() as tx:
        member = tx.members.get(it.enrolment)
        assert member.chat
        reply = ThreadReply(
            tx.cohorts.get(it.cohort).workspace or "",
            member.chat,
            "D1",
            str(number),
            f"{number}.2",
            ReplyChange.WRITTEN,
            "The supplier's limit.",
        )
        assert PrivateReplies(note_answered).keep(tx, reply) is Kept.TEXT
        assert PrivateReplies(note_answered).hear(tx, reply, it.now)
    return it.check_ins()[0].state


@pytest.mark.parametrize("begun", [False, True])
def test_a_question_that_has_not_arrived_in_a_week_is_not_skipped_and_can_be_answered(
    it: Checked, begun: bool
) -> None:
    number = asked(it)
    message = f"message:articulation:{number}:0"
    if begun:  # it may be in Slack, although no answer came
        with it.store.begin() as tx:
            tx.effects.begin(message, it.now())
    outcomes = [it.reminds(arrived=False) for _ in range(5)]
    assert outcomes == ["later"] * 4 + ["undelivered"]
    assert it.clock.date() == date(2026, 12, 4)
    assert it.check_ins()[0].state is CheckInState.WITHDRAWN
    with it.store.begin() as tx:
        assert told(it, tx) == {}
        assert PrivateMessages("https://github.com", load_guide, it.now).write_question(
            tx, {"question": number}
        ), "if its message is still to be sent, it is sent"
        tx.effects.begin(message, it.now())
        tx.effects.finish(message, f"D1 {number}", it.now())
    assert hears(it, number) is CheckInState.ANSWERED
    it.shows("import shop")
    assert it.asks(day=it.clock.date()) == "asked", "it holds back no other"


def test_a_reminder_that_has_not_arrived_in_a_week_leaves_the_question_to_be_answered(it: Checked) -> None:
    number = asked(it)
    it.delivers()
    assert it.reminds() == "reminded"
    outcomes = [it.reminds(arrived=False) for _ in range(5)]
    assert outcomes[-1] == "undelivered"
    with it.store.begin() as tx:
        tx.effects.finish(f"message:articulation:{number}:0", f"D1 {number}", it.now())
    assert hears(it, number) is CheckInState.ANSWERED


def test_undelivered_check_ins_between_skipped_ones_are_not_counted(it: Checked) -> None:
    asked(it)
    assert [it.reminds(), it.reminds()] == ["reminded", "skipped"]
    it.shows("import shop")
    assert it.asks(day=it.clock.date()) == "asked"
    while it.waiting("check_in_reminder"):
        outcome = it.reminds(arrived=False)
    assert outcome == "undelivered"
    with it.store.begin() as tx:
        assert told(it, tx) == {}


def test_a_check_in_that_is_not_known_to_have_arrived_is_kept_when_the_next_is_due(it: Checked) -> None:
    number = asked(it)
    with it.store.begin() as tx:
        settle_newest(tx, it.enrolment, it.now() + timedelta(days=8))
    assert [made.question for made in it.check_ins()] == [number]
    assert it.question.state is QuestionState.ASKED
    assert it.asks(day=it.clock.date() + timedelta(days=7)) == "open"


def test_who_puts_it_off_and_is_away_then_is_shown_the_new_day(it: Checked) -> None:
    number = asked(it)
    it.delivers()
    wednesday = date(2026, 12, 2)
    with it.store.begin() as tx:
        made, member = it.check_ins()[0], tx.members.get(it.enrolment)
        tx.check_ins.put_off(made.id, plan_return(tx, made, member, wednesday, it.now()))
        tx.absences.add(it.cohort, it.person, wednesday, wednesday + timedelta(days=5), None)
    assert it.reminds() == "later"
    assert it.check_ins()[0].put_off_until == date(2026, 12, 8)
    with it.store.read() as tx:
        assert tx.jobs.list_waiting(f"rewrite:articulation:{number}:0:")
        one = load_participant(tx, tx.members.get(it.enrolment), it.now())
        assert one
        assert show_next(tx, one, it.now()).open_until == date(2026, 12, 8)
    assert it.reminds() == "reminded"
    assert it.clock == datetime(2026, 12, 8, 9, tzinfo=UTC)
    assert it.check_ins()[0].put_off_until is None


@pytest.mark.parametrize("on_hold", [False, True])
def test_while_sensei_cannot_come_back_to_it_no_message_is_rewritten(it: Checked, on_hold: bool) -> None:
    number = asked(it)
    it.delivers()
    wednesday = date(2026, 12, 2)
    with it.store.begin() as tx:
        made, member = it.check_ins()[0], tx.members.get(it.enrolment)
        tx.check_ins.put_off(made.id, plan_return(tx, made, member, wednesday, it.now()))
    sets(it, on_hold=on_hold, state=EnrolmentState.PAUSED, publish=PublishPolicy.HELD)
    for day in (wednesday, date(2026, 12, 3)):
        assert it.reminds() == "later"
        assert it.clock.date() == day
    assert it.check_ins()[0].put_off_until == wednesday
    with it.store.read() as tx:
        assert not tx.jobs.list_waiting(f"rewrite:articulation:{number}:")
        one = load_participant(tx, tx.members.get(it.enrolment), it.now())
        assert one
        shown = show_next(tx, one, it.now())
        facts = gather_facts(tx, it.cohort, [one], it.now())[it.enrolment]
    assert (shown.is_open, shown.open_until) == (True, None), "that day is past"
    assert facts.open_until is None
    sets(it, on_hold=on_hold, state=EnrolmentState.ACTIVE, publish=PublishPolicy.AUTOMATIC)
    assert it.reminds() == "reminded"
    assert it.check_ins()[0].put_off_until is None


def sets(it: Checked, *, on_hold: bool, state: EnrolmentState, publish: PublishPolicy) -> None:
    """Let the capstone be on hold or go on, or else let its participant pause or come back."""
    with it.store.begin() as tx:
        if on_hold:
            tx.capstones.set_publishing(it.capstone.id, publish=publish)
        else:
            tx.members.set_state(it.enrolment, state)


def reads(it: Checked, number: int) -> str:
    """The reminder of a question that waits to be sent or rewritten."""
    with it.store.read() as tx:
        [job] = [
            *tx.jobs.due_with_prefix(f"message:articulation:{number}:reminder", it.clock, 9),
            *tx.jobs.due_with_prefix(f"rewrite:articulation:{number}:reminder", it.clock, 9),
        ]
        letter = write_reminder(tx, job.argument["about"])
    assert letter
    return json.dumps(letter.message.blocks)


def test_a_reminder_that_is_sent_late_names_no_day_on_which_nothing_ends(it: Checked) -> None:
    number = asked(it)
    assert it.reminds() == "reminded"
    assert "If you don't answer by <!date^" in reads(it, number)
    assert it.reminds(arrived=False) == "later"
    skipped = "If you don't answer within two working days, I'll mark this check-in as skipped"
    assert skipped in reads(it, number)


@pytest.mark.parametrize("chosen", [False, True])
def test_a_reminder_after_which_it_is_put_off_is_not_said_to_be_the_last(it: Checked, chosen: bool) -> None:
    number = asked(it)
    it.delivers()
    heading = "You asked me to come back to this" if chosen else "Your check-in is still open"
    if chosen:
        puts_off(it, date(2026, 12, 1))
    assert it.reminds() == "reminded"
    assert heading in reads(it, number)
    with it.store.begin() as tx:
        [job] = tx.jobs.due_with_prefix(f"message:articulation:{number}:reminder", it.clock, 9)
        tx.jobs.mark_begun(job.id, it.now())
        tx.effects.begin(job.id, it.now())
        tx.effects.finish(job.id, "D1 1", it.now())
    puts_off(it, date(2026, 12, 10))
    said = reads(it, number)
    assert "You've put this check-in off" in said
    assert "I'll ask you this again on Thu 10 Dec" in said
    assert "remind you again" not in said


def test_once_sensei_comes_back_to_it_an_earlier_reminder_does_not_say_that_it_is_put_off(
    it: Checked,
) -> None:
    number = asked(it)
    assert it.reminds() == "reminded"
    it.delivers()
    puts_off(it, date(2026, 12, 8))
    with it.store.begin() as tx:
        for job in (*due(it, tx, f"message:articulation:{number}"), *due(it, tx, earlier(number))):
            tx.jobs.mark_begun(job.id, it.now())
    assert it.reminds() == "reminded"
    with it.store.read() as tx:
        [job] = due(it, tx, earlier(number))
        letter = write_reminder(tx, job.argument["about"])
    assert letter
    said = json.dumps(letter.message.blocks)
    assert "You've put this check-in off" not in said
    assert "Your check-in is still open" in said


def earlier(number: int) -> str:
    """How the ids of jobs begin that rewrite the first reminder."""
    return f"rewrite:articulation:{number}:reminder:2026-11-30:"


def due(it: Checked, tx: Tx, prefix: str) -> Sequence[Job]:
    return tx.jobs.due_with_prefix(prefix, it.clock, 9)


def puts_off(it: Checked, day: date) -> None:
    with it.store.begin() as tx:
        made, member = it.check_ins()[0], tx.members.get(it.enrolment)
        store_return_day(tx, made, member, plan_return(tx, made, member, day, it.now()), it.now())


def test_the_reminder_takes_its_day_when_it_is_decided(it: Checked) -> None:
    number = asked(it)
    assert it.reminds() == "reminded"
    with it.store.begin() as tx:
        assert tx.unprompted.taken(it.person, MONDAY) == Feature.REMINDER
        assert not tx.unprompted.take(it.person, MONDAY, Feature.RULINGS, "levels")
        assert tx.unprompted.take(it.person, MONDAY, Feature.REMINDER, it.sent(number)[-1])


def test_on_the_day_of_a_digest_there_is_no_reminder(it: Checked) -> None:
    asked(it)
    it.kept = frozenset({MONDAY})
    assert it.reminds() == "later"
    assert it.reminds() == "reminded"
    assert it.clock == datetime(2026, 12, 1, 9, tzinfo=UTC)


def test_after_the_cohorts_last_day_the_check_in_is_withdrawn(it: Checked) -> None:
    asked(it)
    with it.store.begin() as tx:
        tx.cohorts.add_date(it.cohort, DateKind.END, "", FRIDAY)
    assert it.reminds() == "withdrawn"
    assert it.question.state is QuestionState.WITHDRAWN


def test_who_has_chosen_never_is_not_reminded_and_has_not_skipped(it: Checked) -> None:
    number = asked(it)
    with it.store.begin() as tx:
        tx.rhythms.choose(it.enrolment, Rhythm(0))
    assert it.reminds() == "dropped"
    assert it.check_ins()[0].state is CheckInState.WITHDRAWN
    assert it.question.state is QuestionState.DEFERRED
    with it.store.begin() as tx:
        context = load_context(tx, number)
        assert context
        note_answer(tx, context, it.now(), note_answered)
    assert it.check_ins()[0].state is CheckInState.ANSWERED


def test_a_check_in_that_ended_elsewhere_holds_back_no_other(it: Checked) -> None:
    number = asked(it)
    with it.store.begin() as tx:
        tx.questions.set_state(number, QuestionState.DISPUTED, it.now())
    with it.store.begin() as tx:
        settle_newest(tx, it.enrolment, it.now())
    assert it.check_ins()[0].state is CheckInState.ANSWERED


def is_open(it: Checked) -> bool:
    """Whether their last check-in holds back the next one."""
    with it.store.read() as tx:
        member = tx.members.get(it.enrolment)
        one = load_participant(tx, member, it.now())
        assert one
        return gather_facts(tx, member.cohort, [one], it.now())[it.enrolment].is_open


def test_a_check_in_whose_question_is_disputed_is_no_longer_open(it: Checked) -> None:
    number = asked(it)
    assert is_open(it)
    with it.store.begin() as tx:
        tx.questions.set_state(number, QuestionState.DISPUTED, it.now())
    assert not is_open(it)
    with it.store.begin() as tx:
        tx.questions.record_ruling(number, Ruling.STANDS, it.now())
    assert is_open(it)


def test_the_operator_sees_a_disputed_check_in_and_not_its_reason(it: Checked) -> None:
    number = asked(it)
    with it.store.begin() as tx:
        tx.questions.set_state(number, QuestionState.DISPUTED, it.now())
    with it.store.read() as tx:
        disputed = [found for found in tx.questions.list_disputed() if found[0].id == it.capstone.id]
    lines = list(format_waiting_questions([], disputed))
    assert lines[0] == f"{number}  ada/desk (check-in)  desk.py:1  disputed"
    assert lines[-1] == f"    @{it.account.login} gave the reason in Slack."


def test_a_reminder_shows_how_its_check_in_ended(it: Checked) -> None:
    number = asked(it)
    about = {"question": number, "day": "2026-11-30", "chosen": False}

    def read() -> str:
        with it.store.read() as tx:
            letter = write_reminder(tx, about)
        return json.dumps(letter.message.blocks) if letter else ""

    assert it.reminds() == "reminded"
    assert "I won't remind you again." in read()
    assert '"check_ins.later"' in read()
    assert '"check_ins.skip"' in read()
    it.delivers()
    with it.store.begin() as tx:
        skip_check_in(tx, it.check_ins()[0], it.now())
        assert list(tx.jobs.list_waiting(f"rewrite:articulation:{number}:reminder:2026-11-30:"))
    assert "I've marked this check-in as skipped" in read()
    with it.store.begin() as tx:
        note_answered(tx, number, it.now())
    assert "You've answered it since." in read()


def test_a_question_that_was_withdrawn_before_it_was_sent_is_not_sent(it: Checked) -> None:
    number = asked(it)
    with it.store.begin() as tx:
        withdraw_check_in(tx, it.check_ins()[0], it.now())
        assert PrivateMessages("", load_guide, it.now).write_question(tx, {"question": number}) is None


def test_only_a_check_in_that_nobody_asked_for_shares_the_one_message_a_day(it: Checked) -> None:
    number = asked(it)
    with it.store.read() as tx:
        [job] = tx.jobs.due_with_prefix(f"message:articulation:{number}:0", it.clock, 9)
    assert job.argument["unprompted"] == Feature.CHECK_IN
    with it.store.begin() as tx:
        skip_check_in(tx, it.check_ins()[0], it.now())
    it.shows("import shop")
    assert it.asks(asked_for=True) == "asked"
    with it.store.read() as tx:
        [job] = tx.jobs.due_with_prefix(f"message:articulation:{it.question.id}:0", it.clock, 9)
    assert "unprompted" not in job.argument
