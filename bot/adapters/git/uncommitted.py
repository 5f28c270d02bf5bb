"""What is staged, or in the working tree, as a git tree: so that the rest reads it as it reads a commit.

The tree is made in a scratch folder, from a copy of the index and with a store of objects of its own. The
repository, its index and its objects stay as they are.
"""

import os
import shutil
import stat
from collections.abc import Callable
from pathlib import Path

from bot.adapters.git.commands import Commands
from bot.domain import paths
from bot.errors import UserError


class Snapshot:
    """A tree of uncommitted content and the variables under which git finds its objects."""

    def __init__(
        self,
        staging: Commands,
        head: str,
        *,
        hook_index: Path | None,
        max_scan_bytes: int,
        scratch: Path,
    ) -> None:
        """Make the tree; ``staging`` are commands under which the real attributes count.

        ``hook_index`` is the index that git tells its hooks to read, ``max_scan_bytes`` the size in bytes
        above which an untracked file is left out.

        Raises:
            UserError: the repository is bare or has conflicts.
        """
        top = staging.repo.working_tree_dir
        if top is None or staging.repo.bare:
            raise UserError(
                f"The repository {staging.where} is bare: it has neither an index nor a working tree.",
                "Name a commit as the head.",
            )
        self._top = Path(top)
        self._max_scan_bytes = max_scan_bytes
        self._left_out: dict[str, list[str]] = {}
        objects, index = scratch / "objects", scratch / "index"
        self.environment = {"GIT_ALTERNATE_OBJECT_DIRECTORIES": _quoted(objects)}
        objects.mkdir()
        real_index = hook_index if head == "INDEX" and hook_index else _location(staging, "index")
        if real_index.exists():
            # With its time, by which git knows which files may have changed since without a trace.
            shutil.copy2(real_index, index)
        self._git = staging.under(
            {
                "GIT_INDEX_FILE": str(index),
                "GIT_OBJECT_DIRECTORY": str(objects),
                "GIT_ALTERNATE_OBJECT_DIRECTORIES": _quoted(_location(staging, "objects")),
            }
        )
        self._refuse_conflicts()
        if head == "WORKTREE":
            self._stage_everything()
        self.tree = self._git.ask("write-tree", "--missing-ok", to="read the index").decode("ascii").strip()

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences on what was left out."""
        return tuple(
            f"not in this reading of the working tree: {_some(names)} ({why})."
            for why, names in self._left_out.items()
        )

    def _refuse_conflicts(self) -> None:
        entries = self._git.ask("ls-files", "--unmerged", "-z", to="read the index").split(b"\0")[:-1]
        if entries:
            first = paths.shown(paths.from_git(entries[0].split(b"\t", 1)[1]))
            raise UserError(
                f"{self._git.where} has unresolved conflicts, for example in {first}.",
                "Resolve them and `git add` the files first.",
            )

    def _stage_everything(self) -> None:
        to = "list what changed in the working tree"
        arguments = ("diff-files", "--name-status", "-z", "--no-renames", "--ignore-submodules=dirty")
        fields = self._git.ask(*arguments, to=to).split(b"\0")
        changed = list(zip(fields[:-1:2], fields[1::2], strict=True))
        untracked = self._git.ask("ls-files", "--others", "--exclude-standard", "-z", to=to).split(b"\0")[:-1]
        gone = [path for status, path in changed if status == b"D"]
        present = [path for status, path in changed if status != b"D" and self._readable(path)]
        # A name that ends in / is a repository of its own.
        new = [path for path in untracked if not path.endswith(b"/") and self._readable(path, self._small)]
        self._update(gone, "--force-remove")
        self._update(present + new, "--add", "--remove", "--replace")

    def _update(self, names: list[bytes], *how: str) -> None:
        if names:
            stdin = b"".join(name + b"\0" for name in names)
            to = "read the working tree"
            self._git.ask("update-index", *how, "-z", "--stdin", to=to, stdin=stdin)

    def _readable(self, name: bytes, accepted: Callable[[os.stat_result], bool] = lambda _: True) -> bool:
        """Say whether git can be given a path; count it as left out if not. Nothing is opened."""
        path = self._top / paths.from_git(name)
        try:
            found = path.lstat()
        except OSError:
            return True  # gone since git listed it, which git handles
        if not stat.S_ISLNK(found.st_mode):
            regular = stat.S_ISREG(found.st_mode) or stat.S_ISDIR(found.st_mode)
            if not regular or not os.access(path, os.R_OK):
                return self._leave_out(name, "not a regular file, or no permission to read it")
        if not accepted(found):
            return self._leave_out(name, f"untracked and larger than {self._max_scan_bytes} bytes")
        return True

    def _small(self, found: os.stat_result) -> bool:
        return found.st_size <= self._max_scan_bytes

    def _leave_out(self, name: bytes, why: str) -> bool:
        self._left_out.setdefault(why, []).append(paths.shown(paths.from_git(name)))
        return False


def _some(names: list[str], most: int = 3) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def _location(git: Commands, name: str) -> Path:
    """Return where the repository (or the linked worktree) keeps something."""
    arguments = ("rev-parse", "--path-format=absolute", "--git-path", name)
    return Path(os.fsdecode(git.ask(*arguments, to="find its folders").removesuffix(b"\n")))


def _quoted(folder: Path) -> str:
    """Quote a folder for a variable that holds a list of folders, see git(1)."""
    return '"' + str(folder).replace("\\", "\\\\").replace('"', '\\"') + '"'
