"""Decisions as people see them in the chat: plain values, gathered from rows and laid out later."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from bot.domain.decisions.records import Decision, DecisionRevision, DecisionState

LATEST = 3
"""How many drafts, and how many confirmed decisions, an App Home shows."""


@dataclass(frozen=True, slots=True)
class ShownDecision:
    """A decision, its capstone (``owner/name``), and whether the reader is its author."""

    decision: Decision
    capstone: str
    is_own: bool


@dataclass(frozen=True, slots=True)
class FilePlace:
    """Where a decision's file is, or can be started. ``name`` is its path, or the pull request's number.

    On the page for a ``new file``, the text is filled in. It doesn't fit into the link of an ``empty file``.
    """

    kind: Literal["file", "pull request", "new file", "empty file"]
    address: str
    name: str


@dataclass(frozen=True, slots=True)
class WholeDecision:
    """A decision with its revisions in order, and the numbers of those that it replaced or that replaced it.

    ``counts_for`` says for which check it counts, as a sentence; it is empty if it counts for none.
    """

    shown: ShownDecision
    history: Sequence[DecisionRevision]
    replaces: int | None = None
    replaced_by: int | None = None
    counts_for: str = ""
    file: FilePlace | None = None


@dataclass(frozen=True, slots=True)
class DecisionDigest:
    """A participant's decisions in short: the drafts that wait, the newest confirmed ones, and how many."""

    drafts: tuple[ShownDecision, ...] = ()
    latest: tuple[ShownDecision, ...] = ()
    confirmed: int = 0
    waiting: int = 0


NO_DECISIONS = DecisionDigest()


def is_author(decision: Decision, participant: str) -> bool:
    """Return whether a capstone's participant wrote a decision. Public ones without an author are theirs."""
    return decision.person == participant or (decision.person is None and not decision.private)


def order_decisions(decisions: Iterable[ShownDecision]) -> list[ShownDecision]:
    """Return drafts first, then confirmed decisions, then the others, each by capstone, newest first."""
    states = list(DecisionState)
    return sorted(
        decisions,
        key=lambda shown: (
            states.index(shown.decision.state),
            shown.capstone.casefold(),
            -shown.decision.number,
        ),
    )


def digest_decisions(decisions: Iterable[ShownDecision]) -> DecisionDigest:
    """Return a participant's decisions in short."""
    ordered = order_decisions(decisions)
    drafts = [shown for shown in ordered if shown.decision.state is DecisionState.DRAFT]
    confirmed = [shown for shown in ordered if shown.decision.state is DecisionState.CONFIRMED]
    latest = sorted(confirmed, key=lambda shown: _when_confirmed(shown.decision), reverse=True)
    return DecisionDigest(tuple(drafts[:LATEST]), tuple(latest[:LATEST]), len(confirmed), len(drafts))


def _when_confirmed(decision: Decision) -> tuple[float, int]:
    return (decision.confirmed_at or decision.updated_at).timestamp(), decision.id
