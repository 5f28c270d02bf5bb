"""Words about the next check-in: its day, the rhythm, and why not sooner. They contain nobody's own words."""

from datetime import date

from bot.domain.check_ins.holds import Hold, HoldReason
from bot.domain.check_ins.records import Rhythm
from bot.domain.check_ins.shown import NextCheckIn
from bot.domain.dojo.people import Weekday
from bot.domain.dojo.profiles import format_clock

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
    HoldReason.LEFT: "you've left the cohort",
    HoldReason.COHORT_OVER: "the cohort is over",
    HoldReason.COHORT_NOT_STARTED: "the cohort hasn't started yet",
    HoldReason.PAUSED: "you're paused",
    HoldReason.RHYTHM_OFF: "check-ins are off",
    HoldReason.NOT_LINKED: "your Slack account isn't linked yet",
    HoldReason.NO_CAPSTONE: "your capstone isn't enrolled yet",
    HoldReason.NO_ACCESS: "the GitHub App isn't installed on your capstone",
    HoldReason.ON_HOLD: "your capstone or the cohort is on hold",
    HoldReason.AWAY: "you're away",
    HoldReason.SNOOZED: "you put it off",
    HoldReason.DECIDED_LATELY: "you've confirmed a decision within the last five working days",
    HoldReason.QUESTIONS_OPEN: "you have open questions on your pull requests",
    HoldReason.OPEN_CHECK_IN: "the last check-in is still open",
    HoldReason.ASKED_THIS_WEEK: "you've had one this week",
    HoldReason.BUDGET: "you've had today's message from me: I write without being asked at most once a day",
}


def say_rhythm(rhythm: Rhythm) -> str:
    """Return a rhythm in words: ``every Wednesday at 10:00``."""
    if rhythm.every_weeks < 1:
        return "never"
    often = "every" if rhythm.every_weeks == 1 else f"every {rhythm.every_weeks} weeks, on"
    return f"{often} {DAY_NAMES[rhythm.weekday]} at {format_clock(rhythm.minutes)}"


def say_next(shown: NextCheckIn, today: date) -> str:
    """Return when a participant is asked next, in one or two sentences."""
    if shown.is_open:
        return "Your last check-in waits for your answer. I ask nothing else until then."
    if shown.due is None:
        return "No check-in is planned."
    day = shown.due.day
    when = "today" if day == today else f"on {DAY_NAMES[tuple(Weekday)[day.weekday()]]} {day.day} {day:%B}"
    return f"I'll ask you {when}, unless you have open questions or have just confirmed a decision then."


def list_reasons(shown: NextCheckIn) -> list[str]:
    """List why a participant isn't asked today, each as a sentence."""
    return [say_hold(hold) for hold in shown.holds]


def say_hold(hold: Hold) -> str:
    """Return why a participant isn't asked now, as a sentence."""
    reason = _REASONS[hold.reason]
    until = f", until {hold.until:%a} {hold.until.day} {hold.until:%b}" if hold.until else ""
    return f"{reason[0].upper()}{reason[1:]}{until}."
