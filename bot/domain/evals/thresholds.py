"""The thresholds that a run of the evaluation must meet."""

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, Field, model_validator

from bot.domain.evals.scoring import Evaluation, Measure


class Bound(BaseModel):
    """The minimum or maximum share that is allowed."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    at_least: float | None = Field(default=None, ge=0, le=1)
    at_most: float | None = Field(default=None, ge=0, le=1)

    @model_validator(mode="after")
    def _check_exactly_one(self) -> "Bound":
        if (self.at_least is None) == (self.at_most is None):
            raise ValueError("a threshold is either `at_least` or `at_most`")
        return self

    def holds(self, share: float) -> bool:
        """Return whether a share is within this bound."""
        return (self.at_least is None or share >= self.at_least) and (
            self.at_most is None or share <= self.at_most
        )

    def __str__(self) -> str:
        return f"≥ {self.at_least:.0%}" if self.at_least is not None else f"≤ {self.at_most:.0%}"


class Thresholds(BaseModel):
    """The bounds for a run without a model and for one with a model."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    signals: dict[Measure, Bound] = Field(default_factory=dict)
    model: dict[Measure, Bound] = Field(default_factory=dict)

    def of(self, evaluation: Evaluation) -> Mapping[Measure, Bound]:
        """Return the bounds that apply to a run."""
        return self.model if evaluation.mode == "model" else self.signals

    def broken(self, evaluation: Evaluation) -> list[Measure]:
        """List the measures outside their bounds. A measure without any counts is never listed."""
        return [
            measure
            for measure, bound in self.of(evaluation).items()
            if (share := evaluation.tally(measure).share) is not None and not bound.holds(share)
        ]
