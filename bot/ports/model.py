"""A model that reads code: its requests and answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal, Protocol


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """A complete request to a model. Equal requests have the same key.

    ``system`` holds the instructions in blocks, with a cache breakpoint after each. ``user`` is the data.
    ``schema`` is the JSON Schema of the answer. ``sample`` distinguishes several answers to one request.
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
    """Tokens as the provider counts them. ``input`` excludes tokens read from or written to the cache."""

    input: int = 0
    output: int = 0
    cache_read: int = 0
    cache_write: int = 0


class CallOutcome(StrEnum):
    """How a call ended. Every outcome but ``ANSWERED`` makes a reading incomplete."""

    ANSWERED = "answered"
    REFUSED = "refused"
    CUT_OFF = "cut off"
    MALFORMED = "malformed"
    FAILED = "failed"
    OVER_BUDGET = "over budget"


@dataclass(frozen=True, slots=True)
class ModelAnswer:
    """A model's answer. Failures of a call are outcomes too, so only a bug raises an error.

    ``document`` is the parsed JSON object of an answer. For an answer that was cut off, it holds what could
    be parsed, and must not be shown as complete. ``reason`` is a sentence for the report on other outcomes.
    ``reused`` means that a recorded answer was used at no cost. ``usd`` is the cost of this answer: 0.0 if it
    was reused, None if no price is known.
    """

    outcome: CallOutcome
    document: Mapping[str, Any] | None
    reason: str
    usage: Usage
    usd: float | None
    reused: bool
    attempts: int


class Model(Protocol):
    """A model that reads. It has no tools and can't write anything."""

    @property
    def provider(self) -> str:
        """The provider's name, as in the report: ``anthropic``, ``bedrock``."""

    @property
    def id(self) -> str:
        """The model's id, as in the report."""

    def ask(self, request: ModelRequest) -> ModelAnswer:
        """Return the recorded answer to this request, or ask the model and record its answer."""
