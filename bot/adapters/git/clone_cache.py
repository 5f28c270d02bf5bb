"""Partial clones of capstones, stored between rounds: limited in size, and without credentials on disk.

A clone holds every commit and tree, but only the blobs that a reading opens (``clone_fetching``).
"""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.adapters.git.clone_fetching import CloneFetcher
from bot.errors import UserError
from bot.ports.checkout import CloneRequest

_LAST_USED = "sensei-used"
_MOST_FILES = 300_000


@dataclass(frozen=True)
class CheckoutCache:
    """Clones under ``folder``, at most ``max_bytes`` in all; a git command may take ``timeout`` seconds.

    A commit or a change may have at most ``max_files`` files.
    """

    folder: Path
    max_bytes: int
    timeout: float
    max_scan_bytes: int
    max_files: int = _MOST_FILES

    @contextmanager
    def open_clone(self, wanted: CloneRequest) -> Iterator[str]:
        """Yield the folder of a clone with all that a reading of ``wanted`` opens, to one reader at a time.

        Raises:
            TransientError: the host did not answer. PermanentError: it refused access.
            IncompleteReadingError: it no longer has a commit, git took too long, or there are too many files.
        """
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._hold_lock(wanted.repository, wait=True):
            clone = self._clone_path(wanted.repository)
            CloneFetcher(self.timeout, self.max_scan_bytes, self.max_files).fetch(clone, wanted)
            (clone / _LAST_USED).touch()
            self._evict(keep=wanted.repository)
            yield str(clone)

    @contextmanager
    def open_stored(self, repository: int) -> Iterator[str | None]:
        """Yield the folder of a clone as it is; None if there is none, or if another reading is using it."""
        clone = self._clone_path(repository)
        if not clone.exists():  # a lock file would say that something is stored here
            yield None
            return
        with self._hold_lock(repository, wait=False) as is_free:
            if not is_free or not clone.exists():
                yield None
                return
            (clone / _LAST_USED).touch()
            yield str(clone)

    def size(self) -> int:
        """Return the size of all clones in bytes."""
        return sum(_count_bytes(clone) for clone in self.folder.glob("*.git"))

    def holds(self, repository: int) -> bool:
        """Say whether a file or folder on disk has a repository's number as its name."""
        return any(path.exists() for path in (self._clone_path(repository), self._lock_path(repository)))

    def remove(self, repository: int) -> bool:
        """Remove a repository's clone and its lock file; say whether there was a clone.

        Raises:
            UserError: a reading is using it.
        """
        if not self.holds(repository):
            return False
        with self._hold_lock(repository, wait=False) as is_free:
            if not is_free:
                raise UserError(
                    "A repository's clone is being read, so it was not removed.",
                    "Try again when the reading has finished.",
                )
            exists = self._clone_path(repository).exists()
            if exists:
                shutil.rmtree(self._clone_path(repository))
            self._lock_path(repository).unlink(missing_ok=True)
        return exists

    def _lock_path(self, repository: int) -> Path:
        return self.folder / f"{repository}.lock"

    def _clone_path(self, repository: int) -> Path:
        return self.folder / f"{repository}.git"

    @contextmanager
    def _hold_lock(self, repository: int, *, wait: bool) -> Iterator[bool]:
        """Hold a repository's lock. Without ``wait``, yield False if another process holds it."""
        path = self._lock_path(repository)
        operation = fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, operation)
            while not _is_open_at(descriptor, path):
                # The last holder removed the clone and its lock file, so lock a new file.
                os.close(descriptor)
                descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
                fcntl.flock(descriptor, operation)
        except BlockingIOError:
            yield False
        else:
            yield True
        finally:
            os.close(descriptor)

    def _evict(self, keep: int) -> None:
        """Remove the least recently used clones until the rest is within the limit."""
        clones = sorted(self.folder.glob("*.git"), key=_last_used)
        sizes = {clone: _count_bytes(clone) for clone in clones}
        left = sum(sizes.values())
        for clone in clones:
            if left <= self.max_bytes:
                return
            repository = int(clone.stem)
            if repository == keep:
                continue
            with self._hold_lock(repository, wait=False) as is_free:
                if is_free:
                    shutil.rmtree(clone, ignore_errors=True)
                    left -= sizes[clone]


def _is_open_at(descriptor: int, path: Path) -> bool:
    """Say whether an open file is the one at a path."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


def _last_used(clone: Path) -> float:
    try:
        return (clone / _LAST_USED).stat().st_mtime
    except OSError:
        return 0.0


def _count_bytes(folder: Path) -> int:
    """Return the size of a folder's files in bytes, without files that disappear meanwhile."""
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.lstat().st_size
        except OSError:
            continue
    return total
