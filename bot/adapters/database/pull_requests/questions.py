"""Questions, and what is said in their threads."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, select

from bot.adapters.database.pull_requests.capstones import SqlCapstones
from bot.adapters.database.pull_requests.rounds import as_pull_request
from bot.adapters.database.pull_requests.tables import (
    CapstoneRow,
    CommandRow,
    PullRequestRow,
    QuestionRow,
    RoundRow,
    ThreadMessageRow,
)
from bot.domain.pull_requests.comment_commands import CommandOutcome, Verb
from bot.domain.pull_requests.records import (
    AskedQuestion,
    Capstone,
    PullRequest,
    QuestionState,
    RoundState,
    Ruling,
    ThreadMessage,
)


@dataclass
class SqlQuestions:
    """The ``question`` and ``thread_message`` tables."""

    session: Session
    tenant: str

    def of(self, pull_request: int) -> Sequence[AskedQuestion]:
        """List a pull request's questions, the first one first."""
        query = (
            select(QuestionRow)
            .where(QuestionRow.pull_request_id == pull_request)
            .order_by(col(QuestionRow.id))
        )
        return [_asked(row) for row in self.session.exec(query)]

    def get(self, question: int) -> AskedQuestion | None:
        """Return one."""
        row = self.session.get(QuestionRow, question)
        return _asked(row) if row else None

    def proposed(self) -> Sequence[tuple[Capstone, PullRequest, AskedQuestion]]:
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
        capstones = SqlCapstones(self.session, self.tenant)
        return [
            (capstones.get(owner.capstone_id), as_pull_request(owner), _asked(row))
            for row, owner in self.session.exec(query)
        ]

    def disputed(self) -> Sequence[tuple[Capstone, PullRequest, AskedQuestion, str]]:
        """List what a sensei has to rule on, oldest first, each with the participant's reason."""
        disputes = (
            select(CommandRow.question_id, ThreadMessageRow.body)
            .join(ThreadMessageRow, col(ThreadMessageRow.comment_id) == col(CommandRow.comment_id))
            .where(CommandRow.verb == Verb.DISPUTE, CommandRow.answer == CommandOutcome.DONE)
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
        capstones = SqlCapstones(self.session, self.tenant)
        return [
            (capstones.get(owner.capstone_id), as_pull_request(owner), one, reasons.get(one.id, ""))
            for row, owner in self.session.exec(query)
            for one in [_asked(row)]
        ]

    def open_of(self, participant: int, author: int) -> int:
        """Count what is asked on one account's pull requests, over all capstones of a participant."""
        mine = [
            one.id
            for one in SqlCapstones(self.session, self.tenant).all()
            if one.participant.id == participant
        ]
        query = (
            select(func.count())
            .select_from(QuestionRow)
            .join(PullRequestRow, col(PullRequestRow.id) == col(QuestionRow.pull_request_id))
            .where(
                col(PullRequestRow.capstone_id).in_(mine),
                PullRequestRow.author_id == author,
                col(QuestionRow.state).in_([QuestionState.KEPT, QuestionState.ASKED]),
                PullRequestRow.state == "open",
            )
        )
        return self.session.exec(query).one()

    def add(self, round_: str, questions: Sequence[AskedQuestion], at: datetime) -> None:
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

    def by_comment(self, comment: int) -> AskedQuestion | None:
        """Return the question that a comment is."""
        row = self.session.exec(select(QuestionRow).where(QuestionRow.comment_id == comment)).first()
        return _asked(row) if row else None

    def message(self, comment: int) -> ThreadMessage | None:
        """Return what is known of a comment in a question's thread."""
        row = self.session.get(ThreadMessageRow, comment)
        return ThreadMessage(row.at, row.deleted_at is not None) if row else None

    def said(self, question: int, comment: int, author: int, body: str, at: datetime) -> None:
        """Keep a message of a question's thread; an edited one replaces itself."""
        self._message(question, comment, author, body, at)

    def unsaid(self, question: int, comment: int, author: int, at: datetime) -> None:
        """Forget the words of a message that was deleted, and know from now on that it was."""
        self._message(question, comment, author, "", at).deleted_at = at

    def _message(self, question: int, comment: int, author: int, body: str, at: datetime) -> ThreadMessageRow:
        row = self.session.get(ThreadMessageRow, comment)
        if row is None:
            row = ThreadMessageRow(
                comment_id=comment, question_id=question, author_id=author, body=body, at=at
            )
        row.body, row.at = body, at
        self.session.add(row)
        return row


def _asked(row: QuestionRow) -> AskedQuestion:
    if row.id is None:
        raise AssertionError("a flushed row has an id")
    return AskedQuestion(
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
