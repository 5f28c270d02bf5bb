"""Checks of a working tree before git walks through it: no file may block git or lead it elsewhere."""

import math
import os
import stat
import time
from collections.abc import Collection, Iterator
from pathlib import Path

from bot.adapters.git import git_folder_checks
from bot.errors import IncompleteReadingError

_READ_BY_GIT = frozenset({".gitignore", ".gitattributes"})
# Files that git opens to check whether a folder is a separate repository.
_REPOSITORY_FILES = ("HEAD", "commondir", "config", "config.worktree")


def require_walkable(top: Path, seconds: float = math.inf) -> set[bytes]:
    """Make sure that git can list the files; return the folders that contain a separate repository.

    Raises:
        UserError: git would open a pipe or a device while listing them.
        IncompleteReadingError: there are so many folders that it takes longer than ``seconds``.
    """
    nested = set()
    for entry in _list_git_entries(top, time.monotonic() + seconds):
        path = Path(entry.path)
        if entry.name == ".git":
            _require_plain_repository(path)
            nested.add(os.fsencode(path.parent.relative_to(top)))
        elif not entry.is_symlink() and _is_special(path):
            raise git_folder_checks.refusal(path, "is neither a file nor a folder")
    return nested


def find_escaping_path(names: Collection[bytes]) -> bytes | None:
    """Return the first path in an index that leads out of its working tree, or None. git never adds one."""
    for name in names:
        parts = name.split(b"/")
        if name.startswith(b"/") or any(
            part in {b"", b".", b".."} or part.lower() == b".git" for part in parts
        ):
            return name
    return None


def _list_git_entries(top: Path, until: float) -> Iterator[os.DirEntry[str]]:
    """Yield the entries that git reads in a folder, and the ``.git`` of the folders below it."""
    waiting = [str(top)]
    while waiting:
        if time.monotonic() > until:
            raise IncompleteReadingError("the working tree has too many folders to list in time")
        folder = waiting.pop()
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    if entry.name in _READ_BY_GIT or (entry.name == ".git" and folder != str(top)):
                        yield entry
                    elif entry.name != ".git" and entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
        except OSError:
            continue  # git cannot read this folder either


def _require_plain_repository(entry: Path) -> None:
    if _is_special(entry):
        raise git_folder_checks.refusal(entry, "is neither a file nor a folder")
    git_dir = git_folder_checks.real_path(entry)
    if git_dir.is_file():
        git_dir = entry.parent / (git_folder_checks.read_text(git_dir) or "").removeprefix("gitdir: ")
    for name in _REPOSITORY_FILES:
        if _is_special(git_dir / name):
            raise git_folder_checks.refusal(entry, f"leads to a {name} that is not a file")


def _is_special(path: Path) -> bool:
    """Say whether a path is, or leads to, something that is neither a file nor a folder."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))
