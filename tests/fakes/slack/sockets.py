"""Socket Mode: tickets, connections, envelopes and their acknowledgements.

https://docs.slack.dev/apis/events-api/using-socket-mode
"""

import json
import logging
import secrets
import threading
import uuid
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection, serve

from tests.fakes.slack.model import Json
from tests.waiting import FUSE

if TYPE_CHECKING:
    from tests.fakes.slack import Slack


class Sockets:
    """The server of WebSockets; ``connections`` are those that have been greeted, oldest first."""

    def __init__(self, slack: "Slack") -> None:
        self._slack = slack
        self._tickets: set[str] = set()
        self._acks: dict[str, tuple[threading.Event, list[Any], ServerConnection]] = {}
        self._condition = threading.Condition()
        self.connections: list[ServerConnection] = []
        self.opened = 0
        self.forgets = True  # what was not acknowledged when its connection was lost; False: any may do so
        self._turn = 0
        self._frozen: list[ServerConnection] = []
        quiet = logging.getLogger("tests.fakes.slack.sockets")
        quiet.setLevel(logging.CRITICAL)
        self._server = serve(self._handle, "127.0.0.1", 0, logger=quiet)
        self.port = self._server.socket.getsockname()[1]
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self.thaw()
        for connection in self._copy():
            with suppress(Exception):
                connection.close()
        self._server.shutdown()
        self._thread.join(5)

    def ticket(self) -> str:
        """Return an address that opens one connection."""
        ticket = secrets.token_hex(8)
        self._tickets.add(ticket)
        return f"ws://127.0.0.1:{self.port}/link/?ticket={ticket}&app_id={self._slack.app_id}"

    def wait(self, at_least: int = 1, opened: int = 0, seconds: float = FUSE) -> None:
        """Wait until so many connections are there, and so many have been opened in all."""
        with self._condition:
            there = self._condition.wait_for(
                lambda: len(self.connections) >= at_least and self.opened >= opened, seconds
            )
        assert there, f"{len(self.connections)} connections, {self.opened} opened so far"

    def send(self, kind: str, payload: Json, attempt: int, seconds: float) -> tuple[bool, Any, str]:
        """Send an envelope; return whether it was acknowledged, with what, and why not."""
        with self._condition:
            if not self.connections:
                return False, None, "no connection"
            self._turn += 1
            connection = self.connections[self._turn % len(self.connections)]
        envelope = str(uuid.uuid4())
        document: Json = {
            "envelope_id": envelope,
            "type": kind,
            "payload": payload,
            "accepts_response_payload": kind != "events_api",
        }
        if kind == "events_api":
            document |= {"retry_attempt": attempt, "retry_reason": "timeout" if attempt else ""}
        arrived, answers = threading.Event(), []  # type: ignore[var-annotated]
        self._acks[envelope] = arrived, answers, connection
        try:
            connection.send(json.dumps(document))
        except (ConnectionClosed, OSError):
            return False, None, "connection lost"
        if not arrived.wait(seconds):
            return False, None, "timeout"
        return (True, answers[0], "") if answers else (False, None, "connection lost")

    def say(self, document: Json) -> None:
        """Tell every connection something, ``disconnect`` for one."""
        for connection in self._copy():
            with suppress(ConnectionClosed, OSError):
                connection.send(json.dumps(document))

    def disconnect(self, reason: str = "refresh_requested", *, close: bool = True) -> None:
        """Ask for new connections, as Slack does every few hours; ``warning`` comes ten seconds before."""
        old = self._copy()
        self.say({"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-fake"}})
        if close and reason != "warning":
            for connection in old:
                with suppress(Exception):
                    connection.close()

    def cut(self) -> None:
        """Break every connection without a word."""
        for connection in self._copy():
            with suppress(OSError):
                connection.socket.shutdown(2)

    def freeze(self, *, goodbye: bool = False) -> None:
        """Say nothing on any connection, not even a pong, and close none: as if the network were gone.

        With ``goodbye`` the last word is that the connection is closed; TCP's stays open, as it may at Slack:
        https://github.com/slackapi/node-slack-sdk/releases/tag/@slack/socket-mode@3.2.0
        """
        for connection in self._copy():
            connection.protocol_mutex.acquire()
            self._frozen.append(connection)
            if goodbye:
                connection.protocol.send_close(1001)
                connection.send_data()

    def thaw(self) -> None:
        """Go on with what was frozen."""
        while self._frozen:
            self._frozen.pop().protocol_mutex.release()

    def _copy(self) -> list[ServerConnection]:
        with self._condition:
            return list(self.connections)

    def _handle(self, connection: ServerConnection) -> None:
        assert connection.request is not None
        (ticket,) = parse_qs(urlsplit(connection.request.path).query).get("ticket", [""])
        if ticket not in self._tickets:
            connection.close(1008, "the ticket was used")
            return
        self._tickets.discard(ticket)
        hello = {
            "type": "hello",
            "num_connections": len(self.connections) + 1,
            "debug_info": {"host": "applink-fake", "build_number": 1, "approximate_connection_time": 18060},
            "connection_info": {"app_id": self._slack.app_id},
        }
        connection.send(json.dumps(hello))
        with self._condition:
            self.connections.append(connection)
            self.opened += 1
            self._condition.notify_all()
        try:
            for message in connection:
                self._hear(message)
        except (ConnectionClosed, OSError):
            pass
        finally:
            with self._condition:
                self.connections.remove(connection)
                self._condition.notify_all()
            for envelope, (arrived, _, by) in list(self._acks.items()):
                if by is connection and self.forgets:
                    self._acks.pop(envelope, None)
                    arrived.set()

    def _hear(self, message: str | bytes) -> None:
        document = json.loads(message)
        waiting = self._acks.pop(str(document.get("envelope_id")), None)
        if waiting is not None:
            waiting[1].append(document.get("payload"))
            waiting[0].set()
