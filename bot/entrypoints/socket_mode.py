"""Socket Mode: staying connected to Slack, and sending acknowledgements even after a connection breaks.

``websockets`` speaks the protocol, and Bolt decides the answers. This module decides when to connect, and how
to send an answer whose connection has ended.
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
from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.protocol import State
from websockets.sync.client import ClientConnection, connect

from bot.entrypoints.response_urls import ResponseUrls
from bot.entrypoints.web_app import MOST_BYTES_OF_SLACK

log = structlog.get_logger(__name__)

ACK_SECONDS = 3.0
"""How long Slack waits for an acknowledgement; it ignores a later one.

https://docs.slack.dev/interactivity/handling-user-interaction#acknowledgment_response
"""
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 60.0
_LONGEST_RETRY = 600.0  # seconds; there is no benefit in waiting longer
_STEADY = 60.0  # seconds; if a connection lasted longer, its end doesn't delay the next one
_GREETING = 10.0  # seconds to wait for Slack's hello on a new connection
_LEAVING = 30.0  # seconds to wait for Slack to close a connection after its "disconnect"; Slack says ten
# Seconds between checks that Slack has closed the connection, as the TCP connection may stay open.
_GLANCE = 0.5
_CLOSING = 1.0  # seconds to wait for the closing handshake
_AT_ONCE = 16  # as over HTTP: eight people who click at once, and the events that follow from it
_CODE = re.compile(r"[a-z][a-z0-9_]{1,80}")


def pauses() -> Iterator[float]:
    """Yield the seconds to wait before each new connection: zero at first, then increasing."""
    yield 0.0
    pause = _FIRST_PAUSE
    while True:
        yield pause
        pause = min(_LONGEST_PAUSE, pause * 2)


@dataclass
class SocketModeListener:
    """Listens through Socket Mode in its own threads, and reconnects whenever the connection breaks.

    It sends a ping every ``ping`` seconds. A connection is broken if no pong comes within ``ping`` seconds.
    An acknowledgement waits for a connection until ``ack_seconds`` after its request arrived.
    """

    app: App
    app_token: str = field(repr=False)
    client: WebClient
    ping: float = 10.0
    ack_seconds: float = ACK_SECONDS
    _open: list[ClientConnection] = field(default_factory=list, init=False, repr=False)
    _changed: threading.Condition = field(default_factory=threading.Condition, init=False, repr=False)
    _stopping: threading.Event = field(default_factory=threading.Event, init=False, repr=False)
    _connection_over: threading.Event = field(default_factory=threading.Event, init=False, repr=False)
    _retry_after: float = field(default=0.0, init=False)
    _renewing: bool = field(default=False, init=False)
    _why: str = field(default="not connected yet", init=False)

    def __post_init__(self) -> None:
        self._workers = ThreadPoolExecutor(_AT_ONCE, "slack-answer")
        self._thread = threading.Thread(target=self._keep_connected, name="slack-socket", daemon=True)
        self._quiet = logging.getLogger("bot.entrypoints.socket_mode.websockets")
        self._quiet.setLevel(logging.CRITICAL)  # debug lines contain messages; failures are logged here

    def start(self) -> None:
        """Start connecting, and return at once."""
        self._thread.start()

    def stop(self) -> None:
        """Stop accepting requests, and wait until the accepted ones have been answered."""
        self._stopping.set()
        self._connection_over.set()
        with self._changed:
            self._changed.notify_all()
        self._workers.shutdown()
        with self._changed:
            remaining = list(self._open)
        for connection in remaining:
            connection.close()
        self._thread.join(_CLOSING)

    def why_not(self) -> str | None:
        """Return why Socket Mode does not work, or None."""
        with self._changed:
            return None if self._open else f"Socket Mode is not connected: {self._why}"

    def _keep_connected(self) -> None:
        """Connect, and reconnect whenever the connection ends or Slack asks for a new one."""
        waits = pauses()
        while not self._stopping.wait(max(next(waits), self._retry_after)):
            self._connection_over, self._retry_after, self._renewing = threading.Event(), 0.0, False
            if self._stopping.is_set():
                return
            began = time.monotonic()
            threading.Thread(
                target=self._connect, args=(self._connection_over,), name="slack-line", daemon=True
            ).start()
            self._connection_over.wait()
            if self._renewing or time.monotonic() - began > _STEADY:
                waits = pauses()

    def _connect(self, over: threading.Event) -> None:
        """Listen on a new connection until it ends; set ``over`` once another one is needed."""
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
            why = _describe_refusal(refused)
            self._retry_after = _seconds_to_wait(refused.response.headers)
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
        except Exception as failed:  # for example, a type of proxy that needs a missing library
            why = f"the connection failed ({type(failed).__name__})"
            log.exception("slack.failed")
        finally:
            self._end_connection(over, why)

    def _end_connection(self, over: threading.Event, why: str) -> None:
        if not over.is_set():  # otherwise, a newer connection exists and reports its own state
            self._why = why
            log.warning("slack.not_connected", why=why)
            over.set()

    def _listen(self, connection: ClientConnection, over: threading.Event) -> None:
        """Handle messages until Slack closes the connection, or does not answer in time."""
        until = time.monotonic() + _GREETING
        why = "Slack did not send its hello message"
        try:
            while True:
                try:
                    document = _parse_document(connection.recv(_GLANCE))
                except TimeoutError:  # everything that arrived before the connection closed has been handled
                    if time.monotonic() > until or connection.state is not State.OPEN:
                        return
                    continue
                if document.get("type") == "hello":
                    until, why = float("inf"), "the connection broke"
                    self._add_connection(connection)
                elif document.get("type") == "disconnect":
                    # Messages still in transit are handled until Slack closes the connection.
                    self._renewing = until == float("inf")  # Slack sent its hello message, and will again
                    until = time.monotonic() + _LEAVING
                    over.set()
                else:
                    self._submit(connection, document)
        finally:
            with self._changed:
                if connection in self._open:
                    self._open.remove(connection)
            self._end_connection(over, why)

    def _add_connection(self, connection: ClientConnection) -> None:
        with self._changed:
            if self._stopping.is_set():
                raise ConnectionClosed(None, None)
            self._open.append(connection)
            self._changed.notify_all()
        log.info("slack.connected")

    def _submit(self, connection: ClientConnection, document: dict[str, Any]) -> None:
        if not isinstance(document.get("payload"), dict) or self._stopping.is_set():
            return
        request = SocketModeRequest.from_dict(document)
        if request is not None:
            with suppress(RuntimeError):  # the listener is stopping just now
                self._workers.submit(self._answer, connection, request, time.monotonic())

    def _answer(self, connection: ClientConnection, request: SocketModeRequest, at: float) -> None:
        """Let Bolt handle a request, and acknowledge it unless it failed; Slack sends failed events again."""
        try:
            answer = self.app.dispatch(BoltRequest(mode="socket_mode", body=request.payload))
            if answer.status != 200:
                return
            payload = _find_payload(answer)
            text = json.dumps(SocketModeResponse(request.envelope_id, payload).to_dict())
            if not self._send(text, connection, at + self.ack_seconds):
                log.warning("slack.unacknowledged", kind=request.type)
                self._send_to_response_url(request, payload)
        except Exception:
            log.exception("slack.failed")

    def _send(self, text: str, connection: ClientConnection, until: float) -> bool:
        """Send on the request's own connection, or on the next one to open in time; return whether it worked.

        An acknowledgement names its envelope, so it can use any connection; slack_sdk does the same.
        """
        broken: list[ClientConnection] = []
        while True:
            try:
                connection.send(text)
            except ConnectionClosed:
                broken.append(connection)
            else:
                return True
            with self._changed:
                self._changed.wait_for(
                    lambda: self._stopping.is_set() or self._list_usable(broken), until - time.monotonic()
                )
                usable = self._list_usable(broken)
            if not usable:
                return False
            connection = usable[-1]

    def _list_usable(self, broken: list[ClientConnection]) -> list[ClientConnection]:
        return [connection for connection in self._open if connection not in broken]

    def _send_to_response_url(self, request: SocketModeRequest, payload: dict[str, Any] | None) -> None:
        """Send a command's answer to its author through the command's ``response_url``.

        Only commands need this. A click is answered before it is acknowledged, a message follows every stored
        change, and a form stays open if Slack reports that it could not be sent.
        """
        address = request.payload.get("response_url")
        if payload and isinstance(address, str):
            ResponseUrls(self.client.base_url).send(address, payload)


def _parse_document(message: str | bytes) -> dict[str, Any]:
    """Return a message by Slack as an object; an empty one if it is not a JSON object."""
    try:
        document = json.loads(message)
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}


def _find_payload(answer: BoltResponse) -> dict[str, Any] | None:
    """Return the payload of an acknowledgement; None if it has none."""
    if not answer.body:
        return None
    if answer.first_headers().get("content-type", "").startswith("application/json"):
        payload: dict[str, Any] = json.loads(answer.body)
        return payload
    return {"text": answer.body}


def _describe_refusal(refused: SlackApiError) -> str:
    """Return Slack's reason for refusing; if Slack is down, a proxy's response may have another format."""
    code = str(refused.response.get("error", ""))
    if _CODE.fullmatch(code):
        return f"Slack refused ({code})"
    return f"Slack did not answer (status {refused.response.status_code})"


def _seconds_to_wait(headers: dict[str, str]) -> float:
    """Return the seconds that Slack asks to wait before the next try."""
    found = next((value for name, value in headers.items() if name.lower() == "retry-after"), "")
    return min(_LONGEST_RETRY, float(found)) if found.isdecimal() else 0.0
