"""When a participant is asked next, and why not sooner, as it is shown."""

from dataclasses import dataclass

from bot.domain.check_ins.due_times import DueTime
from bot.domain.check_ins.holds import Hold
from bot.domain.check_ins.records import CheckIn, Rhythm


@dataclass(frozen=True, slots=True)
class NextCheckIn:
    """A participant's next check-in.

    ``due`` is when it is planned, or None if it isn't. ``holds`` are the reasons why it wouldn't be asked
    today. ``is_own_rhythm``: they chose it, and don't keep the cohort's. ``open`` is the check-in that waits
    for an answer, ``last`` the newest one of all.
    """

    rhythm: Rhythm
    is_own_rhythm: bool
    due: DueTime | None
    holds: tuple[Hold, ...] = ()
    open: CheckIn | None = None
    last: CheckIn | None = None
