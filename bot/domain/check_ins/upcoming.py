"""A participant's next check-in, as whoever runs Sensei sees it."""

from dataclasses import dataclass

from bot.domain.check_ins.due_times import DueTime
from bot.domain.check_ins.holds import Hold
from bot.domain.check_ins.records import Rhythm


@dataclass(frozen=True, slots=True)
class UpcomingCheckIn:
    """When a participant is asked next, in their ``time_zone``, and why not now. ``due`` may be None."""

    name: str
    rhythm: Rhythm
    time_zone: str
    due: DueTime | None
    holds: tuple[Hold, ...] = ()
