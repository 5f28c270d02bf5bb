"""Words about the next check-in: every reason has some, and none of them nags."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from bot.domain.check_ins.due_times import DueTime
from bot.domain.check_ins.holds import UNPLANNED, Hold, HoldReason
from bot.domain.check_ins.records import (
    DEFAULT_RHYTHM,
    CheckIn,
    CheckInState,
    MoveReason,
    Rhythm,
    Topic,
)
from bot.domain.check_ins.shown import NextCheckIn
from bot.domain.check_ins.upcoming import UpcomingCheckIn
from bot.domain.dojo.people import Weekday
from bot.rendering.chat import slack_validation
from bot.rendering.chat.slack_text import moment
from bot.rendering.check_ins import slack_questions, slack_rhythm
from bot.rendering.check_ins.next_words import list_reasons, say_hold, say_next, say_next_step, say_rhythm
from bot.rendering.check_ins.terminal import format_schedule

TODAY = date(2026, 11, 26)
DUE = DueTime(date(2026, 12, 2), datetime(2026, 12, 2, 10, tzinfo=UTC))

AT = datetime(2026, 11, 26, 10, tzinfo=UTC)
LONG = "Where does the <50> come from? " * 90
OPEN = CheckIn(3, 5, 1, TODAY, Topic.GATE, 7, CheckInState.ASKED, False, "", AT, None, None)


@pytest.mark.parametrize("reason", HoldReason)
@pytest.mark.parametrize("until", [None, date(2026, 12, 7)])
def test_every_reason_is_a_sentence(reason: HoldReason, until: date | None) -> None:
    words = say_hold(Hold(reason, until), TODAY)
    assert words[0].isupper()
    assert words.endswith(".")
    assert "{" not in words
    assert "missed" not in words
    assert "!" not in words


def test_a_reason_that_ends_on_a_day_says_so() -> None:
    said = {reason: say_hold(Hold(reason, date(2027, 1, 11)), TODAY) for reason in HoldReason}
    assert said[HoldReason.COHORT_NOT_STARTED] == "The cohort starts on Mon 11 Jan 2027."
    assert said[HoldReason.AWAY] == "You're away. You're back on Mon 11 Jan 2027."
    near = (
        "I don't ask on the day of your defence or the day before, so there's no check-in before Mon 11 Jan"
    )
    assert said[HoldReason.DEFENCE] == f"{near} 2027."
    assert said[HoldReason.SNOOZED] == "You've asked for no check-in before Mon 11 Jan 2027."
    quiet = "You confirmed a decision recently, so there's no check-in before Mon 11 Jan 2027."
    assert said[HoldReason.DECIDED_LATELY] == quiet


def test_who_can_enrol_a_capstone_is_named() -> None:
    assert say_next_step(Hold(HoldReason.NO_CAPSTONE)) == "Ask the person who runs Sensei to enrol it."


@pytest.mark.parametrize("reason", sorted(UNPLANNED - {HoldReason.LEFT, HoldReason.COHORT_OVER}))
def test_what_stands_in_the_way_comes_first_with_what_to_do(reason: HoldReason) -> None:
    holds = (Hold(HoldReason.COHORT_NOT_STARTED, date(2026, 12, 7)), Hold(reason))
    first, second = list_reasons(NextCheckIn(DEFAULT_RHYTHM, False, None, holds), TODAY)
    assert first.startswith(say_hold(Hold(reason), TODAY))
    assert reason is HoldReason.RHYTHM_OFF or first.endswith(say_next_step(Hold(reason)))
    assert reason is HoldReason.RHYTHM_OFF or say_next_step(Hold(reason))
    assert second == "The cohort starts on Mon 7 Dec."


def test_a_check_in_names_its_criterion_and_says_why_it_is_not_the_usual_day() -> None:
    note = slack_questions.waiting_framing(OPEN, "Security & <trust>").note
    assert note == (
        "I'm asking because *Security &amp; &lt;trust&gt;* is a criterion that your capstone must pass, and "
        "you haven't recorded a decision about it yet. A few sentences are enough: 120 words at most."
    )
    without_rubric = slack_questions.waiting_framing(OPEN).note
    assert without_rubric.startswith("I'm asking because this is about a criterion that your capstone must")
    for reason in MoveReason:
        note = slack_questions.waiting_framing(replace(OPEN, moved_by=reason)).note
        [sentence] = [one for one in note.split(". ") if "usual" in one]
        is_known = reason is not MoveReason.OTHER
        said = "later than usual because " if is_known else "on a different day from usual this week"
        assert sentence.startswith(f"I'm asking {said}")
        assert len(sentence.split()) < 20


def test_the_offer_to_be_asked_less_often_has_a_button() -> None:
    offered = slack_questions.waiting_framing(OPEN, offers_fortnight=True)
    assert "choose *Every two weeks* below" in offered.note
    assert [button["text"]["text"] for button in offered.buttons] == ["Later", "Skip it", "Every two weeks"]
    assert len(slack_questions.waiting_framing(OPEN).buttons) == 2


def reminded(*, chosen: bool = False, has_sensei: bool = True, until: date | None = None) -> str:
    check_in = replace(OPEN, put_off_until=until)
    message = slack_questions.reminder_message(7, check_in, "Why?", AT, chosen=chosen, has_sensei=has_sensei)
    return str(message.blocks)


def test_a_reminder_says_until_when_it_can_be_answered_and_who_hears_otherwise() -> None:
    said = reminded()
    assert f"If you don't answer by {moment(AT)}, I'll mark this check-in as skipped." in said
    assert "If that happens twice in a row, I tell your sensei, but not why." in said
    assert "I won't remind you again." in said
    assert "your sensei" not in reminded(has_sensei=False)
    assert "If that happens twice in a row and you get a sensei, I tell them" in reminded(has_sensei=False)
    assert "I won't remind you again." not in reminded(chosen=True)
    message = slack_questions.reminder_message(7, OPEN, "Why?", chosen=False)
    assert "If you don't answer within two working days" in str(message.blocks)


def test_a_reminder_of_a_check_in_that_was_put_off_says_when_it_comes_again() -> None:
    said = reminded(until=date(2026, 12, 7))
    assert "I'll ask you this again on Mon 7 Dec, when you're at work." in said
    assert "You've put this check-in off" in said
    for other in ("I'll mark this check-in as skipped", "still open", "I won't remind you again."):
        assert other not in said


def test_a_check_in_that_is_put_off_holds_the_next_one_until_it_is_answered_or_skipped() -> None:
    held = "You won't get another check-in until you've answered or skipped this one."
    day = date(2026, 12, 7)
    assert held in str(slack_questions.put_off_message(day).blocks)
    assert held in str(slack_questions.later_form(day, "3"))


def test_whoever_has_no_sensei_reads_of_none() -> None:
    assert "tell your sensei" not in str(slack_questions.skip_form("3", has_sensei=False))
    shown = NextCheckIn(DEFAULT_RHYTHM, False, DUE)
    told = str(slack_rhythm.next_message(shown, TODAY, 5, has_sensei=False).blocks)
    assert "You don't have a sensei yet, so for now only you see your answer." in told
    told = str(slack_rhythm.next_message(shown, TODAY, 5).blocks)
    assert "Your sensei sees your answer only if you ask me to pass the question on, if you dispute" in told


def test_a_rhythm_is_said_as_people_say_it() -> None:
    assert say_rhythm(DEFAULT_RHYTHM) == "every Wednesday at 10:00"
    assert say_rhythm(Rhythm(3, Weekday.FRI, 15 * 60 + 5)) == "every 3 weeks, on Friday at 15:05"
    assert say_rhythm(Rhythm(every_weeks=0)) == "never"


def test_what_comes_next_is_a_day_an_open_check_in_or_nothing() -> None:
    planned = NextCheckIn(DEFAULT_RHYTHM, False, DUE)
    assert say_next(planned, TODAY).startswith("I'll ask you on Wed 2 Dec, unless")
    assert say_next(planned, DUE.day).startswith("I'll ask you today, unless")
    waits = NextCheckIn(DEFAULT_RHYTHM, False, DUE, is_open=True)
    assert say_next(waits, TODAY).startswith("Your check-in is in our direct messages.")
    later = replace(waits, open_until=date(2026, 12, 10))
    assert say_next(later, TODAY) == "You've put your check-in off. I'll come back to it on Thu 10 Dec."
    paused = NextCheckIn(DEFAULT_RHYTHM, True, None, (Hold(HoldReason.PAUSED),))
    assert say_next(paused, TODAY) == "No check-in is planned."
    assert list_reasons(paused, TODAY) == ["You're paused. `/dojo resume` ends the pause."]


def test_each_form_says_whose_time_zone_counts() -> None:
    own = str(slack_rhythm.rhythm_form(DEFAULT_RHYTHM, is_own=True, until=None, metadata=""))
    cohort = str(slack_rhythm.cohort_form(DEFAULT_RHYTHM, ""))
    assert "In your own time zone." in own
    assert "In each participant's own time zone." in cohort
    assert "your own" not in cohort


def test_the_command_line_says_from_which_day_a_check_in_may_come() -> None:
    holds = (Hold(HoldReason.AWAY, date(2026, 12, 7)), Hold(HoldReason.QUESTIONS_OPEN))
    upcoming = UpcomingCheckIn("Ada", DEFAULT_RHYTHM, "Europe/London", DUE, holds)
    *_, why = format_schedule("spring", DEFAULT_RHYTHM, [upcoming])
    assert why == "    not now: they are away (not before Mon 7 Dec 2026); questions are open"


def test_what_was_changed_is_confirmed_as_it_is() -> None:
    told = slack_rhythm.changed_message(DEFAULT_RHYTHM, "Fri 18 Dec").text
    assert told.endswith("Your rhythm: every Wednesday at 10:00. No check-in before Fri 18 Dec.")
    assert slack_rhythm.changed_message(Rhythm(0), "").text.endswith("you won't get any more.")
    cohort = str(slack_rhythm.cohort_message("dojo", Rhythm(0), 1))
    assert "I don't ask participants, unless they've chosen a rhythm of their own." in cohort


def test_a_rhythm_that_never_fits_is_confirmed_with_why() -> None:
    told = slack_rhythm.changed_message(Rhythm(1, Weekday.FRI, 600), never_fits=True)
    never = "at 10:00. You don't work on Friday or later in the week, so I'll never ask you."
    assert told.text.endswith(never)
    assert "`/dojo checkin` lets you choose another day." in str(told.blocks)
    assert "shows when I ask you next" not in str(told.blocks)
    assert "on Sunday, so" in slack_rhythm.changed_message(Rhythm(1, Weekday.SUN), never_fits=True).text


def test_a_lead_reads_how_many_participants_the_cohorts_rhythm_leaves_out() -> None:
    rhythm = Rhythm(1, Weekday.SAT, 600)
    for left_out, expected in (
        (0, "every Saturday at 10:00."),
        (1, "One participant doesn't work on Saturday or later in the week, so I never ask that person."),
        (3, "3 participants don't work on Saturday or later in the week, so I never ask them."),
    ):
        assert slack_rhythm.cohort_changed_message("dojo", rhythm, left_out).text.endswith(expected)
        shown = str(slack_rhythm.cohort_message("dojo", rhythm, 1, left_out))
        assert (expected in shown) is bool(left_out)


def test_slack_takes_every_message_and_form() -> None:
    shown = NextCheckIn(DEFAULT_RHYTHM, False, DUE, tuple(Hold(reason) for reason in HoldReason))
    for message in (
        slack_rhythm.next_message(shown, TODAY, 5),
        slack_rhythm.cohort_message("<dojo> *&*" * 40, DEFAULT_RHYTHM, 1),
        slack_rhythm.choosing_message(),
        slack_rhythm.changed_message(DEFAULT_RHYTHM),
        slack_rhythm.cohort_changed_message("<dojo>", DEFAULT_RHYTHM),
        slack_questions.nothing_message(),
        slack_questions.unread_message(),
        slack_questions.failed_message(),
        *(
            slack_questions.reminder_message(7, check_in, LONG, AT, chosen=chosen)
            for chosen in (True, False)
            for check_in in (OPEN, replace(OPEN, put_off_until=TODAY))
        ),
        slack_questions.put_off_message(TODAY),
        *(slack_questions.ended_reminder_message(7, LONG, state) for state in CheckInState),
    ):
        slack_validation.checked_message(message)
    for view in (
        slack_rhythm.rhythm_form(DEFAULT_RHYTHM, is_own=False, until=None, metadata="5"),
        slack_rhythm.rhythm_form(Rhythm(4, Weekday.SUN, 0), is_own=True, until=TODAY, metadata="5"),
        slack_rhythm.cohort_form(Rhythm(0, Weekday.SUN, 1439), "1"),
        slack_questions.skip_form("3"),
        slack_questions.skip_form("3", has_sensei=False),
        slack_questions.later_form(TODAY, "3"),
    ):
        slack_validation.checked_view({**view, "callback_id": "check_ins.skip"})
