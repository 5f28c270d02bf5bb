"""Commands that people gave in comments."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, and_, col, func, or_, select

from bot.adapters.database.pull_requests.tables import CommandRow
from bot.domain.pull_requests.comment_command_rules import CommandOutcome, CommentCommand, ParsedCommand, Verb


@dataclass
class SqlCommentCommands:
    """The ``command`` table."""

    session: Session

    def add(  # noqa: PLR0913 - one row's columns
        self,
        parsed: ParsedCommand,
        outcome: CommandOutcome,
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
        """Store a command; return its id."""
        row = CommandRow(
            pull_request_id=pull_request,
            comment_id=comment,
            inline=inline,
            thread_id=thread,
            author_id=author,
            verb=parsed.verb,
            answer=outcome,
            about=about,
            question_id=question,
            at=at,
        )
        self.session.add(row)
        self.session.flush()
        return _as_command(row).id

    def get(self, command: int) -> CommentCommand:
        """Return a command."""
        return _as_command(self.session.get_one(CommandRow, command))

    def by_comment(self, comment: int, *, inline: bool) -> CommentCommand | None:
        """Return the command that a comment gave, or None."""
        query = select(CommandRow).where(CommandRow.comment_id == comment, col(CommandRow.inline).is_(inline))
        row = self.session.exec(query).first()
        return _as_command(row) if row else None

    def was_told_not_theirs(self, pull_request: int, author: int) -> bool:
        """Return whether Sensei told an author on a pull request that they may not give commands."""
        query = select(CommandRow.id).where(
            CommandRow.pull_request_id == pull_request,
            CommandRow.author_id == author,
            CommandRow.answer == CommandOutcome.NOT_YOURS,
        )
        return self.session.exec(query).first() is not None

    def was_told_first_line(self, pull_request: int, author: int) -> bool:
        """Return whether Sensei told an author on a pull request that a command must be on the first line."""
        query = select(CommandRow.id).where(
            CommandRow.pull_request_id == pull_request,
            CommandRow.author_id == author,
            CommandRow.answer == CommandOutcome.ALONE,
            col(CommandRow.verb).is_(None),
        )
        return self.session.exec(query).first() is not None

    def count_given(self, pull_request: int, author: int, since: datetime, until: datetime) -> int:
        """Count an author's commands on a pull request after ``since`` and up to ``until``, done or not."""
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

    def count_tries(self, author: int, verb: Verb, since: datetime, until: datetime) -> int:
        """Count how often an author gave one command, anywhere, after ``since`` and up to ``until``."""
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

    def is_any_done_after(
        self, pull_request: int, verbs: Collection[Verb], at: datetime, comment: int, *, inline: bool
    ) -> bool:
        """Return whether a command in ``verbs``, written later than a comment, was carried out."""
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

    def mark_deleted(self, command: int, at: datetime) -> None:
        """Store that the author deleted the command's comment."""
        self.session.get_one(CommandRow, command).deleted_at = at


def _as_command(row: CommandRow) -> CommentCommand:
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
