"""Metrics of the running service for its operators. No decisions depend on them.

Labels are fixed words from the code, never texts or names of people or repositories.
"""

from typing import Literal, Protocol

from bot.ports.model import ModelAnswer, ModelRequest

Kind = Literal["change", "baseline"]
Stage = Literal["queue", "checkout", "turn", "read", "model", "publish", "whole"]
"""The stages of a reading.

``queue`` lasts from when the reading is due, after the quiet period, until it starts. ``checkout`` is
cloning, ``turn`` is waiting for a free reader, ``read`` is running the signals, ``model`` is asking the
model, and ``publish`` is publishing. ``whole`` lasts from when the reading is due until it is published.
"""


class Metrics(Protocol):
    """Counts and durations. All methods are fast and thread-safe, and never raise."""

    def count_received(self, *, new: bool) -> None:
        """Count a received delivery: ``new`` if it was not already stored."""

    def count_refused(self, reason: str) -> None:
        """Count a request refused because it was not a valid delivery.

        ``reason`` is one of a few fixed words.
        """

    def count_handled(self, *, well: bool) -> None:
        """Count a finished delivery: ``well`` if it was handled, otherwise it failed because of a bug."""

    def record_stage(self, kind: Kind, stage: Stage, seconds: float) -> None:
        """Record how long a stage of a reading took."""

    def record_step(self, workflow: str, step: str, seconds: float, *, again: bool) -> None:
        """Record how long a step took. ``again`` means that it failed and will be retried."""

    def record_answer(self, model: str, request: ModelRequest, answer: ModelAnswer, seconds: float) -> None:
        """Record a model's answer: its outcome, duration, tokens and cost."""

    def count_refused_words(self, purpose: str, reason: str) -> None:
        """Count a model's words that the guard of conversations refused, by one of its fixed reasons."""


class NoMetrics:
    """Metrics that record nothing."""

    def count_received(self, *, new: bool) -> None:
        """Do nothing."""

    def count_refused(self, reason: str) -> None:
        """Do nothing."""

    def count_handled(self, *, well: bool) -> None:
        """Do nothing."""

    def record_stage(self, kind: Kind, stage: Stage, seconds: float) -> None:
        """Do nothing."""

    def record_step(self, workflow: str, step: str, seconds: float, *, again: bool) -> None:
        """Do nothing."""

    def record_answer(self, model: str, request: ModelRequest, answer: ModelAnswer, seconds: float) -> None:
        """Do nothing."""

    def count_refused_words(self, purpose: str, reason: str) -> None:
        """Do nothing."""
