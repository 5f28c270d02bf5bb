"""The web server of every page of Sensei's: uvicorn, with our bounds, and trusting no proxy's word."""

import socket
from typing import Any

import uvicorn
from starlette.types import ASGIApp

from bot.entrypoints.connections import Bounds, Refuse, guarded

_AT_A_TIME = 64
"""Connections that are let in between two looks at what has come on them.

With more, hundreds of new ones could push out one whose request has arrived and was not looked at yet.
"""
_IN_FRONT = 2048
"""Connections that the operating system keeps waiting meanwhile."""


def configuration(
    application: ASGIApp, refuse: Refuse, bounds: Bounds | None = None, **options: Any
) -> uvicorn.Config:
    """Return the server's configuration; ``options`` are uvicorn's own."""
    settings: dict[str, Any] = {
        "http": guarded(bounds or Bounds(), refuse),
        "ws": "none",  # nobody may speak WebSocket to us, though its library is there
        "lifespan": "off",
        "log_config": None,
        "access_log": False,  # addresses can hold codes and tokens
        "server_header": False,
        "proxy_headers": False,  # who asks is who connects: no header is trusted
        "backlog": _AT_A_TIME,
    }
    return uvicorn.Config(application, **(settings | options))


class Server(uvicorn.Server):
    """A server whose operating system keeps more connections waiting than are let in at a time."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen."""
        await super().startup(sockets)
        if self.started:
            for server in self.servers:
                for listening in server.sockets:
                    with listening.dup() as same:
                        same.listen(_IN_FRONT)
