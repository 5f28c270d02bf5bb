"""When a participant is asked next, and why not sooner, as it is shown."""

from dataclasses import dataclass
from datetime import date

from bot.domain.check_ins.due_times import DueTime
from bot.domain.check_ins.holds import Hold
from bot.domain.check_ins.records import Rhythm


@dataclass(frozen=True, slots=True)
class NextCheckIn:
    """A participant's next check-in, as they see it.

    ``due`` is when it is planned, or None if it isn't. ``holds`` are the reasons why they wouldn't be asked
    today. ``is_own_rhythm``: they chose it, and don't keep the cohort's. ``is_open``: the last check-in
    waits for an answer, and ``open_until`` is the day to which they have put it off.
    """

    rhythm: Rhythm
    is_own_rhythm: bool
    due: DueTime | None
    holds: tuple[Hold, ...] = ()
    is_open: bool = False
    open_until: date | None = None
