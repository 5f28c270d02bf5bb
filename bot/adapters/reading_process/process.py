"""One process that reads, and what it may take.

What holds where: on Linux the kernel refuses memory beyond the limit (``RLIMIT_DATA``) and kills the process
when its parent has gone (``PR_SET_PDEATHSIG``). macOS enforces neither: there, and on Linux as well, the
parent looks at the memory of the process and of git under it, and the process at whether its pipe is closed.
Processor time has a limit of the kernel's everywhere; wall-clock time is the parent's to watch.
"""

import json
import os
import selectors
import signal
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO, cast

from bot.adapters.git import environment
from bot.adapters.reading_process import scratch_folders
from bot.adapters.reading_process.frames import BrokenFrameError, FrameReader

_LOOK_SECONDS = 0.05
_PS_SECONDS = 0.25  # where there is no /proc: each look starts a process
_PAGE = os.sysconf("SC_PAGE_SIZE")
_START = (
    "import gc, json, sys; gc.disable(); sys.path[:] = json.loads(sys.argv[1]);"
    "from bot.adapters.reading_process.child import main; main(int(sys.argv[2]))"
)
# No key, token or setting of ours: git needs these, and Python.
_INHERITED = {
    *environment.INHERITED,
    "GIT_INDEX_FILE",  # which files are staged, where a hook runs this
    "DYLD_LIBRARY_PATH",
    "HOME",
    "KF_RULE_CACHE_DIR",  # where Kingfisher keeps its compiled rules
    "LANG",
    "LD_LIBRARY_PATH",
    "LOGNAME",
    "PATH",
    "TEMP",
    "TMP",
    "TMPDIR",
    "TZ",
    "USER",
    "XDG_CACHE_HOME",
    "XDG_CONFIG_HOME",
}

_SETTINGS = {"PYDANTIC_DISABLE_PLUGINS": "1"}  # to look for them takes longer than to read a small file


class ProcessDiedError(Exception):
    """The process has ended before it was done. The message says why, as a report shows it."""


class ProcessTimeoutError(ProcessDiedError):
    """It took too long, and was killed."""


class ProcessStoppedError(ProcessDiedError):
    """Somebody has stopped it: no fault of what it was reading."""


class ReadingProcess:
    """A fresh interpreter that reads. Use it as a context manager: it does not outlive the block."""

    def __init__(self, compiled: Path | None = None) -> None:
        """Start it; it waits for its task, which brings its limits, and until then loads what it needs.

        ``compiled`` is a folder of ours for Kingfisher's compiled rules, unless the environment names one.
        """
        self.memory_bytes = 2**62
        self._lock = threading.Lock()
        self._stopped = False
        environment_ = _environment()
        if compiled is not None:
            environment_.setdefault("KF_RULE_CACHE_DIR", str(compiled.absolute()))
        scratch = scratch_folders.make_scratch()
        # One that was started ahead may never be used.
        started: list[subprocess.Popen[bytes]] = []
        self._tidy = weakref.finalize(self, _tidy_up, scratch, started)
        # A fresh interpreter: to fork a process of many threads is not safe. -I: nothing of the current
        # folder, often a participant's repository, is imported; of the path what this process trusts.
        self._child = subprocess.Popen(
            [sys.executable, "-I", "-c", _START, json.dumps(_path()), str(os.getpid())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**environment_, "TMPDIR": str(scratch.path), **_SETTINGS},
            process_group=0,
        )
        started.append(self._child)
        os.set_blocking(cast("BinaryIO", self._child.stdin).fileno(), False)
        self._inbox = FrameReader()
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._stdout, selectors.EVENT_READ)
        self._looked = 0.0

    def __enter__(self) -> "ReadingProcess":
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        self._selector.close()
        for stream in (self._child.stdin, self._child.stdout):
            if stream is not None:
                with suppress(OSError):
                    stream.close()
        self._child.wait()
        self._tidy()

    def kill(self) -> None:
        """Kill it and git under it, if it runs."""
        with self._lock:  # a number of a process that was waited for may be another's
            if self._child.poll() is None:
                with suppress(ProcessLookupError, PermissionError):
                    os.killpg(self._child.pid, signal.SIGKILL)

    def stop(self) -> None:
        """Kill it, whatever it reads: ``messages`` says so."""
        self._stopped = True
        self.kill()

    def limit(self, memory_bytes: int) -> None:
        """Kill it, from now on, where it and git under it take more than so many bytes of memory."""
        self.memory_bytes = memory_bytes

    def tell(self, framed: bytes, until: float) -> None:
        """Send it a message by ``until`` (``time.monotonic``).

        Raises:
            ProcessDiedError: it has ended, or (``ProcessTimeoutError``) did not take the message in time.
        """
        pipe = cast("BinaryIO", self._child.stdin).fileno()
        left = memoryview(framed)
        try:
            with selectors.DefaultSelector() as ready:
                ready.register(pipe, selectors.EVENT_WRITE)
                while left:
                    seconds = until - time.monotonic()
                    if seconds <= 0 or not ready.select(seconds):
                        raise self._late()
                    left = left[os.write(pipe, left) :]
        except OSError:
            raise self._ended() from None

    def message(self, until: float) -> Iterator[dict[str, Any]]:
        """Yield what it says by ``until`` (``time.monotonic``), at least one message.

        Raises:
            ProcessDiedError: it has ended, or was killed for its memory or (``ProcessTimeoutError``) time.
        """
        while True:
            left = until - time.monotonic()
            if left <= 0:
                raise self._late()
            self._look_at_memory()
            if self._selector.select(min(left, _LOOK_SECONDS)):
                arrived = os.read(self._stdout.fileno(), 1 << 20)
                if not arrived:
                    raise self._ended()
                try:
                    messages = list(self._inbox.add(arrived))
                except BrokenFrameError:
                    self.kill()
                    raise ProcessDiedError("Sensei's reader sent an invalid message") from None
                if messages:
                    yield from messages
                    return

    @property
    def _stdout(self) -> BinaryIO:
        return cast("BinaryIO", self._child.stdout)

    def _late(self) -> ProcessDiedError:
        self.kill()
        return ProcessStoppedError("stopped") if self._stopped else ProcessTimeoutError()

    def _ended(self) -> ProcessDiedError:
        try:
            status = self._child.wait(2)
        except subprocess.TimeoutExpired:
            self.kill()
            status = self._child.wait()
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._child.pid, signal.SIGKILL)  # git that it has left behind
        if self._stopped:
            return ProcessStoppedError("stopped")
        if status == -signal.SIGXCPU:
            return ProcessTimeoutError()
        if status < 0:
            name = signal.Signals(-status).name if -status in set(signal.Signals) else str(-status)
            return ProcessDiedError(f"Sensei's reader crashed on it ({name})")
        return ProcessDiedError(f"Sensei's reader ended on it (status {status})")

    def _look_at_memory(self) -> None:
        now = time.monotonic()
        if now - self._looked < (_LOOK_SECONDS if _PROC else _PS_SECONDS):
            return
        self._looked = now
        if resident_bytes(self._child.pid) > self.memory_bytes * 1.1:
            self.kill()
            raise ProcessDiedError(is_over_memory(self.memory_bytes))


def _tidy_up(scratch: scratch_folders.ScratchFolder, started: list[subprocess.Popen[bytes]]) -> None:
    """Take a process's folder away, and the process before it."""
    for child in started:
        if child.returncode is None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()
    scratch.remove()


def is_over_memory(memory_bytes: int) -> str:
    """Say that something takes too much memory."""
    return f"it takes more than {memory_bytes // (1024 * 1024)} MB of memory"


_PROC = Path("/proc/self/statm").exists()


def resident_bytes(group: int) -> int:
    """Return the bytes of memory that a process and its children have now; 0 if that cannot be seen."""
    return _resident_of_proc(group) if _PROC else _resident_of_ps(group)


def _resident_of_proc(pid: int) -> int:
    try:
        _, resident_pages, shared, *_ = map(int, Path(f"/proc/{pid}/statm").read_text("ascii").split())
        total = (resident_pages - shared) * _PAGE  # without git's packs, which it maps: they cost nothing
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text("ascii").split():
                total += _resident_of_proc(int(child))
    except (OSError, ValueError, IndexError):  # it has just ended
        return 0
    return total


def _resident_of_ps(group: int) -> int:
    try:
        listed = subprocess.run(
            ["/bin/ps", "-A", "-o", "pgid=,rss="], capture_output=True, text=True, timeout=5, check=False
        ).stdout
        rows = (line.split() for line in listed.splitlines())
        return sum(int(row[1]) * 1024 for row in rows if len(row) == 2 and row[0] == str(group))
    except (OSError, ValueError, subprocess.SubprocessError):
        return 0


def _path() -> list[str]:
    """Return where the child imports from: this package's own folder first, never the current one."""
    ours = str(Path(__file__).resolve().parents[3])
    return [ours, *(entry for entry in sys.path if Path(entry).is_absolute() and Path(entry) != Path.cwd())]


def _environment() -> dict[str, str]:
    with environment.lock:  # others take git's variables out for a moment
        return {
            name: value for name, value in os.environ.items() if name in _INHERITED or name.startswith("LC_")
        }
