"""The row about decisions that may no longer hold."""

from bot.domain.digest.calendar import SenseiCalendar
from bot.domain.digest.cost_of_delay import add_up_cost
from bot.domain.digest.matters import ParticipantMatters
from bot.domain.digest.rows import DigestRow, RowKind, join_words, say_waiting


def make_drift_row(of: ParticipantMatters, calendar: SenseiCalendar) -> DigestRow | None:
    """Return the row about a participant's decisions that may no longer hold, or None."""
    if not of.drifted:
        return None
    drifted = sorted(of.drifted, key=lambda decision: (decision.since, decision.number))
    numbers = [str(number) for number in sorted({decision.number for decision in drifted})]
    days = calendar.days_since(drifted[0].since)
    several = len(numbers) > 1
    return DigestRow(
        RowKind.DRIFT,
        of.capstone,
        of.name,
        f"{'decisions' if several else 'decision'} {join_words(numbers)} may no longer hold",
        (*_say_reasons(of), f"Open {say_waiting(days)}."),
        add_up_cost(RowKind.DRIFT, days),
        len(numbers),
        None,
        drifted[0].place,
        of.standing_in_for,
    )


def _say_reasons(of: ParticipantMatters) -> tuple[str, ...]:
    asked = any(decision.asked for decision in of.drifted)
    gone = any(not decision.asked for decision in of.drifted)
    reasons = ("A change contradicts it, and my question about it has no answer yet.",) if asked else ()
    return (*reasons, "Its code is gone from the default branch.") if gone else reasons
