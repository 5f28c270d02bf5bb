"""Defences, their questions, and the rulings on them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, func, select

from bot.adapters.database.defences.tables import DefenceQuestionRow, DefenceRow, DefenceRulingRow
from bot.adapters.database.pull_requests.tables import CapstoneRow
from bot.domain.defences.records import (
    Defence,
    DefenceOutcome,
    DefenceQuestion,
    DefenceRuling,
    DefenceState,
    DefendedQuestion,
    NewDefenceQuestion,
)

# Made once, since it is asked so often that making it takes longer than the database's answer.
_FINGERPRINTS = (
    sa.select(col(DefenceRow.id), col(DefenceRow.replaced), col(DefenceQuestionRow.fingerprint))
    .outerjoin(DefenceQuestionRow, col(DefenceQuestionRow.defence_id) == col(DefenceRow.id))
    .where(col(DefenceRow.capstone_id) == sa.bindparam("capstone"))
)


@dataclass
class SqlDefences:
    """The ``defence``, ``defence_question`` and ``defence_ruling`` tables."""

    session: Session

    def add(
        self, capstone: int, participant: str, by: str, session_at: datetime | None, at: datetime
    ) -> Defence:
        """Store a defence to prepare."""
        row = DefenceRow(
            capstone_id=capstone,
            participant_id=participant,
            head_sha="",
            state=DefenceState.PREPARING,
            prepared_by=by,
            prepared_at=at,
            session_at=session_at,
        )
        self.session.add(row)
        self.session.flush()
        return _as_defence(row, ())

    def find(self, defence: int) -> Defence | None:
        """Return a defence with its questions, or None."""
        row = self.session.get(DefenceRow, defence)
        return next(iter(self._load([row])), None) if row else None

    def by_question(self, question: int) -> Defence | None:
        """Return the defence that a question belongs to, or None."""
        row = self.session.get(DefenceQuestionRow, question)
        return self.find(row.defence_id) if row else None

    def newest(self, capstones: Collection[int]) -> Mapping[int, Defence]:
        """Return the newest defence that wasn't cancelled, by capstone."""
        newest = (
            select(func.max(DefenceRow.id)).where(*_counts(capstones)).group_by(col(DefenceRow.capstone_id))
        )
        query = select(DefenceRow).where(col(DefenceRow.id).in_(newest))
        return {found.capstone: found for found in self._load(self.session.exec(query).all())}

    def prepare_again(self, defence: int, by: str, at: datetime) -> None:
        """Store that other questions are wanted in place of a defence's own."""
        row = self.session.get_one(DefenceRow, defence)
        [known] = self._load([row])
        mine = [question.asked.fingerprint for question in known.questions]
        row.replaced = list(dict.fromkeys([*row.replaced, *mine]))
        row.state, row.prepared_by, row.prepared_at = DefenceState.PREPARING, by, at
        self.session.flush()

    def set_state(self, defence: int, state: DefenceState, at: datetime) -> None:
        """Store a defence's state."""
        row = self.session.get_one(DefenceRow, defence)
        row.state = state
        if state is DefenceState.HELD:
            row.held_at = at
        self.session.flush()

    def set_session(self, defence: int, session_at: datetime | None) -> None:
        """Store when the two meet."""
        self.session.get_one(DefenceRow, defence).session_at = session_at
        self.session.flush()

    def set_questions(self, defence: int, head: str, questions: Sequence[NewDefenceQuestion]) -> None:
        """Store the questions in place of those that were stored before."""
        stored = self.find(defence)
        if stored is not None and stored.has_rulings:
            raise ValueError("a question that has been ruled on is never replaced")
        mine = col(DefenceQuestionRow.defence_id) == defence
        self.session.connection().execute(sa.delete(DefenceQuestionRow).where(mine))
        self.session.get_one(DefenceRow, defence).head_sha = head
        for position, asked in enumerate(questions, start=1):
            self.session.add(_as_row(defence, position, asked))
        self.session.flush()

    def rule(self, question: int, outcome: DefenceOutcome, note: str, by: str, at: datetime) -> None:
        """Add a ruling on a question."""
        self.session.add(
            DefenceRulingRow(question_id=question, outcome=outcome, note=note, ruled_by=by, at=at)
        )
        self.session.flush()

    def list_fingerprints(self, capstone: int, but: int) -> frozenset[str]:
        """Return the fingerprints of the questions of a capstone's defences, but for one's present ones."""
        found: set[str] = set()
        for defence, replaced, fingerprint in self.session.execute(_FINGERPRINTS, {"capstone": capstone}):
            found.update(replaced)
            if fingerprint is not None and defence != but:
                found.add(fingerprint)
        return frozenset(found)

    def list_sessions(self, capstones: Collection[int]) -> Mapping[int, datetime]:
        """Return when the participants that were told so have their defences, by capstone."""
        asked = select(DefenceQuestionRow.defence_id)
        query = select(DefenceRow.capstone_id, DefenceRow.session_at).where(
            *_counts(capstones),
            col(DefenceRow.state) != DefenceState.HELD,
            col(DefenceRow.session_at).is_not(None),
            col(DefenceRow.id).in_(asked),
        )
        rows = self.session.exec(query.order_by(col(DefenceRow.id)))
        return {capstone: at for capstone, at in rows if at is not None}

    def list_session_times(self, people: Collection[str]) -> Mapping[str, Sequence[datetime]]:
        """Return when some people that were told so have, or have had, their defences, by person."""
        query = (
            select(DefenceRow.participant_id, DefenceRow.session_at)
            .join(CapstoneRow, col(CapstoneRow.id) == col(DefenceRow.capstone_id))
            .where(
                col(DefenceRow.participant_id).in_(people),
                col(CapstoneRow.participant_id) == col(DefenceRow.participant_id),
                CapstoneRow.state == "active",
                col(DefenceRow.state) != DefenceState.CANCELLED,
                col(DefenceRow.session_at).is_not(None),
                col(DefenceRow.id).in_(select(DefenceQuestionRow.defence_id)),
            )
        )
        found: dict[str, list[datetime]] = {}
        for person, at in self.session.exec(query.order_by(col(DefenceRow.id))):
            if at is not None:
                found.setdefault(person, []).append(at)
        return found

    def list_outcomes(self, capstones: Collection[int]) -> Sequence[DefendedQuestion]:
        """List the questions of defences that were held, oldest first."""
        last = select(func.max(DefenceRulingRow.id)).group_by(col(DefenceRulingRow.question_id))
        query = (
            select(
                DefenceRow.capstone_id,
                DefenceQuestionRow.criterion,
                DefenceRulingRow.outcome,
                DefenceRulingRow.at,
            )
            .join(DefenceQuestionRow, col(DefenceQuestionRow.defence_id) == col(DefenceRow.id))
            .join(DefenceRulingRow, col(DefenceRulingRow.question_id) == col(DefenceQuestionRow.id))
            .where(
                *_counts(capstones),
                DefenceRow.state == DefenceState.HELD,
                col(DefenceRulingRow.id).in_(last),
            )
            .order_by(col(DefenceQuestionRow.id))
        )
        return [
            DefendedQuestion(capstone, criterion, DefenceOutcome(outcome), at)
            for capstone, criterion, outcome, at in self.session.exec(query)
        ]

    def _load(self, rows: Iterable[DefenceRow]) -> list[Defence]:
        """Return defences with their questions and rulings, in two queries at most."""
        found = list(rows)
        if not found:
            return []
        ids = [row.id for row in found]
        asked = self.session.exec(
            select(DefenceQuestionRow)
            .where(col(DefenceQuestionRow.defence_id).in_(ids))
            .order_by(col(DefenceQuestionRow.position))
        ).all()
        ruled: dict[int, list[DefenceRuling]] = {}
        rulings = select(DefenceRulingRow).where(
            col(DefenceRulingRow.question_id).in_([row.id for row in asked])
        )
        for row in self.session.exec(rulings.order_by(col(DefenceRulingRow.id))):
            ruled.setdefault(row.question_id, []).append(
                DefenceRuling(DefenceOutcome(row.outcome), row.note, row.ruled_by, row.at)
            )
        questions: dict[int, list[DefenceQuestion]] = {}
        for question in asked:
            known_as = question.id or 0
            questions.setdefault(question.defence_id, []).append(
                DefenceQuestion(
                    known_as, question.position, _as_asked(question), tuple(ruled.get(known_as, ()))
                )
            )
        return [_as_defence(row, tuple(questions.get(row.id or 0, ()))) for row in found]


def _counts(capstones: Collection[int]) -> tuple[sa.ColumnElement[bool], ...]:
    """Limit a query to defences by the capstones' participants of now that weren't cancelled."""
    participant = (
        select(CapstoneRow.participant_id)
        .where(col(CapstoneRow.id) == col(DefenceRow.capstone_id))
        .correlate(DefenceRow)
        .scalar_subquery()
    )
    return (
        col(DefenceRow.capstone_id).in_(capstones),
        col(DefenceRow.participant_id) == participant,
        col(DefenceRow.state) != DefenceState.CANCELLED,
    )


def _as_row(defence: int, position: int, asked: NewDefenceQuestion) -> DefenceQuestionRow:
    return DefenceQuestionRow(
        defence_id=defence,
        position=position,
        criterion=asked.criterion,
        check_id=asked.check,
        text=asked.text,
        follow_ups=list(asked.follow_ups),
        touches=list(asked.touches),
        path=asked.path,
        line_start=asked.line_start,
        line_end=asked.line_end,
        quote=asked.quote,
        fingerprint=asked.fingerprint,
    )


def _as_asked(row: DefenceQuestionRow) -> NewDefenceQuestion:
    return NewDefenceQuestion(
        row.criterion,
        row.check_id,
        row.text,
        tuple(row.follow_ups),
        tuple(row.touches),
        row.path,
        row.line_start,
        row.line_end,
        row.quote,
        row.fingerprint,
    )


def _as_defence(row: DefenceRow, questions: tuple[DefenceQuestion, ...]) -> Defence:
    return Defence(
        row.id or 0,
        row.capstone_id,
        row.participant_id,
        row.head_sha,
        DefenceState(row.state),
        row.prepared_by,
        row.prepared_at,
        row.session_at,
        row.held_at,
        questions,
    )
