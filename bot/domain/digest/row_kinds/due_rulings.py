"""The row about rulings that are due."""

from bot.domain.digest.calendar import SenseiCalendar
from bot.domain.digest.cost_of_delay import add_up_cost
from bot.domain.digest.matters import ParticipantMatters
from bot.domain.digest.row_kinds.milestone_words import say_needed
from bot.domain.digest.rows import (
    DigestRow,
    RowKind,
    RowTarget,
    join_words,
    mark_gate,
    say_count,
    say_days,
)
from bot.domain.dojo.local_days import day_in
from bot.domain.triage.due_rulings import DueReason

_MOST_TITLES = 3


def make_rulings_row(of: ParticipantMatters, calendar: SenseiCalendar) -> DigestRow | None:
    """Return the row about a participant's due rulings, or None. A single one is opened at once."""
    if not of.rulings:
        return None
    gates = sum(ruling.gate for ruling in of.rulings)
    days = _count_days(of, calendar)
    single = of.rulings[0].criterion if len(of.rulings) == 1 else ""
    return DigestRow(
        RowKind.RULINGS,
        of.capstone,
        of.name,
        f"{say_count(RowKind.RULINGS, len(of.rulings))}{_say_gates(gates, len(of.rulings))}",
        (*_say_titles(of), *say_needed(calendar), _say_last(of, days)),
        add_up_cost(RowKind.RULINGS, days, gate=gates > 0, milestone=calendar.milestone is not None),
        len(of.rulings),
        RowTarget(of.capstone, single),
        standing_in_for=of.standing_in_for,
    )


def _count_days(of: ParticipantMatters, calendar: SenseiCalendar) -> int:
    """Return the working days without a word from a sensei on the criterion that has waited longest.

    For a criterion without a ruling, these are the days since the enrolment.
    """
    if any(ruling.ruled_at is None for ruling in of.rulings):
        return calendar.days_since(of.enrolled_on or calendar.today)
    zone = calendar.hours.time_zone
    ruled = [day_in(zone, ruling.ruled_at) for ruling in of.rulings if ruling.ruled_at]
    return max(map(calendar.days_since, ruled))


def _say_last(of: ParticipantMatters, days: int) -> str:
    if all(ruling.ruled_at is None for ruling in of.rulings):
        return "There's evidence, but no ruling yet."
    if any(ruling.ruled_at is None for ruling in of.rulings):
        return "Some of these criteria have no ruling yet."
    which = "last" if len(of.rulings) == 1 else "oldest"
    age = f"The {which} ruling is {say_days(days)} old." if days else f"The {which} ruling is from today."
    has_moved = any(ruling.reason is DueReason.MOVED for ruling in of.rulings)
    return f"{age} The evidence has changed since then." if has_moved else age


def _say_titles(of: ParticipantMatters) -> tuple[str, ...]:
    """Return which criteria they are about; if there are too many for a line, which of them are gates."""
    if len(of.rulings) > _MOST_TITLES:
        gates = [ruling.title for ruling in of.rulings if ruling.gate]
        return (f"{'Gate' if len(gates) == 1 else 'Gates'}: {join_words(gates)}.",) if gates else ()
    heading = "Criterion" if len(of.rulings) == 1 else "Criteria"
    titles = [mark_gate(ruling.title, gate=ruling.gate) for ruling in of.rulings]
    return (f"{heading}: {join_words(titles)}.",)


def _say_gates(gates: int, of: int) -> str:
    if not gates:
        return ""
    if of == 1:
        return ", on a gate criterion"
    return ", one on a gate criterion" if gates == 1 else f", {gates} on gate criteria"
