"""Stored decision records, and the statements that they and threads make about checks."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from bot.domain.articulation.slots import SlotTexts
from bot.domain.decisions.drift import DriftFinding
from bot.domain.decisions.records import (
    CodeAnchor,
    Decision,
    DecisionOrigin,
    DecisionRevision,
    DecisionState,
    RevisedBy,
)
from bot.domain.pull_requests.records import QuestionState


@dataclass(frozen=True, slots=True)
class DecisionQuestion:
    """A question that led to a decision or, with ``asks``, that asks whether it still holds.

    ``decision`` and ``pull_request`` are ids; ``pull_request_state`` is ``open``, ``closed`` or ``merged``.
    Both are None for the question of a check-in.
    """

    decision: int
    asks: bool
    state: QuestionState
    fingerprint: str
    pull_request: int | None
    pull_request_state: str | None


class Decisions(Protocol):
    """Decision records of capstones."""

    def get(self, decision: int) -> Decision:
        """Return a decision."""

    def find(self, decision: int) -> Decision | None:
        """Return a decision, or None if it no longer exists."""

    def by_number(self, capstone: int, number: int) -> Decision | None:
        """Return a capstone's decision by its number, or None."""

    def by_question(self, question: int) -> Decision | None:
        """Return the newest decision that came from a question, or None."""

    def by_path(self, capstone: int, path: str) -> Decision | None:
        """Return the decision whose file has this path, or None."""

    def of(self, capstone: int, states: Collection[DecisionState]) -> Sequence[Decision]:
        """List a capstone's decisions in these states, by number."""

    def by_person(self, person: str) -> Sequence[Decision]:
        """List the decisions in a participant's active capstones, by capstone and number.

        ``person`` is their opaque id.
        """

    def count_confirmed(self, capstones: Collection[int]) -> Mapping[int, int]:
        """Count confirmed decisions by capstone, without those that have none. Runs one query."""

    def add(  # noqa: PLR0913 - one row's columns
        self,
        capstone: int,
        *,
        person: str | None,
        origin: DecisionOrigin,
        question: int | None,
        check: str | None,
        private: bool,
        title: str,
        texts: SlotTexts,
        anchors: Sequence[CodeAnchor],
        supersedes: int | None,
        by: RevisedBy,
        at: datetime,
    ) -> Decision:
        """Store a draft with its first revision; return it with its number."""

    def revise(self, decision: int, title: str, texts: SlotTexts, by: RevisedBy, at: datetime) -> Decision:
        """Store a new revision, unless the words are the same; return the decision."""

    def history(self, decision: int) -> Sequence[DecisionRevision]:
        """List a decision's revisions in order."""

    def set_state(self, decision: int, state: DecisionState, at: datetime) -> None:
        """Store a decision's state, and when it was first confirmed."""

    def set_anchors(self, decision: int, anchors: Sequence[CodeAnchor], at: datetime) -> None:
        """Replace a decision's places in the code."""

    def set_supersedes(self, decision: int, superseded: int | None, at: datetime) -> None:
        """Store which decision it replaces."""

    def set_file(self, decision: int, path: str | None, digest: str, at: datetime) -> None:
        """Store a decision's file in the capstone."""

    def set_export(self, decision: int, pull_request: int, at: datetime) -> None:
        """Store the number of the pull request that adds its file."""

    def hide(self, decision: int, at: datetime) -> None:
        """Make a draft private, because its conversation goes on in private."""

    def publish(self, decision: int, at: datetime) -> None:
        """Make a private decision public, because its author wants it to be."""

    def set_code_gone(self, decision: int, at: datetime | None) -> None:
        """Store when a decision's code was first missing from the default branch; None if it is there."""

    def list_code_gone(self, capstones: Collection[int]) -> Sequence[tuple[int, int, datetime]]:
        """List the confirmed decisions whose code is gone, in one query.

        Each has its capstone, its number, and when the code was first missing.
        """

    def save_findings(self, round_: str, findings: Sequence[DriftFinding]) -> None:
        """Store which decisions a round's change may have overtaken, in place of what was stored before.

        Findings about decisions that no longer exist are left out.
        """

    def findings(self, round_: str) -> Sequence[DriftFinding]:
        """List which decisions a round's change may have overtaken, in the order in which they were found."""

    def add_drift_question(self, question: int, decision: int) -> None:
        """Store that a question asks whether a decision still holds."""

    def drifted(self, question: int) -> Decision | None:
        """Return the decision about which a question asks, or None if it is an ordinary question."""

    def drifted_of(self, questions: Collection[int]) -> Mapping[int, Decision]:
        """Return the decisions about which questions ask, by question, without ordinary questions.

        The number of queries doesn't grow with that of the questions.
        """

    def questions_of(self, capstone: int) -> Sequence[DecisionQuestion]:
        """List the questions of a capstone's decisions, oldest first. Runs one query."""


@dataclass(frozen=True, slots=True)
class StoredStatement:
    """Evidence in a participant's own words, for one check.

    ``source`` and ``reference`` name where they said it: ``thread`` and the question, or ``decision`` and the
    decision (our own ids). It is ``pending`` while its pull request is open.
    """

    id: int
    source: Literal["thread", "decision"]
    reference: int
    check: str
    partial: bool
    missing: str
    quote: str
    pending: bool


class Statements(Protocol):
    """The part of a capstone's ledger that rests on words, and not on code."""

    def enter(  # noqa: PLR0913 - one row's columns
        self,
        capstone: int,
        *,
        source: Literal["thread", "decision"],
        reference: int,
        check: str,
        partial: bool,
        missing: str,
        quote: str,
        pull_request: int | None,
        pending: bool,
        at: datetime,
    ) -> None:
        """Enter a statement. It replaces the one with the same source and reference."""

    def withdraw(self, source: Literal["thread", "decision"], reference: int) -> None:
        """Delete the statement with this source and reference, if there is one."""

    def settle(self, pull_request: int, merged: bool) -> None:
        """Count a pull request's statements if it was merged, otherwise delete those that are pending."""

    def of(self, capstone: int) -> Sequence[StoredStatement]:
        """List a capstone's statements, oldest first."""

    def of_all(self, capstones: Collection[int]) -> Mapping[int, Sequence[StoredStatement]]:
        """Return the statements of some capstones, oldest first, in one query."""
