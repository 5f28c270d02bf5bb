"""What is counted while the service works, for whoever watches it. Nothing is decided by it.

Labels are words of this program: never a person's, a repository's or a text's.
"""

from typing import Literal, Protocol

from bot.ports.model import ModelAnswer, ModelRequest

Kind = Literal["change", "baseline"]
Stage = Literal["queue", "checkout", "turn", "read", "model", "publish", "whole"]
"""Of a reading: until it began once it was due (the quiet period is over then); its clone; a free reader;
signals; the model; saying what was found; and from due to said."""


class Metrics(Protocol):
    """Counts and times. Every method is quick, safe between threads, and never raises."""

    def received(self, *, new: bool) -> None:
        """Count a delivery that was kept, or came before."""

    def refused(self, reason: str) -> None:
        """Count a request that was no delivery; ``reason`` is one of a few words of ours."""

    def handled(self, *, well: bool) -> None:
        """Count a delivery that was handled, or met a bug."""

    def took(self, kind: Kind, stage: Stage, seconds: float) -> None:
        """Note how long a stage of a reading took."""

    def stepped(self, workflow: str, step: str, seconds: float, *, again: bool) -> None:
        """Note a step that was done, and whether it did not work and will be tried again."""

    def answered(self, model: str, request: ModelRequest, answer: ModelAnswer, seconds: float) -> None:
        """Note what a model answered, and what that cost."""


class NoMetrics:
    """Measures that nobody reads."""

    def received(self, *, new: bool) -> None:
        """Count nothing."""

    def refused(self, reason: str) -> None:
        """Count nothing."""

    def handled(self, *, well: bool) -> None:
        """Count nothing."""

    def took(self, kind: Kind, stage: Stage, seconds: float) -> None:
        """Note nothing."""

    def stepped(self, workflow: str, step: str, seconds: float, *, again: bool) -> None:
        """Note nothing."""

    def answered(self, model: str, request: ModelRequest, answer: ModelAnswer, seconds: float) -> None:
        """Note nothing."""
