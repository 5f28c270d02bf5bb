"""Checks of the files in a git folder, before anything opens them.

Opening a pipe can block for ever, and a link can lead anywhere. Neither belongs in a git folder, so Sensei
refuses a repository that has one.
"""

import os
import re
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

from bot.domain.review import paths
from bot.errors import UserError

MOST_TEXT = 1024 * 1024  # bytes, for a file of a few lines
_MOST_COPIED = 256 * 1024 * 1024  # bytes, for a list of all refs or an index
_TABLE = re.compile(rb"[\w.-]+")


def is_regular_file(path: Path) -> bool:
    """Say whether a path is a regular file; False if nothing is there.

    Raises:
        UserError: it is something else, or it cannot be examined.
    """
    try:
        mode = path.lstat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        raise refusal(path, f"cannot be read ({error.strerror})") from None
    if not stat.S_ISREG(mode):
        raise refusal(path, "is not a regular file")
    return True


def read_text(path: Path) -> str | None:
    """Return a small file's text without trailing line ends, or None if there is no file.

    Raises:
        UserError: it is not a regular file, too large, or cannot be read.
    """
    if not is_regular_file(path):
        return None
    content = _read_bytes(path, MOST_TEXT)
    if b"\0" in content:
        raise refusal(path, "is not a text file")
    return os.fsdecode(content.rstrip(b"\r\n"))


def require_small(path: Path) -> None:
    """Make sure that a file, if it exists, is regular and small.

    Raises:
        UserError: it is not.
    """
    read_text(path)


class FileCopies:
    """Copies regular files with their times, up to ``most`` bytes in total."""

    def __init__(self, most: int = _MOST_COPIED) -> None:
        self._left = self._most = most

    def add(self, path: Path, target: Path, most: int | None = None) -> None:
        """Copy a file of at most ``most`` bytes, if there is one.

        Raises:
            UserError: it is not a regular file, or it is too large, alone or together with the files copied
                before it.
        """
        if not is_regular_file(path):
            return
        size = path.stat().st_size
        if most is not None and size > most:
            raise refusal(path, f"has more than {most} bytes")
        if size > self._left:
            raise refusal(path, f"and the files copied before it add up to more than {self._most} bytes")
        self._left -= size
        try:
            shutil.copy2(path, target)
        except OSError as error:
            raise refusal(path, f"cannot be read ({error.strerror})") from None


def real_path(path: Path | str) -> Path:
    """Return a path with its links resolved. Unlike ``Path.resolve``, this works for circular links too."""
    return Path(os.path.realpath(path))


def require_plain(folder: Path, root: Path) -> None:
    """Make sure that a folder contains only files and folders, and that no link leads out of ``root``.

    Raises:
        UserError: it contains something else.
    """
    if folder.is_symlink() or not folder.is_dir():
        raise refusal(folder, "is a link, or not a folder")
    for entry in _walk(folder):
        if entry.is_symlink():
            target = real_path(entry.path)
            if not target.is_relative_to(root) or not os.path.isfile(target):  # noqa: PTH113 - see ``real_path``
                raise refusal(Path(entry.path), "is a link that does not lead to a file in the repository")
        elif not entry.is_file(follow_symlinks=False):
            raise refusal(Path(entry.path), "is neither a file nor a folder")


def require_own_tables(folder: Path) -> None:
    """Make sure that a reftable's list names only tables in its own folder.

    Raises:
        UserError: it names a file elsewhere.
    """
    for name in os.fsencode(read_text(folder / "tables.list") or "").splitlines():
        if not _TABLE.fullmatch(name):
            raise refusal(folder / "tables.list", "names a file outside its folder")


def list_names(folder: Path) -> list[str]:
    """Return the names in a folder.

    Raises:
        UserError: it cannot be read.
    """
    try:
        return os.listdir(folder)  # noqa: PTH208 - names, not paths
    except OSError as error:
        raise refusal(folder, f"cannot be read ({error.strerror})") from None


def refusal(path: Path, why: str) -> UserError:
    """Return the error for a file that git must not open."""
    return UserError(
        f"{paths.path_on_one_line(str(path))} {why}, so Sensei does not read this repository.",
        "If you trust the repository, clone it again and use the clone.",
    )


def _read_bytes(path: Path, most: int) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(most + 1)
    except OSError as error:
        raise refusal(path, f"cannot be read ({error.strerror})") from None
    if len(content) > most:
        raise refusal(path, f"has more than {most} bytes")
    return content


def _walk(folder: Path) -> Iterator[os.DirEntry[str]]:
    """Yield everything below a folder, except folders."""
    waiting = [str(folder)]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
                    else:
                        yield entry
        except OSError as error:
            raise refusal(Path(str(error.filename)), f"cannot be read ({error.strerror})") from None
