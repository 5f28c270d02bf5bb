"""What a reading needs: a checkout, a model, a clock, someone who watches."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol

from bot.domain.context import Words
from bot.domain.diff import FileDiff, Side
from bot.domain.rubric import Library

if TYPE_CHECKING:
    from bot.domain.prompt import Prompt

Uncommitted = Literal["WORKTREE", "INDEX"]


@dataclass(frozen=True, slots=True)
class TreeEntry:
    """A file of a tree: path as in ``domain.paths``, and its mode, object id and size."""

    path: str
    side: Side


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be read, resolved once.

    ``base`` is the merge base (None: a baseline, or a head with no common history), ``head`` a commit id or
    ``"WORKTREE"`` / ``"INDEX"``. ``hiding_base`` is the commit whose ``.senseiignore`` and ``.gitattributes``
    count: the tip of the base as given, never the head of a change (a baseline has no other). ``notes`` are
    sentences for whoever asked for the reading.
    """

    base: str | None
    head: str
    hiding_base: str | None
    files: tuple[FileDiff, ...]
    notes: tuple[str, ...] = ()


class Messages(NamedTuple):
    """Commit messages, each with a name to show; and a sentence for each that is too long to be read."""

    read: tuple[tuple[str, str], ...] = ()
    unread: tuple[str, ...] = ()


class Checkout(Protocol):
    """A repository, read-only, at one moment. No method runs code that the repository names."""

    def change(self, base: str | None, head: str) -> Change:
        """Read the change from the merge base of ``base`` and ``head``; raise UserError or Incomplete."""

    def baseline(self, head: str) -> Change:
        """Read a whole tree as if every file were added."""

    def tree(self) -> Sequence[TreeEntry]:
        """List every file of the head, submodules included."""

    def read(self, side: Side) -> bytes:
        """Read one blob's bytes; raise Incomplete where this clone does not have it."""

    def hiding_file(self, path: str, most: int) -> bytes | None:
        """Return a file of the change's ``hiding_base``, or None where there is none.

        Raise UserError where it has more than ``most`` bytes: what it hides could not be hidden.
        """

    def messages(self) -> Messages:
        """Return the messages of the change's commits, newest first."""

    def attributes(self, commit: str | None, paths: Sequence[str]) -> dict[str, frozenset[str]]:
        """Return for each path which of ``linguist-generated`` and ``linguist-vendored`` a commit sets."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a reading needs of a host's repository, by its number. ``base`` None: the whole tree of ``head``.

    ``url`` holds no credential; ``token`` may read the contents, and is written nowhere.
    """

    repository: int
    url: str
    token: str
    base: str | None
    head: str


class Checkouts(Protocol):
    """Clones of hosts' repositories."""

    def brought(self, wanted: Wanted) -> AbstractContextManager[str]:
        """Give the folder of a clone with all that a reading of ``wanted`` looks at; nobody changes it.

        Raises:
            TransientError, PermanentError: the host did not answer, or does not let us in. Incomplete: it has
                not got a commit any more.
        """


class Clock(Protocol):
    """Time, so that tests own it."""

    def monotonic(self) -> float:
        """Return seconds from an arbitrary start; only differences mean anything."""


class Progress(Protocol):
    """Someone who is told how far a reading is."""

    def stage(self, name: str, total: int | None = None) -> None:
        """Begin a stage of ``total`` steps (None: not known)."""

    def step(self) -> None:
        """Finish one step of the stage."""


@dataclass(frozen=True, slots=True)
class Request:
    """What to read: a change from ``base`` (None: the repository's own) to ``head``, or a whole tree.

    ``words`` are a pull request's title and body, for the model.
    """

    base: str | None
    head: str
    baseline: bool = False
    words: tuple[Words, ...] = ()


@dataclass(frozen=True, slots=True)
class Limits:
    """What one reading may take.

    Bytes of a file that is read for decisions, and of one that is searched for secrets; seconds in all.
    ``part_seconds`` are for one part of it, such as a file; ``memory_bytes`` for the process that reads.
    """

    max_file_bytes: int
    max_scan_bytes: int
    seconds: float
    part_seconds: float = 20.0
    memory_bytes: int = 448 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Rules:
    """By what a change is read. ``prompts`` and ``context_tokens`` are for a model, by the prompts' names."""

    library: Library
    limits: Limits
    git_timeout: float
    prompts: "Mapping[str, Prompt]"
    context_tokens: int


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


class Outcome(StrEnum):
    """How a call ended. Everything but ``ANSWERED`` makes a reading incomplete."""

    ANSWERED = "answered"
    REFUSED = "refused"
    CUT_OFF = "cut off"
    MALFORMED = "malformed"
    FAILED = "failed"
    OVER_BUDGET = "over budget"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model port gives back; it raises only for bugs.

    ``document`` is the parsed JSON object where the outcome is ``ANSWERED``; of a cut-off answer it is what
    could be parsed, never to be shown as complete. ``reason`` is a sentence for the report where it is not
    answered. ``reused`` says that a recorded answer was taken and nothing was paid. ``usd`` is what this
    answer cost now: 0.0 if reused, None where no price is known.
    """

    outcome: Outcome
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

    def ask(self, request: ModelRequest) -> Answer:
        """Return the recorded answer to this very request, else ask, record and return it."""
