"""A brief: what the two people of a one-to-one read the day before, as plain values.

Both briefs have the same topics. Neither contains a draft level.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class TopicKind(StrEnum):
    """Why a topic is worth the hour."""

    DRIFT = "drift"
    """A decision whose code changed or is gone."""
    PUT_OFF = "put_off"
    """A question that the participant put off."""
    LOST = "lost"
    """A criterion that lost evidence since the last one-to-one."""
    GATE = "gate"
    """The gate criterion about which they have said least."""
    WAITING = "waiting"
    """A question that has no answer yet."""
    GAINED = "gained"
    """A criterion that gained evidence."""


@dataclass(frozen=True, slots=True)
class Topic:
    """Something worth the hour.

    ``subject`` names it: a decision, a criterion. ``question`` is what the sensei could ask, and the
    participant can expect. ``listen_for`` is what the rubric asks there; ``quote`` is evidence, and ``place``
    where it is from. These three are for the sensei, and may be empty. ``since`` is the day on which a
    question was asked or put off, or None. ``number`` is a decision's number, or 0; ``check`` is the id of
    the check that it's about, or None.
    """

    kind: TopicKind
    subject: str
    question: str
    listen_for: str = ""
    quote: str = ""
    place: str = ""
    since: date | None = None
    number: int = 0
    check: str | None = None


@dataclass(frozen=True, slots=True)
class OpenMatters:
    """What is open. ``drafts`` counts decisions that the participant hasn't confirmed.

    ``draft_titles`` are theirs, and only for the participant, as is ``check_in``: whether one waits.
    """

    drafts: int = 0
    draft_titles: tuple[str, ...] = ()
    asked: int = 0
    put_off: int = 0
    drifted: tuple[int, ...] = ()
    check_in: bool = False


@dataclass(frozen=True, slots=True)
class MovedSince:
    """What moved since the last one-to-one, or in the last weeks: titles of criteria.

    ``ruled`` are those on which a sensei has ruled. ``since`` is the day of the last one-to-one, or None if
    this is the first.
    """

    since: date | None = None
    gained: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    ruled: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Brief:
    """A brief. ``decided_before`` is what its reader wrote after the last one-to-one with the same person."""

    open: OpenMatters
    moved: MovedSince
    topics: tuple[Topic, ...]
    decided_before: str = ""
