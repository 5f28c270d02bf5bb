"""NEW."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal, Protocol


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """One question to a model, complete: the same request gives the same key.

    ``system`` are the instructions as blocks; a cache breakpoint stands after each. ``user`` is the data.
    ``schema`` is the JSON Schema of the answer. ``sample`` tells several answers to one request apart.
    """

    purpose: Literal["read", "reduce", "challenge", "baseline", "doctor"]
    prompt: str
    prompt_version: int
    prompt_sha256: str
    rubric_version: str
    system: tuple[str, ...]
    user: str
    schema: Mapping[str, Any]
    max_tokens: int
    effort: Literal["low", "medium", "high"] = "medium"
    sample: int = 0


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens as the provider counts them: ``input`` without what came from or went into the cache."""

    input: int = 0
    output: int = 0
    cache_read: int = 0
    cache_write: int = 0


class CallOutcome(StrEnum):
    """How a call ended. Everything but ``ANSWERED`` makes a reading incomplete."""

    ANSWERED = "answered"
    REFUSED = "refused"
    CUT_OFF = "cut off"
    MALFORMED = "malformed"
    FAILED = "failed"
    OVER_BUDGET = "over budget"


@dataclass(frozen=True, slots=True)
class ModelAnswer:
    """What a model port gives back; it raises only for bugs.

    ``document`` is the parsed JSON object where the outcome is ``ANSWERED``; of a cut-off answer it is what
    could be parsed, never to be shown as complete. ``reason`` is a sentence for the report where it is not
    answered. ``reused`` says that a recorded answer was taken and nothing was paid. ``usd`` is what this
    answer cost now: 0.0 if reused, None where no price is known.
    """

    outcome: CallOutcome
    document: Mapping[str, Any] | None
    reason: str
    usage: Usage
    usd: float | None
    reused: bool
    attempts: int


class Model(Protocol):
    """A model that reads. It holds no tool and can write nothing."""

    @property
    def provider(self) -> str:
        """The provider's name, as in the report: ``anthropic``, ``bedrock``."""

    @property
    def id(self) -> str:
        """The model's id, as in the report."""

    def ask(self, request: ModelRequest) -> ModelAnswer:
        """Return the recorded answer to this very request, else ask, record and return it."""
