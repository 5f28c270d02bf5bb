"""The kinds of rows, a module each: a function that returns a participant's row, or None.

To add a kind, add a module here, its name to ``RowKind``, its points to ``KIND_POINTS``, and its function to
``ALL``.
"""

from collections.abc import Callable

from bot.domain.digest.calendar import SenseiCalendar
from bot.domain.digest.matters import ParticipantMatters
from bot.domain.digest.row_kinds.appeals import make_appeal_row
from bot.domain.digest.row_kinds.at_risk import make_risk_row
from bot.domain.digest.row_kinds.check_ins import make_check_in_row
from bot.domain.digest.row_kinds.disputes import make_dispute_row
from bot.domain.digest.row_kinds.drift import make_drift_row
from bot.domain.digest.row_kinds.due_rulings import make_rulings_row
from bot.domain.digest.row_kinds.enquiries import make_enquiry_row
from bot.domain.digest.row_kinds.growth import make_growth_row
from bot.domain.digest.row_kinds.handovers import make_handover_row
from bot.domain.digest.row_kinds.waiting_questions import make_question_row
from bot.domain.digest.rows import DigestRow

MakeRow = Callable[[ParticipantMatters, SenseiCalendar], DigestRow | None]

ALL: tuple[MakeRow, ...] = (
    make_dispute_row,
    make_appeal_row,
    make_handover_row,
    make_enquiry_row,
    make_question_row,
    make_rulings_row,
    make_risk_row,
    make_drift_row,
    make_check_in_row,
    make_growth_row,
)
