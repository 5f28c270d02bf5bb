"""The listeners for Slack's requests, which arrive as signed HTTP through the web server or by Socket Mode.

Bolt verifies, routes and acknowledges requests; the listeners hand them to ``workflows/chat/intake.py``. Bolt
acknowledges a request only after its listener has returned. If a request could not be stored, Slack receives
an error, and sends events again. People's messages are never logged. ``socket_mode.py`` maintains Socket
Mode's connection.
"""

import logging
import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import structlog
from slack_bolt import Ack, App, BoltRequest, BoltResponse
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.error import BoltUnhandledRequestError
from slack_sdk import WebClient

from bot.domain.chat.events import ACTION, COMMAND, SHORTCUT, VIEW
from bot.domain.chat.slash_commands import COMMAND as SLASH
from bot.entrypoints.response_urls import ResponseUrls
from bot.errors import UnconfirmedError
from bot.ports.chat import OutgoingMessage
from bot.workflows.chat.intake import Acknowledgement, Body, ChatIntake

log = structlog.get_logger(__name__)

_ANY = re.compile("")
# Variables that Bolt reads by itself if it gets no value. With the first two, it would even install itself in
# workspaces and ignore the token.
_BOLT_VARIABLES = (
    "SLACK_CLIENT_ID",
    "SLACK_CLIENT_SECRET",
    "SLACK_BOT_TOKEN",
    "SLACK_SIGNING_SECRET",
    "SLACK_VERIFICATION_TOKEN",
    "SLACK_APP_TOKEN",
)


def app(
    reception: ChatIntake, client: WebClient, signing_secret: str = "", answers: ResponseUrls | None = None
) -> App:
    """Return the Bolt app. ``client`` holds the bot's token; without a signing secret it refuses HTTP.

    ``answers`` sends answers to clicks.
    """
    quiet = logging.getLogger("bot.entrypoints.slack_listeners.bolt")
    quiet.setLevel(logging.ERROR)  # lower levels would log entire requests
    with _environment_without(_BOLT_VARIABLES):
        bolt_app = App(
            logger=quiet,
            name="sensei",
            process_before_response=True,
            raise_error_for_unhandled_request=True,
            signing_secret=signing_secret,
            client=WebClient(base_url=client.base_url, retry_handlers=[], logger=client.logger),
            authorize=lambda team_id: AuthorizeResult(
                enterprise_id=None, team_id=team_id, bot_token=client.token
            ),
            token_verification_enabled=False,
            ignoring_self_events_enabled=False,  # no listener needs it, and Bolt would look up itself
            attaching_function_token_enabled=False,
            attaching_conversation_kwargs_enabled=False,
        )
    _Listeners(reception, answers or ResponseUrls(client.base_url)).register(bolt_app)
    return bolt_app


@dataclass(frozen=True)
class _Listeners:
    """The functions that Bolt calls. They must return within the three seconds that Slack waits."""

    reception: ChatIntake
    answers: ResponseUrls

    def register(self, app: App) -> None:
        app.command(SLASH)(self.command)
        app.action(_ANY)(self.action)
        app.view(_ANY)(self.view)
        app.message_shortcut(_ANY)(self.shortcut)
        app.event(_ANY)(self.event)
        app.error(_handle_error)

    def command(self, ack: Ack, body: dict[str, Any]) -> None:
        reply = self._handle_or_report(COMMAND, body, self.reception.command)
        if reply.message:
            ack(text=reply.message.text, blocks=list(reply.message.blocks), response_type="ephemeral")
        else:
            ack()

    def action(self, ack: Ack, body: dict[str, Any]) -> None:
        self._whisper(body, self._handle_or_report(ACTION, body, self.reception.click))
        ack()

    def shortcut(self, ack: Ack, body: dict[str, Any]) -> None:
        self._whisper(body, self._handle_or_report(SHORTCUT, body, self.reception.shortcut))
        ack()

    def view(self, ack: Ack, body: dict[str, Any]) -> None:
        reply = self._handle_or_report(VIEW, body, self.reception.submission)
        if reply.errors:
            ack(response_action="errors", errors=dict(reply.errors))
        elif reply.view:
            ack(response_action="update", view=reply.view)
        else:
            ack()

    def event(self, body: dict[str, Any]) -> None:
        self.reception.event(body)

    def _whisper(self, body: Body, reply: Acknowledgement) -> None:
        """Answer in the background, so that a slow answer never delays the acknowledgement."""
        address = body.get("response_url")
        if reply.message and isinstance(address, str):
            self.answers.send_later(address, _make_whisper(reply.message))

    def _handle_or_report(
        self, event: str, body: Body, handle: Callable[[Body], Acknowledgement]
    ) -> Acknowledgement:
        """Handle a person's request; on any error, they must learn whether it was stored."""
        try:
            return handle(body)
        except Exception as failed:
            log.exception("slack.unkept", kind=event)
            return self.reception.unkept(event, body, is_certain=not isinstance(failed, UnconfirmedError))


def _make_whisper(message: OutgoingMessage) -> dict[str, Any]:
    """Return an answer that only the author of a click sees."""
    return {
        "text": message.text,
        "blocks": list(message.blocks),
        "response_type": "ephemeral",
        "replace_original": False,
    }


def _handle_error(error: Exception) -> BoltResponse:
    """Acknowledge a request without a listener, or Slack would send it again; report other errors."""
    if isinstance(error, BoltUnhandledRequestError):
        return BoltResponse(status=200, body="")
    log.error("slack.failed", exc_info=error)
    return BoltResponse(status=503, body="")


@contextmanager
def _environment_without(names: tuple[str, ...]) -> Iterator[None]:
    """Remove variables from the environment briefly, at startup before any thread runs."""
    taken = {name: os.environ.pop(name) for name in names if name in os.environ}
    try:
        yield
    finally:
        os.environ.update(taken)


def handle_request(app: App, body: str, headers: Mapping[str, str]) -> tuple[int, str, str]:
    """Handle a request by Slack over HTTP, given its body and relevant headers.

    Returns the response's status, body and content type.
    """
    try:
        answer = app.dispatch(BoltRequest(body=body, headers=dict(headers)))
    except (AttributeError, LookupError, TypeError, ValueError):  # Bolt expects Slack's own shapes
        log.warning("slack.shapeless")
        return 400, "", "text/plain"
    return answer.status, answer.body, answer.headers.get("content-type", ["text/plain"])[0]
