"""A repository with a pull request on the fake GitHub: what most tests of it begin with."""

from collections.abc import Iterator
from contextlib import contextmanager

from tests.fakes.github import PERMISSIONS, GitHub
from tests.fakes.github.client import Client

LINES = [f"line {number}" for number in range(1, 41)]
PULL = "/repos/ada/shop/pulls/1"
REVIEWS = f"{PULL}/reviews"
ALL = {**PERMISSIONS, "issues": "write"}


def text(lines: list[str]) -> bytes:
    return ("\n".join(lines) + "\n").encode()


def changed() -> bytes:
    """Line 3 is another one, line 20 is gone, a line is added at the end: three hunks."""
    return text([*LINES[:2], "line three", *LINES[3:19], *LINES[20:], "line 41"])


class Shop:
    """``ada/shop`` with pull request 1 from the branch ``feature``, and an App installed on it."""

    def __init__(self, github: GitHub) -> None:
        self.github = github
        self.ada = github.user("ada")
        self.repository = github.repository("ada/shop", {"a.txt": text(LINES), "old.txt": b"old\n"})
        github.push(self.repository, "feature", {"a.txt": changed(), "new.txt": b"new\n", "old.txt": None})
        self.pull = github.open_pull(self.repository, "feature", self.ada)
        self.app = github.app(permissions=ALL)
        self.installation = github.install(self.app, self.repository)
        self.client = Client(github, self.installation)


@contextmanager
def opened() -> Iterator[Shop]:
    with GitHub() as github:
        yield Shop(github)
