"""What a sensei rules on questions that a participant disputes."""

from datetime import datetime

from bot.domain.pull_requests.records import QuestionState, Ruling
from bot.errors import UserError
from bot.ports.store import Job, Tx
from bot.workflows.pull_requests.round_publishing import of


def settle_question(tx: Tx, question: int, *, stands: bool, withdrawn: bool, at: datetime) -> str:
    """Rule on a disputed question; return a sentence on what follows.

    Raises:
        UserError: it is not disputed, or not exactly one ruling is given.
    """
    if stands == withdrawn:
        raise UserError("A ruling is one of two.", "Give either --stands or --withdrawn.")
    it = tx.questions.get(question)
    if it is None or it.state is not QuestionState.DISPUTED:
        raise UserError(
            f"No question {question} is disputed.", "`sensei questions list` shows those that are."
        )
    ruling = Ruling.STANDS if stands else Ruling.WITHDRAWN
    tx.questions.ruled(question, ruling, at)
    tx.audit("operator", "questions.settle", f"question:{question}", ruling=ruling)
    said = f"Question {question} {'stands' if stands else 'is withdrawn'}"
    _, pull_request, capstone = of(tx, it.round)
    if pull_request.private:
        return f"{said}. Its pull request is private, so nothing is posted: tell the participant yourself."
    if not capstone.speaks:
        return f"{said}. Its capstone is held, so nothing is posted: tell the participant yourself."
    # A question is ruled on once, so this id begins once.
    identity = f"ruling:{capstone.repository}#{pull_request.number}:{question}"
    tx.jobs.add(Job(identity, "ruling", {"question": question}, at))
    return f"{said}; `sensei serve` will say so in its thread."
