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
from bot.ports.jobs import Job


@dataclass
class SqlPullRequests:
    """The ``pull_request`` table."""

    session: Session

    def get(self, pull_request: int) -> PullRequest:
        """Return a pull request."""
        return as_pull_request(self.session.get_one(PullRequestRow, pull_request))

    def find(self, capstone: int, number: int) -> PullRequest | None:
        """Return a pull request by its number, or None."""
        row = self._find_row(capstone, number)
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
        """Store a pull request as the host described it at ``at``, the host's time.

        Nothing changes if newer data is stored already.
        """
        row = self._find_row(capstone, number) or PullRequestRow(
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

    def list_open(self, capstone: int) -> Sequence[PullRequest]:
        """List a capstone's open pull requests."""
        query = (
            select(PullRequestRow)
            .where(PullRequestRow.capstone_id == capstone, PullRequestRow.state == "open")
            .order_by(col(PullRequestRow.number))
        )
        return [as_pull_request(row) for row in self.session.exec(query)]

    def list_merged(self, capstone: int, since: datetime) -> Sequence[PullRequest]:
        """List a capstone's merged pull requests that changed after a time, the newest first."""
        query = (
            select(PullRequestRow)
            .where(
                PullRequestRow.capstone_id == capstone,
                PullRequestRow.state == "merged",
                PullRequestRow.updated_at > since,
            )
            .order_by(col(PullRequestRow.updated_at).desc(), col(PullRequestRow.number).desc())
        )
        return [as_pull_request(row) for row in self.session.exec(query)]

    def set_summary(self, pull_request: int, review: int) -> None:
        """Store the id of the review whose body is the summary."""
        self.session.get_one(PullRequestRow, pull_request).summary_id = review

    def set_quiet(self, pull_request: int, quiet: bool) -> None:
        """Set whether Sensei reads a pull request only on request (``quiet``) or automatically."""
        self.session.get_one(PullRequestRow, pull_request).quiet = quiet

    def set_private(self, pull_request: int, private: bool) -> None:
        """Set whether Sensei posts nothing on a pull request (``private``)."""
        self.session.get_one(PullRequestRow, pull_request).private = private

    def _find_row(self, capstone: int, number: int) -> PullRequestRow | None:
        query = select(PullRequestRow).where(
            PullRequestRow.capstone_id == capstone, PullRequestRow.number == number
        )
        return self.session.exec(query).first()


@dataclass
class SqlRounds:
    """The ``round`` table."""

    session: Session

    def get(self, round_: str) -> Round:
        """Return a round."""
        row = self.session.get_one(RoundRow, round_)
        return _as_round(row, row.report)

    def find(self, round_: str) -> Round | None:
        """Return a round, or None if there is none with this id, for example since it was deleted."""
        row = self.session.get(RoundRow, round_)
        return _as_round(row, row.report) if row else None

    def of(self, pull_request: int) -> Sequence[Round]:
        """List a pull request's rounds in order, without their reports."""
        query = (
            select(RoundRow)
            .where(RoundRow.pull_request_id == pull_request)
            .order_by(col(RoundRow.number))
            .options(defer(RoundRow.report))  # type: ignore[arg-type]
        )
        return [_as_round(row, None) for row in self.session.exec(query)]

    def newest_report(self, pull_request: int) -> Report | None:
        """Return the report of the last round that has one."""
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
        return _as_round(row, None)

    def move(self, round_: str, head: str, due_at: datetime, trigger: Trigger) -> None:
        """Make a waiting round read another head at another time. It keeps a trigger of ``ASKED``."""
        row = self.session.get_one(RoundRow, round_)
        row.head_sha, row.due_at = head, due_at
        if row.trigger != Trigger.ASKED:
            row.trigger = trigger
        SqlJobs(self.session).add(Job(row.id, "review", {"round": row.id}, due_at))

    def was_asked_for(self, round_: str) -> bool:
        """Return whether a person asked for a round, or for the round that it retries."""
        row = self.session.get_one(RoundRow, round_)
        query = (
            select(RoundRow.trigger)
            .where(
                RoundRow.pull_request_id == row.pull_request_id,
                RoundRow.number <= row.number,
                RoundRow.trigger != Trigger.RETRY,
            )
            .order_by(col(RoundRow.number).desc())
            .limit(1)
        )
        return self.session.exec(query).first() == Trigger.ASKED

    def is_another_running(self, round_: str) -> bool:
        """Return whether another round of the same pull request is being read or published."""
        pull_request = select(RoundRow.pull_request_id).where(RoundRow.id == round_).scalar_subquery()
        query = select(RoundRow.id).where(
            RoundRow.pull_request_id == pull_request,
            RoundRow.state == RoundState.READING,
            RoundRow.id != round_,
        )
        return self.session.exec(query).first() is not None

    def supersede(self, round_: str, at: datetime) -> None:
        """Mark a round as superseded by a newer head."""
        row = self.session.get_one(RoundRow, round_)
        row.superseded_at = row.superseded_at or at

    def set_state(self, round_: str, state: RoundState, at: datetime, error: str = "") -> None:
        """Store a round's state."""
        row = self.session.get_one(RoundRow, round_)
        row.state, row.error = state, error
        row.finished_at = None if state in {RoundState.WAITING, RoundState.READING} else at

    def save_report(self, round_: str, report: Report) -> None:
        """Store a round's report. Storing the same report again changes nothing."""
        self.session.get_one(RoundRow, round_).report = report.as_json()

    def set_review(self, round_: str, review: int) -> None:
        """Store the id of the review that a round published."""
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


def _as_round(row: RoundRow, report: str | None) -> Round:
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
