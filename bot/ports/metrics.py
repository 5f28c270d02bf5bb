"""Metrics of the running service, for its operators. No decision depends on them.

Labels are fixed words of this program, never names of people or repositories, nor texts.
"""

from typing import Literal, Protocol

from bot.ports.model import ModelAnswer, ModelRequest

Kind = Literal["change", "baseline"]
Stage = Literal["queue", "checkout", "turn", "read", "model", "publish", "whole"]
"""The stages of a reading.

``queue`` runs from when it is due, after the quiet period, to when it begins. ``checkout`` is the clone,
``turn`` the wait for a free reader, ``read`` the signals, ``model`` the model, ``publish`` the publication.
``whole`` runs from when it is due to the end of publication.
"""


class Metrics(Protocol):
    """Counts and times. Every method is fast and thread-safe, and never raises."""

    def count_received(self, *, new: bool) -> None:
        """Count a delivery that was stored (``new``) or was stored before."""

    def count_refused(self, reason: str) -> None:
        """Count a request that was refused as a delivery. ``reason`` is one of a few fixed words."""

    def count_handled(self, *, well: bool) -> None:
        """Count a delivery that was handled (``well``) or failed because of a bug."""

    def record_stage(self, kind: Kind, stage: Stage, seconds: float) -> None:
        """Record how long a stage of a reading took."""

    def record_step(self, workflow: str, step: str, seconds: float, *, again: bool) -> None:
        """Record how long a step took. ``again`` means that it failed and will be retried."""

    def record_answer(self, model: str, request: ModelRequest, answer: ModelAnswer, seconds: float) -> None:
        """Record a model's answer: its outcome, duration, tokens and cost."""


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
