"""The row about a participant who skipped the last two check-ins. It says nothing of why they did."""

from bot.domain.digest.calendar import SenseiCalendar
from bot.domain.digest.cost_of_delay import add_up_cost
from bot.domain.digest.matters import ParticipantMatters
from bot.domain.digest.rows import DigestRow, RowKind


def make_check_in_row(of: ParticipantMatters, calendar: SenseiCalendar) -> DigestRow | None:
    """Return the row about a participant's skipped check-ins, or None. Whoever has paused isn't asked."""
    if of.check_ins_skipped_on is None or of.is_paused:
        return None
    days = calendar.days_since(of.check_ins_skipped_on)
    return DigestRow(
        RowKind.CHECK_IN,
        of.capstone,
        of.name,
        "skipped the last two check-ins",
        ("You could ask how they are when you meet.",),
        add_up_cost(RowKind.CHECK_IN, days),
        standing_in_for=of.standing_in_for,
    )
