"""The report of a review, ``sensei.report/1``. All outputs are rendered from it; ``--format json`` prints it.

It contains no levels for anyone.
"""

import json
import re
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Sha = Annotated[str, Field(pattern=r"^(?:[0-9a-f]{40}|[0-9a-f]{64})$")]
Uncommitted = Literal["WORKTREE", "INDEX"]
Mode = Literal["signals", "model"]


# Control, directional and invisible characters, which could steer a terminal. JSON can escape them.
_UNSEEN = re.compile("[\x7f-\x9f\xad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e01ef]")


def escape_unseen_characters(document: str) -> str:
    """Return the same JSON with its invisible and control characters escaped."""
    return _UNSEEN.sub(lambda found: json.dumps(found[0])[1:-1], document)


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Citation(_Model):
    """A place in a file or text. Lines are 1-based and inclusive.

    ``quote`` is, byte for byte, the text of those lines or a part of it. If ``redacted`` is true, secrets in
    it are replaced by ``[redacted:<rule>]``.
    """

    source: Literal["commit", "text"]
    path: str
    commit: Sha | Uncommitted
    side: Literal["head", "base"]
    line_start: Annotated[int, Field(ge=1)]
    line_end: Annotated[int, Field(ge=1)]
    quote: Annotated[str, Field(min_length=1)]
    redacted: bool


class CodeLine(_Model):
    """A line of code near a citation, without secrets. ``line`` is 1-based.

    Unlike a quote, it is for reading only: a long line is cut and ends with ``…``.
    """

    line: Annotated[int, Field(ge=1)]
    text: str


# Left out of JSON if empty, so that earlier versions can read stored reports.
_Excerpt = Annotated[tuple[CodeLine, ...], Field(exclude_if=lambda lines: not lines)]


class Movement(_Model):
    """A check that this change supports or weakens."""

    check: str
    direction: Literal["supports", "weakens"]
    partial: bool
    missing: str
    source: Literal["signal", "model"]
    citations: Annotated[tuple[Citation, ...], Field(min_length=1)]


class Concern(_Model):
    """A fact that looks wrong whatever the author intended. It suggests no fix.

    ``excerpt`` has the cited lines and a few around them. It is empty if nobody asked for it.
    """

    signal: str | None
    check: str | None
    text: str
    source: Literal["signal", "model"]
    citation: Citation
    excerpt: _Excerpt = ()


class Question(_Model):
    """A question about a decision, worth two minutes of a senior engineer's time.

    ``excerpt`` is as for ``Concern``.
    """

    check: str | None
    text: str
    source: Literal["signal", "model"]
    citation: Citation
    excerpt: _Excerpt = ()


class Strength(_Model):
    """A decision that this change supports with reasons or evidence."""

    text: str
    citation: Citation


class Note(_Model):
    """Something about a place that is neither a fact nor a question, such as a published example key."""

    text: str
    citation: Citation


class Skipped(_Model):
    """A file that was not read for decisions, and the reason.

    ``unread`` is true for a file of a kind that people write. The review is then incomplete, and another
    attempt would be too.
    """

    path: str
    reason: str
    unread: bool = False


class Coverage(_Model):
    """The files and checks that the review covered, and those it did not."""

    files_total: Annotated[int, Field(ge=0)]
    files_read: Annotated[int, Field(ge=0)]
    skipped: tuple[Skipped, ...]
    not_assessed: tuple[str, ...]


CACHE_READ, CACHE_WRITE = 0.1, 1.25
"""The prices of a token read from the cache, and of one written to it for five minutes; any other costs 1."""


def billed_tokens(sent: int, read: int, written: int) -> int:
    """Return how many input tokens without a cache would cost as much as these.

    ``sent`` counts all input tokens, including those ``read`` from the cache and ``written`` to it.
    """
    return round(sent - read - written + CACHE_READ * read + CACHE_WRITE * written)


class Cost(_Model):
    """The cost of the review. ``usd`` is null if the price is unknown.

    ``input_tokens`` counts all that were sent, including ``cached_tokens``, which were read from the
    provider's cache, and ``cache_write_tokens``. ``billed_input_tokens`` is how many tokens without a cache
    would cost as much. A report by an earlier version doesn't have this number, so it is computed.
    """

    calls: Annotated[int, Field(ge=0)] = 0
    input_tokens: Annotated[int, Field(ge=0)] = 0
    cached_tokens: Annotated[int, Field(ge=0)] = 0
    cache_write_tokens: Annotated[int, Field(ge=0)] = 0
    billed_input_tokens: Annotated[int, Field(ge=0)] = 0
    output_tokens: Annotated[int, Field(ge=0)] = 0
    usd: float | None = 0.0
    seconds: Annotated[float, Field(ge=0)]

    @model_validator(mode="before")
    @classmethod
    def _compute_billed_tokens(cls, fields: Any) -> Any:
        if not isinstance(fields, dict) or "billed_input_tokens" in fields:
            return fields
        names = ("input_tokens", "cached_tokens", "cache_write_tokens")
        sent, read, written = (fields.get(name, 0) for name in names)
        if not all(isinstance(number, int) for number in (sent, read, written)):
            return fields  # the fields' own types will say so
        return {**fields, "billed_input_tokens": max(0, billed_tokens(sent, read, written))}


class RubricRef(_Model):
    """The rubric of the review. ``sha256`` is the digest of its text with overlay and packs."""

    id: str
    version: str
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


# Left out of JSON if empty, so that earlier versions can read stored reports.
_Kinds = Annotated[tuple[str, ...], Field(exclude_if=lambda kinds: not kinds)]

TraceKind = Literal["import", "code", "dependency", "infrastructure", "file", "signal"]


class Trace(_Model):
    """The first place that shows that a top folder (empty: the repository's root) uses a stack."""

    stack: str
    title: str
    folder: str
    kind: TraceKind
    what: str
    path: str
    line: Annotated[int, Field(ge=1)]


class ModelRef(_Model):
    """The model of the review, and the prompts used, as ``{"read": "3@<sha256>"}``."""

    provider: str
    id: str
    prompts: dict[str, str]


class Report(_Model):
    """A review of a change or of a whole tree.

    If a model was configured but not asked, because the change contains nothing to decide,
    ``nothing_to_decide`` has the kinds of its content, such as "lock files". ``left_out`` counts, by reason,
    the model's texts that are not shown because of their wording. ``permanent_reasons`` is how many of
    ``incomplete_because`` another attempt would not change.
    """

    schema_: Literal["sensei.report/1"] = Field(default="sensei.report/1", alias="schema")
    kind: Literal["change", "baseline"]
    mode: Mode
    complete: bool
    incomplete_because: tuple[str, ...]
    permanent_reasons: Annotated[int, Field(ge=0)] = 0
    base: Sha | None
    head: Sha | Uncommitted
    rubric: RubricRef
    stacks: tuple[str, ...]
    stack_evidence: tuple[Trace, ...]
    model: ModelRef | None
    touched: tuple[str, ...]
    movements: tuple[Movement, ...]
    concerns: tuple[Concern, ...]
    questions: tuple[Question, ...]
    strengths: tuple[Strength, ...]
    nothing_to_decide: _Kinds = ()
    left_out: dict[str, Annotated[int, Field(ge=1)]] = Field(default_factory=dict)
    # Left out of JSON if empty, so that earlier versions can read stored reports.
    notes: Annotated[tuple[Note, ...], Field(exclude_if=lambda notes: not notes)] = ()
    coverage: Coverage
    cost: Cost

    @property
    def final(self) -> bool:
        """Whether another attempt would read no more, because what is missing can never be read."""
        # Reports by an earlier version have no number of permanent reasons, except the unread files.
        permanent = max(self.permanent_reasons, sum(file.unread for file in self.coverage.skipped))
        return self.complete or 0 < len(self.incomplete_because) == permanent

    def as_json(self) -> str:
        """Return the document that ``--format json`` prints, ending in a newline."""
        return escape_unseen_characters(self.model_dump_json(by_alias=True, indent=2) + "\n")
