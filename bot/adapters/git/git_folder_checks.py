"""Files of a git folder, looked at before anything opens them.

Opening a pipe waits for ever, and a link may lead anywhere. Neither belongs into a git folder, so a
repository that has one is refused.
"""

import os
import re
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

from bot.domain.review import paths
from bot.errors import UserError

MOST_TEXT = 1024 * 1024  # bytes of a file that holds a few lines
_MOST_COPIED = 256 * 1024 * 1024  # bytes of a list of all refs, or of an index
_TABLE = re.compile(rb"[\w.-]+")


def is_there(path: Path) -> bool:
    """Say whether there is a regular file.

    Raises:
        UserError: there is something else, or it cannot be looked at.
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


def text(path: Path) -> str | None:
    """Return a small file's text without the line ends behind it, None where there is no file.

    Raises:
        UserError: it is not a regular file, too large, or cannot be read.
    """
    if not is_there(path):
        return None
    content = _opened(path, MOST_TEXT)
    if b"\0" in content:
        raise refusal(path, "is not a text file")
    return os.fsdecode(content.rstrip(b"\r\n"))


def require_small(path: Path) -> None:
    """Make sure that a file, where there is one, is regular and holds a few lines.

    Raises:
        UserError: it does not.
    """
    text(path)


class FileCopies:
    """Copies of regular files with their times, of at most ``most`` bytes together."""

    def __init__(self, most: int = _MOST_COPIED) -> None:
        self._left = self._most = most

    def add(self, path: Path, to: Path, most: int | None = None) -> None:
        """Copy a file of at most ``most`` bytes, if there is one.

        Raises:
            UserError: it is not a regular file, or it is too large, alone or with the files before it.
        """
        if not is_there(path):
            return
        size = path.stat().st_size
        if most is not None and size > most:
            raise refusal(path, f"has more than {most} bytes")
        if size > self._left:
            raise refusal(path, f"has, with the files that Sensei copies before it, over {self._most} bytes")
        self._left -= size
        try:
            shutil.copy2(path, to)
        except OSError as error:
            raise refusal(path, f"cannot be read ({error.strerror})") from None


def real(path: Path | str) -> Path:
    """Return where a path leads to; unlike ``Path.resolve`` this also answers for links in a circle."""
    return Path(os.path.realpath(path))


def require_plain(folder: Path, root: Path) -> None:
    """Make sure that everything below a folder is a file or a folder, and that no link leaves ``root``.

    Raises:
        UserError: something is not.
    """
    if folder.is_symlink() or not folder.is_dir():
        raise refusal(folder, "is a link, or not a folder")
    for entry in _below(folder):
        if entry.is_symlink():
            target = real(entry.path)
            if not target.is_relative_to(root) or not os.path.isfile(target):  # noqa: PTH113 - see ``real``
                raise refusal(Path(entry.path), "is a link that does not lead to a file of the repository")
        elif not entry.is_file(follow_symlinks=False):
            raise refusal(Path(entry.path), "is neither a file nor a folder")


def require_own_tables(folder: Path) -> None:
    """Make sure that the list of a reftable names only tables beside it.

    Raises:
        UserError: it does not.
    """
    for name in os.fsencode(text(folder / "tables.list") or "").splitlines():
        if not _TABLE.fullmatch(name):
            raise refusal(folder / "tables.list", "names a file outside its folder")


def names(folder: Path) -> list[str]:
    """Return the names in a folder.

    Raises:
        UserError: it cannot be read.
    """
    try:
        return os.listdir(folder)  # noqa: PTH208 - names, not paths
    except OSError as error:
        raise refusal(folder, f"cannot be read ({error.strerror})") from None


def refusal(path: Path, why: str) -> UserError:
    """Return what to raise for a file that git is not given."""
    return UserError(
        f"{paths.on_one_line(str(path))} {why}, so Sensei does not read this repository.",
        "If you trust the repository, clone it again and read the clone.",
    )


def _opened(path: Path, most: int) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(most + 1)
    except OSError as error:
        raise refusal(path, f"cannot be read ({error.strerror})") from None
    if len(content) > most:
        raise refusal(path, f"has more than {most} bytes")
    return content


def _below(folder: Path) -> Iterator[os.DirEntry[str]]:
    """Yield everything below a folder but the folders."""
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
