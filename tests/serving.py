"""``sensei serve`` as an operator runs it: a process of its own, before a GitHub on loopback."""

import contextlib
import http.client
import json
import os
import secrets
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import make_url

from tests import databases, sensei
from tests.fakes.github import GitHub
from tests.fakes.github.model import Pull, Review
from tests.repositories import Files
from tests.waiting import FUSE

SECRET = "a-secret-of-the-webhook"
# A client without a timeout and an answer's length: a fact, and decisions to ask about.
BEFORE: Files = {"README.md": b"# Desk\n", "desk.py": b"LIMIT = 3\n"}
CALL = (
    "import anthropic\n\nclient = anthropic.Anthropic()\n\n\ndef answer(question):\n"
    "    reply = client.messages.create(\n        model=MODEL,\n        max_tokens=500,\n"
    '        thinking={"type": "enabled", "budget_tokens": 8000},\n'
    '        messages=[{"role": "user", "content": question}],\n    )\n'
    "    return reply.content[0].text\n"
)
AFTER: Files = {"desk.py": CALL.encode()}


def free_port() -> int:
    """Return a port that nobody listens on now.

    Systems give outgoing connections ports from 32768 (Linux) or 49152. This one is lower, so that no
    connection of a test that runs at the same time takes it before the bot listens.
    """
    while True:
        port = secrets.randbelow(12_000) + 20_000
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


class Serving:
    """A dojo: ``ada/desk`` enrolled, its App installed, and a bot that can be started and killed."""

    def __init__(self, github: GitHub, folder: Path, database: str | None = None, **settings: str) -> None:
        self.github = github
        self.folder = folder
        self.port = free_port()
        self.ada, self.sen = github.user("ada"), github.user("sen")
        self.app = github.app(
            webhook_url=f"http://127.0.0.1:{self.port}/github/webhook", webhook_secret=SECRET
        )
        self.repository = github.repository("ada/desk", BEFORE)
        self.installation = github.install(self.app, self.repository)
        key = folder / "app.pem"
        key.write_text(self.app.private_key)
        self.environment = sensei.environment(
            HOME=str(folder),
            SENSEI_DATABASE_URL=database or databases.migrated_file(folder / "sensei.db"),
            SENSEI_GITHUB_APP_ID=str(self.app.id),
            SENSEI_GITHUB_PRIVATE_KEY=str(key),
            SENSEI_GITHUB_WEBHOOK_SECRET=SECRET,
            SENSEI_GITHUB_API_URL=github.url,
            SENSEI_PORT=str(self.port),
            SENSEI_CHECKOUTS=str(folder / "checkouts"),
            **{
                f"SENSEI_{name.upper()}": value
                for name, value in {"github_write_seconds": "0", "quiet_seconds": "0", **settings}.items()
            },
        )
        # Not the bot's own engine: whoever only looks must not take the right to write from it.
        address = make_url(self.environment["SENSEI_DATABASE_URL"])
        postgres = address.get_backend_name() == "postgresql"
        self.database = sa.create_engine(
            address.set(drivername="postgresql+psycopg") if postgres else address
        )
        self.process: sensei.Process | subprocess.Popen[bytes] | None = None

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command beside the bot."""
        return sensei.run_in(self.environment, *arguments)

    def enrol(self, *options: str) -> None:
        """Enrol ``ada/desk`` in the only cohort, ``dojo``."""
        databases.add_cohort(self.environment["SENSEI_DATABASE_URL"])
        done = self.run("capstone", "add", "ada/desk", "--participant", "ada", "--sensei", "sen", *options)
        assert done.returncode == 0, done.stderr

    def start(self, *, interpreter: bool = False, **changes: str) -> None:
        """Start the bot, in an interpreter of its own where that matters, and wait until it listens."""
        given = self.environment | changes
        with (self.folder / "serve.log").open("ab") as log:
            if interpreter:
                command = [*sensei.COMMAND, "serve"]
                self.process = subprocess.Popen(command, env=given, stdout=log, stderr=log)
            else:
                self.process = sensei.Process(("serve",), given, stdout=log.fileno(), stderr=log.fileno())
        self.wait(self.listens)

    def listens(self) -> bool:
        """Say whether the bot answers."""
        assert self.process is None or self.process.poll() is None, self.log()[-3000:]
        return self.get("/healthz") == 200

    def get(self, path: str) -> int:
        """Return the status of an address of the bot's; 0 where nobody listens."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=FUSE)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        except OSError:
            return 0
        finally:
            connection.close()

    def readiness(self) -> dict[str, Any]:
        """Return what the bot says of itself."""
        address = f"http://127.0.0.1:{self.port}/readyz"
        with urllib.request.urlopen(address, timeout=FUSE) as answer:
            found: dict[str, Any] = json.load(answer)
        return found

    def end(self, how: int = signal.SIGTERM, seconds: float = FUSE) -> int:
        """End the bot; return its exit status."""
        if self.process is None:
            return 0
        if self.process.poll() is None:
            os.kill(self.process.pid, how)
        status = self.process.wait(seconds)
        self.process = None
        return status

    def log(self) -> str:
        """Return what the bot has logged."""
        path = self.folder / "serve.log"
        return path.read_text("utf-8", "replace") if path.exists() else ""

    def wait(self, until: Callable[[], Any], seconds: float = FUSE) -> None:
        """Wait until something holds."""
        last = time.monotonic() + seconds
        while not until():
            if time.monotonic() > last:
                raise AssertionError(f"not within {seconds} s; the log ends:\n{self.log()[-4000:]}")
            time.sleep(0.05)

    def idle(self) -> bool:
        """Say whether all that was brought is handled, and no round goes on."""
        _ = self.github.deliveries  # all are sent
        with self.database.connect() as connection:
            left = connection.execute(
                sa.text(
                    "SELECT (SELECT count(*) FROM delivery WHERE state = 'stored')"
                    " + (SELECT count(*) FROM round WHERE state IN ('waiting', 'reading') AND due_at <= :now)"
                ),
                {"now": datetime.now(UTC)},
            )
            return int(left.scalar_one()) == 0

    def settle(self, seconds: float = FUSE) -> None:
        """Wait until the bot is idle."""
        self.wait(self.idle, seconds)

    def rounds(self, pull: Pull) -> list[str]:
        """Return the states of a pull request's rounds."""
        return self._states("round", pull)

    def questions(self, pull: Pull) -> list[str]:
        """Return the states of a pull request's questions."""
        return self._states("question", pull)

    def _states(self, table: str, pull: Pull) -> list[str]:
        query = (
            f"SELECT it.state FROM {table} it JOIN pull_request ON pull_request.id = it.pull_request_id"
            " JOIN capstone ON capstone.id = pull_request.capstone_id"
            " WHERE capstone.repository_id = :repository AND pull_request.number = :number ORDER BY it.id"
        )
        with self.database.connect() as connection:
            found = connection.execute(
                sa.text(query), {"repository": pull.repository.id, "number": pull.number}
            )
            return [row[0] for row in found]

    def errors(self) -> list[str]:
        """Return what the bot has logged as errors."""
        return [line for line in self.log().splitlines() if '"level": "error"' in line]

    def submitted(self, pull: Pull) -> list[Review]:
        """Return the reviews that everybody sees."""
        return [review for review in pull.reviews if not review.pending]

    def concluded(self, pull: Pull) -> list[Any]:
        """Return the check runs of a pull request's head that have ended."""
        return [
            check
            for check in self.repository.checks
            if check.head_sha == pull.head_sha and check.conclusion is not None
        ]


@contextlib.contextmanager
def serving(folder: Path, database: str | None = None, **settings: str) -> Iterator[Serving]:
    """A dojo whose bot is ended at the end, however the test went."""
    with GitHub() as github:
        it = Serving(github, folder, database, **settings)
        try:
            yield it
        finally:
            it.end(signal.SIGKILL)
            it.database.dispose()
