"""The dojo's chat, put together: what its features bring, and how Slack reaches us and we reach Slack."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from bot.entrypoints import web_app
from bot.errors import UserError
from bot.ports.chat import Chat
from bot.ports.store import Store
from bot.settings import Settings
from bot.workflows.chat import dispatch
from bot.workflows.chat.features import Feature, Features
from bot.workflows.dojo import app_home, basic_commands
from bot.workflows.pairing import chat as pairing_chat
from bot.workflows.pairing import deputies
from bot.workflows.pull_requests.webhook_intake import WebhookIntake

if TYPE_CHECKING:
    from bot.entrypoints.socket_mode import SocketModeListener

Clock = Callable[[], datetime]


def features(web: str, own: tuple[Feature, ...] = ()) -> Features:
    """Return all that can be done in the chat; ``web`` is where people read the code host.

    ``own`` are those that need more than that to be put together (``bootstrap/dojo.py``).

    A new feature is a line here.
    """
    made = Features(
        (
            basic_commands.feature(web),
            app_home.feature(web),
            pairing_chat.FEATURE,
            deputies.FEATURE,
            dispatch.FEATURE,
            *own,
        )
    )
    made.enter(basic_commands.helping(made))
    return made


def require_complete_settings(settings: Settings) -> None:
    """See that what is set of Slack works together.

    Raises:
        UserError: a part of it is missing.
    """
    reached = settings.slack_app_token or settings.slack_signing_secret
    if settings.slack_bot_token and not reached:
        raise UserError(
            "SENSEI_SLACK_BOT_TOKEN is set, but nothing from Slack would arrive.",
            "Set SENSEI_SLACK_APP_TOKEN for Socket Mode, or SENSEI_SLACK_SIGNING_SECRET for requests over "
            "HTTP; `sensei setup slack` says where both are.",
        )
    if reached and not settings.slack_bot_token:
        raise UserError(
            "SENSEI_SLACK_BOT_TOKEN is missing: nothing could be answered in Slack.",
            "It is on the Slack app's page, under OAuth & Permissions; `sensei setup slack` shows the way.",
        )


def connect_chat(settings: Settings) -> Chat | None:
    """Return Slack as the settings name it, None where they name none."""
    if settings.slack_bot_token is None:
        return None
    from bot.adapters import slack  # noqa: PLC0415 - 0.1 s that only who talks to Slack needs

    return slack.connect(settings.slack_bot_token.get_secret_value(), settings.slack_api_url)


@dataclass(frozen=True)
class SlackListening:
    """Slack, as it is being listened to. ``why_not`` asks nobody; ``look`` asks what is not known yet."""

    why_not: Callable[[], str | None]
    look: Callable[[], None]
    door: web_app.SlackEndpoint | None
    socket: "SocketModeListener | None"

    def stop(self) -> None:
        """Take nothing more by Socket Mode."""
        if self.socket is not None:
            self.socket.stop()


def start_listening(  # noqa: PLR0913, PLR0917 - what a reception needs
    settings: Settings,
    store: Store,
    receiver: WebhookIntake,
    features: Features,
    chat: Chat | None,
    now: Clock,
) -> SlackListening | None:
    """Begin to listen to Slack, in the ways that are set; None where Slack is not."""
    if settings.slack_bot_token is None or chat is None:
        return None
    # Bolt takes 0.2 s to import.
    from bot.adapters import slack as adapter  # noqa: PLC0415
    from bot.entrypoints import slack_listeners, socket_mode  # noqa: PLC0415
    from bot.workflows.chat.intake import ChatIntake  # noqa: PLC0415
    from bot.workflows.chat.workspace import WorkspaceLookup  # noqa: PLC0415

    where = WorkspaceLookup(chat)
    # Not waited for: GitHub's deliveries are taken whether or not Slack answers.
    threading.Thread(target=where.look, name="slack-workspace", daemon=True).start()
    reception = ChatIntake(features, store, chat, receiver.receive, where.id, now)
    client = adapter.client(settings.slack_bot_token.get_secret_value(), settings.slack_api_url)
    secret = settings.slack_signing_secret.get_secret_value() if settings.slack_signing_secret else ""
    app = slack_listeners.app(reception, client, secret)
    door = web_app.SlackEndpoint(secret.encode(), partial(slack_listeners.handled, app)) if secret else None
    socket = None
    if settings.slack_app_token:
        socket = socket_mode.SocketModeListener(app, settings.slack_app_token.get_secret_value(), client)
        socket.start()

    def why_not() -> str | None:
        return where.why_not() or (socket.why_not() if socket else None)

    return SlackListening(why_not, where.look, door, socket)
