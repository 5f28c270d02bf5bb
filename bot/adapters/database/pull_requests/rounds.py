"""Pull requests and their rounds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import defer
from sqlmodel import Session, col, func, select

from bot.adapters.database.jobs.due_jobs import SqlJobs
from bot.adapters.database.pull_requests.tables import CapstoneRow, PullRequestRow, RoundRow
from bot.domain.pull_requests.records import Account, PullRequest, Round, RoundState, Trigger
from bot.domain.review.report import Report
from bot.ports.store import Job


@dataclass
class SqlPullRequests:
    """The ``pull_request`` table."""

    session: Session

    def get(self, pull_request: int) -> PullRequest:
        """Return one."""
        return as_pull_request(self.session.get_one(PullRequestRow, pull_request))

    def find(self, capstone: int, number: int) -> PullRequest | None:
        """Return one by its number."""
        row = self._row(capstone, number)
        return as_pull_request(row) if row else None

    def save(  # noqa: PLR0913 - one row's columns
        self,
        capstone: int,
        number: int,
        *,
        state: str,
        draft: bool,
        author: Account,
        head: str,
        base_ref: str,
        at: datetime,
    ) -> PullRequest:
        """Note what the host said of a pull request at ``at``, its time; what is known may be newer."""
        row = self._row(capstone, number) or PullRequestRow(
            capstone_id=capstone,
            number=number,
            state=state,
            draft=draft,
            author_id=author.id,
            author_login=author.login,
            author_is_bot=author.is_bot,
            head_sha=head,
            base_ref=base_ref,
            updated_at=at,
        )
        if at >= row.updated_at:
            row.state, row.draft, row.head_sha, row.base_ref, row.updated_at = (
                state,
                draft,
                head,
                base_ref,
                at,
            )
            row.author_login = author.login
        self.session.add(row)
        self.session.flush()
        return as_pull_request(row)

    def open(self, capstone: int) -> Sequence[PullRequest]:
        """List the open ones."""
        query = (
            select(PullRequestRow)
            .where(PullRequestRow.capstone_id == capstone, PullRequestRow.state == "open")
            .order_by(col(PullRequestRow.number))
        )
        return [as_pull_request(row) for row in self.session.exec(query)]

    def summarised(self, pull_request: int, review: int) -> None:
        """Note which review's body is the summary."""
        self.session.get_one(PullRequestRow, pull_request).summary_id = review

    def quieten(self, pull_request: int, quiet: bool) -> None:
        """Read it only when somebody asks, or by itself again."""
        self.session.get_one(PullRequestRow, pull_request).quiet = quiet

    def keep_private(self, pull_request: int, private: bool) -> None:
        """Post nothing there, or speak again."""
        self.session.get_one(PullRequestRow, pull_request).private = private

    def _row(self, capstone: int, number: int) -> PullRequestRow | None:
        query = select(PullRequestRow).where(
            PullRequestRow.capstone_id == capstone, PullRequestRow.number == number
        )
        return self.session.exec(query).first()


@dataclass
class SqlRounds:
    """The ``round`` table."""

    session: Session

    def get(self, round_: str) -> Round:
        """Return one."""
        row = self.session.get_one(RoundRow, round_)
        return _round(row, row.report)

    def of(self, pull_request: int) -> Sequence[Round]:
        """List a pull request's rounds, the first one first, without their reports."""
        query = (
            select(RoundRow)
            .where(RoundRow.pull_request_id == pull_request)
            .order_by(col(RoundRow.number))
            .options(defer(RoundRow.report))  # type: ignore[arg-type]
        )
        return [_round(row, None) for row in self.session.exec(query)]

    def newest_report(self, pull_request: int) -> Report | None:
        """Return what the last round that could read anything has found."""
        query = (
            select(RoundRow.report)
            .where(RoundRow.pull_request_id == pull_request, col(RoundRow.report).is_not(None))
            .order_by(col(RoundRow.number).desc())
            .limit(1)
        )
        found = self.session.exec(query).first()
        return Report.model_validate_json(found) if found else None

    def begin(self, pull_request: int, trigger: Trigger, head: str, due_at: datetime) -> Round:
        """Create the next round, and the job that starts it."""
        owner = self.session.get_one(PullRequestRow, pull_request)
        capstone = self.session.get_one(CapstoneRow, owner.capstone_id)
        last = select(func.max(RoundRow.number)).where(RoundRow.pull_request_id == pull_request)
        number = (self.session.exec(last).one() or 0) + 1
        row = RoundRow(
            id=f"review:{capstone.repository_id}#{owner.number}:{number}",
            pull_request_id=pull_request,
            number=number,
            trigger=trigger,
            head_sha=head,
            due_at=due_at,
            created_at=due_at,
        )
        self.session.add(row)
        self.session.flush()
        SqlJobs(self.session).add(Job(row.id, "review", {"round": row.id}, due_at))
        return _round(row, None)

    def move(self, round_: str, head: str, due_at: datetime, trigger: Trigger) -> None:
        """Let a waiting round read another head at another time; one that was asked for stays so."""
        row = self.session.get_one(RoundRow, round_)
        row.head_sha, row.due_at = head, due_at
        if row.trigger != Trigger.ASKED:
            row.trigger = trigger
        SqlJobs(self.session).add(Job(row.id, "review", {"round": row.id}, due_at))

    def asked_for(self, round_: str) -> bool:
        """Say whether somebody asked for a round, or for the one that it tries again."""
        it = self.session.get_one(RoundRow, round_)
        query = (
            select(RoundRow.trigger)
            .where(
                RoundRow.pull_request_id == it.pull_request_id,
                RoundRow.number <= it.number,
                RoundRow.trigger != Trigger.RETRY,
            )
            .order_by(col(RoundRow.number).desc())
            .limit(1)
        )
        return self.session.exec(query).first() == Trigger.ASKED

    def busy(self, round_: str) -> bool:
        """Say whether another round of the same pull request is being read or published."""
        mine = select(RoundRow.pull_request_id).where(RoundRow.id == round_).scalar_subquery()
        query = select(RoundRow.id).where(
            RoundRow.pull_request_id == mine, RoundRow.state == RoundState.READING, RoundRow.id != round_
        )
        return self.session.exec(query).first() is not None

    def supersede(self, round_: str, at: datetime) -> None:
        """Say that a newer head makes a round useless."""
        row = self.session.get_one(RoundRow, round_)
        row.superseded_at = row.superseded_at or at

    def state(self, round_: str, state: RoundState, at: datetime, error: str = "") -> None:
        """Note where a round is."""
        row = self.session.get_one(RoundRow, round_)
        row.state, row.error = state, error
        row.finished_at = None if state in {RoundState.WAITING, RoundState.READING} else at

    def report(self, round_: str, report: Report) -> None:
        """Keep what a round found; the same again changes nothing."""
        self.session.get_one(RoundRow, round_).report = report.as_json()

    def reviewed(self, round_: str, review: int) -> None:
        """Note which review a round has published."""
        self.session.get_one(RoundRow, round_).review_id = review


def as_pull_request(row: PullRequestRow) -> PullRequest:
    """Return a row as a value."""
    if row.id is None:
        raise AssertionError("a flushed row has an id")
    return PullRequest(
        id=row.id,
        capstone=row.capstone_id,
        number=row.number,
        state=row.state,
        draft=row.draft,
        author=Account(row.author_id, row.author_login, row.author_is_bot),
        head=row.head_sha,
        base_ref=row.base_ref,
        quiet=row.quiet,
        private=row.private,
        summary=row.summary_id,
        updated_at=row.updated_at,
    )


def _round(row: RoundRow, report: str | None) -> Round:
    return Round(
        id=row.id,
        pull_request=row.pull_request_id,
        number=row.number,
        trigger=Trigger(row.trigger),
        head=row.head_sha,
        state=RoundState(row.state),
        due_at=row.due_at,
        superseded=row.superseded_at is not None,
        review=row.review_id,
        report=Report.model_validate_json(report) if report else None,
        error=row.error,
        ended_at=row.finished_at,
    )
