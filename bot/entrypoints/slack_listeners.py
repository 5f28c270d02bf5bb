"""Slack's two ways in, one set of listeners: signed HTTP through the web server, and Socket Mode.

Bolt checks, sorts and acknowledges; what it sorts goes to ``workflows/reception.py``. Bolt acknowledges only
once a listener has returned: what could not be kept is answered with an error, and Slack brings events again.
Nothing of what is written here is logged. The connection of Socket Mode is kept up in ``socket_mode.py``.
"""

import logging
import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import structlog
from slack_bolt import Ack, App, BoltRequest, BoltResponse, Respond
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.error import BoltUnhandledRequestError
from slack_sdk import WebClient
from slack_sdk.errors import SlackClientError

from bot.domain.chat.events import ACTION, COMMAND, VIEW
from bot.domain.chat.slash_commands import COMMAND as SLASH
from bot.ports.chat import OutgoingMessage
from bot.workflows.chat.intake import Acknowledgement, Body, ChatIntake

log = structlog.get_logger(__name__)

_ANY = re.compile("")
# What Bolt takes from the environment where it was given nothing; with the first two it would even sign in
# workspaces, and forget the token.
_BOLTS_OWN = (
    "SLACK_CLIENT_ID",
    "SLACK_CLIENT_SECRET",
    "SLACK_BOT_TOKEN",
    "SLACK_SIGNING_SECRET",
    "SLACK_VERIFICATION_TOKEN",
    "SLACK_APP_TOKEN",
)


def app(reception: ChatIntake, client: WebClient, signing_secret: str = "") -> App:
    """Return the Bolt app. ``client`` holds the bot's token; without a secret HTTP is refused."""
    quiet = logging.getLogger("bot.entrypoints.slack_listeners.bolt")
    quiet.setLevel(logging.ERROR)  # what it says of less holds whole requests
    with _without(_BOLTS_OWN):
        made = App(
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
            ignoring_self_events_enabled=False,  # none of ours is acted on, and who we are would be asked
            attaching_function_token_enabled=False,
            attaching_conversation_kwargs_enabled=False,
        )
    _Listeners(reception).join(made)
    return made


@dataclass(frozen=True)
class _Listeners:
    """What Bolt calls, within the three seconds that Slack waits."""

    reception: ChatIntake

    def join(self, app: App) -> None:
        app.command(SLASH)(self.command)
        app.action(_ANY)(self.action)
        app.view(_ANY)(self.view)
        app.event(_ANY)(self.event)
        app.error(_unhandled)

    def command(self, ack: Ack, body: dict[str, Any]) -> None:
        reply = self._tried(COMMAND, body, self.reception.command)
        if reply.message:
            ack(text=reply.message.text, blocks=list(reply.message.blocks), response_type="ephemeral")
        else:
            ack()

    def action(self, ack: Ack, body: dict[str, Any], respond: Respond) -> None:
        reply = self._tried(ACTION, body, self.reception.click)
        if reply.message and body.get("response_url"):
            _whisper(respond, reply.message)
        ack()

    def view(self, ack: Ack, body: dict[str, Any]) -> None:
        reply = self._tried(VIEW, body, self.reception.submission)
        if reply.errors:
            ack(response_action="errors", errors=dict(reply.errors))
        elif reply.view:
            ack(response_action="update", view=reply.view)
        else:
            ack()

    def event(self, body: dict[str, Any]) -> None:
        self.reception.event(body)

    def _tried(self, event: str, body: Body, do: Callable[[Body], Acknowledgement]) -> Acknowledgement:
        """Do it; a person has clicked, and must hear of it where nothing came of that, whatever it was."""
        try:
            return do(body)
        except Exception:
            log.exception("slack.unkept", kind=event)
            return self.reception.unkept(event, body)


def _whisper(respond: Respond, message: OutgoingMessage) -> None:
    try:
        respond(
            text=message.text,
            blocks=list(message.blocks),
            response_type="ephemeral",
            replace_original=False,
        )
    except (SlackClientError, OSError) as failed:
        log.info("slack.untold", why=type(failed).__name__)


def _unhandled(error: Exception) -> BoltResponse:
    """Say yes to what nobody listens to, else Slack would bring it again; a failure is one."""
    if isinstance(error, BoltUnhandledRequestError):
        return BoltResponse(status=200, body="")
    log.error("slack.failed", exc_info=error)
    return BoltResponse(status=503, body="")


@contextmanager
def _without(names: tuple[str, ...]) -> Iterator[None]:
    """Take variables out of this process's environment for a moment, at the start, before any thread."""
    taken = {name: os.environ.pop(name) for name in names if name in os.environ}
    try:
        yield
    finally:
        os.environ.update(taken)


def handled(app: App, body: str, headers: Mapping[str, str]) -> tuple[int, str, str]:
    """Handle a request of Slack's over HTTP, whose headers are those that count.

    Returns the answer's status, body and the body's type.
    """
    try:
        answer = app.dispatch(BoltRequest(body=body, headers=dict(headers)))
    except (AttributeError, LookupError, TypeError, ValueError):  # Bolt expects Slack's own shapes
        log.warning("slack.shapeless")
        return 400, "", "text/plain"
    return answer.status, answer.body, answer.headers.get("content-type", ["text/plain"])[0]
