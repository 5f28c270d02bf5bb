"""Decisions about waiting questions: a sensei keeps or withdraws each, in Slack, on GitHub or in a shell.

The audit trail has the person who decided. GitHub is told only their role.
"""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.dojo.permissions import Action
from bot.domain.pull_requests.comment_command_rules import CommandOutcome, Verb
from bot.domain.pull_requests.records import (
    Account,
    AskedQuestion,
    Capstone,
    PullRequest,
    QuestionState,
    Ruling,
)
from bot.domain.pull_requests.rulings import Ruler, name_role
from bot.errors import UserError
from bot.ports.jobs import Job
from bot.ports.store import Tx
from bot.rendering.text.safe_text import count
from bot.workflows.articulation.private_talks import go_private
from bot.workflows.articulation.rulers import find_ruler_at_host
from bot.workflows.pull_requests import dispute_rulings
from bot.workflows.pull_requests.question_places import load_question
from bot.workflows.triage.question_cards import rewrite_cards


def keep_questions(tx: Tx, questions: Sequence[int], by: Ruler, at: datetime) -> str:
    """Schedule questions to be posted, as one review for each round that chose them; return how many.

    Questions about a private pull request are asked in the chat.

    Raises:
        UserError: one of them is not waiting, or can't be asked now.
    """
    by_round: dict[str, list[int]] = {}
    waiting = _load_waiting(tx, questions)
    for question in waiting:
        _, pull_request, capstone = load_question(tx, question.id)
        _require_askable(question, pull_request, capstone)
        if pull_request.private:
            _ask_in_private(tx, question, at)
        else:
            tx.questions.set_state(question.id, QuestionState.KEPT, at)
            by_round.setdefault(question.require_round(), []).append(question.id)
    for kept in by_round.values():
        _schedule_posting(tx, kept, by, at)
    tx.audit(by.person, "questions.keep", _name_subject(waiting), role=by.role)
    _rewrite_cards(tx, waiting, at)
    return count(len(waiting), "question")


def withdraw_questions(tx: Tx, questions: Sequence[int], by: Ruler, at: datetime) -> str:
    """Withdraw questions for good; return how many.

    Raises:
        UserError: one of them is not waiting.
    """
    waiting = _load_waiting(tx, questions)
    for question in waiting:
        tx.questions.set_state(question.id, QuestionState.WITHDRAWN, at)
    tx.audit(by.person, "questions.withdraw", _name_subject(waiting), role=by.role)
    _rewrite_cards(tx, waiting, at)
    return count(len(waiting), "question")


def find_decider(tx: Tx, capstone: Capstone, author: Account, moment: datetime) -> Ruler | None:
    """Return the person behind an account who decides about a capstone's questions at a moment, or None."""
    return find_ruler_at_host(tx, author.id, capstone, Action.QUESTION_APPROVE, moment)


def decide_by_command(tx: Tx, question: int, verb: Verb, by: Ruler, at: datetime) -> CommandOutcome:
    """Carry out a command that decides about a question; return its outcome."""
    asked = tx.questions.get(question)
    if verb is Verb.KEEP:
        try:
            keep_questions(tx, [question], by, at)
        except UserError:  # the reply says why; the question still waits
            return CommandOutcome.UNPOSTABLE
    elif verb is Verb.WITHDRAW and asked is not None and asked.state is QuestionState.PROPOSED:
        withdraw_questions(tx, [question], by, at)
    else:
        ruling = Ruling.STANDS if verb is Verb.STANDS else Ruling.WITHDRAWN
        dispute_rulings.rule(tx, question, ruling, by, at)
    return CommandOutcome.DONE


def _load_waiting(tx: Tx, questions: Sequence[int]) -> list[AskedQuestion]:
    found = []
    for number in dict.fromkeys(questions):
        question = tx.questions.get(number)
        if question is None or question.state is not QuestionState.PROPOSED:
            raise UserError(
                f"Question {number} is not waiting for a sensei.",
                "`sensei questions list` shows the waiting questions.",
            )
        found.append(question)
    return found


def _require_askable(question: AskedQuestion, pull_request: PullRequest, capstone: Capstone) -> None:
    """Refuse to keep a question while nothing may be posted on its pull request.

    Raises:
        UserError: the pull request is closed, or the capstone is on hold or has ended.
    """
    if pull_request.state != "open":
        why, remedy = "its pull request is closed", "If it's reopened, keep the question then."
    elif capstone.ended:
        why, remedy = "its capstone has ended", "If it's enrolled again, keep the question then."
    elif capstone.held:
        why, remedy = "its capstone is on hold", "Keep it once the capstone is no longer on hold."
    else:
        return
    raise UserError(f"Question {question.id} can't be posted: {why}. It is still waiting.", remedy)


def _ask_in_private(tx: Tx, question: AskedQuestion, at: datetime) -> None:
    """Ask a question about a private pull request in the chat.

    Raises:
        UserError: the participant can't be reached there.
    """
    if not go_private(tx, question.id, at):
        raise UserError(
            f"Question {question.id} is about a private pull request, and I can't reach the participant in "
            "Slack, so it is still waiting.",
            "Comment `/sensei speak` on the pull request and keep the question again, or ask it when you "
            "meet the participant.",
        )


def _schedule_posting(tx: Tx, kept: Sequence[int], by: Ruler, at: datetime) -> None:
    # The time makes the id unique, since a question that could not be posted may be kept again.
    key = f"{kept[0]}+{len(kept) - 1}:{at:%Y%m%dT%H%M%S%f}"
    _, pull_request, capstone = load_question(tx, kept[0])
    identity = f"questions:{capstone.repository}#{pull_request.number}:{key}"
    argument = {"questions": list(kept), "key": key, **name_role(by.role)}
    tx.jobs.add(Job(identity, "questions", argument, at))


def _name_subject(questions: Sequence[AskedQuestion]) -> str:
    return f"questions:{[question.id for question in questions]}"


def _rewrite_cards(tx: Tx, questions: Sequence[AskedQuestion], at: datetime) -> None:
    for pull_request in {question.pull_request for question in questions if question.pull_request}:
        rewrite_cards(tx, pull_request, at)
