"""The web server for all of Sensei's pages: uvicorn with limits, and no trust in proxies' headers."""

import re
import socket
from typing import Any

import uvicorn
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.entrypoints.connection_limits import ConnectionLimits, CountRefusal, make_guarded_protocol

_ACCEPTED_AT_A_TIME = 64
"""Connections accepted before the server reads from them.

With more, hundreds of new connections could displace one whose request has arrived but has not been read yet.
"""
_QUEUED = 2048
"""Connections that the operating system queues in the meantime."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def make_configuration(
    application: ASGIApp, refuse: CountRefusal, bounds: ConnectionLimits | None = None, **options: Any
) -> uvicorn.Config:
    """Return the server's configuration; ``options`` are options of uvicorn."""
    settings: dict[str, Any] = {
        "http": make_guarded_protocol(bounds or ConnectionLimits(), refuse),
        "ws": "none",  # no WebSockets, though the library is installed
        "lifespan": "off",
        "log_config": None,
        "access_log": False,  # addresses can contain codes and tokens
        "server_header": False,
        "proxy_headers": False,  # the client's address is the connection's: no header is trusted
        "backlog": _ACCEPTED_AT_A_TIME,
    }
    return uvicorn.Config(_on_plain_paths(application), **(settings | options))


def _on_plain_paths(application: ASGIApp) -> ASGIApp:
    """Answer 404 to paths with control characters: to Starlette, ``/metrics%0A`` is ``/metrics``.

    A proxy that blocks a page from outside would not recognise the second spelling.
    """

    async def handle(scope: Scope, receive: Receive, send: Send) -> None:
        is_odd = _CONTROL.search(scope.get("path", "")) is not None
        await (PlainTextResponse("Not Found", 404) if is_odd else application)(scope, receive, send)

    return handle


class WebServer(uvicorn.Server):
    """A server for which the operating system queues more connections than are accepted at a time."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start listening, with the longer queue."""
        await super().startup(sockets)
        if self.started:
            for server in self.servers:
                for listener in server.sockets:
                    with listener.dup() as duplicate:
                        duplicate.listen(_QUEUED)
