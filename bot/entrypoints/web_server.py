"""The web server of every page of Sensei's: uvicorn, with our bounds, and trusting no proxy's word."""

import re
import socket
from typing import Any

import uvicorn
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.entrypoints.connection_limits import ConnectionLimits, Refuse, guarded

_AT_A_TIME = 64
"""Connections that are let in between two looks at what has come on them.

With more, hundreds of new ones could push out one whose request has arrived and was not looked at yet.
"""
_IN_FRONT = 2048
"""Connections that the operating system keeps waiting meanwhile."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def configuration(
    application: ASGIApp, refuse: Refuse, bounds: ConnectionLimits | None = None, **options: Any
) -> uvicorn.Config:
    """Return the server's configuration; ``options`` are uvicorn's own."""
    settings: dict[str, Any] = {
        "http": guarded(bounds or ConnectionLimits(), refuse),
        "ws": "none",  # nobody may speak WebSocket to us, though its library is there
        "lifespan": "off",
        "log_config": None,
        "access_log": False,  # addresses can hold codes and tokens
        "server_header": False,
        "proxy_headers": False,  # who asks is who connects: no header is trusted
        "backlog": _AT_A_TIME,
    }
    return uvicorn.Config(_on_plain_paths(application), **(settings | options))


def _on_plain_paths(application: ASGIApp) -> ASGIApp:
    """Find no page whose path has a control character: to Starlette ``/metrics%0A`` is ``/metrics``.

    A proxy that lets nobody from outside at a page has been told its one path.
    """

    async def found(scope: Scope, receive: Receive, send: Send) -> None:
        is_odd = _CONTROL.search(scope.get("path", "")) is not None
        await (PlainTextResponse("Not Found", 404) if is_odd else application)(scope, receive, send)

    return found


class WebServer(uvicorn.Server):
    """A server whose operating system keeps more connections waiting than are let in at a time."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen."""
        await super().startup(sockets)
        if self.started:
            for server in self.servers:
                for listening in server.sockets:
                    with listening.dup() as same:
                        same.listen(_IN_FRONT)
