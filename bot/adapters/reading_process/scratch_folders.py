"""The temporary folders of reading processes, and the removal of those whose owner was killed.

The process that makes a folder locks it (``flock``). The kernel releases the lock when the process ends,
even if it is killed.
"""

import fcntl
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

_PREFIX = "sensei-reading-"
_NEW_SECONDS = 60.0  # seconds; by then, a new folder is locked


class ScratchFolder(NamedTuple):
    """A folder, and the descriptor that holds its lock."""

    path: Path
    lock: int

    def remove(self) -> None:
        """Remove the folder and release its lock."""
        shutil.rmtree(self.path, ignore_errors=True)
        os.close(self.lock)


class SweepSchedule:
    """Decides when to sweep: the first time, and then once a minute. ``now`` is a clock in seconds."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._last: float | None = None
        self._lock = threading.Lock()

    def is_due(self) -> bool:
        """Say whether to sweep now. If so, the caller must sweep: the next minute starts with this call."""
        with self._lock:
            now = self._now()
            due = self._last is None or now - self._last >= _NEW_SECONDS
            self._last = now if due else self._last
            return due


_OURS = SweepSchedule()


def make_scratch_folder(sweeps: SweepSchedule = _OURS) -> ScratchFolder:
    """Make a folder, and sweep first if that is due.

    A bot that restarts within a minute leaves the folder of the killed process alone: it is too new.
    """
    if sweeps.is_due():
        sweep_scratch_folders()
    path = Path(tempfile.mkdtemp(prefix=_PREFIX))
    lock = os.open(path, os.O_RDONLY)
    with suppress(OSError):  # a file system without locks, so nothing is swept there either
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    return ScratchFolder(path, lock)


def sweep_scratch_folders() -> None:
    """Remove the folders that no process holds any more."""
    for path in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with suppress(OSError):
            lock = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                _remove_unheld(path, lock)
            finally:
                os.close(lock)


def _remove_unheld(path: Path, lock: int) -> None:
    """Remove one of our folders; raise ``OSError`` if a process holds it."""
    status = os.fstat(lock)
    if status.st_uid == os.getuid() and status.st_mtime < time.time() - _NEW_SECONDS:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(path, ignore_errors=True)
