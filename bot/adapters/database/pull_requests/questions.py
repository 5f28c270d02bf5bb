"""Questions, and the messages in their threads."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
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
from bot.adapters.database.transaction_reads import keep_read, read_once
from bot.domain.pull_requests.comment_command_rules import CommandOutcome, Verb
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
        """List a pull request's questions in order."""
        query = (
            select(QuestionRow)
            .where(QuestionRow.pull_request_id == pull_request)
            .order_by(col(QuestionRow.id))
        )
        return [as_question(row) for row in self.session.exec(query)]

    def get(self, question: int) -> AskedQuestion | None:
        """Return a question, or None."""

        def load() -> AskedQuestion | None:
            row = self.session.get(QuestionRow, question)
            return as_question(row) if row else None

        return read_once(self.session, question_key(question), (QuestionRow,), load)

    def states(self, questions: Iterable[int]) -> Mapping[int, QuestionState]:
        """Return the states of questions, by number. Those that don't exist are left out."""
        wanted = list(questions)
        if not wanted:
            return {}
        query = select(QuestionRow.id, QuestionRow.state).where(col(QuestionRow.id).in_(wanted))
        return {number or 0: QuestionState(state) for number, state in self.session.exec(query)}

    def list_proposed(self) -> Sequence[tuple[Capstone, PullRequest, AskedQuestion]]:
        """List the questions of open pull requests that wait for a sensei's approval, oldest first."""
        query = (
            select(QuestionRow, PullRequestRow)
            .where(
                QuestionRow.pull_request_id == PullRequestRow.id,
                QuestionRow.round_id == RoundRow.id,
                QuestionRow.state == QuestionState.PROPOSED,
                RoundRow.state == RoundState.PUBLISHED,
                PullRequestRow.state == "open",
            )
            .order_by(col(QuestionRow.id))
        )
        capstones = SqlCapstones(self.session, self.tenant)
        return [
            (capstones.get(pull_request.capstone_id), as_pull_request(pull_request), as_question(question))
            for question, pull_request in self.session.exec(query)
        ]

    def list_disputed(self) -> Sequence[tuple[Capstone, PullRequest | None, AskedQuestion, str]]:
        """List the disputes waiting for a sensei's ruling, oldest first, with the participant's reasons."""
        disputes = (
            select(CommandRow.question_id, ThreadMessageRow.body)
            .join(ThreadMessageRow, col(ThreadMessageRow.comment_id) == message_number())
            .where(CommandRow.verb == Verb.DISPUTE, CommandRow.answer == CommandOutcome.DONE)
            .order_by(col(CommandRow.id))
        )
        reasons = {question: body for question, body in self.session.exec(disputes) if question}
        query = (
            select(QuestionRow, PullRequestRow)
            .join(CapstoneRow, col(CapstoneRow.id) == col(QuestionRow.capstone_id))
            .join(PullRequestRow, col(PullRequestRow.id) == col(QuestionRow.pull_request_id), isouter=True)
            .where(CapstoneRow.state == "active", QuestionRow.state == QuestionState.DISPUTED)
            .order_by(col(QuestionRow.id))
        )
        capstones = SqlCapstones(self.session, self.tenant)
        found: Sequence[tuple[QuestionRow, PullRequestRow | None]] = self.session.exec(query).all()
        return [
            (
                capstones.get(question.capstone_id),
                as_pull_request(pull_request) if pull_request else None,
                as_question(question),
                reasons.get(question.id or 0, ""),
            )
            for question, pull_request in found
        ]

    def count_open(self, participant: int, author: int) -> int:
        """Count the questions on an author's open pull requests, across all capstones of a participant."""
        capstones = [
            capstone.id
            for capstone in SqlCapstones(self.session, self.tenant).all()
            if capstone.participant.id == participant
        ]
        query = (
            select(func.count())
            .select_from(QuestionRow)
            .join(PullRequestRow, col(PullRequestRow.id) == col(QuestionRow.pull_request_id))
            .where(
                col(PullRequestRow.capstone_id).in_(capstones),
                PullRequestRow.author_id == author,
                col(QuestionRow.state).in_([QuestionState.KEPT, QuestionState.ASKED]),
                PullRequestRow.state == "open",
            )
        )
        return self.session.exec(query).one()

    def add(self, round_: str, questions: Sequence[AskedQuestion], at: datetime) -> None:
        """Store a round's questions, except those with a known fingerprint."""
        round_row = self.session.get_one(RoundRow, round_)
        pull_request = round_row.pull_request_id
        capstone = self.session.get_one(PullRequestRow, pull_request).capstone_id
        known = {question.fingerprint for question in self.of(pull_request)}
        for question in questions:
            if question.fingerprint in known:
                continue
            known.add(question.fingerprint)
            row = _as_row(question, capstone, round_row.head_sha, at)
            row.pull_request_id, row.round_id = pull_request, round_
            self.session.add(row)
        self.session.flush()

    def add_private(self, capstone: int, question: AskedQuestion, at: datetime) -> int:
        """Store a question that belongs to no pull request; return its id."""
        row = _as_row(question, capstone, question.head, at)
        self.session.add(row)
        self.session.flush()
        known_as = row.id or 0
        keep_read(self.session, ("questions.row", known_as), (QuestionRow,), row)  # it is needed next
        return known_as

    def list_fingerprints(self, capstone: int) -> frozenset[str]:
        """Return the fingerprints of all questions about a capstone."""
        query = select(QuestionRow.fingerprint).where(QuestionRow.capstone_id == capstone)
        return frozenset(self.session.exec(query))

    def set_state(
        self, question: int, state: QuestionState, at: datetime, comment: int | None = None
    ) -> None:
        """Store a question's state, and its comment if ``comment`` is given."""
        row = self.session.get_one(QuestionRow, question)
        row.state, row.updated_at = state, at
        if comment is not None:
            row.comment_id = comment

    def reword(self, question: int, text: str, at: datetime) -> None:
        """Replace a question's text with a sensei's own words, and keep what Sensei wrote first."""
        row = self.session.get_one(QuestionRow, question)
        row.original_text = row.original_text or row.text
        row.text, row.updated_at = text, at

    def record_ruling(self, question: int, ruling: Ruling, at: datetime) -> None:
        """Store a sensei's ruling.

        If the question stands, it returns to ``ASKED``; otherwise, it is withdrawn.
        """
        row = self.session.get_one(QuestionRow, question)
        stands = ruling is Ruling.STANDS
        row.ruling, row.updated_at = ruling, at
        row.state = QuestionState.ASKED if stands else QuestionState.WITHDRAWN

    def note_sensei_message(self, question: int, at: datetime) -> None:
        """Store when a sensei first wrote in a question's thread."""
        row = self.session.get_one(QuestionRow, question)
        row.sensei_spoke_at = row.sensei_spoke_at or at

    def mark_asked(self, question: int, at: datetime, *, inline: bool) -> None:
        """Store that a question is published, on its lines (``inline``) or in a review's body."""
        row = self.session.get_one(QuestionRow, question)
        row.inline = inline
        if row.state in {QuestionState.PROPOSED, QuestionState.KEPT}:
            row.state, row.updated_at = QuestionState.ASKED, at

    def set_comment(self, question: int, comment: int) -> None:
        """Store the id of the comment that asks a question."""
        if row := self.session.get(QuestionRow, question):
            row.comment_id = comment

    def forget(self, round_: str) -> None:
        """Delete a round's merely proposed questions."""
        query = select(QuestionRow).where(
            QuestionRow.round_id == round_, QuestionRow.state == QuestionState.PROPOSED
        )
        for row in self.session.exec(query):
            self.session.delete(row)
        self.session.flush()

    def has_unplaced(self, pull_request: int, since: datetime) -> bool:
        """Return whether a round is being read, or questions posted after ``since`` lack comment ids."""
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
        """Return the question that a comment asks."""
        row = self.session.exec(select(QuestionRow).where(QuestionRow.comment_id == comment)).first()
        return as_question(row) if row else None

    def get_message(self, comment: int) -> ThreadMessage | None:
        """Return a message in a question's thread, or None if the comment is unknown."""
        row = self.session.get(ThreadMessageRow, comment)
        return ThreadMessage(row.at, row.deleted_at is not None) if row else None

    def save_message(self, question: int, comment: int, author: int, body: str, at: datetime) -> None:
        """Store a message in a question's thread, new or edited."""
        self._store_message(question, comment, author, body, at)

    def delete_message(self, question: int, comment: int, author: int, at: datetime) -> None:
        """Delete a message's text and mark it as deleted. The row remains, as old events may still arrive."""
        self._store_message(question, comment, author, "", at).deleted_at = at

    def _store_message(
        self, question: int, comment: int, author: int, body: str, at: datetime
    ) -> ThreadMessageRow:
        row = self.session.get(ThreadMessageRow, comment)
        if row is None:
            row = ThreadMessageRow(
                comment_id=comment, question_id=question, author_id=author, body=body, at=at
            )
        row.body, row.at = body, at
        self.session.add(row)
        return row


def question_key(question: int) -> Hashable:
    """Return under which key a question is kept in a transaction."""
    return "questions.get", question


def message_number() -> sa.ColumnElement[int]:
    """Return the number under which a command's comment is stored as a message about a question.

    It is negative if the comment is in the pull request's conversation and not on its diff.
    """
    return sa.case(
        (col(CommandRow.inline).is_(True), col(CommandRow.comment_id)), else_=-col(CommandRow.comment_id)
    )


def _as_row(question: AskedQuestion, capstone: int, head: str, at: datetime) -> QuestionRow:
    return QuestionRow(
        capstone_id=capstone,
        head_sha=head,
        check_id=question.check,
        text=question.text,
        fingerprint=question.fingerprint,
        path=question.path,
        side=question.side,
        line_start=question.line_start,
        line_end=question.line_end,
        quote=question.quote,
        inline=question.inline,
        state=question.state,
        created_at=at,
        updated_at=at,
    )


def as_question(row: QuestionRow) -> AskedQuestion:
    """Return a question as it is stored."""
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
        original_text=row.original_text,
        capstone=row.capstone_id,
        pull_request=row.pull_request_id,
        head=row.head_sha,
    )
