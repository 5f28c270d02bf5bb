"""The row about disputed questions, on which the sensei must rule."""

from bot.domain.digest.calendar import SenseiCalendar
from bot.domain.digest.matters import ParticipantMatters
from bot.domain.digest.row_kinds.matter_rows import make_matter_row
from bot.domain.digest.rows import DigestRow, RowKind


def make_dispute_row(of: ParticipantMatters, calendar: SenseiCalendar) -> DigestRow | None:
    """Return the row about a participant's disputes, or None."""
    reason = "Only you can decide. The participant has been waiting"
    return make_matter_row(RowKind.DISPUTE, of.disputes, of, calendar, reason)
