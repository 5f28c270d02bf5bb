"""The parts of a reading, one after the other: who watches knows which one is being read.

What ends the process, or never ends, is known by the part that was announced last, and is left out of the
next try.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bot.errors import IncompleteReadingError
from bot.ports.reading_process import ReadingPart


class PartLeftOutError(IncompleteReadingError):
    """A part is not read, since an earlier try did not survive it. The message is the reason."""


def _nobody(_part: ReadingPart) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class ReadingParts:
    """``left_out``, ``ends_at`` and ``spent`` are those of the ``Task``; ``on_part`` hears of each part."""

    left_out: Mapping[ReadingPart, str] = field(default_factory=dict)
    ends_at: ReadingPart | None = None
    spent: float = 0.0
    on_part: Callable[[ReadingPart], None] = _nobody

    def begin(self, part: ReadingPart) -> None:
        """Announce a part.

        Raises:
            LeftOut: it must not be read.
        """
        if reason := self.left_out.get(part):
            raise PartLeftOutError(reason)
        self.on_part(part)
