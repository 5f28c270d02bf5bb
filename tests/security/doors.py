"""Raw requests, slow clients and databases that hang."""

import contextlib
import http.client
import json
import resource
import socket
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy.engine import URL

T = TypeVar("T")

PATIENCE = 15
"""Seconds after which a client calls a server hung, where waiting longer would show nothing."""

BAIT = "sha256=" + "0" * 64
"""What looks like a signature, so that a body is read."""

_HEAD = (
    "POST /github/webhook HTTP/1.1\r\nHost: it\r\nContent-Type: application/json\r\n"
    f"X-GitHub-Delivery: 1\r\nX-GitHub-Event: ping\r\nX-Hub-Signature-256: {BAIT}\r\n"
)

SLOW: dict[str, bytes] = {
    "nothing": b"",
    "half a head": b"GET /healthz HTTP/1.1\r\nHost: it\r\nX-Slow: ",
    "less than its length": f"{_HEAD}Content-Length: 1000\r\n\r\n{{".encode(),
    "an endless chunk": f"{_HEAD}Transfer-Encoding: chunked\r\n\r\nfff\r\n{{".encode(),
    "half a second request": b"GET /healthz HTTP/1.1\r\nHost: it\r\n\r\nGET /hea",
    "a body after its answer": b"GET /healthz HTTP/1.1\r\nHost: it\r\nContent-Length: 1000\r\n\r\n",
    "for Slack": b"POST /slack/events HTTP/1.1\r\nHost: it\r\nContent-Length: 9\r\nX-Slack",
    "for the metrics": b"GET /metrics HTTP/1.1\r\nHost: it\r\nX",
}
"""What somebody sends who then only holds the connection open."""


def connected(port: int, sent: bytes = b"", seconds: float = PATIENCE) -> socket.socket:
    """Connect and send some bytes."""
    connection = socket.create_connection(("127.0.0.1", port), timeout=seconds)
    with contextlib.suppress(OSError):  # it may be shed already
        connection.sendall(sent)
    return connection


def is_ended(connection: socket.socket) -> bool:
    """Wait for the server to end a connection, whatever it says before; False where it does not."""
    try:
        while connection.recv(65536):
            pass
    except TimeoutError:
        return False
    except OSError:
        return True
    return True


def answer(port: int, sent: bytes) -> tuple[int, bytes]:
    """Send bytes, and nothing more; return the status of the first answer and all that came; 0 for none."""
    with connected(port, sent) as connection:
        connection.settimeout(PATIENCE)
        said = b""
        with contextlib.suppress(OSError):
            while b"\r\n\r\n" not in said:
                part = connection.recv(65536)
                if not part:
                    break
                said += part
    return (int(said[9:12]) if said.startswith(b"HTTP/1.1 ") else 0), said


@contextmanager
def held_open(port: int, count: int, kinds: dict[str, bytes] | None = None) -> Iterator[list[socket.socket]]:
    """Hold slow connections of all kinds open."""
    sent = list((kinds or SLOW).values())
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    enough = count * 2 + 1000
    if most == resource.RLIM_INFINITY or most >= enough:
        soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, enough), most))
    with ExitStack() as stack:
        yield [stack.enter_context(connected(port, sent[n % len(sent)])) for n in range(count)]


def readiness(port: int) -> tuple[int, dict[str, Any]]:
    """Ask whether a process is ready."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request("GET", "/readyz")
        response = connection.getresponse()
        return response.status, json.loads(response.read())
    finally:
        connection.close()


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Let somebody else write to a SQLite file, and not come to an end."""
    other = sqlite3.connect(file, isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        yield
    finally:
        other.close()


class Valve:
    """A way to a PostgreSQL that can be closed: connections stand, and nothing comes through any more."""

    def __init__(self, server: URL) -> None:
        self._server = server
        self._open = threading.Event()
        self._open.set()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])
        self.connections = 0
        self._ends: list[socket.socket] = []
        self._accepting = threading.Thread(target=self._accept, daemon=True)
        self._accepting.start()

    def close(self) -> None:
        """Let nothing through."""
        self._open.clear()

    def open(self) -> None:
        """Let everything through again, what was held back too."""
        self._open.set()

    def end(self) -> None:
        """End every connection."""
        self._open.set()
        self._listening.shutdown(socket.SHUT_RDWR)  # to close it alone would let the thread wait on
        self._accepting.join()
        self._listening.close()
        for each in self._ends:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                self.connections += 1
                self._ends.append(client)
                self._open.wait()
                behind = self._connect()
                self._ends.append(behind)
                for one, other in ((client, behind), (behind, client)):
                    threading.Thread(target=self._pass_on, args=(one, other), daemon=True).start()

    def _connect(self) -> socket.socket:
        host, port = self._server.query.get("host", self._server.host), self._server.port or 5432
        assert isinstance(host, str)
        if not host.startswith("/"):
            return socket.create_connection((host, port))
        behind = socket.socket(socket.AF_UNIX)
        behind.connect(f"{host}/.s.PGSQL.{self._server.query.get('port', port)}")
        return behind

    def _pass_on(self, one: socket.socket, other: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while some := one.recv(65536):
                self._open.wait()
                other.sendall(some)
        for each in (one, other):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)


def in_threads(count: int, do: Callable[[], T]) -> list[T]:
    """Do something several times at once; return what came of each."""
    found: list[T] = []
    threads = [threading.Thread(target=lambda: found.append(do())) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found
