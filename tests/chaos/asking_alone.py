"""``sensei serve`` that asks check-ins without GitHub, git, Slack or a model, and that can be killed.

``python -m tests.chaos.asking_alone POSTED OFFSET serve``: the shipped code, from the pump to the outbox, in
which only what is outside is replaced. Code is always the same; a message is a line that is appended to the
file ``POSTED``, which outlives the process as Slack does. The clock is ``OFFSET`` seconds ahead of the real
one.
"""

import os
import sys
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.__main__ import main
from bot.adapters.github.code_host import GitHubHost
from bot.bootstrap import check_in_asking, wiring
from bot.domain.pull_requests.records import Capstone
from bot.ports.chat import OutgoingMessage, PostedMessage, Urgency
from bot.ports.checkout import CloneRequest, CommitFiles
from bot.ports.code_host import HostRepository
from bot.workflows.pull_requests.reconciliation import Reconciliation

HEAD = "a" * 40
CODE = b"def search(query):\n    return index.search(query, limit=50)\n"
QUOTE = "return index.search(query, limit=50)"
PATH = "desk.py"


class Reader:
    """Has the same code in every repository."""

    def read_commit(self, _wanted: CloneRequest, paths: Collection[str], _most: int) -> CommitFiles:
        """Return the code."""
        return CommitFiles({PATH: CODE} if PATH in paths else {}, {PATH: "Search"})


class FileChat:
    """A chat whose conversations are lines of a file: a person, a tab, a message's key."""

    def __init__(self, file: Path) -> None:
        self._file = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        self._path = file

    def why_rejected(self) -> str | None:
        """Return None: the token is never rejected."""
        return None

    def check_token(self) -> None:
        """Do nothing."""

    def conversation(self, users: Sequence[str], _urgency: Urgency = Urgency.NORMAL) -> str:
        """Return the conversation with some people."""
        return "+".join(users)

    def post(
        self, channel: str, _message: OutgoingMessage, key: str, _thread: str | None = None
    ) -> PostedMessage:
        """Append a line, in one write."""
        os.write(self._file, f"{channel}\t{key}\n".encode())
        return PostedMessage(channel, key)

    def find(
        self, channel: str, key: str, _since: datetime, _thread: str | None = None
    ) -> PostedMessage | None:
        """Return a message that was posted, by this process or an earlier one."""
        is_posted = f"{channel}\t{key}\n" in self._path.read_text()
        return PostedMessage(channel, key) if is_posted else None

    def update(self, _posted: PostedMessage, _message: OutgoingMessage) -> None:
        """Do nothing: what is counted is how often a message is posted."""

    def publish_home(self, _user: str, _view: Any, _urgency: Urgency = Urgency.NORMAL) -> None:
        """Do nothing."""


def replace_outside(posted: Path, offset: timedelta) -> None:
    """Replace what is outside of the bot, and its clock."""
    replacements: Sequence[tuple[Any, str, Callable[..., Any]]] = (
        (wiring, "now", lambda: datetime.now(UTC) + offset),
        (wiring, "connect_chat", lambda _settings: FileChat(posted)),
        (check_in_asking, "GitCommitReader", lambda _cache: Reader()),
        (GitHubHost, "repository", lambda _self, capstone: find_repository(capstone)),
        (GitHubHost, "branch_head", lambda _self, _repository, _branch: HEAD),
        (GitHubHost, "git_token", lambda _self, _repository: ""),
        # It would ask GitHub about every capstone.
        (Reconciliation, "add_periodic_jobs", lambda *_, **__: ()),
    )
    for owner, name, replacement in replacements:
        setattr(owner, name, replacement)


def find_repository(capstone: Capstone) -> HostRepository:
    """Return a capstone's repository."""
    owner, name, branch = capstone.owner, capstone.name, capstone.default_branch
    return HostRepository(capstone.repository, owner, name, branch, "", capstone.installation or 0, 1)


if __name__ == "__main__":
    _, posted, offset, *arguments = sys.argv
    sys.argv = ["sensei", *arguments]
    replace_outside(Path(posted), timedelta(seconds=float(offset)))
    main()
