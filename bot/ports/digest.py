"""Figures of a cohort's week, for the lead's digest."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class QuestionNoise:
    """How many questions were asked, and of how many someone said that they were wrong.

    ``asked`` were first asked in the period, ``withdrawn`` withdrawn in it. ``disputed`` are those whose
    participant disputed them and that were not withdrawn.
    """

    asked: int
    withdrawn: int
    disputed: int


class WeeklyFigures(Protocol):
    """Sums over some capstones since a moment. Each method runs at most two queries."""

    def costs(self, capstones: Collection[int], since: datetime) -> Mapping[int, float]:
        """Return what a model's calls about each capstone cost in USD, including zeros.

        A call in progress counts with its highest possible cost.
        """

    def question_noise(self, capstones: Collection[int], since: datetime) -> QuestionNoise:
        """Count questions that were asked, withdrawn and disputed."""
