"""Pairing proposals and their pairs."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, or_, select

from bot.adapters.database.pairing.tables import PairRow, ProposalRow, UnassignedRow
from bot.domain.pairing.records import OPERATOR, Pair, Proposal, UnassignedParticipant
from bot.domain.pairing.states import GOING_ON, PairState


@dataclass
class SqlPairings:
    """The ``proposal``, ``unassigned`` and ``pairing`` tables."""

    session: Session

    def propose(
        self, cohort: int, by: str, at: datetime, unassigned: Sequence[UnassignedParticipant]
    ) -> Proposal:
        """Create a proposal without pairs."""
        row = ProposalRow(cohort_id=cohort, by_id=None if by == OPERATOR else by, at=at)
        self.session.add(row)
        self.session.flush()
        self.session.add_all(
            UnassignedRow(
                proposal_id=row.id or 0, participant_id=participant.participant, blame=participant.blame
            )
            for participant in unassigned
        )
        self.session.flush()
        return self._as_proposal(row)

    def add(  # noqa: PLR0913 - one row's columns
        self,
        proposal: int,
        participant: str,
        sensei: str,
        *,
        fit: int,
        reasons: Sequence[Mapping[str, Any]],
        at: datetime,
    ) -> Pair:
        """Propose a pair. It replaces a waiting pair of the participant, in whatever proposal that is."""
        cohort = self.session.get_one(ProposalRow, proposal).cohort_id
        going_on = select(PairRow).where(
            PairRow.cohort_id == cohort,
            PairRow.participant_id == participant,
            col(PairRow.state).in_(GOING_ON),
        )
        if before := self.session.exec(going_on).first():
            if before.state == PairState.ACTIVE:
                raise ValueError("The participant has an active pair, which must end first.")
            before.state, before.changed_at = PairState.REPLACED, at
            self.session.flush()
        row = PairRow(
            cohort_id=cohort,
            proposal_id=proposal,
            participant_id=participant,
            sensei_id=sensei,
            fit=fit,
            reasons=[dict(reason) for reason in reasons],
            changed_at=at,
        )
        self.session.add(row)
        self.session.flush()
        return _as_pair(row)

    def get(self, pair: int) -> Pair | None:
        """Return a pair, or None."""
        row = self.session.get(PairRow, pair)
        return _as_pair(row) if row else None

    def get_proposal(self, proposal: int) -> Proposal | None:
        """Return a proposal, or None."""
        row = self.session.get(ProposalRow, proposal)
        return self._as_proposal(row) if row else None

    def latest_proposal(self, cohort: int) -> Proposal | None:
        """Return a cohort's newest proposal."""
        query = (
            select(ProposalRow).where(ProposalRow.cohort_id == cohort).order_by(col(ProposalRow.id).desc())
        )
        row = self.session.exec(query).first()
        return self._as_proposal(row) if row else None

    def by_proposal(self, proposal: int) -> Sequence[Pair]:
        """List a proposal's pairs by id, in whatever state they are."""
        return self._list_pairs(PairRow.proposal_id == proposal)

    def ongoing(self, cohort: int, people: Collection[str] | None = None) -> Sequence[Pair]:
        """List a cohort's waiting and active pairs by id: everybody's, or those of some people."""
        is_theirs: sa.ColumnElement[bool] = sa.true()
        if people is not None:
            is_theirs = or_(col(PairRow.participant_id).in_(people), col(PairRow.sensei_id).in_(people))
        return self._list_pairs(PairRow.cohort_id == cohort, col(PairRow.state).in_(GOING_ON), is_theirs)

    def by_person(self, person: str) -> Sequence[Pair]:
        """List a person's pairs, as participant or sensei, newest first, in whatever state they are."""
        is_theirs = or_(PairRow.participant_id == person, PairRow.sensei_id == person)
        return self._list_pairs(is_theirs)[::-1]

    def vetoed_pairs(self, cohort: int) -> frozenset[tuple[str, str]]:
        """Return the pairs, participant first, that a sensei has vetoed."""
        query = select(PairRow.participant_id, PairRow.sensei_id).where(
            PairRow.cohort_id == cohort, PairRow.state == PairState.VETOED
        )
        return frozenset((participant, sensei) for participant, sensei in self.session.exec(query))

    def set_state(self, pair: int, state: PairState, at: datetime, reason: str = "") -> None:
        """Store a pair's state, with the reason for it."""
        row = self.session.get_one(PairRow, pair)
        row.state, row.changed_at, row.why = state, at, reason
        self.session.flush()

    def set_deadline(self, pair: int, until: datetime) -> None:
        """Store when the silence of a pair's sensei counts as consent."""
        self.session.get_one(PairRow, pair).answer_by = until
        self.session.flush()

    def lock(self, pair: int, *, locked: bool) -> None:
        """Set whether later solves must keep a pair."""
        self.session.get_one(PairRow, pair).locked = locked
        self.session.flush()

    def _list_pairs(self, *conditions: sa.ColumnElement[bool] | bool) -> list[Pair]:
        query = select(PairRow).where(*conditions).order_by(col(PairRow.id))
        return [_as_pair(row) for row in self.session.exec(query)]

    def _as_proposal(self, row: ProposalRow) -> Proposal:
        query = (
            select(UnassignedRow)
            .where(UnassignedRow.proposal_id == row.id)
            .order_by(col(UnassignedRow.participant_id))
        )
        unassigned = tuple(
            UnassignedParticipant(row.participant_id, row.blame) for row in self.session.exec(query)
        )
        return Proposal(row.id or 0, row.cohort_id, row.by_id or OPERATOR, row.at, unassigned)


def _as_pair(row: PairRow) -> Pair:
    return Pair(
        id=row.id or 0,
        cohort=row.cohort_id,
        proposal=row.proposal_id,
        participant=row.participant_id,
        sensei=row.sensei_id,
        state=PairState(row.state),
        fit=row.fit,
        reasons=tuple(row.reasons),
        locked=row.locked,
        why=row.why,
        changed_at=row.changed_at,
        answer_by=row.answer_by,
    )
