"""Announce the parts of a reading one after the other, so that a watching process knows the current one.

If a part ends the process or never finishes, it is the one that was announced last. The next try leaves it
out.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bot.errors import IncompleteReadingError
from bot.ports.reading_process import ReadingPart


class PartLeftOutError(IncompleteReadingError):
    """A part is not read, because an earlier try failed on it. The message is the reason."""


def _ignore_part(_part: ReadingPart) -> None:
    """Do nothing."""


@dataclass(frozen=True, slots=True)
class ReadingParts:
    """``left_out``, ``ends_at`` and ``spent`` are those of the ``Task``; ``on_part`` gets each part."""

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
