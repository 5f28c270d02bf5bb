"""A sensei's rulings on questions that a participant disputes."""

from datetime import datetime

from bot.domain.pull_requests.records import QuestionState, Ruling
from bot.errors import UserError
from bot.ports.jobs import Job
from bot.ports.store import Tx
from bot.workflows.pull_requests.round_publishing import load_round

_TELL_THEM = "Please tell the participant yourself."


def settle_question(tx: Tx, question: int, *, stands: bool, withdrawn: bool, at: datetime) -> str:
    """Store a ruling on a disputed question; return a sentence about the next step.

    Raises:
        UserError: the question is not disputed, or not exactly one ruling is given.
    """
    if stands == withdrawn:
        raise UserError("Give exactly one ruling.", "Use either --stands or --withdrawn.")
    disputed = tx.questions.get(question)
    if disputed is None or disputed.state is not QuestionState.DISPUTED:
        raise UserError(
            f"Question {question} is not disputed.", "`sensei questions list` shows those that are."
        )
    ruling = Ruling.STANDS if stands else Ruling.WITHDRAWN
    tx.questions.record_ruling(question, ruling, at)
    tx.audit("operator", "questions.settle", f"question:{question}", ruling=ruling)
    outcome = f"Question {question} {'stands' if stands else 'is withdrawn'}"
    _, pull_request, capstone = load_round(tx, disputed.round)
    if pull_request.private:
        return f"{outcome}. Its pull request is private, so nothing is posted. {_TELL_THEM}"
    if not capstone.speaks:
        return (
            f"{outcome}. Its capstone is on hold, so nothing is posted. Please tell the participant yourself."
        )
    # A question gets one ruling, so this id is unique.
    identity = f"ruling:{capstone.repository}#{pull_request.number}:{question}"
    tx.jobs.add(Job(identity, "ruling", {"question": question}, at))
    return f"{outcome}; `sensei serve` will post this in its thread."
