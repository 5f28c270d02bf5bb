"""Opens forms from current rows, and checks submissions before they are stored."""

from collections.abc import Mapping

from bot.domain.chat.events import Submission
from bot.errors import UserError
from bot.ports.chat import View
from bot.ports.store import Tx
from bot.workflows.chat.actors import Actor, Clock, refusal
from bot.workflows.chat.features import Features


def open_form(features: Features, tx: Tx, actor: Actor, name: str, argument: str, clock: Clock) -> View:  # noqa: PLR0913, PLR0917
    """Return a form by name.

    Raises:
        UserError: the actor may not fill in the form, or it can't be opened now.
    """
    form = features.forms[name]
    if not actor.may_anywhere(form.action):
        raise refusal(actor)
    return {**form.open(tx, actor, argument, clock), "type": "modal", "callback_id": name}


def find_faults(
    features: Features, tx: Tx, actor: Actor, sent: Submission, clock: Clock
) -> Mapping[str, str]:
    """Return the errors of a submitted form, by block id.

    Raises:
        UserError: the actor may not submit the form, or an error doesn't belong to any block.
    """
    form = features.forms.get(sent.id)
    if form is None:
        raise UserError("This form no longer exists, so nothing was changed.", "Close it and open it again.")
    if not actor.may_anywhere(form.action):
        raise refusal(actor)
    return form.check(tx, actor, sent, clock)
