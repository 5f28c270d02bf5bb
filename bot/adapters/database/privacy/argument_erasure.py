"""Erasing conversations, decisions and statements."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, SQLModel, col

from bot.adapters.database.articulation.tables import ConversationRow, PrivateMessageRow
from bot.adapters.database.decisions.tables import (
    DecisionAnchorRow,
    DecisionRevisionRow,
    DecisionRow,
    DriftFindingRow,
    DriftQuestionRow,
    StatementRow,
)
from bot.adapters.database.privacy.arguments import ArgumentQueries, about_statement
from bot.domain.privacy.data_scope import DataScope
from bot.ports.personal_data import Subject


@dataclass(frozen=True)
class ArgumentErasure:
    """Erases what people argued; returns how many rows were deleted, by table."""

    session: Session

    def erase_in_capstone(self, scope: DataScope) -> Counter[str]:
        """Erase all conversations, decisions and statements of a capstone."""
        done = self._erase(scope.conversations, scope.decisions)
        done["drift_question"] += self._delete(
            DriftQuestionRow, col(DriftQuestionRow.question_id).in_(scope.questions)
        )
        done["statement"] += self._delete(StatementRow, col(StatementRow.capstone_id).in_(scope.capstones))
        return done

    def erase_words_of(self, subject: Subject) -> Counter[str]:
        """Erase conversations and decisions with a person's words, in whatever capstone they are."""
        queries = ArgumentQueries(self.session)
        conversations, decisions = queries.conversations_with(subject), queries.decisions_by(subject)
        questions = queries.questions_of(conversations)
        done = Counter(statement=self._delete(StatementRow, about_statement(questions, decisions)))
        return done + self._erase(conversations, decisions)

    def _erase(self, conversations: frozenset[int], decisions: frozenset[int]) -> Counter[str]:
        done = Counter[str]()
        for table, condition in (
            (PrivateMessageRow, col(PrivateMessageRow.conversation_id).in_(conversations)),
            (ConversationRow, col(ConversationRow.id).in_(conversations)),
            (DriftQuestionRow, col(DriftQuestionRow.decision_id).in_(decisions)),
            (DriftFindingRow, col(DriftFindingRow.decision_id).in_(decisions)),
            (DecisionAnchorRow, col(DecisionAnchorRow.decision_id).in_(decisions)),
            (DecisionRevisionRow, col(DecisionRevisionRow.decision_id).in_(decisions)),
            (DecisionRow, col(DecisionRow.id).in_(decisions)),
        ):
            done[str(table.__tablename__)] += self._delete(table, condition)
        return done

    def _delete(self, table: type[SQLModel], condition: Any) -> int:
        return int(self.session.connection().execute(sa.delete(table).where(condition)).rowcount)
