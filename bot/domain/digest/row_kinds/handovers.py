"""The row about questions that were left to the sensei, who hasn't answered yet."""

from bot.domain.digest.calendar import SenseiCalendar
from bot.domain.digest.matters import ParticipantMatters
from bot.domain.digest.row_kinds.matter_rows import make_matter_row
from bot.domain.digest.rows import DigestRow, RowKind


def make_handover_row(of: ParticipantMatters, calendar: SenseiCalendar) -> DigestRow | None:
    """Return the row about a participant's unanswered hand-overs, or None."""
    answers = "their answer" if len(of.handovers) == 1 else "their answers"
    reason = f"I told the participant that you'd read {answers} next. They've been waiting"
    return make_matter_row(RowKind.HANDOVER, of.handovers, of, calendar, reason)
