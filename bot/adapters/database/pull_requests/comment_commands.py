"""Commands that people gave in comments, each kept for good: one comment gives one at most."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, and_, col, func, or_, select

from bot.adapters.database.pull_requests.tables import CommandRow
from bot.domain.pull_requests.comment_commands import CommandOutcome, CommentCommand, ParsedCommand, Verb


@dataclass
class SqlCommentCommands:
    """The ``command`` table."""

    session: Session

    def add(  # noqa: PLR0913 - one row's columns
        self,
        said: ParsedCommand,
        answer: CommandOutcome,
        *,
        pull_request: int,
        comment: int,
        inline: bool,
        thread: int | None,
        author: int,
        about: str,
        question: int | None,
        at: datetime,
    ) -> int:
        """Keep a command; return its id."""
        row = CommandRow(
            pull_request_id=pull_request,
            comment_id=comment,
            inline=inline,
            thread_id=thread,
            author_id=author,
            verb=said.verb,
            answer=answer,
            about=about,
            question_id=question,
            at=at,
        )
        self.session.add(row)
        self.session.flush()
        return _command(row).id

    def get(self, command: int) -> CommentCommand:
        """Return one."""
        return _command(self.session.get_one(CommandRow, command))

    def of(self, comment: int, *, inline: bool) -> CommentCommand | None:
        """Return the command that a comment gave."""
        query = select(CommandRow).where(CommandRow.comment_id == comment, col(CommandRow.inline).is_(inline))
        row = self.session.exec(query).first()
        return _command(row) if row else None

    def told(self, pull_request: int, author: int) -> bool:
        """Say whether somebody was told on a pull request that commands are not theirs."""
        query = select(CommandRow.id).where(
            CommandRow.pull_request_id == pull_request,
            CommandRow.author_id == author,
            CommandRow.answer == CommandOutcome.NOT_YOURS,
        )
        return self.session.exec(query).first() is not None

    def pointed_out(self, pull_request: int, author: int) -> bool:
        """Say whether somebody was told on a pull request that a command has to be a comment's first line."""
        query = select(CommandRow.id).where(
            CommandRow.pull_request_id == pull_request,
            CommandRow.author_id == author,
            CommandRow.answer == CommandOutcome.ALONE,
            col(CommandRow.verb).is_(None),
        )
        return self.session.exec(query).first() is not None

    def given(self, pull_request: int, author: int, since: datetime, until: datetime) -> int:
        """Count what somebody has given on a pull request after a moment and until another, done or not."""
        query = (
            select(func.count())
            .select_from(CommandRow)
            .where(
                CommandRow.pull_request_id == pull_request,
                CommandRow.author_id == author,
                CommandRow.at > since,
                CommandRow.at <= until,
            )
        )
        return self.session.exec(query).one()

    def tried(self, author: int, verb: Verb, since: datetime, until: datetime) -> int:
        """Count how often somebody has given one command, anywhere, after a moment and until another."""
        query = (
            select(func.count())
            .select_from(CommandRow)
            .where(
                CommandRow.author_id == author,
                CommandRow.verb == verb,
                CommandRow.at > since,
                CommandRow.at <= until,
            )
        )
        return self.session.exec(query).one()

    def done_after(
        self, pull_request: int, verbs: Collection[Verb], at: datetime, comment: int, *, inline: bool
    ) -> bool:
        """Say whether one of some commands was done that was written later than a comment at a moment."""
        query = select(CommandRow.id).where(
            CommandRow.pull_request_id == pull_request,
            CommandRow.answer == CommandOutcome.DONE,
            col(CommandRow.verb).in_(verbs),
            or_(
                col(CommandRow.at) > at,
                and_(
                    CommandRow.at == at,
                    col(CommandRow.inline).is_(inline),
                    col(CommandRow.comment_id) > comment,
                ),
            ),
        )
        return self.session.exec(query).first() is not None

    def deleted(self, command: int, at: datetime) -> None:
        """Note that its author took it back."""
        self.session.get_one(CommandRow, command).deleted_at = at


def _command(row: CommandRow) -> CommentCommand:
    if row.id is None:
        raise AssertionError("a flushed row has an id")
    return CommentCommand(
        id=row.id,
        pull_request=row.pull_request_id,
        comment=row.comment_id,
        inline=row.inline,
        thread=row.thread_id,
        author=row.author_id,
        verb=Verb(row.verb) if row.verb else None,
        answer=CommandOutcome(row.answer),
        about=row.about,
        question=row.question_id,
        at=row.at,
        deleted=row.deleted_at is not None,
    )
