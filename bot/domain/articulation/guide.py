"""What Sensei listens for: the parts of a decision, their probes, and those that a check needs."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from bot.domain.articulation.slots import Slot, SlotTexts
from bot.domain.rubrics.frozen import Frozen
from bot.domain.rubrics.overlays import with_packs
from bot.domain.rubrics.rubric import Library, Version
from bot.domain.rubrics.signal_rules import Words

_LEVEL_WITHOUT_CHECK = 2
REPEATED_QUESTION = "{question}"
"""Stands in a probe for the question itself, without what leads up to it."""
NAMED_DECISION = "decision {number} (“{title}”)"
"""Where a drift probe names the decision that it asks about."""


class SlotGuide(Frozen):
    """One part: its title, what counts as it, and the probe that asks for it.

    ``means`` is exact, for a model; ``hint`` says the same to a person who fills in a form.
    """

    id: Slot
    title: Words
    means: Words
    hint: Words
    probe: Words


class Needs(Frozen):
    """The parts that a check of this level needs, in the order in which Sensei asks for them.

    ``words_suffice`` says whether a confirmed decision with all of them fully supports such a check. Words
    alone never show a test or a trace, so for higher levels they support it in part.
    """

    level: Annotated[int, Field(ge=1, le=4)]
    slots: Annotated[tuple[Slot, ...], Field(min_length=1)]
    words_suffice: bool


class ArticulationGuide(Frozen):
    """The file ``rubrics/articulation.yaml``.

    The drift probes ask whether an earlier decision still holds, and contain ``NAMED_DECISION``.
    ``drift_revisit_probe`` is for a decision that says what would reopen it.
    """

    schema_: Literal["dojo.articulation/v1"] = Field(alias="schema")
    version: Version
    slots: tuple[SlotGuide, ...]
    needs: tuple[Needs, ...]
    drift_probe: Words
    drift_revisit_probe: Words

    @model_validator(mode="after")
    def _check_complete(self) -> Self:
        if [part.id for part in self.slots] != list(Slot):
            raise ValueError(f"slots must be, in this order: {', '.join(Slot)}")
        if [need.level for need in self.needs] != [1, 2, 3, 4]:
            raise ValueError("needs must have the levels 1, 2, 3 and 4, in this order")
        if any(NAMED_DECISION not in probe for probe in (self.drift_probe, self.drift_revisit_probe)):
            raise ValueError(f"each drift probe must contain: {NAMED_DECISION}")
        return self

    def title(self, slot: Slot) -> str:
        """Return a part's title."""
        return self._get(slot).title

    def probe(self, slot: Slot, question: str) -> str:
        """Return the question that asks for a part.

        ``question`` is what Sensei asked first, which the probe may repeat.
        """
        return self._get(slot).probe.replace(REPEATED_QUESTION, _last_sentence(question))

    def _get(self, slot: Slot) -> SlotGuide:
        return next(part for part in self.slots if part.id is slot)


@dataclass(frozen=True, slots=True)
class Support:
    """How far a decision supports its check. ``missing`` names what it does not say; "" if whole."""

    partial: bool
    missing: str


@dataclass(frozen=True)
class ArticulationRules:
    """The guide, applied to the checks of a rubric and its packs. ``levels`` has each check's level."""

    guide: ArticulationGuide
    levels: Mapping[str, int]

    @classmethod
    def for_library(cls, guide: ArticulationGuide, library: Library) -> Self:
        """Return the rules for a rubric and its packs."""
        criteria = with_packs(library.rubric, library.packs).criteria
        return cls(guide, {check.id: check.level for one in criteria for check in one.checks})

    def needed(self, check: str | None) -> tuple[Slot, ...]:
        """Return the parts that matter for a check, in the order in which Sensei asks for them."""
        return self._needs(check).slots

    def first_missing(self, check: str | None, filled: Collection[Slot]) -> Slot | None:
        """Return the first part that matters for a check and is not filled, or None."""
        return next((slot for slot in self.needed(check) if slot not in filled), None)

    def support(self, check: str, texts: SlotTexts) -> Support:
        """Return how far a confirmed decision with these parts supports a check."""
        needs = self._needs(check)
        missing = [self.guide.title(slot).lower() for slot in needs.slots if slot not in texts]
        if missing:
            return Support(True, ", ".join(missing))
        return Support(not needs.words_suffice, "" if needs.words_suffice else "shown in words only")

    def _needs(self, check: str | None) -> Needs:
        level = self.levels.get(check or "", _LEVEL_WITHOUT_CHECK)
        return next(needs for needs in self.guide.needs if needs.level == level)


def _last_sentence(question: str) -> str:
    return " ".join(question.split()).rsplit(". ", 1)[-1]
