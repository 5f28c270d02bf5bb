"""A brief: what the two people of a one-to-one read the day before, as plain values.

Both briefs have the same topics. Neither contains a draft level.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class TopicKind(StrEnum):
    """Why a topic is worth the hour, the most urgent first."""

    DRIFT = "drift"
    """A decision that may no longer hold."""
    PUT_OFF = "put_off"
    """A question that the participant put off."""
    LOST = "lost"
    """A criterion that lost evidence since the last one-to-one."""
    AGAINST = "against"
    """A criterion against which there is new evidence."""
    DRAFT = "draft"
    """A decision that the participant has drafted and not confirmed."""
    GATE = "gate"
    """A gate criterion about which they haven't said everything."""
    WAITING = "waiting"
    """A question that has no answer yet."""
    GAINED = "gained"
    """A criterion that gained evidence."""
    UNSEEN = "unseen"
    """The capstone, if nothing that the rubric asks about is known of it."""


@dataclass(frozen=True, slots=True)
class TopicCode:
    """Code that a topic is about. Lines are 1-based. ``commit`` is empty if it isn't known."""

    path: str
    line_start: int
    line_end: int
    quote: str
    commit: str = ""


@dataclass(frozen=True, slots=True)
class DecisionWords:
    """A decision in its author's words: what was decided, why, and what would reopen it. Each may be empty.

    ``is_asked``: a question asks whether it still holds. If not, its code is gone.
    """

    number: int
    decided: str = ""
    why: str = ""
    reopens: str = ""
    is_asked: bool = False


@dataclass(frozen=True, slots=True)
class Topic:
    """Something worth the hour.

    ``subject`` names it: a decision, a criterion. ``question`` is what the sensei could ask, and the
    participant can expect; ``pull_request`` is the number of the one on which Sensei has asked it, or None.
    For the sensei alone, and often empty, are what the rubric asks there (``listen_for``; both read it if
    ``tells_ask``), what the evidence for it lacks (``missing``), what a signal states about the code
    (``fact``), the quote of the ``code``, and the words of the ``decision`` but for what would reopen it.
    ``since`` is the day on which a question was asked or put off, a decision drafted, or the code first gone;
    or None. ``check`` is the id of the check that it's about, or None. ``said``: about how many of how many
    checks they have said something. ``page`` is the capstone's page at the code host.
    """

    kind: TopicKind
    subject: str
    question: str
    listen_for: str = ""
    missing: str = ""
    fact: str = ""
    code: TopicCode | None = None
    decision: DecisionWords | None = None
    since: date | None = None
    check: str | None = None
    said: tuple[int, int] = (0, 0)
    is_gate: bool = False
    page: str = ""
    pull_request: int | None = None
    tells_ask: bool = False


@dataclass(frozen=True, slots=True)
class OpenMatters:
    """What is open. ``drafts`` counts decisions that the participant hasn't confirmed.

    ``draft_titles`` are theirs, and only for the participant, as is ``check_in``: whether one waits.
    ``gone`` are the numbers of the decisions whose code is no longer as it was, ``doubted`` of those about
    which a question asks whether they still hold.
    """

    drafts: int = 0
    draft_titles: tuple[str, ...] = ()
    asked: int = 0
    put_off: int = 0
    gone: tuple[int, ...] = ()
    doubted: tuple[int, ...] = ()
    check_in: bool = False


@dataclass(frozen=True, slots=True)
class MovedSince:
    """What moved since the last one-to-one, or in the last weeks: titles of criteria.

    ``against`` are those with new evidence against them; ``ruled`` are those on which a sensei has ruled.
    ``since`` is the day of the last one-to-one, or None if this is the first.
    """

    since: date | None = None
    gained: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    ruled: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Brief:
    """A brief. ``decided_before`` is what its reader wrote after the last one-to-one with the same person."""

    open: OpenMatters
    moved: MovedSince
    topics: tuple[Topic, ...]
    decided_before: str = ""
