"""The check-ins that come next, for the command line: names, days and reasons, but nobody's words."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from bot.domain.check_ins.holds import Hold, HoldReason
from bot.domain.check_ins.records import Rhythm
from bot.domain.check_ins.upcoming import UpcomingCheckIn
from bot.domain.dojo.local_days import load_zone
from bot.rendering.check_ins.next_words import say_rhythm
from bot.rendering.text.safe_text import one_line
from bot.rendering.text.wrapped_lines import wrap_line

_INDENT = "    "
_REASONS = {
    HoldReason.LEFT: "they have left the cohort",
    HoldReason.COHORT_OVER: "the cohort is over",
    HoldReason.COHORT_NOT_STARTED: "the cohort hasn't started",
    HoldReason.PAUSED: "they are paused",
    HoldReason.RHYTHM_OFF: "check-ins are off",
    HoldReason.NO_WORKING_DAY: "they don't work on the rhythm's day or later in the week",
    HoldReason.NO_CHAT: "their Slack account isn't known",
    HoldReason.NOT_LINKED: "their GitHub account isn't linked",
    HoldReason.NO_CAPSTONE: "they have no capstone",
    HoldReason.NO_ACCESS: "the GitHub App isn't installed on their capstone",
    HoldReason.ON_HOLD: "their capstone or the cohort is on hold",
    HoldReason.AWAY: "they are away",
    HoldReason.SNOOZED: "they want none for a while",
    HoldReason.DEFENCE: "their defence is today or tomorrow",
    HoldReason.DECIDED_LATELY: "they confirmed a decision within five working days",
    HoldReason.QUESTIONS_OPEN: "questions are open",
    HoldReason.OPEN_CHECK_IN: "the last check-in is open",
    HoldReason.ASKED_THIS_WEEK: "they have had one this week",
    HoldReason.ASKED_TODAY: "they have had one today",
    HoldReason.BUDGET: "they have had today's unprompted message",
}


def format_schedule(cohort: str, rhythm: Rhythm, upcoming: Sequence[UpcomingCheckIn]) -> Iterator[str]:
    """Yield a line about the cohort and its rhythm, and two or three about each participant."""
    often = "no check-ins" if rhythm.every_weeks < 1 else f"check-ins {say_rhythm(rhythm)}"
    yield wrap_line(f"{one_line(cohort)}: {often}, unless somebody has chosen another rhythm")
    if not upcoming:
        yield "This cohort has no participants."
    for one in upcoming:
        yield one_line(one.name)
        yield wrap_line(f"next: {_format_due(one)}; {say_rhythm(one.rhythm)}", _INDENT, _INDENT * 2)
        if one.holds:
            held = "; ".join(_format_hold(hold) for hold in one.holds)
            yield wrap_line(f"not now: {held}", _INDENT, _INDENT * 2)


def _format_due(one: UpcomingCheckIn) -> str:
    if one.due is None:
        return "none is planned"
    return f"{_format_moment(one.due.at, one.time_zone)} ({one.time_zone or 'UTC'})"


def _format_moment(at: datetime, zone: str) -> str:
    local = at.astimezone(load_zone(zone))
    return f"{_format_day(local.date())}, {local:%H:%M}"


def _format_day(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b %Y}"


def _format_hold(hold: Hold) -> str:
    if hold.reason is HoldReason.COHORT_NOT_STARTED and hold.until:
        return f"the cohort starts on {_format_day(hold.until)}"
    until = f" (not before {_format_day(hold.until)})" if hold.until else ""
    return f"{_REASONS[hold.reason]}{until}"
