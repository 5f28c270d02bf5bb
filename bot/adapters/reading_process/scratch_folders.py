"""The temporary folder of a process that reads, and what is left of those whose owner was killed.

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
_NEW_SECONDS = 60.0  # until a folder that was just made is locked, at the very latest


class ScratchFolder(NamedTuple):
    """A folder, and the descriptor that holds its lock."""

    path: Path
    lock: int

    def remove(self) -> None:
        """Take the folder away."""
        shutil.rmtree(self.path, ignore_errors=True)
        os.close(self.lock)


class SweepSchedule:
    """Says when to sweep: the first time, and then once a minute. ``now`` is a clock in seconds."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._last: float | None = None
        self._lock = threading.Lock()

    def are_due(self) -> bool:
        """Say whether to sweep now; whoever is told so does."""
        with self._lock:
            now = self._now()
            due = self._last is None or now - self._last >= _NEW_SECONDS
            self._last = now if due else self._last
            return due


_OURS = SweepSchedule()


def make_scratch(sweeps: SweepSchedule = _OURS) -> ScratchFolder:
    """Make a folder, and sweep first where that is due.

    A bot that comes back within a minute passes over the folder of the one that was killed: it is too new.
    """
    if sweeps.are_due():
        sweep_scratches()
    path = Path(tempfile.mkdtemp(prefix=_PREFIX))
    lock = os.open(path, os.O_RDONLY)
    with suppress(OSError):  # a file system without locks, where nothing is swept either
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    return ScratchFolder(path, lock)


def sweep_scratches() -> None:
    """Take away the folders that nobody holds any more."""
    for path in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with suppress(OSError):
            lock = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                _remove_unheld(path, lock)
            finally:
                os.close(lock)


def _remove_unheld(path: Path, lock: int) -> None:
    """Take a folder of ours away; raises ``OSError`` where somebody holds it."""
    told = os.fstat(lock)
    if told.st_uid == os.getuid() and told.st_mtime < time.time() - _NEW_SECONDS:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(path, ignore_errors=True)
