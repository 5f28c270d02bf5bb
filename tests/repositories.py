"""Real git repositories for tests: no configuration from outside, fixed dates and people."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Self

ENVIRONMENT = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.org",
    "GIT_AUTHOR_DATE": "2024-01-01T12:00:00Z",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.org",
    "GIT_COMMITTER_DATE": "2024-01-01T12:00:00Z",
    "GIT_ALLOW_PROTOCOL": "file",
    "LC_ALL": "C",
}
Files = Mapping[str, bytes | None]
"""Contents by path (as in ``bot.domain.review.paths``); None deletes."""


class Repository:
    """A repository at ``path`` that a test builds step by step."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def make(cls, path: Path, *options: str) -> Self:
        """Run ``git init`` with the branch ``main``, without the hooks' samples: fourteen files each time."""
        path.mkdir(parents=True, exist_ok=True)
        repository = cls(path)
        repository.git("init", "--quiet", "--initial-branch=main", "--template=", *options)
        return repository

    def git(self, *arguments: str, stdin: bytes = b"", **environment: str) -> bytes:
        """Run git in the repository and return what it prints; fail the test if it fails."""
        done = subprocess.run(
            ["git", *arguments],
            cwd=self.path,
            env={**os.environ, **ENVIRONMENT, **environment},
            input=stdin,
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr.decode(errors="replace")
        return done.stdout

    def write(self, files: Files) -> Self:
        """Write or delete files of the working tree."""
        for name, content in files.items():
            target = self.path / name
            if content is None:
                target.unlink()
            else:
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content)
        return self

    def commit(self, files: Files | None = None, message: str = "A change") -> str:
        """Write files, commit everything in the working tree and return the commit's id."""
        self.write(files or {})
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)
        return self._head() or self.id("HEAD")

    def _head(self) -> str:
        """Return the commit that is checked out, from git's own files; nothing if it isn't there to see."""
        folder = self.path / ".git"
        try:
            head = (folder / "HEAD").read_text("utf-8").strip()
            return (folder / head.removeprefix("ref: ")).read_text("ascii").strip()
        except OSError:
            return ""

    def id(self, revision: str) -> str:
        """Return the id of an object."""
        return self.git("rev-parse", "--verify", revision).decode().strip()
