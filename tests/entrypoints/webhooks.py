"""The webhook endpoint on loopback, with a database behind it."""

import hashlib
import hmac
import http.client
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa

from bot.adapters.database.transaction import SqlStore
from bot.entrypoints import web_app as endpoint
from bot.entrypoints.connection_limits import ConnectionLimits
from bot.entrypoints.web_server import WebServer, make_configuration
from bot.workflows.pull_requests.webhook_intake import WebhookIntake
from tests.waiting import FUSE

SECRET = b"a-secret-of-the-webhook"


def now() -> datetime:
    return datetime.now(UTC)


def signed(body: bytes, secret: bytes = SECRET) -> str:
    return "sha256=" + hmac.new(secret, body, hashlib.sha256).hexdigest()


@dataclass
class Webhook:
    """An endpoint that listens; ``send`` sends as GitHub does, but for what a test changes."""

    port: int
    store: SqlStore
    receiver: WebhookIntake
    database: sa.Engine

    def headers(self, body: bytes, guid: str = "1") -> dict[str, str]:
        """Return the headers of GitHub's that a delivery has."""
        return {
            "Content-Type": "application/json",
            "X-GitHub-Delivery": guid,
            "X-GitHub-Event": "ping",
            "X-Hub-Signature-256": signed(body),
        }

    def send(self, body: bytes, guid: str = "1", headers: Mapping[str, str | None] | None = None) -> int:
        """Post a body; a header that is None is left out. Return the status."""
        plain: dict[str, str | None] = {**self.headers(body, guid)}
        sent = {name: value for name, value in {**plain, **(headers or {})}.items() if value is not None}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=FUSE)
        try:
            connection.request("POST", "/github/webhook", body, sent)
            return connection.getresponse().status
        finally:
            connection.close()

    def begun(
        self, length: int, some: bytes = b"", headers: Mapping[str, str | None] | None = None
    ) -> http.client.HTTPConnection:
        """Begin to send a body of some length, forged; the answer is not waited for."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=FUSE)
        connection.putrequest("POST", "/github/webhook")
        connection.putheader("Content-Length", str(length))
        for name, value in {**self.headers(b""), **(headers or {})}.items():
            if value is not None:
                connection.putheader(name, value)
        connection.endheaders(some)
        return connection

    def kept(self) -> list[str]:
        """Return the ids of the deliveries that are kept."""
        with self.database.connect() as connection:
            return [row[0] for row in connection.execute(sa.text("SELECT guid FROM delivery ORDER BY guid"))]

    def refusals(self) -> dict[str, int]:
        """Return how many requests were refused, by reason."""
        self.receiver.flush()
        with self.database.connect() as connection:
            found = connection.execute(sa.text("SELECT reason, count AS count_ FROM refusal"))
            return {row.reason: row.count_ for row in found}


@contextmanager
def listening(
    database: sa.Engine,
    limits: endpoint.RequestLimits | None = None,
    *,
    ready: Callable[[], str | None] = lambda: None,
    scrapes: endpoint.MetricsEndpoint | None = None,
    slack: endpoint.SlackStatus | None = None,
    bounds: ConnectionLimits | None = None,
    host: str = "127.0.0.1",
) -> Iterator[Webhook]:
    """Run the endpoint in a thread of its own."""
    store = SqlStore(database, "github.com", now)
    receiver = WebhookIntake(store, now, lambda: None)
    receiver.start()
    application = endpoint.app(
        receiver, SECRET, ready, limits or endpoint.RequestLimits(FUSE), scrapes, slack=slack
    )
    settings = make_configuration(
        application, receiver.refuse, bounds or ConnectionLimits(seconds=FUSE), host=host, port=0
    )
    server = WebServer(settings)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        while not server.started:
            thread.join(0.01)
            assert thread.is_alive()
        port = server.servers[0].sockets[0].getsockname()[1]
        yield Webhook(port, store, receiver, database)
    finally:
        server.should_exit = True
        thread.join()
        receiver.stop()
