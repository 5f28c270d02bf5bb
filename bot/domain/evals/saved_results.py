"""The part of a saved result of the evaluation (``sensei.evaluation/1``) that a comparison needs."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from bot.domain.evals.intervals import Tally
from bot.domain.evals.scoring import Measure
from bot.domain.review.report import Mode


class SavedCost(BaseModel):
    """What a case cost. ``usd`` is None if the price is unknown."""

    model_config = ConfigDict(frozen=True)
    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    usd: float | None = None


class SavedCase(BaseModel):
    """The result of a case: ``[hits, of]`` by measure, remarks and cost."""

    model_config = ConfigDict(frozen=True)
    remarks: tuple[str, ...]
    measures: dict[str, tuple[int, int]]
    cost: SavedCost


class SavedResult(BaseModel):
    """A saved result. Fields that a comparison doesn't need, or that are newer, are ignored."""

    model_config = ConfigDict(frozen=True)
    schema_: Literal["sensei.evaluation/1"] = Field(alias="schema")
    mode: Mode
    # Results of earlier versions do not say which model and prompts they used.
    models: tuple[str, ...] = ()
    prompts: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    by_case: Annotated[dict[str, SavedCase], Field(min_length=1)]

    def tally(self, case: str, measure: Measure) -> Tally:
        """Return the count of a measure in one case."""
        return Tally(*self.by_case[case].measures.get(str(measure), (0, 0)))
