"""Pull requests, their rounds and their questions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import defer
from sqlmodel import Session, col, func, select

from bot.adapters.store.capstones import Capstones
from bot.adapters.store.due import Jobs
from bot.adapters.store.tables import (
    CapstoneRow,
    CommandRow,
    PullRequestRow,
    QuestionRow,
    RoundRow,
    ThreadMessage,
)
from bot.domain.commands import Answer, Verb
from bot.domain.report import Report
from bot.domain.tracking import (
    Account,
    Asked,
    Capstone,
    Message,
    PullRequest,
    QuestionState,
    Round,
    RoundState,
    Ruling,
    Trigger,
)
from bot.ports.store import Job


@dataclass
class PullRequests:
    """The ``pull_request`` table."""

    session: Session

    def get(self, pull_request: int) -> PullRequest:
        """Return one."""
        return _pull_request(self.session.get_one(PullRequestRow, pull_request))

    def find(self, capstone: int, number: int) -> PullRequest | None:
        """Return one by its number."""
        row = self._row(capstone, number)
        return _pull_request(row) if row else None

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
        return _pull_request(row)

    def open(self, capstone: int) -> Sequence[PullRequest]:
        """List the open ones."""
        query = (
            select(PullRequestRow)
            .where(PullRequestRow.capstone_id == capstone, PullRequestRow.state == "open")
            .order_by(col(PullRequestRow.number))
        )
        return [_pull_request(row) for row in self.session.exec(query)]

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
class Rounds:
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
        Jobs(self.session).add(Job(row.id, "review", {"round": row.id}, due_at))
        return _round(row, None)

    def move(self, round_: str, head: str, due_at: datetime, trigger: Trigger) -> None:
        """Let a waiting round read another head at another time; one that was asked for stays so."""
        row = self.session.get_one(RoundRow, round_)
        row.head_sha, row.due_at = head, due_at
        if row.trigger != Trigger.ASKED:
            row.trigger = trigger
        Jobs(self.session).add(Job(row.id, "review", {"round": row.id}, due_at))

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


@dataclass
class Questions:
    """The ``question`` and ``thread_message`` tables."""

    session: Session
    tenant: str

    def of(self, pull_request: int) -> Sequence[Asked]:
        """List a pull request's questions, the first one first."""
        query = (
            select(QuestionRow)
            .where(QuestionRow.pull_request_id == pull_request)
            .order_by(col(QuestionRow.id))
        )
        return [_asked(row) for row in self.session.exec(query)]

    def get(self, question: int) -> Asked | None:
        """Return one."""
        row = self.session.get(QuestionRow, question)
        return _asked(row) if row else None

    def proposed(self) -> Sequence[tuple[Capstone, PullRequest, Asked]]:
        """List what waits for a sensei, oldest first."""
        query = (
            select(QuestionRow, PullRequestRow)
            .where(
                QuestionRow.pull_request_id == PullRequestRow.id,
                QuestionRow.round_id == RoundRow.id,
                QuestionRow.state == QuestionState.PROPOSED,
                RoundRow.state == RoundState.PUBLISHED,
            )
            .order_by(col(QuestionRow.id))
        )
        capstones = Capstones(self.session, self.tenant)
        return [
            (capstones.get(owner.capstone_id), _pull_request(owner), _asked(row))
            for row, owner in self.session.exec(query)
        ]

    def disputed(self) -> Sequence[tuple[Capstone, PullRequest, Asked, str]]:
        """List what a sensei has to rule on, oldest first, each with the participant's reason."""
        disputes = (
            select(CommandRow.question_id, ThreadMessage.body)
            .join(ThreadMessage, col(ThreadMessage.comment_id) == col(CommandRow.comment_id))
            .where(CommandRow.verb == Verb.DISPUTE, CommandRow.answer == Answer.DONE)
            .order_by(col(CommandRow.id))
        )
        reasons = {question: body for question, body in self.session.exec(disputes) if question}
        query = (
            select(QuestionRow, PullRequestRow)
            .where(
                QuestionRow.pull_request_id == PullRequestRow.id,
                PullRequestRow.capstone_id == CapstoneRow.id,
                CapstoneRow.state == "active",
                QuestionRow.state == QuestionState.DISPUTED,
            )
            .order_by(col(QuestionRow.id))
        )
        capstones = Capstones(self.session, self.tenant)
        return [
            (capstones.get(owner.capstone_id), _pull_request(owner), one, reasons.get(one.id, ""))
            for row, owner in self.session.exec(query)
            for one in [_asked(row)]
        ]

    def open_of(self, participant: int) -> int:
        """Count the questions that are asked of one person over all capstones."""
        mine = [
            one.id for one in Capstones(self.session, self.tenant).all() if one.participant.id == participant
        ]
        query = (
            select(func.count())
            .select_from(QuestionRow)
            .join(PullRequestRow, col(PullRequestRow.id) == col(QuestionRow.pull_request_id))
            .where(
                col(PullRequestRow.capstone_id).in_(mine),
                col(QuestionRow.state).in_([QuestionState.KEPT, QuestionState.ASKED]),
                PullRequestRow.state == "open",
            )
        )
        return self.session.exec(query).one()

    def add(self, round_: str, questions: Sequence[Asked], at: datetime) -> None:
        """Keep a round's questions. One that has a kept one's fingerprint is left alone."""
        owner = self.session.get_one(RoundRow, round_).pull_request_id
        known = {one.fingerprint for one in self.of(owner)}
        for one in questions:
            if one.fingerprint in known:
                continue
            known.add(one.fingerprint)
            self.session.add(
                QuestionRow(
                    pull_request_id=owner,
                    round_id=round_,
                    check_id=one.check,
                    text=one.text,
                    fingerprint=one.fingerprint,
                    path=one.path,
                    side=one.side,
                    line_start=one.line_start,
                    line_end=one.line_end,
                    quote=one.quote,
                    inline=one.inline,
                    state=one.state,
                    created_at=at,
                    updated_at=at,
                )
            )
        self.session.flush()

    def set(self, question: int, state: QuestionState, at: datetime, comment: int | None = None) -> None:
        """Note what became of a question."""
        row = self.session.get_one(QuestionRow, question)
        row.state, row.updated_at = state, at
        if comment is not None:
            row.comment_id = comment

    def ruled(self, question: int, ruling: Ruling, at: datetime) -> None:
        """Note what a sensei has ruled."""
        row = self.session.get_one(QuestionRow, question)
        stands = ruling is Ruling.STANDS
        row.ruling, row.updated_at = ruling, at
        row.state = QuestionState.ASKED if stands else QuestionState.WITHDRAWN

    def sensei_spoke(self, question: int, at: datetime) -> None:
        """Note that a sensei has written in a question's thread."""
        row = self.session.get_one(QuestionRow, question)
        row.sensei_spoke_at = row.sensei_spoke_at or at

    def asked(self, question: int, at: datetime, *, inline: bool) -> None:
        """Note that everybody sees a question: on its lines, or in a review's body."""
        row = self.session.get_one(QuestionRow, question)
        row.inline = inline
        if row.state in {QuestionState.PROPOSED, QuestionState.KEPT}:
            row.state, row.updated_at = QuestionState.ASKED, at

    def placed(self, question: int, comment: int) -> None:
        """Note which comment a question is."""
        if row := self.session.get(QuestionRow, question):
            row.comment_id = comment

    def forget(self, round_: str) -> None:
        """Forget what a round chose and nobody was asked."""
        query = select(QuestionRow).where(
            QuestionRow.round_id == round_, QuestionRow.state == QuestionState.PROPOSED
        )
        for row in self.session.exec(query):
            self.session.delete(row)
        self.session.flush()

    def placing(self, pull_request: int, since: datetime) -> bool:
        """Say whether questions are being posted whose comments nobody knows yet, begun after a moment."""
        reading = select(RoundRow.id).where(
            RoundRow.pull_request_id == pull_request, RoundRow.state == RoundState.READING
        )
        unplaced = select(QuestionRow.id).where(
            QuestionRow.pull_request_id == pull_request,
            QuestionRow.inline,
            col(QuestionRow.comment_id).is_(None),
            col(QuestionRow.state).in_([QuestionState.KEPT, QuestionState.ASKED]),
            QuestionRow.updated_at > since,
        )
        return any(self.session.exec(query).first() is not None for query in (reading, unplaced))

    def by_comment(self, comment: int) -> Asked | None:
        """Return the question that a comment is."""
        row = self.session.exec(select(QuestionRow).where(QuestionRow.comment_id == comment)).first()
        return _asked(row) if row else None

    def message(self, comment: int) -> Message | None:
        """Return what is known of a comment in a question's thread."""
        row = self.session.get(ThreadMessage, comment)
        return Message(row.at, row.deleted_at is not None) if row else None

    def said(self, question: int, comment: int, author: int, body: str, at: datetime) -> None:
        """Keep a message of a question's thread; an edited one replaces itself."""
        self._message(question, comment, author, body, at)

    def unsaid(self, question: int, comment: int, author: int, at: datetime) -> None:
        """Forget the words of a message that was deleted, and know from now on that it was."""
        self._message(question, comment, author, "", at).deleted_at = at

    def _message(self, question: int, comment: int, author: int, body: str, at: datetime) -> ThreadMessage:
        row = self.session.get(ThreadMessage, comment)
        if row is None:
            row = ThreadMessage(comment_id=comment, question_id=question, author_id=author, body=body, at=at)
        row.body, row.at = body, at
        self.session.add(row)
        return row


def _pull_request(row: PullRequestRow) -> PullRequest:
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


def _asked(row: QuestionRow) -> Asked:
    if row.id is None:
        raise AssertionError("a flushed row has an id")
    return Asked(
        id=row.id,
        round=row.round_id,
        check=row.check_id,
        text=row.text,
        fingerprint=row.fingerprint,
        path=row.path,
        side=row.side,
        line_start=row.line_start,
        line_end=row.line_end,
        quote=row.quote,
        inline=row.inline,
        state=QuestionState(row.state),
        comment=row.comment_id,
        ruling=Ruling(row.ruling) if row.ruling else None,
        sensei_spoke=row.sensei_spoke_at is not None,
    )
