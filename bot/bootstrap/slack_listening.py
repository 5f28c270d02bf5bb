"""Receiving events from Slack: by Socket Mode, by signed HTTP requests, or both."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from bot.bootstrap import wiring
from bot.entrypoints.web_app import SlackEndpoint
from bot.errors import UserError
from bot.ports.chat import Chat
from bot.ports.store import Store
from bot.settings import Settings
from bot.workflows.chat.features import Features
from bot.workflows.pull_requests.webhook_intake import WebhookIntake

if TYPE_CHECKING:
    from bot.entrypoints.response_urls import ResponseUrls
    from bot.entrypoints.socket_mode import SocketModeListener

_LAST_ANSWERS = 5.0  # seconds to wait for answers when stopping; a request takes no longer


def check_slack_settings(settings: Settings) -> None:
    """Check that the Slack settings are complete, if any is set.

    Raises:
        UserError: one of them is missing.
    """
    can_receive = settings.slack_app_token or settings.slack_signing_secret
    if settings.slack_bot_token and not can_receive:
        raise UserError(
            "SENSEI_SLACK_BOT_TOKEN is set, but without another token or secret, Sensei receives "
            "nothing from Slack.",
            "Set SENSEI_SLACK_APP_TOKEN for Socket Mode, or SENSEI_SLACK_SIGNING_SECRET for requests over "
            "HTTP; `sensei setup slack` explains where to find both.",
        )
    if can_receive and not settings.slack_bot_token:
        raise UserError(
            "SENSEI_SLACK_BOT_TOKEN is missing, so Sensei cannot answer in Slack.",
            "Find the token on the Slack app's page, under OAuth & Permissions. `sensei setup "
            "slack` explains how.",
        )


@dataclass(frozen=True)
class SlackListening:
    """The connections from Slack.

    ``why_not`` makes no request; ``look`` asks Slack for missing information.
    """

    why_not: Callable[[], str | None]
    look: Callable[[], None]
    endpoint: SlackEndpoint | None
    socket: "SocketModeListener | None"
    answers: "ResponseUrls"

    def stop(self) -> None:
        """Stop receiving events by Socket Mode, and wait until people have the answers to their clicks."""
        if self.socket is not None:
            self.socket.stop()
        self.answers.wait(_LAST_ANSWERS)


def start_listening(
    settings: Settings,
    store: Store,
    receiver: WebhookIntake,
    features: Features,
    chat: Chat | None,
) -> SlackListening | None:
    """Start listening to Slack in each configured way; return None if Slack is not set up."""
    if settings.slack_bot_token is None or chat is None:
        return None
    from bot.adapters import slack as adapter
    from bot.entrypoints import response_urls, slack_listeners, socket_mode
    from bot.workflows.chat.intake import ChatIntake
    from bot.workflows.chat.workspace import WorkspaceLookup

    workspace = WorkspaceLookup(chat)
    # In the background, because Sensei accepts GitHub's deliveries whether or not Slack answers.
    threading.Thread(target=workspace.look, name="slack-workspace", daemon=True).start()
    intake = ChatIntake(features, store, chat, receiver.receive, workspace.id, wiring.now)
    client = adapter.client(settings.slack_bot_token.get_secret_value(), settings.slack_api_url)
    secret = settings.slack_signing_secret.get_secret_value() if settings.slack_signing_secret else ""
    answers = response_urls.ResponseUrls(client.base_url)
    app = slack_listeners.app(intake, client, secret, answers)
    endpoint = (
        SlackEndpoint(secret.encode(), partial(slack_listeners.handle_request, app)) if secret else None
    )
    socket = None
    if settings.slack_app_token:
        socket = socket_mode.SocketModeListener(app, settings.slack_app_token.get_secret_value(), client)
        socket.start()

    def why_not() -> str | None:
        return chat.why_rejected() or workspace.why_not() or (socket.why_not() if socket else None)

    return SlackListening(why_not, workspace.look, endpoint, socket, answers)
