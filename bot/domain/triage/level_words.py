"""The words for levels and criteria, as a rubric gives them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from bot.domain.rubrics.rubric import Rubric
from bot.domain.triage.records import AppealState, CriterionRuling, RulerRole
from bot.domain.triage.shown import RuledLevel


@dataclass(frozen=True, slots=True)
class LevelWords:
    """Titles of criteria by id, in the rubric's order, and names and meanings of levels.

    A criterion that the rubric no longer has is shown by its id.
    """

    titles: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    names: Mapping[int, str] = field(default_factory=lambda: MappingProxyType({}))
    meanings: Mapping[int, str] = field(default_factory=lambda: MappingProxyType({}))

    @classmethod
    def of_rubric(cls, rubric: Rubric) -> "LevelWords":
        """Return a rubric's words."""
        return cls(
            {criterion.id: criterion.title for criterion in rubric.criteria},
            {level.level: level.name for level in rubric.scale},
            {level.level: level.means or "" for level in rubric.scale},
        )

    def title_of(self, criterion: str) -> str:
        """Return a criterion's title."""
        return self.titles.get(criterion, criterion)

    def position_of(self, criterion: str) -> int:
        """Return a criterion's place in the rubric; those that it no longer has come last."""
        order = list(self.titles)
        return order.index(criterion) if criterion in order else len(order)

    def meaning_of(self, level: int | None) -> str:
        """Return what a level means, or an empty string."""
        return "" if level is None else self.meanings.get(level, "")


NO_WORDS = LevelWords()


def show_level(
    ruling: CriterionRuling, words: LevelWords, day: date, appeal: AppealState | None = None
) -> RuledLevel:
    """Return a ruling as its participant sees it. ``day`` is when it was made, in the reader's time zone."""
    return RuledLevel(
        ruling.id,
        ruling.criterion,
        words.title_of(ruling.criterion),
        ruling.level,
        "" if ruling.level is None else words.names.get(ruling.level, ""),
        ruling.sentence,
        day,
        ruling.milestone,
        appeal,
        ruling.role is RulerRole.SECOND,
    )
