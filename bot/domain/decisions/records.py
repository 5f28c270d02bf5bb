"""A decision record: its parts in the participant's words, its places in the code, and its revisions."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.articulation.slots import Slot, SlotTexts


class DecisionState(StrEnum):
    """The state of a decision. Only a ``CONFIRMED`` one counts; ``SUPERSEDED``: a later one replaced it."""

    DRAFT = "draft"
    CONFIRMED = "confirmed"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


class DecisionOrigin(StrEnum):
    """Where a decision comes from: a question's thread, the chat, or a file in the capstone."""

    THREAD = "thread"
    CHAT = "chat"
    FILE = "file"


class RevisedBy(StrEnum):
    """Who wrote a revision: Sensei from the participant's quotes, the participant, or a file they changed."""

    SENSEI = "sensei"
    PARTICIPANT = "participant"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class CodeAnchor:
    """A place in the code that a decision is about. Lines are 1-based and inclusive."""

    path: str
    commit: str
    side: str
    line_start: int
    line_end: int
    quote: str


@dataclass(frozen=True, slots=True)
class DecisionRevision:
    """One version of a decision's words."""

    number: int
    title: str
    texts: SlotTexts
    by: RevisedBy
    at: datetime


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision record of a capstone, with the words of its newest revision.

    ``number`` counts within the capstone; people see it. ``person`` is its author's opaque id. ``private``:
    it came from direct messages, so only its author and their sensei may see it until the author publishes
    it. ``path`` is its file in the capstone, and ``digest`` that file's sha256, once it has one. ``export``
    is the number of the pull request that adds the file. ``code_gone_at`` is when the code that it is about
    was first missing from the default branch, though no pull request had asked about it.
    """

    id: int
    capstone: int
    number: int
    person: str | None
    origin: DecisionOrigin
    question: int | None
    check: str | None
    private: bool
    state: DecisionState
    revision: int
    title: str
    texts: SlotTexts
    anchors: tuple[CodeAnchor, ...]
    supersedes: int | None
    path: str | None
    digest: str
    export: int | None
    created_at: datetime
    confirmed_at: datetime | None
    updated_at: datetime
    code_gone_at: datetime | None = None


MOST_OF_A_TITLE = 100
"""Maximum characters of a title."""
MOST_OF_A_PART = 3000
"""Maximum characters of one part. It is also the maximum of a field of a Slack form."""


def make_title(texts: SlotTexts, fallback: str) -> str:
    """Return a title from the decision's own words: the first sentence of what was decided."""
    words = " ".join(texts.get(Slot.DECIDED, fallback).split())
    first = words.split(". ")[0].rstrip(".")
    return first if len(first) <= MOST_OF_A_TITLE else f"{first[: MOST_OF_A_TITLE - 1].rstrip()}…"
