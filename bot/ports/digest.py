"""Figures of a cohort's week, for the lead's digest."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Protocol

from bot.domain.digest.lead_digest import QuestionNoise


class WeeklyFigures(Protocol):
    """Sums over some capstones since a moment. Each method runs at most two queries."""

    def costs(self, capstones: Collection[int], since: datetime) -> Mapping[int, float]:
        """Return what a model's calls about each capstone cost in USD, including zeros.

        A call in progress counts with its highest possible cost.
        """

    def question_noise(self, capstones: Collection[int], since: datetime) -> QuestionNoise:
        """Count questions that were asked, withdrawn and disputed."""
