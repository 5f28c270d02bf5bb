"""How many connections there may be, and for how long each may keep us waiting.

Whoever reaches the port can open connections and leave their requests unfinished. Each connection has a
deadline by which its request must be whole. When there is no room left, the connection that has kept us
waiting longest makes room for the new one; a request that is whole is never cut off. So a flood of slow
connections pushes out itself, and a new webhook or health check always gets in.

uvicorn has no such limits (its ``limit_concurrency`` refuses the newest), but takes a protocol of ours.
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

Refuse = Callable[[str], None]
"""Counts something that was refused, by its reason."""

_BESIDE = 100
"""Connections beyond the limit for the moment when every one holds a whole request."""

_SMALL = 128 * 1024
"""Bytes of a body that are read to their end though it is refused already, so that its sender hears why."""

_MORE, _MORE_SECONDS = 1024 * 1024, 2.0
"""Bytes that are thrown away of any larger one, and for how long, for the same reason."""


@dataclass(frozen=True, slots=True)
class ConnectionLimits:
    """How many connections, and how many seconds for a request to be whole, and then to be answered."""

    most: int = 400
    seconds: float = 15.0


class ConnectionSlots:
    """The connections of one server, those that keep us waiting in the order in which they began to."""

    def __init__(self, bounds: ConnectionLimits, refuse: Refuse) -> None:
        self.bounds = bounds
        self.refuse = refuse
        self._inside: set[GuardedProtocol] = set()
        self._waiting: dict[GuardedProtocol, None] = {}  # a set that keeps its order

    def __len__(self) -> int:
        return len(self._inside)

    def enter(self, connection: "GuardedProtocol") -> None:
        """Let a new connection in; another one may have to leave."""
        self._inside.add(connection)
        if len(self._inside) > self.bounds.most:
            oldest = next(iter(self._waiting), None)
            if oldest is None and len(self._inside) > self.bounds.most + _BESIDE:
                oldest = connection
            if oldest is not None:
                self.refuse("too many connections")
                oldest.drop()
        if connection in self._inside:
            self._waiting[connection] = None

    def waits(self, connection: "GuardedProtocol") -> None:
        """Note that a connection keeps us waiting from now on."""
        self._waiting.pop(connection, None)
        if connection in self._inside:
            self._waiting[connection] = None

    def is_whole(self, connection: "GuardedProtocol") -> None:
        """Note that a connection waits for us."""
        self._waiting.pop(connection, None)

    def leave(self, connection: "GuardedProtocol") -> None:
        """Forget a connection."""
        self._inside.discard(connection)
        self._waiting.pop(connection, None)


class GuardedProtocol(H11Protocol):
    """uvicorn's protocol with a place in a room, a deadline, and a strict reading of requests."""

    room: ClassVar[ConnectionSlots]

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
        self._thrown_away: int | None = None  # bytes, once nothing more is read

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a place."""
        super().connection_made(transport)
        self._allow(self.room.bounds.seconds)
        self.room.enter(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """Give the place up."""
        self.room.leave(self)
        if self._deadline is not None:
            self._deadline.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take some bytes of a request."""
        if self._thrown_away is not None:
            self._thrown_away += len(data)
            if self._thrown_away > _MORE:
                self.drop()
            return
        if self.conn.their_state is h11.IDLE and not self.conn.trailing_data[0] and self.cycle is not None:
            self._begin()  # another request on a connection that was kept
        super().data_received(data)
        self._sort()

    def on_response_complete(self) -> None:
        """Wait for the next request; where the rest of a large one would come first, for nothing more."""
        is_unread = self.cycle.more_body and self._is_large()
        super().on_response_complete()
        self._begin()
        if self.transport.is_closing():
            return
        if is_unread:
            self._read_no_more()
        else:
            self._sort()

    def send_400_response(self, msg: str) -> None:
        """Refuse what is malformed, unless an answer is on its way already."""
        self.room.refuse("malformed")
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
        self._read_no_more()

    def drop(self) -> None:
        """End the connection now, whatever is on its way."""
        self.room.leave(self)
        self.transport.abort()

    def _begin(self) -> None:
        self._answering = False
        self._allow(self.room.bounds.seconds)
        self.room.waits(self)

    def _sort(self) -> None:
        if self._is_whole():
            self.room.is_whole(self)

    def _is_whole(self) -> bool:
        """Say whether a request has come to its end and waits for its answer."""
        cycle: RequestResponseCycle | None = self.cycle  # None before the first request
        return cycle is not None and not cycle.more_body and not cycle.response_complete

    def _is_large(self) -> bool:
        declared = next((value for name, value in self.headers if name == b"content-length"), None)
        return declared is None or int(declared) > _SMALL

    def _read_no_more(self) -> None:
        # Closed at once, a connection with unread bytes would take the answer with it.
        self._thrown_away = 0
        self._allow(_MORE_SECONDS)
        self.flow.resume_reading()
        with suppress(OSError):  # the other end has reset the connection, and asyncio does not know yet
            self.transport.write_eof()

    def _allow(self, seconds: float) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
        self._deadline = self.loop.call_later(seconds, self._is_late)

    def _is_late(self) -> None:
        if self._is_whole() and not self._answering:
            self._answering = True
            self._allow(self.room.bounds.seconds)
            return
        if self._thrown_away is None:
            self.room.refuse("too slow")
        self.drop()


def guarded(bounds: ConnectionLimits, refuse: Refuse) -> type[GuardedProtocol]:
    """Return the protocol of one server, whose connections share a room."""

    class Protocol(GuardedProtocol):
        room = ConnectionSlots(bounds, refuse)

    return Protocol
