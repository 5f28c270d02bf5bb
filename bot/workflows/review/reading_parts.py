"""Announce each part of a reading as it starts, so that a watching process knows the current one.

If the process ends or hangs, the part that was announced last is to blame. The next attempt leaves it out.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bot.errors import IncompleteReadingError
from bot.ports.reading_process import ReadingPart


class PartLeftOutError(IncompleteReadingError):
    """A part is not read, because an earlier attempt failed on it. ``why`` completes "not read, as …"."""

    def __init__(self, why: str) -> None:
        super().__init__(f"not read, as {why}")
        self.why = why


def _ignore_part(_part: ReadingPart) -> None:
    """Do nothing."""


@dataclass(frozen=True, slots=True)
class ReadingParts:
    """``left_out``, ``ends_at`` and ``spent`` come from the ``Task``; ``on_part`` receives each part."""

    left_out: Mapping[ReadingPart, str] = field(default_factory=dict)
    ends_at: ReadingPart | None = None
    spent: float = 0.0
    on_part: Callable[[ReadingPart], None] = _ignore_part

    def begin(self, part: ReadingPart) -> None:
        """Announce a part.

        Raises:
            PartLeftOutError: the part must not be read.
        """
        if reason := self.left_out.get(part):
            raise PartLeftOutError(reason)
        self.on_part(part)
