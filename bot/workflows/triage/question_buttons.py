"""The buttons and the form with which a sensei decides in Slack about a question that waits for them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.chat.events import Acted, Click, Submission
from bot.domain.dojo.permissions import Action
from bot.domain.pull_requests.records import QuestionState
from bot.domain.pull_requests.rulings import Ruler
from bot.domain.text.numbers import parse_number
from bot.errors import UserError
from bot.ports.chat import View
from bot.ports.store import Tx
from bot.rendering.triage import question_cards as rendering
from bot.workflows.articulation.question_contexts import QuestionContext, load_context
from bot.workflows.articulation.rulers import require_ruler
from bot.workflows.chat.actors import Actor, Clock, refusal
from bot.workflows.chat.features import Button, Form

_BECAME = {
    QuestionState.WITHDRAWN: "has already been withdrawn",
    QuestionState.RESOLVED: "is already closed",
}
"""What happened to a question that was decided earlier. Someone who clicks twice reads this too."""
Decides = Callable[[Tx, Sequence[int], Ruler, datetime], object]
"""Keeps or withdraws waiting questions, and lets everybody know who must."""


@dataclass(frozen=True)
class QuestionButtons:
    """The buttons of a waiting question, and the form that rewords it."""

    keep: Decides
    withdraw: Decides

    def buttons(self) -> dict[str, Button]:
        """Return the buttons by their names."""
        allowed, does = Action.QUESTION_APPROVE, "save your decision"
        return {
            rendering.KEEP: Button(allowed, do=self._keep, does=does),
            rendering.WITHDRAW: Button(allowed, do=self._withdraw, does=does),
            rendering.REWORD: Button(allowed, opens=rendering.REWORD),
        }

    def forms(self) -> dict[str, Form]:
        """Return the form by its name."""
        does = "save your wording"
        return {
            rendering.REWORD: Form(
                Action.QUESTION_APPROVE, _open_form, self._reword, _check_wording, does=does
            )
        }

    def _keep(self, tx: Tx, actor: Actor, acted: Acted, clock: Clock) -> None:
        context, ruler = _require_waiting(tx, actor, _read_value(acted), clock)
        self.keep(tx, [context.question.id], ruler, clock())

    def _withdraw(self, tx: Tx, actor: Actor, acted: Acted, clock: Clock) -> None:
        context, ruler = _require_waiting(tx, actor, _read_value(acted), clock)
        self.withdraw(tx, [context.question.id], ruler, clock())

    def _reword(self, tx: Tx, actor: Actor, acted: Acted, clock: Clock) -> None:
        if not isinstance(acted, Submission):
            return
        context, ruler = _require_waiting(tx, actor, acted.metadata, clock)
        question, text = context.question, _read_wording(acted)
        if text != question.text:
            tx.questions.reword(question.id, text, clock())
            tx.audit(ruler.person, "questions.reword", f"question:{question.id}", role=ruler.role)
        self.keep(tx, [question.id], ruler, clock())


def _open_form(tx: Tx, actor: Actor, argument: str, clock: Clock) -> View:
    return rendering.reword_form(_require_waiting(tx, actor, argument, clock)[0].question)


def _check_wording(tx: Tx, actor: Actor, sent: Submission, clock: Clock) -> Mapping[str, str]:
    """Return an error for the field if the wording can't be saved. What was typed stays in the form."""
    try:
        _require_waiting(tx, actor, sent.metadata, clock)
    except UserError as error:
        return {rendering.TEXT: f"{error.what} {error.remedy}".strip()}
    if not any(character.isalnum() for character in sent.text(rendering.TEXT)):
        return {rendering.TEXT: "Please write a question. To drop this one, cancel and choose Withdraw."}
    return {}


def _read_wording(sent: Submission) -> str:
    return sent.text(rendering.TEXT).strip()[: rendering.MOST_OF_A_QUESTION]


def _read_value(acted: Acted) -> str:
    return acted.value if isinstance(acted, Click) and isinstance(acted.value, str) else ""


def _require_waiting(tx: Tx, actor: Actor, argument: str, clock: Clock) -> tuple[QuestionContext, Ruler]:
    """Return a question that waits, and the actor as the one who decides.

    Raises:
        UserError: they may not decide about it, or it no longer waits.
    """
    context = load_context(tx, parse_number(argument) or 0)
    if context is None:
        raise refusal(actor)
    ruler = require_ruler(tx, actor, context, Action.QUESTION_APPROVE, clock())
    if context.question.state is not QuestionState.PROPOSED:
        became = _BECAME.get(context.question.state, "has already been kept")
        raise UserError(f"This question {became}, so I haven't changed anything.")
    return context, ruler
