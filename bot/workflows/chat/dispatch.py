"""Handles commands, clicks and forms from the chat, each in a transaction that sends no message.

Each goes to the handler registered by its feature, if the author has permission. If the action is no longer
possible, nothing changes and the author is told.
"""

from dataclasses import dataclass
from datetime import timedelta

import structlog

from bot.domain.chat import slash_commands
from bot.domain.chat.events import (
    Acted,
    Click,
    DirectMessage,
    Happened,
    HomeOpened,
    Mention,
    PaneOpened,
    ReplyChange,
    SlashCommand,
    Submission,
    ThreadReply,
    TokensRevoked,
    Uninstalled,
    parse_event,
)
from bot.domain.dojo.permissions import Action
from bot.ports.deliveries import Delivery
from bot.ports.engine import Json
from bot.ports.store import Tx
from bot.rendering.chat import slack_notices
from bot.workflows.chat import outbox
from bot.workflows.chat.actors import Clock, find_actor, refusal
from bot.workflows.chat.features import AddressedMessage, Feature, Features, Handler
from bot.workflows.chat.home_refresh import refresh_user_home

log = structlog.get_logger(__name__)

UNDONE, REPLY = "chat.undone", "chat.reply"
_BETWEEN_REPLIES = timedelta(minutes=10)


@dataclass(frozen=True)
class ChatDispatch:
    """Handles the ``slack.*`` deliveries that ``intake`` stores, which are all from this workspace."""

    features: Features
    clock: Clock

    def handle(self, tx: Tx, delivery: Delivery) -> bool:  # noqa: PLR0911 - one for each kind of event
        """Handle a delivery. Return False if there is nothing to do.

        Raises:
            UserError: the action is no longer possible. The caller must roll back.
        """
        happened = parse_event(delivery.event, delivery.payload)
        match happened:
            case HomeOpened():
                refresh_user_home(tx, happened.team, happened.user, self.clock())
                return True
            case PaneOpened():
                return any(pane.open(tx, happened, self.clock) for pane in self.features.panes)
            case Mention():
                heard = any(mentions.hear(tx, happened, self.clock) for mentions in self.features.mentions)
                return heard or self._reply(tx, happened.team, happened.user)
            case ThreadReply():
                return self._hear(tx, happened)
            case DirectMessage():
                return self._reply(tx, happened.team, happened.user)
            case Uninstalled() | TokensRevoked():
                reason = "uninstalled" if isinstance(happened, Uninstalled) else "tokens_revoked"
                log.error("slack.gone", what=reason, workspace=happened.team)
                tx.audit("slack", f"workspace.{reason}", happened.team)
                return True
            case SlashCommand() | Click() | Submission():
                return self._act(tx, happened)
        return False

    def _hear(self, tx: Tx, reply: ThreadReply) -> bool:
        if any(replies.hear(tx, reply, self.clock) for replies in self.features.replies):
            return True
        # Its author could ask Sensei when they wrote it, but no longer can.
        is_new = reply.begins_thread and reply.change is ReplyChange.WRITTEN
        return is_new and self._reply(tx, reply.team, reply.user)

    def _reply(self, tx: Tx, team: str, user: str) -> bool:
        """Answer a direct message, unless its author was answered in the last ten minutes."""
        at, key = self.clock(), f"dm:{user}:"
        jobs = f"message:{key}"
        recent = tx.jobs.list_waiting(jobs) or tx.jobs.begin_times_since(jobs, at - _BETWEEN_REPLIES)
        if recent or REPLY not in self.features.words:
            return False
        about = {"workspace": team, "user": user, "at": at.isoformat()}
        outbox.send_message(tx, f"{key}{int(at.timestamp() * 1000)}", REPLY, about, at)
        return True

    def undone(self, tx: Tx, delivery: Delivery) -> None:
        """Tell a delivery's author why it wasn't done, in the words of the delivery's error."""
        self._tell_author(tx, delivery, {})

    def failed(self, tx: Tx, delivery: Delivery) -> None:
        """Tell a delivery's author that a bug stopped it."""
        self._tell_author(tx, delivery, {"failed": True})

    def _tell_author(self, tx: Tx, delivery: Delivery, details: Json) -> None:
        happened = parse_event(delivery.event, delivery.payload)
        if isinstance(happened, SlashCommand | Click | Submission):
            about = {
                "delivery": delivery.guid,
                "user": happened.user,
                "what": self.features.describe(happened),
                **details,
            }
            outbox.send_message(tx, f"undone:{delivery.guid}:{happened.user}", UNDONE, about, self.clock())
        if isinstance(happened, Click) and happened.home:
            refresh_user_home(tx, happened.team, happened.user, self.clock())

    def _act(self, tx: Tx, happened: Acted) -> bool:
        found = _find_handler(self.features, happened)
        if found is None:
            return False
        action, handler = found
        actor = find_actor(tx, happened.team, happened.user)
        may = actor.may_ever if isinstance(happened, SlashCommand) else actor.may_anywhere
        if not may(action):
            raise refusal(actor)
        if isinstance(happened, SlashCommand):  # an earlier version ignored text that a command doesn't take
            parsed = slash_commands.parse(happened.text)
            self.features.commands[parsed.word].require_alone(parsed.argument)
        handler(tx, actor, happened, self.clock)
        return True


def _find_handler(features: Features, happened: Happened) -> tuple[Action, Handler] | None:
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


def _write_undone(tx: Tx, about: Json) -> AddressedMessage | None:
    """Tell the author of a delivery why it was not done."""
    what = about.get("what", "")  # missing in messages by an earlier version
    why = "" if about.get("failed") else tx.deliveries.get_error(about["delivery"])
    return AddressedMessage((), slack_notices.undone(what, why), (about["user"],))


FEATURE = Feature(words={UNDONE: _write_undone})
