"""Rulings on questions that a participant disputes, by their sensei, the deputy or the operator for them."""

from datetime import datetime

from bot.domain.pull_requests.records import AskedQuestion, QuestionState, Ruling
from bot.domain.pull_requests.rulings import OPERATOR_RULES, Ruler, name_role
from bot.errors import UserError
from bot.ports.jobs import Job
from bot.ports.store import Tx
from bot.workflows.articulation import disputes
from bot.workflows.pull_requests.question_places import load_question

_TELL_THEM = "Please tell the participant yourself."


def settle_question(tx: Tx, question: int, *, stands: bool, withdrawn: bool, at: datetime) -> str:
    """Store the ruling that the operator enters for a sensei; return a sentence about the next step.

    Raises:
        UserError: the question is not disputed, or not exactly one ruling is given.
    """
    if stands == withdrawn:
        raise UserError("Give exactly one ruling.", "Use either --stands or --withdrawn.")
    return rule(tx, question, Ruling.STANDS if stands else Ruling.WITHDRAWN, OPERATOR_RULES, at)


def rule(tx: Tx, question: int, ruling: Ruling, by: Ruler, at: datetime) -> str:
    """Store a ruling on a disputed question; return a sentence about the next step.

    The audit trail has the person who ruled. GitHub and the participant are told only their role.

    Raises:
        UserError: the question is not disputed.
    """
    disputed = tx.questions.get(question)
    if disputed is None or disputed.state is not QuestionState.DISPUTED:
        raise UserError(
            f"Question {question} is not disputed.", "`sensei questions list` shows the disputed questions."
        )
    tx.questions.record_ruling(question, ruling, at)
    tx.audit(by.person, "questions.settle", f"question:{question}", ruling=ruling, role=by.role)
    disputes.show_ruling(tx, question, at)
    outcome = f"Question {question} {'stands' if ruling is Ruling.STANDS else 'is withdrawn'}"
    return f"{outcome}{_announce(tx, disputed, by, at)}"


def _announce(tx: Tx, question: AskedQuestion, by: Ruler, at: datetime) -> str:
    """Tell the participant about a ruling, where they talked about the question; return how."""
    conversation = tx.conversations.by_question(question.id)
    if conversation is not None and conversation.private:
        told = disputes.tell_participant(tx, question.id, at, by.role)
        how = "Sensei will tell the participant in Slack." if told else _TELL_THEM
        return f". The conversation about it is private, so Sensei doesn't post the ruling. {how}"
    _, pull_request, capstone = load_question(tx, question.id)
    if pull_request.private:
        told = disputes.tell_participant(tx, question.id, at, by.role)
        how = "Sensei will tell the participant in Slack." if told else _TELL_THEM
        return (
            f". Someone used `/sensei private` on its pull request, so Sensei doesn't post the ruling. {how}"
        )
    if not capstone.speaks:
        return f". Its capstone is on hold, so Sensei doesn't post the ruling. {_TELL_THEM}"
    # A question gets one ruling, so this id is unique.
    identity = f"ruling:{capstone.repository}#{pull_request.number}:{question.id}"
    about = {"question": question.id, **name_role(by.role)}
    tx.jobs.add(Job(identity, "ruling", about, at))
    return ". `sensei serve` will post this in the question's thread."
