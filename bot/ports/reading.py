"""What a reading needs: a checkout, a model, a clock, someone who watches."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from bot.domain.review.context import ChangeText
from bot.domain.rubrics.rubric import Library

if TYPE_CHECKING:
    from bot.domain.review.prompts import Prompt


class Clock(Protocol):
    """Time, so that tests own it."""

    def monotonic(self) -> float:
        """Return seconds from an arbitrary start; only differences mean anything."""


class Progress(Protocol):
    """Someone who is told how far a reading is."""

    def stage(self, name: str, total: int | None = None) -> None:
        """Begin a stage of ``total`` steps (None: not known)."""

    def step(self) -> None:
        """Finish one step of the stage."""


@dataclass(frozen=True, slots=True)
class ReadingRequest:
    """What to read: a change from ``base`` (None: the repository's own) to ``head``, or a whole tree.

    ``words`` are a pull request's title and body, for the model.
    """

    base: str | None
    head: str
    baseline: bool = False
    words: tuple[ChangeText, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadingLimits:
    """What one reading may take.

    Bytes of a file that is read for decisions, and of one that is searched for secrets; seconds in all.
    ``part_seconds`` are for one part of it, such as a file; ``memory_bytes`` for the process that reads.
    """

    max_file_bytes: int
    max_scan_bytes: int
    seconds: float
    part_seconds: float = 20.0
    memory_bytes: int = 448 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class ReadingRules:
    """By what a change is read. ``prompts`` and ``context_tokens`` are for a model, by the prompts' names."""

    library: Library
    limits: ReadingLimits
    git_timeout: float
    prompts: "Mapping[str, Prompt]"
    context_tokens: int
