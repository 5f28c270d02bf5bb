"""Limits on the number of connections, and on how long each may make the server wait.

Anyone who can reach the port can open connections and leave their requests unfinished. So each request must
be complete by a deadline. If there are too many connections, the one with the longest unfinished request is
dropped for the new one; a complete request is never cut off. So a flood of slow connections only displaces
itself, and new webhooks and health checks always get through.

uvicorn has no such limits (its ``limit_concurrency`` refuses the newest), but accepts a custom protocol.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, ClassVar

import h11
from uvicorn.config import Config
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle
from uvicorn.server import ServerState

from bot.entrypoints.request_strictness import StrictBuffer

CountRefusal = Callable[[str], None]
"""Counts a refusal by its reason."""

_EXTRA = 100
"""Extra connections accepted while all others have complete requests."""

_SMALL_BODY = 128 * 1024
"""Maximum bytes of a refused body that is read to its end, so that its sender receives the reason."""

_MOST_DISCARDED, _DISCARD_SECONDS = 1024 * 1024, 2.0
"""For the same reason, a larger body is read and discarded up to this many bytes and seconds."""


@dataclass(frozen=True, slots=True)
class ConnectionLimits:
    """Maximum connections, and maximum seconds for a request to arrive and then to be answered."""

    most: int = 400
    seconds: float = 15.0


class ConnectionSlots:
    """The connections of one server; those with unfinished requests are ordered by their start."""

    def __init__(self, bounds: ConnectionLimits, refuse: CountRefusal) -> None:
        self.bounds = bounds
        self.refuse = refuse
        self._inside: set[GuardedProtocol] = set()
        self._waiting: dict[GuardedProtocol, None] = {}  # an ordered set

    def __len__(self) -> int:
        return len(self._inside)

    def enter(self, connection: "GuardedProtocol") -> None:
        """Accept a new connection, and drop the one with the longest unfinished request if necessary."""
        self._inside.add(connection)
        if len(self._inside) > self.bounds.most:
            oldest = next(iter(self._waiting), None)
            if oldest is None and len(self._inside) > self.bounds.most + _EXTRA:
                oldest = connection
            if oldest is not None:
                self.refuse("too many connections")
                oldest.drop()
        if connection in self._inside:
            self._waiting[connection] = None

    def note_waiting(self, connection: "GuardedProtocol") -> None:
        """Record that the server is now waiting for a connection's request."""
        self._waiting.pop(connection, None)
        if connection in self._inside:
            self._waiting[connection] = None

    def note_whole(self, connection: "GuardedProtocol") -> None:
        """Record that a connection's request is complete and waiting for the server."""
        self._waiting.pop(connection, None)

    def leave(self, connection: "GuardedProtocol") -> None:
        """Forget a connection."""
        self._inside.discard(connection)
        self._waiting.pop(connection, None)


class GuardedProtocol(H11Protocol):
    """uvicorn's protocol with a slot, a deadline, and strict parsing of requests."""

    slots: ClassVar[ConnectionSlots]

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self.conn._receive_buffer = StrictBuffer()
        self._deadline: asyncio.TimerHandle | None = None
        self._answering = False
        self._discarded: int | None = None  # bytes discarded; None while the request is still read

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a slot."""
        super().connection_made(transport)
        self._set_deadline(self.slots.bounds.seconds)
        self.slots.enter(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """Free the slot."""
        self.slots.leave(self)
        if self._deadline is not None:
            self._deadline.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Handle some bytes of a request."""
        if self._discarded is not None:
            self._discarded += len(data)
            if self._discarded > _MOST_DISCARDED:
                self.drop()
            return
        if self.conn.their_state is h11.IDLE and not self.conn.trailing_data[0] and self.cycle is not None:
            self._await_request()  # another request on the same connection
        super().data_received(data)
        self._note_if_whole()

    def on_response_complete(self) -> None:
        """Wait for the next request, unless the rest of a large body would arrive first."""
        is_unread = self.cycle.more_body and self._is_large()
        super().on_response_complete()
        self._await_request()
        if self.transport.is_closing():
            return
        if is_unread:
            self._discard_rest()
        else:
            self._note_if_whole()

    def send_400_response(self, msg: str) -> None:
        """Refuse a malformed request, unless a response is already being sent."""
        self.slots.refuse("malformed")
        if self.cycle is not None:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        if self.conn.our_state not in {h11.IDLE, h11.SEND_RESPONSE}:
            self.transport.close()
            return
        headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
        answer = h11.Response(status_code=400, headers=headers, reason=b"Bad Request")
        for event in (answer, h11.Data(data=msg.encode()), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event))
        self._discard_rest()

    def drop(self) -> None:
        """Abort the connection now, even in the middle of a response."""
        self.slots.leave(self)
        self.transport.abort()

    def _await_request(self) -> None:
        self._answering = False
        self._set_deadline(self.slots.bounds.seconds)
        self.slots.note_waiting(self)

    def _note_if_whole(self) -> None:
        if self._is_whole():
            self.slots.note_whole(self)

    def _is_whole(self) -> bool:
        """Return whether a complete request is waiting for its response."""
        cycle: RequestResponseCycle | None = self.cycle  # None before the first request
        return cycle is not None and not cycle.more_body and not cycle.response_complete

    def _is_large(self) -> bool:
        declared = next((value for name, value in self.headers if name == b"content-length"), None)
        return declared is None or int(declared) > _SMALL_BODY

    def _discard_rest(self) -> None:
        # If a connection with unread bytes is closed at once, the response is lost.
        self._discarded = 0
        self._set_deadline(_DISCARD_SECONDS)
        self.flow.resume_reading()
        with suppress(OSError):  # the client has reset the connection, but asyncio doesn't know yet
            self.transport.write_eof()

    def _set_deadline(self, seconds: float) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
        self._deadline = self.loop.call_later(seconds, self._handle_deadline)

    def _handle_deadline(self) -> None:
        if self._is_whole() and not self._answering:
            self._answering = True
            self._set_deadline(self.slots.bounds.seconds)
            return
        if self._discarded is None:
            self.slots.refuse("too slow")
        self.drop()


def make_guarded_protocol(bounds: ConnectionLimits, refuse: CountRefusal) -> type[GuardedProtocol]:
    """Return the protocol class of one server; its connections share their slots."""

    class Protocol(GuardedProtocol):
        slots = ConnectionSlots(bounds, refuse)

    return Protocol
