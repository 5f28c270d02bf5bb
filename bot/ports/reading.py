"""The inputs of a reading: a request, limits, rules, a clock and a progress observer."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from bot.domain.decisions.drift import ComparedDecision
from bot.domain.review.context import ChangeText
from bot.domain.rubrics.rubric import Library

if TYPE_CHECKING:
    from bot.domain.review.prompts import Prompt


class Clock(Protocol):
    """A clock, so that tests can replace it."""

    def monotonic(self) -> float:
        """Return seconds since an arbitrary start. Only differences are meaningful."""


class Progress(Protocol):
    """An observer of a reading's progress."""

    def stage(self, name: str, total: int | None = None) -> None:
        """Start a stage of ``total`` steps, or None if the number is unknown."""

    def step(self) -> None:
        """Finish one step of the stage."""


@dataclass(frozen=True, slots=True)
class ReadingRequest:
    """What to read: a change from ``base`` to ``head``, or the whole tree at ``head`` if ``baseline`` is set.

    A ``base`` of None means the repository's default. ``words`` are a pull request's title and body, for the
    model. With ``excerpts``, the report shows the code around its facts and questions. The change is
    compared with ``decisions``. ``shown`` are quotes that people have been shown as evidence.
    """

    base: str | None
    head: str
    baseline: bool = False
    words: tuple[ChangeText, ...] = ()
    excerpts: bool = False
    decisions: tuple[ComparedDecision, ...] = ()
    shown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadingLimits:
    """Limits of one reading.

    Files up to ``max_file_bytes`` are searched for design decisions, files up to ``max_scan_bytes`` for
    secrets. ``seconds`` applies to the whole reading, ``part_seconds`` to one part, such as a file.
    ``memory_bytes`` applies to the reading process.
    """

    max_file_bytes: int
    max_scan_bytes: int
    seconds: float
    part_seconds: float = 20.0
    memory_bytes: int = 448 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class ReadingRules:
    """The rules for reading a change. ``prompts`` (by name) and ``context_tokens`` are for the model."""

    library: Library
    limits: ReadingLimits
    git_timeout: float
    prompts: "Mapping[str, Prompt]"
    context_tokens: int
