"""A git tree of the staged files, or of the working tree, so that Sensei can read them like a commit.

The tree is made in a scratch folder, from a copy of the index, with its own object store. The
repository, its index and its objects are not changed.
"""

import math
import mmap
import os
import re
import stat
from dataclasses import dataclass, replace
from pathlib import Path

from bot.adapters.git import git_folder_checks, working_tree_checks
from bot.adapters.git.commands import GitRunner
from bot.domain.review import paths
from bot.errors import UserError

_SUBMODULE = b"160000"
_LINK = re.compile(rb"link")  # an index extension: this word, the size in four bytes, an id
_ID_BYTES = (20, 32)
_SHARED = re.compile(r"sharedindex\.([0-9a-f]{40}|[0-9a-f]{64})")
_ENCODING = "working-tree-encoding"
_MOST_ENCODINGS = 20  # each needs its own command
_ADDING = ("--add", "--remove", "--replace")
COUNTING_SECONDS = 5.0  # for each step of counting uncommitted files; the number is only a hint
MOST_STAGED_BYTES = 128 * 1024 * 1024  # total size of the files that are copied into the scratch folder


@dataclass(frozen=True)
class WorkingTreeSource:
    """The commands and files from which an uncommitted tree is made.

    ``staging`` runs git in the working tree, where its attributes apply. ``reading`` runs git without a
    working tree, to read the index. ``git_dir`` is the repository's own git folder.
    """

    reading: GitRunner
    staging: GitRunner
    index: Path
    git_dir: Path
    objects: Path

    def hurried(self, seconds: float) -> "WorkingTreeSource":
        """Return the same source with a shorter time limit for each command."""
        return replace(self, reading=self.reading.hurried(seconds), staging=self.staging.hurried(seconds))


class _CopiedIndex:
    """A copy of the index in a scratch folder, and git commands that use it instead of the repository's own.

    ``reading`` runs git without a working tree, ``git`` in it. New objects go into the scratch folder.
    """

    def __init__(self, source: WorkingTreeSource, scratch: Path) -> None:
        self._top = source.staging.folder
        own_objects, own_index = scratch / "objects", scratch / "index"
        self.environment = {"GIT_ALTERNATE_OBJECT_DIRECTORIES": _quote_folder(own_objects)}
        own_objects.mkdir()
        # The modification time is copied too: it tells git which files may have changed since.
        copies = git_folder_checks.FileCopies()
        copies.add(source.index, own_index)
        for shared in _shared_indexes(source.git_dir, own_index):
            copies.add(shared, Path(source.reading.environment["GIT_DIR"]) / shared.name)
        scratched = {
            "GIT_INDEX_FILE": str(own_index),
            "GIT_OBJECT_DIRECTORY": str(own_objects),
            "GIT_ALTERNATE_OBJECT_DIRECTORIES": _quote_folder(source.objects),
        }
        self.reading = source.reading.with_variables(scratched)
        self.git = source.staging.with_variables(scratched)

    def list_staged(self) -> dict[bytes, bytes]:
        """Return the modes of the staged files by path.

        Raises:
            UserError: there are conflicts, or a path leads out of the working tree.
        """
        staged = {}
        for entry in self.reading.ask("ls-files", "--stage", "-z", to="read the index").split(b"\0")[:-1]:
            description, name = entry.split(b"\t", 1)
            mode, _, stage = description.split(b" ")
            if stage != b"0":
                raise UserError(
                    f"{self.git.repository_name} has unresolved conflicts, for example in "
                    f"{paths.display_path(paths.from_git(name))}.",
                    "Resolve them and `git add` the files first.",
                )
            staged[name] = mode
        if escaping := working_tree_checks.find_escaping_path(staged):
            raise UserError(
                f"The index of {self.git.repository_name} names "
                f"{paths.display_path(paths.from_git(escaping))}, which is outside the "
                "working tree or not allowed by git.",
                "Nothing was read or changed. `git read-tree HEAD` rebuilds the index: it unstages "
                "everything and leaves your files alone. Then stage your changes again.",
            )
        return staged

    def exclude_nested_repositories(self, staged: dict[bytes, bytes], seconds: float = math.inf) -> None:
        """Stop git from entering repositories below the working tree; submodules stay as staged.

        Raises:
            UserError, IncompleteReadingError: as ``working_tree_checks.require_walkable``.
        """
        nested = working_tree_checks.require_walkable(self._top, seconds)
        submodules = [name for name, mode in staged.items() if mode == _SUBMODULE and self._is_folder(name)]
        self.update_index(submodules, "--assume-unchanged")
        replaced = [name for name in nested if staged.get(name, _SUBMODULE) != _SUBMODULE]
        self.update_index(replaced, "--force-remove")

    def _is_folder(self, name: bytes) -> bool:
        return (self._top / paths.from_git(name)).is_dir()

    def list_changes(self) -> tuple[list[tuple[bytes, bytes]], list[bytes]]:
        """Return the status and path of each file that differs from the index, and the untracked paths."""
        to = "list what changed in the working tree"
        arguments = ("diff-files", "--name-status", "-z", "--no-renames", "--ignore-submodules=dirty")
        fields = self.git.ask(*arguments, to=to).split(b"\0")
        untracked = self.git.ask("ls-files", "--others", "--exclude-standard", "-z", to=to).split(b"\0")[:-1]
        return list(zip(fields[:-1:2], fields[1::2], strict=True)), untracked

    def update_index(self, names: list[bytes], *options: str) -> None:
        if names:
            stdin = b"".join(name + b"\0" for name in names)
            to = "read the working tree"
            self.git.ask("update-index", *options, "-z", "--stdin", to=to, stdin=stdin)


class UncommittedTree:
    """A tree of uncommitted content and the variables under which git finds its objects."""

    def __init__(
        self,
        source: WorkingTreeSource,
        head: str,
        *,
        max_scan_bytes: int,
        scratch: Path,
    ) -> None:
        """Make the tree; ``max_scan_bytes`` is the size in bytes above which a file is left out.

        Raises:
            UserError: there are conflicts, or git would read something other than files.
        """
        self._top = source.staging.folder
        self._max_scan_bytes = max_scan_bytes
        self._left_out: dict[str, list[str]] = {}
        self._staged_bytes = 0
        self._index = _CopiedIndex(source, scratch)
        self.environment = self._index.environment
        staged = self._index.list_staged()
        if head == "WORKTREE":
            self._index.exclude_nested_repositories(staged)
            self._stage_everything()
        tree = self._index.reading.ask("write-tree", "--missing-ok", to="read the index")
        self.tree = tree.decode("ascii").strip()

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences about the files that were left out."""
        return tuple(
            f"not in this reading of the working tree: {_list_some(names)} ({why})."
            for why, names in self._left_out.items()
        )

    def _stage_everything(self) -> None:
        changed, untracked = self._index.list_changes()
        gone = [path for status, path in changed if status == b"D"]
        large = f"larger than {self._max_scan_bytes} bytes"
        present = [path for status, path in changed if status != b"D" and self._can_copy(path, large)]
        new = [path for path in untracked if self._can_copy(path, f"untracked and {large}")]
        self._index.update_index(gone, "--force-remove")
        self._stage_files(present + new)

    def _stage_files(self, names: list[bytes]) -> None:
        """Stage files. git stops at a file that it cannot convert, so files without an encoding go first."""
        to = "read .gitattributes"
        stdin = b"".join(name + b"\0" for name in names)
        fields = self._index.git.ask("check-attr", "--stdin", "-z", _ENCODING, to=to, stdin=stdin).split(
            b"\0"
        )
        groups: dict[bytes, list[bytes]] = {}
        for name, value in zip(fields[:-1:3], fields[2::3], strict=True):
            groups.setdefault(value, []).append(name)
        self._index.update_index(groups.pop(b"unspecified", []), *_ADDING)
        for tried, group in enumerate(groups.values()):
            if tried >= _MOST_ENCODINGS or not self._try_add(group):
                for name in group:
                    self._leave_out(name, f"git could not convert them from their {_ENCODING}")

    def _try_add(self, names: list[bytes]) -> bool:
        """Stage files with one encoding; if git cannot convert them, stage none and return False."""
        try:
            self._index.update_index(names, *_ADDING)
        except UserError:
            return False
        return True

    def _can_copy(self, name: bytes, large: str) -> bool:
        """Say whether git may copy a path, and record it as left out if not. Nothing is opened."""
        if name.endswith(b"/"):
            return self._leave_out(name, "a repository of its own")
        path = self._top / paths.from_git(name)
        try:
            found = path.lstat()
        except OSError:
            return True  # the file was deleted after git listed it, which git handles
        if not stat.S_ISLNK(found.st_mode):
            regular = stat.S_ISREG(found.st_mode) or stat.S_ISDIR(found.st_mode)
            if not regular or not os.access(path, os.R_OK):
                return self._leave_out(name, "not a regular file, or no permission to read it")
        if found.st_size > self._max_scan_bytes:
            return self._leave_out(name, large)
        if self._staged_bytes + found.st_size > MOST_STAGED_BYTES:
            return self._leave_out(name, f"the files before it add up to {MOST_STAGED_BYTES >> 20} MB")
        self._staged_bytes += found.st_size
        return True

    def _leave_out(self, name: bytes, why: str) -> bool:
        self._left_out.setdefault(why, []).append(paths.display_path(paths.from_git(name)))
        return False


def count_files(source: WorkingTreeSource, commit: str, scratch: Path) -> int:
    """Return how many files differ between a commit and the index or the working tree.

    Ignored files and repositories inside this one don't count.

    Raises:
        UserError, IncompleteReadingError: git cannot tell, or takes longer than ``COUNTING_SECONDS``.
    """
    index = _CopiedIndex(source.hurried(COUNTING_SECONDS), scratch)
    index.exclude_nested_repositories(index.list_staged(), COUNTING_SECONDS)
    to = "count uncommitted files"
    # Until this, git reports files of which only the time stamp changed.
    index.git.ask("update-index", "-q", "--refresh", to=to, negative=(1,))
    changed, untracked = index.list_changes()
    arguments = ("diff-index", "--cached", "--name-only", "-z", "--no-renames", commit, "--")
    staged = index.reading.ask(*arguments, to=to).split(b"\0")[:-1]
    own = (name for name in untracked if not name.endswith(b"/"))
    return len({*staged, *own, *(name for _, name in changed)})


def _shared_indexes(git_dir: Path, index: Path) -> list[Path]:
    """Return the file with the rest of a split index, see "Split index" in gitformat-index(5).

    Raises:
        UserError: the index names several, which git never does.
    """
    existing = {name for name in git_folder_checks.list_names(git_dir) if _SHARED.fullmatch(name)}
    if not existing or not index.is_file() or not index.stat().st_size:
        return []
    named: list[str] = []
    with index.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        for found in _LINK.finditer(content):
            start = found.end() + 4
            ids = {content[start : start + size].hex() for size in _ID_BYTES}
            named += existing.intersection(f"sharedindex.{oid}" for oid in ids)
            if len(named) > 1:
                raise git_folder_checks.refusal(git_dir / "index", "names more than one shared index")
    return [git_dir / name for name in named]


def _list_some(names: list[str], most: int = 3) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def _quote_folder(folder: Path) -> str:
    """Quote a folder for a variable that holds a list of folders, see git(1)."""
    return '"' + str(folder).replace("\\", "\\\\").replace('"', '\\"') + '"'
