"""A model that reads code: its requests and answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal, Protocol


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """A complete request to a model. Equal requests have equal keys.

    ``system`` contains blocks of instructions, with a cache breakpoint after each. ``user`` is the data.
    ``schema`` is the JSON Schema of the answer. ``sample`` distinguishes several answers to one request.

    The user message starts with ``user``. ``items`` and ``task`` follow it as blocks of their own, if they
    aren't empty: ``items`` is more data, ``task`` is the step's own instructions. If ``caches_user`` is True,
    there is also a cache breakpoint after ``user``, so that another request with the same ``system``,
    ``user``, ``schema`` and ``effort`` reads all of them from the provider's cache.
    """

    purpose: Literal[
        "read",
        "reduce",
        "challenge",
        "baseline",
        "articulate",
        "check_in",
        "drift",
        "design",
        "defence",
        "enquiry",
        "doctor",
    ]
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
    items: str = ""
    task: str = ""
    caches_user: bool = False


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens as counted by the provider. ``input`` excludes tokens read from or written to the cache."""

    input: int = 0
    output: int = 0
    cache_read: int = 0
    cache_write: int = 0


class CallOutcome(StrEnum):
    """Outcomes of a call. All except ``ANSWERED`` make a reading incomplete."""

    ANSWERED = "answered"
    REFUSED = "refused"
    CUT_OFF = "cut off"
    MALFORMED = "malformed"
    FAILED = "failed"
    OVER_BUDGET = "over budget"


@dataclass(frozen=True, slots=True)
class ModelAnswer:
    """A model's answer. Failures of a call are outcomes too, so only a bug raises an error.

    ``document`` is the parsed JSON object of an answer. For a truncated answer, it contains the part that
    could be parsed, which must not be shown as complete. For other outcomes, ``reason`` is a sentence for the
    report. ``reused`` means that a recorded answer was used at no cost. ``usd`` is the cost of this answer:
    0.0 if it was reused, None if no price is known.
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
        """The provider's name as shown in the report: ``anthropic``, ``bedrock``."""

    @property
    def id(self) -> str:
        """The model's id as shown in the report."""

    def ask(self, request: ModelRequest) -> ModelAnswer:
        """Return the recorded answer to a request, or ask the model and record its answer."""
