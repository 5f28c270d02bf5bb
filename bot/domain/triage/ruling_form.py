"""What the form for a ruling was opened for. It comes back with the ruling, and is compared with the rows."""

from dataclasses import dataclass, replace
from typing import Self

from bot.domain.text.numbers import parse_number

_PARTS = 6


@dataclass(frozen=True, slots=True)
class RulingTarget:
    """The criterion of a capstone that a button or a form is about: ``<capstone>:<criterion>``."""

    capstone: int
    criterion: str

    def __str__(self) -> str:
        return f"{self.capstone}:{self.criterion}"

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Return the target that a text names, or None."""
        capstone, _, criterion = text.partition(":")
        number = parse_number(capstone)
        return cls(number, criterion) if number and criterion and ":" not in criterion else None


@dataclass(frozen=True, slots=True)
class RulingFormKey:
    """What a form shows: a criterion, its evidence, and how much of it has been opened.

    ``digest`` identifies the evidence, ``last`` is the id of the newest ruling, or 0. ``page`` is the page of
    evidence, and ``opened`` the last page that has been opened. Both count from 1.
    """

    target: RulingTarget
    digest: str
    last: int
    page: int = 1
    opened: int = 1

    def __str__(self) -> str:
        return f"{self.target}:{self.digest}:{self.last}:{self.page}:{self.opened}"

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Return the key in a form's metadata, or None."""
        parts = text.split(":")
        target = RulingTarget.parse(":".join(parts[:2]))
        numbers = [parse_number(part) for part in parts[3:]]
        if target is None or len(parts) != _PARTS:
            return None
        last, page, opened = numbers
        if last is None or not page or not opened:
            return None
        return cls(target, parts[2], last, page, opened)

    def turn_to(self, page: int, pages: int) -> Self:
        """Return the key of another page. A page can only be opened after all pages before it."""
        chosen = min(max(page, 1), self.opened + 1, pages)
        return replace(self, page=chosen, opened=max(self.opened, chosen))
