"""Words about the next check-in: its day, the rhythm, and why not sooner. They contain nobody's own words."""

from datetime import date

from bot.domain.check_ins.holds import UNPLANNED, Hold, HoldReason
from bot.domain.check_ins.records import Rhythm
from bot.domain.check_ins.shown import NextCheckIn
from bot.domain.dojo.people import Weekday
from bot.domain.dojo.profiles import format_clock
from bot.rendering.chat.days import say_day

DAY_NAMES = {
    Weekday.MON: "Monday",
    Weekday.TUE: "Tuesday",
    Weekday.WED: "Wednesday",
    Weekday.THU: "Thursday",
    Weekday.FRI: "Friday",
    Weekday.SAT: "Saturday",
    Weekday.SUN: "Sunday",
}
_REASONS = {
    HoldReason.LEFT: "You've left the cohort.",
    HoldReason.COHORT_OVER: "The cohort is over.",
    HoldReason.COHORT_NOT_STARTED: "The cohort hasn't started yet.",
    HoldReason.PAUSED: "You're paused.",
    HoldReason.RHYTHM_OFF: "Check-ins are off.",
    HoldReason.NO_WORKING_DAY: (
        "You don't work on the day of your check-ins or later in the week, so I never ask you."
    ),
    HoldReason.NO_CHAT: "Your Slack account isn't linked yet.",
    HoldReason.NOT_LINKED: "Your GitHub account isn't linked yet.",
    HoldReason.NO_CAPSTONE: "Your capstone isn't enrolled yet.",
    HoldReason.NO_ACCESS: "The GitHub App isn't installed on your capstone.",
    HoldReason.ON_HOLD: "Your capstone or the cohort is on hold.",
    HoldReason.AWAY: "You're away.",
    HoldReason.SNOOZED: "You've asked for no check-ins for a while.",
    HoldReason.DEFENCE: "Your defence is today or tomorrow.",
    HoldReason.DECIDED_LATELY: "You confirmed a decision recently.",
    HoldReason.QUESTIONS_OPEN: "You have open questions on your pull requests.",
    HoldReason.OPEN_CHECK_IN: "Your last check-in is still open.",
    HoldReason.ASKED_THIS_WEEK: "You've had one this week.",
    HoldReason.ASKED_TODAY: "You've had one today.",
    HoldReason.BUDGET: "I've already written to you today, so the check-in waits for another day.",
}
_REASONS_UNTIL = {
    HoldReason.COHORT_NOT_STARTED: "The cohort starts on {day}.",
    HoldReason.AWAY: "You're away. You're back on {day}.",
    HoldReason.SNOOZED: "You've asked for no check-in before {day}.",
    HoldReason.DEFENCE: (
        "I don't ask on the day of your defence or the day before, so there's no check-in before {day}."
    ),
    HoldReason.DECIDED_LATELY: "You confirmed a decision recently, so there's no check-in before {day}.",
    HoldReason.OPEN_CHECK_IN: "You've put your last check-in off to {day}.",
}
_NEXT_STEPS = {
    HoldReason.PAUSED: "`/dojo resume` ends the pause.",
    HoldReason.NO_WORKING_DAY: "`/dojo checkin` lets you choose another day.",
    HoldReason.NO_CHAT: "Ask whoever runs Sensei to add it.",
    HoldReason.NOT_LINKED: "Use `/dojo link`.",
    HoldReason.NO_CAPSTONE: "Ask the person who runs Sensei to enrol it.",
    HoldReason.NO_ACCESS: "Ask whoever owns the repository to install it.",
    HoldReason.ON_HOLD: "Your lead knows when it goes on.",
}


def say_rhythm(rhythm: Rhythm) -> str:
    """Return a rhythm in words: ``every Wednesday at 10:00``."""
    if rhythm.every_weeks < 1:
        return "never"
    often = "every" if rhythm.every_weeks == 1 else f"every {rhythm.every_weeks} weeks, on"
    return f"{often} {DAY_NAMES[rhythm.weekday]} at {format_clock(rhythm.minutes)}"


def say_next(shown: NextCheckIn, today: date) -> str:
    """Return when a participant is asked next, in one or two sentences."""
    if shown.open_until is not None:
        return f"You've put your check-in off. I'll come back to it on {say_day(shown.open_until, today)}."
    if shown.is_open:
        until = "until you've answered or skipped it"
        return f"Your check-in is in our direct messages. You won't get another {until}."
    if shown.due is None:
        return "No check-in is planned."
    day = shown.due.day
    when = "today" if day == today else f"on {say_day(day, today)}"
    return f"I'll ask you {when}, unless you have open questions or have just confirmed a decision then."


def list_reasons(shown: NextCheckIn, today: date) -> list[str]:
    """List why a participant isn't asked today, in a sentence or two each.

    If no check-in is planned, what stands in the way comes first.
    """
    is_first = UNPLANNED if shown.due is None else ()
    holds = sorted(shown.holds, key=lambda hold: hold.reason not in is_first)
    return [f"{say_hold(hold, today)} {say_next_step(hold)}".strip() for hold in holds]


def say_hold(hold: Hold, today: date) -> str:
    """Return why a participant isn't asked now."""
    if hold.until is not None and hold.reason in _REASONS_UNTIL:
        return _REASONS_UNTIL[hold.reason].format(day=say_day(hold.until, today))
    return _REASONS[hold.reason]


def say_next_step(hold: Hold) -> str:
    """Return what a participant can do about a reason, or nothing if it passes by itself."""
    return _NEXT_STEPS.get(hold.reason, "")
