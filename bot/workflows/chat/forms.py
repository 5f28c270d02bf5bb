"""Forms: opened from rows as they are now, and looked over before what was sent is kept."""

from collections.abc import Mapping

from bot.domain.chat.events import Submission
from bot.errors import UserError
from bot.ports.chat import View
from bot.ports.store import Tx
from bot.workflows.chat.actors import Actor, Clock, refusal
from bot.workflows.chat.features import Features


def open_form(features: Features, tx: Tx, actor: Actor, name: str, argument: str, clock: Clock) -> View:  # noqa: PLR0913, PLR0917
    """Return a form, which bears its name.

    Raises:
        UserError: it is not theirs to fill, or cannot be now.
    """
    form = features.forms[name]
    if not actor.anywhere(form.action):
        raise refusal(actor)
    return {**form.open(tx, actor, argument, clock), "type": "modal", "callback_id": name}


def find_faults(
    features: Features, tx: Tx, actor: Actor, sent: Submission, clock: Clock
) -> Mapping[str, str]:
    """Return what is wrong with a form that was sent, by block id.

    Raises:
        UserError: it is not theirs to send, or is of no block.
    """
    form = features.forms.get(sent.id)
    if form is None:
        raise UserError("This form is not known any more.", "Close it and open it again.")
    if not actor.anywhere(form.action):
        raise refusal(actor)
    return form.check(tx, actor, sent, clock)
