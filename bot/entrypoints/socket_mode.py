"""Socket Mode: a connection to Slack that is kept up, and acknowledgements that outlive it.

``websockets`` speaks the protocol and Bolt decides what is answered. This module decides when to connect, and
what becomes of an answer whose connection has gone.
https://docs.slack.dev/apis/events-api/using-socket-mode
"""

import http.client
import json
import logging
import re
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import structlog
from slack_bolt import App, BoltRequest, BoltResponse
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.webhook import WebhookClient
from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.protocol import State
from websockets.sync.client import ClientConnection, connect

from bot.entrypoints.web_app import MOST_BYTES_OF_SLACK

log = structlog.get_logger(__name__)

ACK_SECONDS = 3.0
"""How long Slack waits for an acknowledgement; what comes later nobody sees.

https://docs.slack.dev/interactivity/handling-user-interaction#acknowledgment_response
"""
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 60.0
_LONGEST_RETRY = 600.0  # seconds; nobody is helped by waiting for longer
_STEADY = 60.0  # seconds after which a connection that breaks says nothing of the next one
_GREETING = 10.0  # seconds until Slack says hello on a new connection
_LEAVING = 30.0  # seconds in which Slack closes a connection that it has taken leave of; it says ten
_GLANCE = (
    0.5  # seconds between two looks whether Slack has closed: it may say so and leave TCP's connection open
)
_CLOSING = 1.0  # seconds for the other end to agree that a connection is closed
_TELLING = 5  # seconds to tell somebody by a response_url
_AT_ONCE = 8
_CODE = re.compile(r"[a-z][a-z0-9_]{1,80}")


def pauses() -> Iterator[float]:
    """Yield the seconds to wait before each new connection: none, then more and more."""
    yield 0.0
    pause = _FIRST_PAUSE
    while True:
        yield pause
        pause = min(_LONGEST_PAUSE, pause * 2)


@dataclass
class SocketModeListener:
    """Listens by Socket Mode in threads of its own, and connects again whenever the connection breaks.

    A connection without a pong for ``ping`` seconds after a ping, one every ``ping`` seconds, has broken.
    An acknowledgement waits for a connection until ``ack_seconds`` after its request came.
    """

    app: App
    app_token: str = field(repr=False)
    client: WebClient
    ping: float = 10.0
    ack_seconds: float = ACK_SECONDS
    _open: list[ClientConnection] = field(default_factory=list, init=False, repr=False)
    _changed: threading.Condition = field(default_factory=threading.Condition, init=False, repr=False)
    _stopping: threading.Event = field(default_factory=threading.Event, init=False, repr=False)
    _over: threading.Event = field(default_factory=threading.Event, init=False, repr=False)
    _retry_after: float = field(default=0.0, init=False)
    _renewing: bool = field(default=False, init=False)
    _why: str = field(default="not connected yet", init=False)

    def __post_init__(self) -> None:
        self._workers = ThreadPoolExecutor(_AT_ONCE, "slack-answer")
        self._thread = threading.Thread(target=self._keep_connected, name="slack-socket", daemon=True)
        self._quiet = logging.getLogger("bot.entrypoints.socket_mode.websockets")
        self._quiet.setLevel(logging.CRITICAL)  # debug lines hold messages, and failures are told here

    def start(self) -> None:
        """Begin to connect; whatever Slack says to that, this returns at once."""
        self._thread.start()

    def stop(self) -> None:
        """Take nothing more, and let what was taken be answered."""
        self._stopping.set()
        self._over.set()
        with self._changed:
            self._changed.notify_all()
        self._workers.shutdown()
        with self._changed:
            left = list(self._open)
        for connection in left:
            connection.close()
        self._thread.join(_CLOSING)

    def why_not(self) -> str | None:
        """Say why nothing comes in, or None."""
        with self._changed:
            return None if self._open else f"Socket Mode is not connected: {self._why}"

    def _keep_connected(self) -> None:
        """Begin a connection, and the next one as soon as that is over or Slack asks for another."""
        waits = pauses()
        while not self._stopping.wait(max(next(waits), self._retry_after)):
            self._over, self._retry_after, self._renewing = threading.Event(), 0.0, False
            if self._stopping.is_set():
                return
            began = time.monotonic()
            threading.Thread(target=self._connect, args=(self._over,), name="slack-line", daemon=True).start()
            self._over.wait()
            if self._renewing or time.monotonic() - began > _STEADY:
                waits = pauses()

    def _connect(self, over: threading.Event) -> None:
        """Listen on a new connection until it ends; ``over`` is set once another one is needed."""
        why = ""
        try:
            with connect(
                self.client.apps_connections_open(app_token=self.app_token)["url"],
                ssl=self.client.ssl,
                compression=None,
                open_timeout=_GREETING,
                ping_interval=self.ping,
                ping_timeout=self.ping,
                close_timeout=_CLOSING,
                max_size=MOST_BYTES_OF_SLACK,
                logger=self._quiet,
            ) as connection:
                self._listen(connection, over)
        except SlackApiError as refused:
            why = _refusal(refused)
            self._retry_after = _seconds(refused.response.headers)
        except ConnectionClosed:
            pass
        except (
            OSError,
            http.client.HTTPException,
            SlackClientError,
            WebSocketException,
            ValueError,
        ) as failed:
            why = f"Slack did not answer ({type(failed).__name__})"
        except Exception as failed:  # a kind of proxy that it lacks a library for, say
            why = f"it cannot connect ({type(failed).__name__})"
            log.exception("slack.failed")
        finally:
            self._end(over, why)

    def _end(self, over: threading.Event, why: str) -> None:
        if not over.is_set():  # else another connection is begun already, and knows better
            self._why = why
            log.warning("slack.not_connected", why=why)
            over.set()

    def _listen(self, connection: ClientConnection, over: threading.Event) -> None:
        """Take what comes until Slack closes the connection, or the time for its next word is over."""
        until = time.monotonic() + _GREETING
        why = "Slack did not say hello"
        try:
            while True:
                try:
                    document = _document(connection.recv(_GLANCE))
                except TimeoutError:  # all that came before a connection was closed is taken
                    if time.monotonic() > until or connection.state is not State.OPEN:
                        return
                    continue
                if document.get("type") == "hello":
                    until, why = float("inf"), "the connection broke"
                    self._enter(connection)
                elif document.get("type") == "disconnect":
                    # What is still under way on this connection is taken; Slack closes it.
                    self._renewing = until == float("inf")  # it was greeted, and will be again
                    until = time.monotonic() + _LEAVING
                    over.set()
                else:
                    self._take(connection, document)
        finally:
            with self._changed:
                if connection in self._open:
                    self._open.remove(connection)
            self._end(over, why)

    def _enter(self, connection: ClientConnection) -> None:
        with self._changed:
            if self._stopping.is_set():
                raise ConnectionClosed(None, None)
            self._open.append(connection)
            self._changed.notify_all()
        log.info("slack.connected")

    def _take(self, connection: ClientConnection, document: dict[str, Any]) -> None:
        if not isinstance(document.get("payload"), dict) or self._stopping.is_set():
            return
        request = SocketModeRequest.from_dict(document)
        if request is not None:
            with suppress(RuntimeError):  # it stops at this very moment
                self._workers.submit(self._answer, connection, request, time.monotonic())

    def _answer(self, connection: ClientConnection, request: SocketModeRequest, at: float) -> None:
        """Let Bolt do what is asked for and acknowledge it; what failed is not, and events come again."""
        try:
            answer = self.app.dispatch(BoltRequest(mode="socket_mode", body=request.payload))
            if answer.status != 200:
                return
            payload = _payload(answer)
            said = json.dumps(SocketModeResponse(request.envelope_id, payload).to_dict())
            if not self._send(said, connection, at + self.ack_seconds):
                log.warning("slack.unacknowledged", kind=request.type)
                self._tell(request, payload)
        except Exception:
            log.exception("slack.failed")

    def _send(self, said: str, connection: ClientConnection, until: float) -> bool:
        """Send on the connection that asked, or else on the next that is there in time.

        An acknowledgement names its envelope; slack_sdk too sends it on whichever connection is there.
        """
        broken: list[ClientConnection] = []
        while True:
            try:
                connection.send(said)
            except ConnectionClosed:
                broken.append(connection)
            else:
                return True
            with self._changed:
                self._changed.wait_for(
                    lambda: self._stopping.is_set() or self._usable(broken), until - time.monotonic()
                )
                usable = self._usable(broken)
            if not usable:
                return False
            connection = usable[-1]

    def _usable(self, broken: list[ClientConnection]) -> list[ClientConnection]:
        return [connection for connection in self._open if connection not in broken]

    def _tell(self, request: SocketModeRequest, payload: dict[str, Any] | None) -> None:
        """Tell a command's answer to its author by the other way that Slack gives.

        Nothing else needs it: a click is told before it is acknowledged, what changes something is kept and
        its message follows, and a form stays open where Slack says that it could not be sent.
        """
        address = request.payload.get("response_url")
        if not payload or not address:
            return
        hook = WebhookClient(
            address, timeout=_TELLING, ssl=self.client.ssl, logger=self.client.logger, retry_handlers=[]
        )
        hook.proxy = self.client.proxy
        try:
            hook.send_dict(payload)
        except (OSError, http.client.HTTPException, SlackClientError) as failed:
            log.info("slack.untold", why=type(failed).__name__)


def _document(message: str | bytes) -> dict[str, Any]:
    """Return what Slack says; nothing where it is not a JSON object, which nobody acts on."""
    try:
        found = json.loads(message)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _payload(answer: BoltResponse) -> dict[str, Any] | None:
    """Return what an acknowledgement says, None where it says nothing."""
    if not answer.body:
        return None
    if answer.first_headers().get("content-type", "").startswith("application/json"):
        found: dict[str, Any] = json.loads(answer.body)
        return found
    return {"text": answer.body}


def _refusal(refused: SlackApiError) -> str:
    """Return what Slack's answer means; where Slack is down, something else answers, in words of its own."""
    code = str(refused.response.get("error", ""))
    if _CODE.fullmatch(code):
        return f"Slack refuses ({code})"
    return f"Slack did not answer (status {refused.response.status_code})"


def _seconds(headers: dict[str, str]) -> float:
    """Return how long Slack asks us to wait before we try again."""
    found = next((value for name, value in headers.items() if name.lower() == "retry-after"), "")
    return min(_LONGEST_RETRY, float(found)) if found.isdecimal() else 0.0
