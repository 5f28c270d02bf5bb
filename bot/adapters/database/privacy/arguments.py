"""What people argued: their conversations about questions, their decisions and their statements.

A conversation belongs to its question's capstone. If a capstone has got another participant, rows in it may
still hold the words of the former one; those are found by who said them.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from bot.adapters.database.articulation.tables import ConversationRow, PrivateMessageRow
from bot.adapters.database.decisions.tables import (
    DecisionAnchorRow,
    DecisionRevisionRow,
    DecisionRow,
    DriftFindingRow,
    StatementRow,
)
from bot.adapters.database.pull_requests.tables import (
    CapstoneRow,
    QuestionRow,
    ThreadMessageRow,
)
from bot.domain.privacy.data_scope import DataScope
from bot.ports.personal_data import Subject


@dataclass(frozen=True)
class ArgumentQueries:
    """Finds conversations and decisions, by capstone and by who said what is in them."""

    session: Session

    def conversations_about(self, questions: frozenset[int]) -> frozenset[int]:
        """Return the ids of the conversations about questions."""
        return self._read_ids(
            select(ConversationRow.id).where(col(ConversationRow.question_id).in_(questions))
        )

    def decisions_of(self, capstones: frozenset[int]) -> frozenset[int]:
        """Return the ids of the decisions of capstones."""
        return self._read_ids(select(DecisionRow.id).where(col(DecisionRow.capstone_id).in_(capstones)))

    def conversations_with(self, subject: Subject) -> frozenset[int]:
        """Return the ids of the conversations that contain a person's words."""
        private = self._read_ids(
            select(PrivateMessageRow.conversation_id).where(PrivateMessageRow.person_id == (subject.id or ""))
        )
        said = select(ThreadMessageRow.question_id, ThreadMessageRow.comment_id).where(
            col(ThreadMessageRow.author_id).in_(subject.numbers)
        )
        comments: dict[int, set[str]] = {}
        for question, comment in self.session.exec(said):
            comments.setdefault(question, set()).add(f"thread:{comment}")
        rows = select(ConversationRow).where(col(ConversationRow.question_id).in_(comments))
        return private.union(
            row.id
            for row in self.session.exec(rows)
            if row.id is not None and comments[row.question_id].intersection(quoted_messages(row))
        )

    def decisions_by(self, subject: Subject) -> frozenset[int]:
        """Return the ids of the decisions that a person recorded."""
        return self._read_ids(select(DecisionRow.id).where(DecisionRow.person_id == (subject.id or "")))

    def questions_of(self, conversations: frozenset[int]) -> frozenset[int]:
        """Return the ids of the questions that conversations are about."""
        return self._read_ids(
            select(ConversationRow.question_id).where(col(ConversationRow.id).in_(conversations))
        )

    def capstones_of(self, conversations: frozenset[int]) -> Sequence[CapstoneRow]:
        """List the capstones that conversations belong to."""
        query = (
            select(CapstoneRow)
            .join(QuestionRow, col(QuestionRow.capstone_id) == col(CapstoneRow.id))
            .join(ConversationRow, col(ConversationRow.question_id) == col(QuestionRow.id))
            .where(col(ConversationRow.id).in_(conversations))
            .distinct()
        )
        return self.session.exec(query).all()

    def texts(self, scope: DataScope, *, but: DataScope | None = None) -> Iterator[str]:
        """Yield the texts in a scope's conversations, decisions and statements, without those of ``but``."""
        other = but or DataScope()
        conversations = scope.conversations - other.conversations
        decisions = scope.decisions - other.decisions
        yield from self._conversation_texts(conversations)
        yield from self._decision_texts(decisions)
        statements = col(StatementRow.capstone_id).in_(scope.capstones)
        left_out = about_statement(self.questions_of(other.conversations), other.decisions)
        yield from self.session.exec(select(StatementRow.quote).where(statements, sa.not_(left_out)))

    def _conversation_texts(self, conversations: frozenset[int]) -> Iterator[str]:
        rows = select(ConversationRow).where(col(ConversationRow.id).in_(conversations))
        for row in self.session.exec(rows):
            yield row.probe
            yield from (quote for _, _, quote in json.loads(row.quotes))
        sent = col(PrivateMessageRow.conversation_id).in_(conversations)
        yield from self.session.exec(select(PrivateMessageRow.body).where(sent))

    def _decision_texts(self, decisions: frozenset[int]) -> Iterator[str]:
        revisions = select(DecisionRevisionRow).where(col(DecisionRevisionRow.decision_id).in_(decisions))
        for revision in self.session.exec(revisions):
            yield revision.title
            yield from revision.texts.values()
            yield "\n".join(revision.texts.values())
        anchors = select(DecisionAnchorRow).where(col(DecisionAnchorRow.decision_id).in_(decisions))
        for anchor in self.session.exec(anchors):
            yield from (anchor.path, anchor.commit_sha, anchor.quote)
        findings = select(DriftFindingRow).where(col(DriftFindingRow.decision_id).in_(decisions))
        for finding in self.session.exec(findings):
            yield from (finding.text, finding.citation["path"], finding.citation["quote"])
        paths = select(DecisionRow.path).where(col(DecisionRow.id).in_(decisions))
        yield from (path for path in self.session.exec(paths) if path)

    def _read_ids(self, query: Any) -> frozenset[int]:
        return frozenset(self.session.exec(query))


def quoted_messages(row: ConversationRow) -> frozenset[str]:
    """Return the ids of the messages that a conversation quotes."""
    return frozenset(message for _, message, _ in json.loads(row.quotes))


def about_statement(questions: frozenset[int], decisions: frozenset[int]) -> sa.ColumnElement[bool]:
    """Return the condition that a statement was made in one of these questions' threads or decisions."""
    source, reference = col(StatementRow.source), col(StatementRow.reference)
    return sa.or_(
        (source == "thread") & reference.in_(questions), (source == "decision") & reference.in_(decisions)
    )
