"""Conversations, decisions and statements in the export of a person's data."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select

from bot.adapters.database.articulation.tables import ConversationRow, PrivateMessageRow
from bot.adapters.database.check_ins.tables import CheckInRow
from bot.adapters.database.decisions.tables import (
    DecisionAnchorRow,
    DecisionRevisionRow,
    DecisionRow,
    DriftFindingRow,
    DriftQuestionRow,
    StatementRow,
)
from bot.adapters.database.dojo.tables import EnrolmentRow
from bot.adapters.database.privacy.arguments import ArgumentQueries, quoted_messages
from bot.adapters.database.privacy.row_json import Json, as_json
from bot.adapters.database.pull_requests.tables import QuestionRow, ThreadMessageRow
from bot.domain.privacy.data_scope import DataScope
from bot.domain.privacy.third_parties import SOMEBODY_ELSE
from bot.ports.personal_data import Subject


@dataclass(frozen=True)
class ArgumentExport:
    """Exports what a person argued. A former participant's words appear only as "somebody else"."""

    session: Session
    subject: Subject

    def conversation(self, question: int) -> Json | None:
        """Return the conversation about a question in the person's capstone, or None if there is none."""
        row = self.session.exec(
            select(ConversationRow).where(ConversationRow.question_id == question)
        ).first()
        return self._export_conversation(row) if row else None

    def check_in_question(self, row: QuestionRow) -> Json:
        """Return the question of a check-in. The words that asked a former participant aren't shown."""
        shown = as_json(row, but={"capstone_id", "pull_request_id", "round_id"})
        asked = (
            select(CheckInRow.id)
            .join(EnrolmentRow, col(EnrolmentRow.id) == col(CheckInRow.enrolment_id))
            .where(CheckInRow.question_id == row.id, EnrolmentRow.person_id == (self.subject.id or ""))
        )
        if self.session.exec(asked).first() is None:
            shown |= {"text": SOMEBODY_ELSE, "original_text": SOMEBODY_ELSE}
        return shown

    def decisions(self, capstone: int) -> list[Json]:
        """List the decisions of the person's capstone, with all their revisions and places in the code."""
        query = select(DecisionRow).where(DecisionRow.capstone_id == capstone)
        return [
            self._export_decision(row) for row in self.session.exec(query.order_by(col(DecisionRow.number)))
        ]

    def drift_findings(self, round_: str) -> list[Json]:
        """List which decisions a round's change may have overtaken, without words about others' ones."""
        query = select(DriftFindingRow).where(DriftFindingRow.round_id == round_)
        return [
            {
                **as_json(row, but={"id", "round_id"}),
                **({} if self._is_own_by_number(row.decision_id) else {"text": SOMEBODY_ELSE}),
            }
            for row in self.session.exec(query.order_by(col(DriftFindingRow.id)))
        ]

    def statements(self, capstone: int) -> list[Json]:
        """List the evidence in the person's words in their capstone."""
        query = select(StatementRow).where(StatementRow.capstone_id == capstone)
        return [
            self._export_statement(row) for row in self.session.exec(query.order_by(col(StatementRow.id)))
        ]

    def elsewhere(self, scope: DataScope) -> Json:
        """Return what the person said in private and recorded in capstones that are not theirs any more."""
        sent = (
            select(PrivateMessageRow, QuestionRow.capstone_id)
            .join(ConversationRow, col(ConversationRow.id) == col(PrivateMessageRow.conversation_id))
            .join(QuestionRow, col(QuestionRow.id) == col(ConversationRow.question_id))
            .where(PrivateMessageRow.person_id == (self.subject.id or ""))
            .order_by(col(PrivateMessageRow.id))
        )
        recorded = select(DecisionRow).where(DecisionRow.person_id == (self.subject.id or ""))
        return {
            "private_messages": [
                {"capstone": capstone, **as_json(row, but={"person_id"})}
                for row, capstone in self.session.exec(sent)
                if capstone not in scope.capstones
            ],
            "decisions": [
                {"capstone": row.capstone_id, **self._export_decision(row)}
                for row in self.session.exec(recorded.order_by(col(DecisionRow.id)))
                if row.capstone_id not in scope.capstones
            ],
        }

    def _export_conversation(self, row: ConversationRow) -> Json:
        sent = select(PrivateMessageRow).where(PrivateMessageRow.conversation_id == row.id)
        messages = self.session.exec(sent.order_by(col(PrivateMessageRow.id))).all()
        shown = as_json(row, but={"question_id"})
        if not self._is_own(row, messages):
            shown |= {"probe": SOMEBODY_ELSE, "quotes": SOMEBODY_ELSE}
        return {**shown, "private_messages": [self._export_message(message) for message in messages]}

    def _export_message(self, row: PrivateMessageRow) -> Json:
        if row.person_id == self.subject.id:
            return as_json(row, but={"conversation_id", "person_id"})
        return {"at": row.at.isoformat(), "body": SOMEBODY_ELSE}

    def _is_own(self, row: ConversationRow, messages: Iterable[PrivateMessageRow]) -> bool:
        """Say whether all the words that a conversation quotes are the person's.

        The words of a deleted message count as theirs: its row no longer says who wrote it.
        """
        if any(message.person_id != self.subject.id for message in messages):
            return False
        others = select(ThreadMessageRow.comment_id).where(
            ThreadMessageRow.question_id == row.question_id,
            col(ThreadMessageRow.author_id).not_in(self.subject.numbers),
        )
        return not quoted_messages(row).intersection(
            f"thread:{comment}" for comment in self.session.exec(others)
        )

    def _export_decision(self, row: DecisionRow) -> Json:
        is_own = self._is_own_decision(row)
        return {
            **as_json(row, but={"capstone_id", "person_id"}),
            "author": None if row.person_id is None else "themselves" if is_own else SOMEBODY_ELSE,
            "revisions": [
                {
                    **as_json(revision, but={"id", "decision_id"}),
                    **({} if is_own else {"title": SOMEBODY_ELSE, "texts": SOMEBODY_ELSE}),
                }
                for revision in self._rows_of(DecisionRevisionRow, row)
            ],
            "anchors": [
                as_json(anchor, but={"id", "decision_id"}) for anchor in self._rows_of(DecisionAnchorRow, row)
            ],
            "drift_questions": [drift.question_id for drift in self._rows_of(DriftQuestionRow, row)],
        }

    def _is_own_decision(self, row: DecisionRow) -> bool:
        """Say whether a decision's words are the person's. A file's words belong to their repository."""
        return row.person_id in {None, self.subject.id}

    def _is_own_by_number(self, decision: int) -> bool:
        row = self.session.get(DecisionRow, decision)
        return row is None or self._is_own_decision(row)

    def _rows_of(self, table: type[Any], row: DecisionRow) -> list[Any]:
        key = next(iter(table.__table__.primary_key.columns))
        return list(self.session.exec(select(table).where(table.decision_id == row.id).order_by(key)))

    def _export_statement(self, row: StatementRow) -> Json:
        shown = as_json(row, but={"capstone_id"})
        return shown if self._is_own_statement(row) else shown | {"quote": SOMEBODY_ELSE}

    def _is_own_statement(self, row: StatementRow) -> bool:
        if row.source == "decision":
            return self._is_own_by_number(row.reference)
        known = ArgumentQueries(self.session).conversations_about(frozenset({row.reference}))
        return all(self._is_own_by_id(conversation) for conversation in known)

    def _is_own_by_id(self, conversation: int) -> bool:
        row = self.session.get_one(ConversationRow, conversation)
        sent = select(PrivateMessageRow).where(PrivateMessageRow.conversation_id == conversation)
        return self._is_own(row, self.session.exec(sent))
