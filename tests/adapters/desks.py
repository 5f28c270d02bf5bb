"""``ada/desk`` at a host over HTTP, and a cache of clones of it."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.adapters.git import MAX_PATCH_BYTES
from bot.adapters.git.clone_cache import CheckoutCache
from bot.adapters.git.opening import open_repository
from bot.ports.checkout import Checkout, CloneRequest
from tests.fakes.github import GitHub
from tests.fakes.github.client import Client
from tests.fakes.github.model import Installation, Repository
from tests.repositories import Files

MANY: Files = {f"part{n}/file{n}.py": b"x = %d\n" % n for n in range(30)}
BEFORE: Files = {
    **MANY,
    "desk.py": b"LIMIT = 3\n",
    "README.md": b"A page.\n" * 50,
    "notes.txt": b"A note.\n",
    ".senseiignore": b"*.png\n",
}


@contextmanager
def at(cache: CheckoutCache, wanted: CloneRequest) -> Iterator[Checkout]:
    """Open what a cache has brought."""
    with (
        cache.open_clone(wanted) as where,
        open_repository(
            where,
            timeout=cache.timeout,
            max_scan_bytes=cache.max_scan_bytes,
            max_patch_bytes=MAX_PATCH_BYTES,
            clone=True,
        ) as checkout,
    ):
        yield checkout


class Desk:
    """``ada/desk`` at a host, and a cache of clones."""

    def __init__(self, github: GitHub, folder: Path) -> None:
        self.github = github
        github.user("ada")
        self.app = github.app()
        self.repository = github.repository("ada/desk", BEFORE)
        self.installation: Installation = github.install(self.app, self.repository)
        self.token = Client(github, self.installation).token
        self.folder = folder / "checkouts"
        self.cache = self.caching()

    def caching(self, most: int = 10**9, timeout: float = 60) -> CheckoutCache:
        return CheckoutCache(self.folder, most, timeout, 1_000_000)

    def push(self, files: Files, branch: str = "feature", start: str | None = None) -> str:
        return self.github.push(self.repository, branch, files, start=start)

    def wanted(
        self, head: str, base: str | None = "main", repository: Repository | None = None, url: str = ""
    ) -> CloneRequest:
        it = repository or self.repository
        tip = it.refs[base] if base else None
        return CloneRequest(it.id, url or f"{self.github.url}/{it.full_name}.git", self.token, tip, head)

    def read(
        self, head: str, base: str | None = "main", cache: CheckoutCache | None = None
    ) -> dict[str, bytes]:
        """The head's bytes of every file that a change touches, read without a network."""
        wanted = self.wanted(head, base)
        with at(cache or self.cache, wanted) as checkout:
            return contents(checkout, wanted)

    def transfers(self) -> int:
        """How often objects were asked for."""
        return len(self.github.asked("POST", "git git-upload-pack"))

    def place(self) -> Path:
        return self.folder / f"{self.repository.id}.git"

    def objects(self) -> int:
        """How many objects the clone holds, those it holds twice counted twice."""
        done = subprocess.run(
            ["git", "count-objects", "-v"], cwd=self.place(), capture_output=True, text=True, check=True
        )
        counts = dict(line.split(": ") for line in done.stdout.splitlines())
        return int(counts["count"]) + int(counts["in-pack"])


def contents(checkout: Checkout, wanted: CloneRequest) -> dict[str, bytes]:
    change = (
        checkout.baseline(wanted.head) if wanted.base is None else checkout.change(wanted.base, wanted.head)
    )
    assert change.head == wanted.head
    return {file.path: checkout.read(file.new) for file in change.files if file.new is not None}


def git(it: Desk, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=it.place(), capture_output=True, text=True, check=True)
    return done.stdout
