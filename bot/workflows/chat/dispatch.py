"""What somebody's doing in the chat changes: one transaction, in which nobody is talked to.

A command, a click, a form that was sent is handed to the handler that its feature has registered, unless it
is not theirs to do. What can be done no more changes nothing, and its author is told.
"""

from dataclasses import dataclass

import structlog

from bot.domain.chat import slash_commands
from bot.domain.chat.events import (
    Acted,
    Click,
    Happened,
    HomeOpened,
    SlashCommand,
    Submission,
    TokensRevoked,
    Uninstalled,
    parse_event,
)
from bot.domain.dojo.permissions import Action
from bot.ports.chat import OutgoingMessage
from bot.ports.engine import Json
from bot.ports.store import Delivery, Tx
from bot.workflows.chat import outbox
from bot.workflows.chat.actors import Clock, find_actor, refusal
from bot.workflows.chat.features import AddressedMessage, Feature, Features, Handler
from bot.workflows.chat.home_refresh import refresh_user_home

log = structlog.get_logger(__name__)

UNDONE = "chat.undone"


@dataclass(frozen=True)
class ChatDispatch:
    """Handles deliveries ``slack.*``, which were kept of this workspace alone (``reception.py``)."""

    features: Features
    clock: Clock

    def handle(self, tx: Tx, delivery: Delivery) -> bool:
        """Do what a delivery calls for; False where it calls for nothing.

        Raises:
            UserError: it cannot be done any more, and nothing must be kept of what was tried.
        """
        happened = parse_event(delivery.event, delivery.payload)
        match happened:
            case HomeOpened():
                refresh_user_home(tx, happened.team, happened.user, self.clock())
                return True
            case Uninstalled() | TokensRevoked():
                what = "uninstalled" if isinstance(happened, Uninstalled) else "tokens_revoked"
                log.error("slack.gone", what=what, workspace=happened.team)
                tx.audit("slack", f"workspace.{what}", happened.team)
                return True
            case SlashCommand() | Click() | Submission():
                return self._act(tx, happened)
        return False

    def undone(self, tx: Tx, delivery: Delivery) -> None:
        """Let the author of what could not be done any more be told why, by its delivery's error."""
        happened = parse_event(delivery.event, delivery.payload)
        if isinstance(happened, SlashCommand | Click | Submission):
            about = {"delivery": delivery.guid, "user": happened.user}
            outbox.send_message(tx, f"undone:{delivery.guid}:{happened.user}", UNDONE, about, self.clock())

    def _act(self, tx: Tx, happened: Acted) -> bool:
        found = _handler(self.features, happened)
        if found is None:
            return False
        action, do = found
        actor = find_actor(tx, happened.team, happened.user)
        theirs = actor.anyhow if isinstance(happened, SlashCommand) else actor.anywhere
        if not theirs(action):
            raise refusal(actor)
        do(tx, actor, happened, self.clock)
        return True


def _handler(features: Features, happened: Happened) -> tuple[Action, Handler] | None:
    match happened:
        case SlashCommand():
            command = features.commands.get(slash_commands.parse(happened.text).word)
            return (command.action, command.then) if command and command.then else None
        case Click():
            button = features.buttons.get(happened.id)
            return (button.action, button.do) if button and button.do else None
        case Submission():
            form = features.forms.get(happened.id)
            return (form.action, form.submit) if form else None
    return None


def _undone(tx: Tx, about: Json) -> AddressedMessage | None:
    """Say why something could not be done, to whoever asked for it."""
    why = tx.deliveries.error(about["delivery"])
    text = f"What you just asked for could not be done. {why}".strip()
    return AddressedMessage((), OutgoingMessage(text), (about["user"],))


FEATURE = Feature(words={UNDONE: _undone})
