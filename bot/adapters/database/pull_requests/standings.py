"""The progress of capstones: questions that wait for somebody, recent movements, and the last reading."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache

import sqlalchemy as sa
from sqlmodel import Session, col, func, or_, select

from bot.adapters.database.articulation.tables import ConversationRow
from bot.adapters.database.pull_requests.tables import (
    CapstoneRow,
    LedgerEntryRow,
    PullRequestRow,
    QuestionRow,
    RoundRow,
)
from bot.domain.articulation.conversations import ConversationState
from bot.domain.pull_requests.records import OPEN, OpenQuestion, QuestionState, RoundState
from bot.ports.pull_requests import CapstoneEnrolment

_READ = (RoundState.PUBLISHED, RoundState.INCOMPLETE)
_NOT_LEFT = (QuestionState.RESOLVED, QuestionState.WITHDRAWN, QuestionState.DISPUTED)


@dataclass
class SqlStandings:
    """``ports.pull_requests.Standings`` over one session."""

    session: Session
    tenant: str

    def capstones(self, cohort: int) -> Mapping[str, Sequence[int]]:
        """Return the active capstones of a cohort, by their participant's opaque id."""
        query = (
            select(CapstoneRow.participant_id, CapstoneRow.id)
            .where(
                CapstoneRow.cohort_id == cohort,
                CapstoneRow.tenant == self.tenant,
                CapstoneRow.state == "active",
            )
            .order_by(col(CapstoneRow.owner), col(CapstoneRow.name))
        )
        found: dict[str, list[int]] = {}
        for participant, capstone in self.session.exec(query):
            found.setdefault(participant, []).append(capstone or 0)
        return found

    def names(self, capstones: Collection[int]) -> Mapping[int, str]:
        """Return the names of capstones, such as ``ada/desk``."""
        query = select(CapstoneRow.id, CapstoneRow.owner, CapstoneRow.name)
        found = self.session.exec(query.where(col(CapstoneRow.id).in_(capstones)))
        return {capstone or 0: f"{owner}/{name}" for capstone, owner, name in found}

    def enrolments(self, capstones: Collection[int]) -> Mapping[int, CapstoneEnrolment]:
        """Return how capstones are enrolled, by capstone."""
        query = select(CapstoneRow).where(col(CapstoneRow.id).in_(capstones))
        return {
            row.id or 0: CapstoneEnrolment(
                f"{row.owner}/{row.name}", row.sensei_id, row.installation_id is not None, row.created_at
            )
            for row in self.session.exec(query)
        }

    def questions(self, capstones: Collection[int]) -> Sequence[OpenQuestion]:
        """List the ``OPEN`` questions of open pull requests, and the disputes of all, oldest first."""
        found = self.session.execute(_select_open(), {"capstones": list(capstones)})
        return [_as_open_question(row, number) for row, number in found]

    def put_off_when_merged(self, capstones: Collection[int], since: datetime) -> Sequence[OpenQuestion]:
        """List the questions that were put off on pull requests merged after a time, oldest first."""
        is_put_off = col(QuestionRow.state) == QuestionState.DEFERRED
        is_merged = sa.and_(col(PullRequestRow.state) == "merged", col(PullRequestRow.updated_at) > since)
        return self._list_questions(capstones, is_put_off, is_merged)

    def waiting_for_senseis(self, capstones: Collection[int]) -> Sequence[OpenQuestion]:
        """List what senseis must decide, oldest first: questions to keep or withdraw, and disputes.

        A question can be kept while its round is published and its pull request is open.
        """
        is_proposed = sa.and_(
            col(QuestionRow.state) == QuestionState.PROPOSED,
            col(PullRequestRow.state) == "open",
            col(QuestionRow.round_id).in_(select(RoundRow.id).where(RoundRow.state == RoundState.PUBLISHED)),
        )
        is_waiting = or_(QuestionRow.state == QuestionState.DISPUTED, is_proposed)
        return self._list_questions(capstones, is_waiting, or_none=True)

    def _list_questions(
        self, capstones: Collection[int], *wanted: sa.ColumnElement[bool], or_none: bool = False
    ) -> Sequence[OpenQuestion]:
        """List the wanted questions of pull requests and, with ``or_none``, those that belong to none."""
        found = self.session.execute(
            _select_questions(*wanted, or_none=or_none), {"capstones": list(capstones)}
        )
        return [_as_open_question(row, number) for row, number in found]

    def handovers(self, capstones: Collection[int]) -> Sequence[OpenQuestion]:
        """List the questions left to a sensei who hasn't answered or talked about them, oldest first."""
        spoke = col(QuestionRow.sensei_spoke_at)
        query = (
            select(QuestionRow, PullRequestRow.number, ConversationRow)
            .join(PullRequestRow, col(PullRequestRow.id) == col(QuestionRow.pull_request_id), isouter=True)
            .join(ConversationRow, col(ConversationRow.question_id) == col(QuestionRow.id))
            .where(
                col(QuestionRow.capstone_id).in_(capstones),
                ConversationRow.state == ConversationState.LEFT,
                col(ConversationRow.talked_with).is_(None),
                col(QuestionRow.state).not_in(_NOT_LEFT),
                or_(spoke.is_(None), spoke < ConversationRow.updated_at),
            )
            .order_by(col(ConversationRow.updated_at), col(QuestionRow.id))
        )
        found = []
        for row, number, talk in self.session.exec(query):
            question = _as_open_question(row, number)
            comment = None if talk.private else question.comment
            found.append(replace(question, at=talk.updated_at, comment=comment))
        return found

    def count_movements(self, capstones: Collection[int], since: datetime) -> Mapping[int, int]:
        """Count movements by capstone, in rounds that ended after a given time, including zeros."""
        query = (
            select(LedgerEntryRow.capstone_id, func.count())
            .join(RoundRow, col(RoundRow.id) == col(LedgerEntryRow.source))
            .where(col(LedgerEntryRow.capstone_id).in_(capstones), col(RoundRow.finished_at) > since)
            .group_by(col(LedgerEntryRow.capstone_id))
        )
        return dict.fromkeys(capstones, 0) | dict(self.session.exec(query).all())

    def last_read_times(self, capstones: Collection[int]) -> Mapping[int, datetime | None]:
        """Return, for each capstone, when its last completed round ended; None if there was none."""
        query = (
            select(PullRequestRow.capstone_id, func.max(RoundRow.finished_at))
            .join(RoundRow, col(RoundRow.pull_request_id) == col(PullRequestRow.id))
            .where(col(PullRequestRow.capstone_id).in_(capstones), col(RoundRow.state).in_(_READ))
            .group_by(col(PullRequestRow.capstone_id))
        )
        found: dict[int, datetime | None] = dict.fromkeys(capstones)
        return found | dict(self.session.exec(query).all())


def _select_questions(*wanted: sa.ColumnElement[bool], or_none: bool = False) -> sa.Select[QuestionRow, int]:
    is_its = col(PullRequestRow.id) == col(QuestionRow.pull_request_id)
    return (
        sa.select(QuestionRow, col(PullRequestRow.number))
        .join(PullRequestRow, is_its, isouter=or_none)
        .where(col(QuestionRow.capstone_id).in_(sa.bindparam("capstones", expanding=True)), *wanted)
        .order_by(col(QuestionRow.updated_at), col(QuestionRow.id))
    )


@cache
def _select_open() -> sa.Select[QuestionRow, int]:
    """Return the query of ``questions``, which is made once: making it takes longer than the answer."""
    is_open = or_(col(PullRequestRow.state) == "open", col(QuestionRow.state) == QuestionState.DISPUTED)
    return _select_questions(col(QuestionRow.state).in_(OPEN), is_open)


def _as_open_question(row: QuestionRow, number: int | None) -> OpenQuestion:
    return OpenQuestion(
        id=row.id or 0,
        capstone=row.capstone_id,
        pull_request=number,
        text=row.text,
        check=row.check_id,
        path=row.path,
        line=row.line_start,
        comment=row.comment_id,
        state=QuestionState(row.state),
        at=row.updated_at,
    )
