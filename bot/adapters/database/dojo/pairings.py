"""Who is paired with whom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, or_, select

from bot.adapters.database.dojo.tables import PairRow, ProposalRow, UnassignedRow
from bot.domain.pairing.records import OPERATOR, Pair, Proposal, UnassignedParticipant
from bot.domain.pairing.states import GOING_ON, PairState


@dataclass
class SqlPairings:
    """The ``proposal``, ``unassigned`` and ``pairing`` tables."""

    session: Session

    def propose(
        self, cohort: int, by: str, at: datetime, unassigned: Sequence[UnassignedParticipant]
    ) -> Proposal:
        """Begin a proposal, which has no pairs yet."""
        row = ProposalRow(cohort_id=cohort, by_id=None if by == OPERATOR else by, at=at)
        self.session.add(row)
        self.session.flush()
        self.session.add_all(
            UnassignedRow(proposal_id=row.id or 0, participant_id=one.participant, blame=one.blame)
            for one in unassigned
        )
        self.session.flush()
        return self._proposal(row)

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
        """Propose a pair. A pair of the participant's that waits, in whatever proposal, is replaced by it."""
        cohort = self.session.get_one(ProposalRow, proposal).cohort_id
        going_on = select(PairRow).where(
            PairRow.cohort_id == cohort,
            PairRow.participant_id == participant,
            col(PairRow.state).in_(GOING_ON),
        )
        if before := self.session.exec(going_on).first():
            if before.state == PairState.ACTIVE:
                raise ValueError("The participant has an active pair, which has to end first.")
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
        return _pair(row)

    def get(self, pair: int) -> Pair | None:
        """Return one."""
        row = self.session.get(PairRow, pair)
        return _pair(row) if row else None

    def proposal(self, proposal: int) -> Proposal | None:
        """Return one."""
        row = self.session.get(ProposalRow, proposal)
        return self._proposal(row) if row else None

    def latest(self, cohort: int) -> Proposal | None:
        """Return the newest proposal."""
        query = (
            select(ProposalRow).where(ProposalRow.cohort_id == cohort).order_by(col(ProposalRow.id).desc())
        )
        row = self.session.exec(query).first()
        return self._proposal(row) if row else None

    def of_proposal(self, proposal: int) -> Sequence[Pair]:
        """List a proposal's pairs, by id, whatever became of them."""
        return self._pairs(PairRow.proposal_id == proposal)

    def going_on(self, cohort: int) -> Sequence[Pair]:
        """List the pairs of a cohort that wait or are active, by id."""
        return self._pairs(PairRow.cohort_id == cohort, col(PairRow.state).in_(GOING_ON))

    def of_person(self, person: str) -> Sequence[Pair]:
        """List the pairs that somebody is in, on either side, the newest first, whatever became of them."""
        theirs = or_(PairRow.participant_id == person, PairRow.sensei_id == person)
        return self._pairs(theirs)[::-1]

    def vetoed(self, cohort: int) -> frozenset[tuple[str, str]]:
        """Return the pairs, participant first, that a sensei has vetoed."""
        query = select(PairRow.participant_id, PairRow.sensei_id).where(
            PairRow.cohort_id == cohort, PairRow.state == PairState.VETOED
        )
        return frozenset((participant, sensei) for participant, sensei in self.session.exec(query))

    def set(self, pair: int, state: PairState, at: datetime, why: str = "") -> None:
        """Say where a pair is now."""
        row = self.session.get_one(PairRow, pair)
        row.state, row.changed_at, row.why = state, at, why
        self.session.flush()

    def lock(self, pair: int, *, locked: bool) -> None:
        """Let a pair be kept by whatever is solved later, or not."""
        self.session.get_one(PairRow, pair).locked = locked
        self.session.flush()

    def _pairs(self, *which: sa.ColumnElement[bool] | bool) -> list[Pair]:
        query = select(PairRow).where(*which).order_by(col(PairRow.id))
        return [_pair(row) for row in self.session.exec(query)]

    def _proposal(self, row: ProposalRow) -> Proposal:
        query = (
            select(UnassignedRow)
            .where(UnassignedRow.proposal_id == row.id)
            .order_by(col(UnassignedRow.participant_id))
        )
        unassigned = tuple(
            UnassignedParticipant(one.participant_id, one.blame) for one in self.session.exec(query)
        )
        return Proposal(row.id or 0, row.cohort_id, row.by_id or OPERATOR, row.at, unassigned)


def _pair(row: PairRow) -> Pair:
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
    )
