"""Whether a capstone that was given to another participant still has words of the one before."""

from sqlmodel import Session, col, select

from bot.adapters.database.articulation.tables import ConversationRow, PrivateMessageRow
from bot.adapters.database.decisions.tables import DecisionRow
from bot.adapters.database.design_documents.tables import DesignDocumentRow
from bot.adapters.database.privacy.check_in_questions import has_check_ins_of_others
from bot.adapters.database.pull_requests.tables import QuestionRow


def has_words_of_others(session: Session, capstone: int, person: str) -> bool:
    """Return whether anyone but a person decided or wrote in private there, gave a design document,
    or was asked a check-in.
    """
    in_private = (
        select(PrivateMessageRow.id)
        .join(ConversationRow, col(ConversationRow.id) == col(PrivateMessageRow.conversation_id))
        .join(QuestionRow, col(QuestionRow.id) == col(ConversationRow.question_id))
        .where(QuestionRow.capstone_id == capstone, PrivateMessageRow.person_id != person)
    )
    decided = select(DecisionRow.id).where(
        DecisionRow.capstone_id == capstone, DecisionRow.person_id != person
    )
    gave = select(DesignDocumentRow.id).where(
        DesignDocumentRow.capstone_id == capstone, DesignDocumentRow.person_id != person
    )
    return has_check_ins_of_others(session, capstone, person) or any(
        session.exec(query.limit(1)).first() is not None for query in (in_private, decided, gave)
    )
