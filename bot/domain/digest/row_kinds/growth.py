"""The row about growth that is worth saying in a one-to-one."""

from bot.domain.digest.calendar import SenseiCalendar
from bot.domain.digest.cost_of_delay import add_up_cost
from bot.domain.digest.matters import ParticipantMatters
from bot.domain.digest.rows import DigestRow, RowKind, say_count


def make_growth_row(of: ParticipantMatters, _calendar: SenseiCalendar) -> DigestRow | None:
    """Return the row about a participant's growth, or None."""
    if not of.growth:
        return None
    return DigestRow(
        RowKind.GROWTH,
        of.capstone,
        of.name,
        say_count(RowKind.GROWTH, len(of.growth)),
        of.growth,
        add_up_cost(RowKind.GROWTH, 0),
        len(of.growth),
        standing_in_for=of.standing_in_for,
    )
