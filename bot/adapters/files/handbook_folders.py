"""Handbooks in a folder on this machine."""

import os
import stat
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.domain.review.paths import path_on_one_line
from bot.errors import UserError

_MOST_FILES = 50_000


@dataclass(frozen=True)
class LocalHandbooks:
    """``HandbookFolders`` on disk. A link is followed only to a file within the folder."""

    most_files: int = _MOST_FILES

    def read_files(
        self, folder: str, choose: Callable[[Sequence[str]], Collection[str]], most: int
    ) -> tuple[Sequence[str], Mapping[str, bytes]]:
        """Return the paths of a folder's files, and the contents of the chosen ones."""
        try:
            root = Path(folder).resolve(strict=True)
            paths = sorted(self._list_files(root))
        except OSError as failed:
            raise UserError(
                f"Sensei can't open {path_on_one_line(str(failed.filename or folder))} ({failed.strerror}).",
                "Check that it exists and that the user who runs `sensei serve` may read it.",
            ) from None
        known = frozenset(paths)
        read = {path: _read_small(root, path, most) for path in choose(paths) if path in known}
        return paths, {path: content for path, content in read.items() if content is not None}

    def _list_files(self, root: Path) -> Iterator[str]:
        """Yield the paths of a folder's files. Folders behind links are not entered, so none is a circle."""
        number = 0
        for above, _, names in os.walk(root, onerror=_raise):
            for name in names:
                number += 1
                if number > self.most_files:
                    raise UserError(
                        f"The folder {root} holds more than {self.most_files:,} files.",
                        "Choose the folder that holds only the handbook.",
                    )
                path = Path(above, name)
                if _find_inside(root, path) is not None:
                    yield path.relative_to(root).as_posix()


def _raise(failed: OSError) -> None:
    raise failed


def _find_inside(root: Path, path: Path) -> Path | None:
    """Return where a file really is, or None if that is outside the folder, or it isn't a regular file."""
    try:
        target = path.resolve(strict=True)
        is_file = stat.S_ISREG(target.lstat().st_mode)
    except (OSError, RuntimeError):  # RuntimeError: links that lead in a circle, before Python 3.13
        return None
    return target if is_file and target.is_relative_to(root) else None


def _read_small(root: Path, path: str, most: int) -> bytes | None:
    """Return a file's bytes, or None if it is too large, can't be opened, or was exchanged meanwhile."""
    target = _find_inside(root, root / path)
    if target is None:
        return None
    try:
        # A pipe in its place would keep the reader waiting.
        descriptor = os.open(target, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            return None
        content = file.read(most + 1)
    return content if len(content) <= most else None
