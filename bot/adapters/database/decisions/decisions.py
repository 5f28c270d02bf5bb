"""Decision records with their revisions, places and questions."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, func, select

from bot.adapters.database.decisions.decision_questions import list_decision_questions, list_drifted
from bot.adapters.database.decisions.drift_findings import list_findings, save_findings
from bot.adapters.database.decisions.tables import (
    DecisionAnchorRow,
    DecisionRevisionRow,
    DecisionRow,
    DriftQuestionRow,
)
from bot.adapters.database.pull_requests.tables import CapstoneRow
from bot.domain.articulation.slots import Slot, SlotTexts
from bot.domain.decisions.drift import DriftFinding
from bot.domain.decisions.records import (
    CodeAnchor,
    Decision,
    DecisionOrigin,
    DecisionRevision,
    DecisionState,
    RevisedBy,
)
from bot.ports.decisions import DecisionQuestion

_DECISIONS = (
    sa.select(DecisionRow, DecisionRevisionRow, DecisionAnchorRow)
    .join(
        DecisionRevisionRow,
        sa.and_(
            col(DecisionRevisionRow.decision_id) == col(DecisionRow.id),
            col(DecisionRevisionRow.number) == col(DecisionRow.revision),
        ),
    )
    .outerjoin(DecisionAnchorRow, col(DecisionAnchorRow.decision_id) == col(DecisionRow.id))
    .order_by(
        col(DecisionRow.capstone_id), col(DecisionRow.number), col(DecisionRow.id), col(DecisionAnchorRow.id)
    )
)
"""Any number of decisions by capstone and number, with a row for each place."""


@dataclass
class SqlDecisions:
    """The ``decision``, ``decision_revision``, ``decision_anchor`` and ``drift_question`` tables."""

    session: Session

    def get(self, decision: int) -> Decision:
        """Return a decision."""
        return self._as_decision(self.session.get_one(DecisionRow, decision))

    def find(self, decision: int) -> Decision | None:
        """Return a decision, or None if it no longer exists."""
        row = self.session.get(DecisionRow, decision)
        return self._as_decision(row) if row else None

    def by_number(self, capstone: int, number: int) -> Decision | None:
        """Return a capstone's decision by its number, or None."""
        return next(iter(self._list(DecisionRow.capstone_id == capstone, DecisionRow.number == number)), None)

    def by_question(self, question: int) -> Decision | None:
        """Return the newest decision that came from a question, or None."""
        found = self._list(DecisionRow.question_id == question)
        return found[-1] if found else None

    def by_path(self, capstone: int, path: str) -> Decision | None:
        """Return the decision whose file has this path, or None."""
        found = self._list(DecisionRow.capstone_id == capstone, DecisionRow.path == path)
        return found[-1] if found else None

    def of(self, capstone: int, states: Collection[DecisionState]) -> Sequence[Decision]:
        """List a capstone's decisions in these states, by number."""
        return self._list(DecisionRow.capstone_id == capstone, col(DecisionRow.state).in_(list(states)))

    def by_person(self, person: str) -> Sequence[Decision]:
        """List the decisions in a participant's active capstones, by capstone and number."""
        capstones = select(CapstoneRow.id).where(
            CapstoneRow.participant_id == person, CapstoneRow.state == "active"
        )
        return self._list(col(DecisionRow.capstone_id).in_(capstones))

    def count_confirmed(self, capstones: Collection[int]) -> Mapping[int, int]:
        """Count confirmed decisions by capstone, without those that have none."""
        query = (
            select(DecisionRow.capstone_id, func.count())
            .where(
                col(DecisionRow.capstone_id).in_(list(capstones)),
                DecisionRow.state == DecisionState.CONFIRMED,
            )
            .group_by(col(DecisionRow.capstone_id))
        )
        return dict(self.session.exec(query).all())

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
        last = self.session.exec(
            select(func.max(DecisionRow.number)).where(DecisionRow.capstone_id == capstone)
        ).one()
        row = DecisionRow(
            capstone_id=capstone,
            number=(last or 0) + 1,
            person_id=person,
            origin=origin,
            question_id=question,
            check_id=check,
            private=private,
            supersedes_id=supersedes,
            created_at=at,
            updated_at=at,
        )
        self.session.add(row)
        self.session.flush()
        self._add_revision(row, 1, title, texts, by, at)
        self._replace_anchors(row, anchors)
        return self._as_decision(row)

    def revise(self, decision: int, title: str, texts: SlotTexts, by: RevisedBy, at: datetime) -> Decision:
        """Store a new revision, unless the words are the same; return the decision."""
        row = self.session.get_one(DecisionRow, decision)
        newest = self._newest(row)
        if (newest.title, newest.texts) != (title, _as_json(texts)):
            row.revision, row.updated_at = row.revision + 1, at
            self._add_revision(row, row.revision, title, texts, by, at)
        return self._as_decision(row)

    def history(self, decision: int) -> Sequence[DecisionRevision]:
        """List a decision's revisions in order."""
        query = (
            select(DecisionRevisionRow)
            .where(DecisionRevisionRow.decision_id == decision)
            .order_by(col(DecisionRevisionRow.number))
        )
        return [
            DecisionRevision(row.number, row.title, _as_texts(row.texts), RevisedBy(row.revised_by), row.at)
            for row in self.session.exec(query)
        ]

    def set_state(self, decision: int, state: DecisionState, at: datetime) -> None:
        """Store a decision's state, and when it was first confirmed."""
        row = self.session.get_one(DecisionRow, decision)
        row.state, row.updated_at = state, at
        if state is DecisionState.CONFIRMED:
            row.confirmed_at = row.confirmed_at or at
        self.session.flush()

    def set_anchors(self, decision: int, anchors: Sequence[CodeAnchor], at: datetime) -> None:
        """Replace a decision's places in the code."""
        row = self.session.get_one(DecisionRow, decision)
        row.updated_at = at
        self._replace_anchors(row, anchors)

    def set_supersedes(self, decision: int, superseded: int | None, at: datetime) -> None:
        """Store which decision it replaces."""
        row = self.session.get_one(DecisionRow, decision)
        row.supersedes_id, row.updated_at = superseded, at
        self.session.flush()

    def set_file(self, decision: int, path: str | None, digest: str, at: datetime) -> None:
        """Store a decision's file in the capstone."""
        row = self.session.get_one(DecisionRow, decision)
        row.path, row.digest, row.updated_at = path, digest, at
        self.session.flush()

    def set_export(self, decision: int, pull_request: int, at: datetime) -> None:
        """Store the number of the pull request that adds its file."""
        row = self.session.get_one(DecisionRow, decision)
        row.export_number, row.updated_at = pull_request, at
        self.session.flush()

    def hide(self, decision: int, at: datetime) -> None:
        """Make a draft private, because its conversation goes on in private."""
        row = self.session.get_one(DecisionRow, decision)
        row.private, row.updated_at = True, at
        self.session.flush()

    def publish(self, decision: int, at: datetime) -> None:
        """Make a private decision public, because its author wants it to be."""
        row = self.session.get_one(DecisionRow, decision)
        row.private, row.updated_at = False, at
        self.session.flush()

    def set_code_gone(self, decision: int, at: datetime | None) -> None:
        """Store when a decision's code was first missing from the default branch; None if it is there."""
        row = self.session.get_one(DecisionRow, decision)
        row.code_gone_at = at and (row.code_gone_at or at)
        self.session.flush()

    def list_code_gone(self, capstones: Collection[int]) -> Sequence[tuple[int, int, datetime]]:
        """List the confirmed decisions whose code is gone: capstone, number, and since when."""
        query = (
            select(DecisionRow.capstone_id, DecisionRow.number, DecisionRow.code_gone_at)
            .where(
                col(DecisionRow.capstone_id).in_(list(capstones)),
                DecisionRow.state == DecisionState.CONFIRMED,
                col(DecisionRow.code_gone_at).is_not(None),
            )
            .order_by(col(DecisionRow.capstone_id), col(DecisionRow.number))
        )
        return [(capstone, number, at) for capstone, number, at in self.session.exec(query) if at]

    def save_findings(self, round_: str, findings: Sequence[DriftFinding]) -> None:
        """Store which decisions a round's change may have overtaken, in place of what was stored before."""
        save_findings(self.session, round_, findings)

    def findings(self, round_: str) -> Sequence[DriftFinding]:
        """List which decisions a round's change may have overtaken."""
        return list_findings(self.session, round_)

    def add_drift_question(self, question: int, decision: int) -> None:
        """Store that a question asks whether a decision still holds."""
        if self.session.get(DriftQuestionRow, question) is None:
            self.session.add(DriftQuestionRow(question_id=question, decision_id=decision))
            self.session.flush()

    def drifted(self, question: int) -> Decision | None:
        """Return the decision about which a question asks, or None if it is an ordinary question."""
        row = self.session.get(DriftQuestionRow, question)
        return self.get(row.decision_id) if row else None

    def drifted_of(self, questions: Collection[int]) -> Mapping[int, Decision]:
        """Return the decisions about which questions ask, by question, without ordinary questions."""
        asked = list_drifted(self.session, questions)
        known = {found.id: found for found in self._list(col(DecisionRow.id).in_(set(asked.values())))}
        return {question: known[decision] for question, decision in asked.items() if decision in known}

    def questions_of(self, capstone: int) -> Sequence[DecisionQuestion]:
        """List the questions of a capstone's decisions, oldest first. Runs one query."""
        return list_decision_questions(self.session, capstone)

    def _list(self, *conditions: Any) -> list[Decision]:
        """List decisions by capstone and number, in one query, which has a row for each place."""
        query = _DECISIONS.where(*conditions)
        found = []
        for (row, newest), same in groupby(self.session.execute(query), lambda it: (it[0], it[1])):
            anchors = [_make_anchor(anchor) for _, _, anchor in same if anchor is not None]
            found.append(_make_decision(row, newest, anchors))
        return found

    def _newest(self, row: DecisionRow) -> DecisionRevisionRow:
        query = select(DecisionRevisionRow).where(
            DecisionRevisionRow.decision_id == row.id, DecisionRevisionRow.number == row.revision
        )
        return self.session.exec(query).one()

    def _add_revision(  # noqa: PLR0913, PLR0917 - one row's columns
        self, row: DecisionRow, number: int, title: str, texts: SlotTexts, by: RevisedBy, at: datetime
    ) -> None:
        self.session.add(
            DecisionRevisionRow(
                decision_id=row.id or 0,
                number=number,
                title=title,
                texts=_as_json(texts),
                revised_by=by,
                at=at,
            )
        )
        self.session.flush()

    def _replace_anchors(self, row: DecisionRow, anchors: Sequence[CodeAnchor]) -> None:
        self.session.connection().execute(
            sa.delete(DecisionAnchorRow).where(col(DecisionAnchorRow.decision_id) == row.id)
        )
        self.session.add_all(
            DecisionAnchorRow(
                decision_id=row.id or 0,
                path=anchor.path,
                commit_sha=anchor.commit,
                side=anchor.side,
                line_start=anchor.line_start,
                line_end=anchor.line_end,
                quote=anchor.quote,
            )
            for anchor in anchors
        )
        self.session.flush()

    def _as_decision(self, row: DecisionRow) -> Decision:
        [decision] = self._list(DecisionRow.id == row.id)
        return decision


def _make_anchor(row: DecisionAnchorRow) -> CodeAnchor:
    return CodeAnchor(row.path, row.commit_sha, row.side, row.line_start, row.line_end, row.quote)


def _make_decision(row: DecisionRow, newest: DecisionRevisionRow, anchors: Sequence[CodeAnchor]) -> Decision:
    if row.id is None:
        raise AssertionError("a flushed row has an id")
    return Decision(
        id=row.id,
        capstone=row.capstone_id,
        number=row.number,
        person=row.person_id,
        origin=DecisionOrigin(row.origin),
        question=row.question_id,
        check=row.check_id,
        private=row.private,
        state=DecisionState(row.state),
        revision=row.revision,
        title=newest.title,
        texts=_as_texts(newest.texts),
        anchors=tuple(anchors),
        supersedes=row.supersedes_id,
        path=row.path,
        digest=row.digest,
        export=row.export_number,
        created_at=row.created_at,
        confirmed_at=row.confirmed_at,
        updated_at=row.updated_at,
        code_gone_at=row.code_gone_at,
    )


def _as_json(texts: SlotTexts) -> dict[str, str]:
    return {slot.value: texts[slot] for slot in Slot if texts.get(slot)}


def _as_texts(stored: dict[str, str]) -> SlotTexts:
    return {slot: stored[slot] for slot in Slot if slot in stored}
