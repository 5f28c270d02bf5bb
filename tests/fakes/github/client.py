"""A plain HTTP client for tests of the fake: no retries, no redirects followed, nothing hidden."""

import http.client
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import jwt

from tests.fakes.github.model import App, Installation
from tests.fakes.github.world import World
from tests.waiting import FUSE


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    document: Any


def assertion(app: App, key: str | None = None, **claims: Any) -> str:
    """Sign what an App says of itself."""
    now = int(time.time())
    said = {"iss": str(app.id), "iat": now - 60, "exp": now + 540, **claims}
    return jwt.encode(said, key or app.private_key, algorithm="RS256")


class Client:
    """Asks as an installation: with a token of its own, got as Apps get it."""

    def __init__(self, world: World, installation: Installation, **scope: Any) -> None:
        self.world = world
        path = f"/app/installations/{installation.id}/access_tokens"
        self.token = ""
        self.reply = self.ask("POST", path, scope, assertion(installation.app))
        self.token = self.reply.document.get("token", "")

    def ask(
        self, method: str, path: str, body: Any = None, token: str | None = None, **headers: str
    ) -> Reply:
        """Send one request; ``path`` may be a whole address."""
        url = urlsplit(self.world.url)
        connection = http.client.HTTPConnection("127.0.0.1", url.port or 0, timeout=FUSE)
        sent = {"Authorization": f"Bearer {self.token if token is None else token}", "User-Agent": "a-test"}
        content = None if body is None else json.dumps(body)
        try:
            connection.request(method, path.removeprefix(self.world.url), content, {**sent, **headers})
            response = connection.getresponse()
            text = response.read()
        finally:
            connection.close()
        found = {name.lower(): value for name, value in response.getheaders()}
        return Reply(response.status, found, json.loads(text) if text else None)

    def get(self, path: str) -> Any:
        reply = self.ask("GET", path)
        assert reply.status == 200, reply
        return reply.document

    def post(self, path: str, /, **body: Any) -> Reply:
        return self.ask("POST", path, body)

    def graphql(self, query: str, **variables: Any) -> Any:
        return self.ask("POST", "/graphql", {"query": query, "variables": variables}).document
