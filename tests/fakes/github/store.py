"""A real bare git repository behind every repository of the fake, and the diffs that GitHub reads from it."""

import os
import re
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from tests.repositories import ENVIRONMENT, Files, Repository

_COMMIT = "%H%x00%T%x00%P%x00%an%x00%ae%x00%aI%x00%B"
_STATUS = {"A": "added", "M": "modified", "D": "removed", "R": "renamed", "C": "copied", "T": "changed"}
_HUNK = re.compile(r"^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@", re.MULTILINE)


# Commits' ids say what is in them, in whatever repository they are. So git is asked once for all of them.
_COMMITS: "dict[tuple[str, str], list[Commit]]" = {}
_DIFFS: "dict[tuple[str, str], list[File]]" = {}
_PRINTED: dict[tuple[str, ...], str] = {}
_MADE: dict[tuple[object, ...], dict[Path, bytes | None]] = {}
"""Git's own files, None for a folder, by what was pushed first; most tests begin with the same files."""


@dataclass(frozen=True)
class Line:
    """A line of a diff: its place in the patch, its numbers and the hunk that holds it."""

    position: int
    hunk: int
    old: int | None
    new: int | None


@dataclass(frozen=True)
class File:
    """A file of a diff."""

    path: str
    status: str
    sha: str
    additions: int
    deletions: int
    patch: str = field(repr=False)
    previous: str | None = None

    @cached_property
    def lines(self) -> list[Line]:
        lines: list[Line] = []
        hunk = old = new = 0
        for position, text in enumerate(self.patch.split("\n")):
            if header := _HUNK.match(text):
                hunk, old, new = hunk + 1, int(header[1]), int(header[2])
            elif text.startswith("-"):
                lines.append(Line(position, hunk, old, None))
                old += 1
            elif text.startswith("+"):
                lines.append(Line(position, hunk, None, new))
                new += 1
            elif not text.startswith("\\"):
                lines.append(Line(position, hunk, old, new))
                old, new = old + 1, new + 1
        return lines

    def find(self, number: int, side: str) -> Line | None:
        return next(
            (line for line in self.lines if (line.old if side == "LEFT" else line.new) == number), None
        )

    def hunk_up_to(self, line: Line) -> str:
        """Return the hunk from its header to the line, as comments carry it."""
        texts = self.patch.split("\n")[: line.position + 1]
        start = max(index for index, text in enumerate(texts) if text.startswith("@@"))
        return "\n".join(texts[start:])


@dataclass(frozen=True)
class Commit:
    sha: str
    tree: str
    parents: tuple[str, ...]
    name: str
    email: str
    date: str
    message: str


class Store:
    """The bare repository at ``path``; ``work`` is a working tree from which tests push."""

    def __init__(self, path: Path, source: "Store | None" = None) -> None:
        self.path = path
        self._known: set[str] = set()
        if source is None:
            self._copy(("nothing",), lambda: Repository.make(path, "--bare"))
        else:
            source.git("clone", "--quiet", "--bare", "--template=", str(source.path), str(path))
        with (path / "config").open("a") as config:
            config.write("[uploadpack]\n\tallowFilter = true\n\tallowAnySHA1InWant = true\n")

    def _copy(self, content: tuple[object, ...], make: Callable[[], object]) -> None:
        """Make the repository's content, or copy it from the first one that had the same."""
        if content not in _MADE:
            make()
            made = sorted(self.path.rglob("*"))
            _MADE[content] = {
                file.relative_to(self.path): None if file.is_dir() else file.read_bytes() for file in made
            }
            return
        self.path.mkdir(parents=True, exist_ok=True)
        for name, text in _MADE[content].items():
            if text is None:
                (self.path / name).mkdir(exist_ok=True)
            else:
                (self.path / name).write_bytes(text)

    def git(self, *arguments: str) -> str:
        done = self._run(*arguments)
        assert done.returncode == 0, done.stderr.decode(errors="replace")
        return done.stdout.decode(errors="replace")

    def _run(self, *arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        alone = {**os.environ, **ENVIRONMENT}
        return subprocess.run(
            ["git", *arguments], cwd=self.path, env=alone, input=stdin, capture_output=True, check=False
        )

    def _print(self, *arguments: str) -> str:
        """Run git, once for what never changes because it is asked by commits' ids."""
        if arguments not in _PRINTED:
            _PRINTED[arguments] = self.git(*arguments)
        return _PRINTED[arguments]

    def heads(self) -> dict[str, str]:
        """Return the branches' commits, from git's own files: it is asked too often for a process."""
        packed = self.path / "packed-refs"
        lines = packed.read_text("utf-8").splitlines() if packed.exists() else []
        named = (line.split(" refs/heads/", 1) for line in lines if " refs/heads/" in line)
        heads = {name: sha for sha, name in named}
        folder = self.path / "refs" / "heads"
        for file in folder.rglob("*"):
            if file.suffix != ".lock" and file.is_file():
                heads[file.relative_to(folder).as_posix()] = file.read_text("ascii").strip()
        return dict(sorted(heads.items()))

    def resolve(self, revision: str) -> str | None:
        """Return the commit's id, or None if there is none."""
        self._known.update(self.heads().values())
        if revision in self._known:
            return revision
        done = self._run("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
        return done.stdout.decode().strip() or None

    def push(
        self,
        branch: str,
        files: Files,
        message: str,
        start: str | None,
        author: str = "Ada <ada@example.org>",
    ) -> None:
        """Commit on the branch's tip, or with ``start`` on another revision (which forces the push)."""
        heads = self.heads()
        base = start or (branch if branch in heads else None)

        def write() -> None:
            self._import(branch, files, message, base, author)

        if heads or base:
            write()
        else:
            self._copy((branch, message, author, *files.items()), write)

    def _import(self, branch: str, files: Files, message: str, base: str | None, author: str) -> None:
        person = f"{author} 1704110400 +0000".encode()
        parts = [
            b"commit refs/heads/%s\nauthor %s\ncommitter %s\n" % (branch.encode(), person, person),
            _data(message.encode()),
            b"from %s^0\n" % base.encode() if base else b"",
        ]
        for name, content in files.items():
            path = os.fsencode(name)
            parts.append(b"D %s\n" % path if content is None else b"M 100644 inline %s\n" % path)
            parts.append(b"" if content is None else _data(content))
        done = self._run("fast-import", "--quiet", "--force", stdin=b"".join(parts))
        assert done.returncode == 0, done.stderr.decode(errors="replace")

    def take(self, source: "Store", branch: str, number: int) -> None:
        """Keep a pull request's head, which may live in a fork."""
        if source is self:
            file = self.path / "refs" / "pull" / str(number) / "head"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(f"{self.heads()[branch]}\n", "ascii")
        else:
            refs = f"+refs/heads/{branch}:refs/pull/{number}/head"
            self.git("fetch", "--quiet", "--no-tags", str(source.path), refs)

    def merge(self, base: str, head: str) -> str:
        """Merge with a commit that holds the head's files: conflicts are not the fake's business."""
        tip = self.resolve(base) or ""
        message = ("-m", "Merge pull request")
        sha = self.git("commit-tree", f"{head}^{{tree}}", "-p", tip, "-p", head, *message).strip()
        self.git("update-ref", f"refs/heads/{base}", sha)
        return sha

    def is_ancestor(self, old: str, new: str) -> bool:
        return self._print("rev-list", "--max-count=1", old, f"^{new}") == ""

    def commits(self, base: str, head: str) -> list[Commit]:
        if (base, head) not in _COMMITS:
            listed = self.git("log", "--reverse", f"--format={_COMMIT}%x01", f"{base}..{head}")
            made = [_commit(part.lstrip("\n")) for part in listed.split("\x01") if part.strip()]
            _COMMITS[base, head] = made
        return _COMMITS[base, head]

    def history(self, sha: str, path: str | None) -> list[Commit]:
        """Return the commits up to one, newest first: all, or those that changed a file."""
        only = ("--", path) if path else ()
        listed = self._print("log", f"--format={_COMMIT}%x01", sha, *only)
        return [_commit(part.lstrip("\n")) for part in listed.split("\x01") if part.strip()]

    def commit(self, sha: str) -> Commit:
        return _commit(self._print("log", "-1", f"--format={_COMMIT}", sha))

    def text(self, sha: str, path: str) -> list[str]:
        if not self._print("ls-tree", sha, "--", path):
            return []
        return self._print("show", f"{sha}:{path}").split("\n")

    def diff(self, base: str, head: str) -> list[File]:
        """Return what a pull request shows: the head against where it left the base."""
        if (base, head) not in _DIFFS:
            _DIFFS[base, head] = self._diff(f"{base}...{head}")
        return _DIFFS[base, head]

    def _diff(self, commits: str) -> list[File]:
        options = ("-M", "--no-color", "--no-ext-diff", "--no-textconv")
        printed = self.git("diff", "--raw", "--numstat", "-p", "-z", "--no-abbrev", *options, commits)
        listed, _, text = printed.partition("\0\0")
        records = listed.split("\0")
        patches = re.split(r"^diff --git ", text, flags=re.MULTILINE)[1:]
        counted = next((n for n, record in enumerate(records) if "\t" in record), len(records))
        counts = _counts(records[counted:])
        files: list[File] = []
        fields = iter(records[:counted])
        for entry in fields:
            if not entry:
                continue
            *_, old_sha, sha, letters = entry.split(" ")
            status = _STATUS[letters[0]]
            path = next(fields)
            previous = None
            if letters[0] in "RC":
                previous, path = path, next(fields)
            patch = patches.pop(0)
            if letters[0] == "T":
                patch += patches.pop(0)
            first = _HUNK.search(patch)
            body = patch[first.start() :].removesuffix("\n") if first else ""
            added, deleted = counts[path]
            files.append(
                File(path, status, old_sha if status == "removed" else sha, added, deleted, body, previous)
            )
        return files


def _commit(text: str) -> Commit:
    sha, tree, parents, name, email, date, message = text.split("\0")
    return Commit(sha, tree, tuple(parents.split()), name, email, date, message.rstrip("\n"))


def _counts(fields: list[str]) -> dict[str, tuple[int, int]]:
    counts = {}
    parts = iter(fields)
    for part in parts:
        if not part:
            continue
        added, deleted, path = part.split("\t")
        if not path:
            next(parts)
            path = next(parts)
        counts[path] = (int(added) if added != "-" else 0, int(deleted) if deleted != "-" else 0)
    return counts


def _data(content: bytes) -> bytes:
    return b"data %d\n%s\n" % (len(content), content)
