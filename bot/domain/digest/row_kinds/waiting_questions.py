"""The row about questions that Sensei posts only if the sensei keeps them."""

from bot.domain.digest.calendar import SenseiCalendar
from bot.domain.digest.matters import ParticipantMatters
from bot.domain.digest.row_kinds.matter_rows import make_matter_row
from bot.domain.digest.rows import DigestRow, RowKind


def make_question_row(of: ParticipantMatters, calendar: SenseiCalendar) -> DigestRow | None:
    """Return the row about a participant's questions that wait for approval, or None."""
    wait = "The question has" if len(of.questions) == 1 else "The oldest has"
    reason = f"I won't ask the participant until you decide. {wait} been waiting"
    return make_matter_row(RowKind.QUESTION, of.questions, of, calendar, reason)
