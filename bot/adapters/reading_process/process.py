"""One reading process, and its limits on memory and time.

On Linux the kernel refuses memory beyond the limit (``RLIMIT_DATA``) and kills the process when its parent
has ended (``PR_SET_PDEATHSIG``). macOS enforces neither. On both, the parent therefore checks the memory of
the process and of its git processes, and the process notices when its pipe is closed. The kernel limits
processor time everywhere; the parent limits wall-clock time.
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

_CHECK_SECONDS = 0.05
_PS_SECONDS = 0.25  # seconds between checks without /proc, where each check starts a process
_PAGE = os.sysconf("SC_PAGE_SIZE")
_START = (
    "import gc, json, sys; gc.disable(); sys.path[:] = json.loads(sys.argv[1]);"
    "from bot.adapters.reading_process.child import main; main(int(sys.argv[2]))"
)
# Variables that git and Python need, but no key, token or setting of Sensei's.
_INHERITED = {
    *environment.INHERITED,
    "GIT_INDEX_FILE",  # names the staged files if a hook runs Sensei
    "DYLD_LIBRARY_PATH",
    "HOME",
    "KF_RULE_CACHE_DIR",  # the folder of Kingfisher's compiled rules
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

_SETTINGS = {"PYDANTIC_DISABLE_PLUGINS": "1"}  # finding plugins takes longer than reading a small file


class ProcessDiedError(Exception):
    """The process ended before it had finished. The message gives the reason in words for a report."""


class ProcessTimeoutError(ProcessDiedError):
    """The process took too long and was killed."""


class ProcessStoppedError(ProcessDiedError):
    """Sensei was stopped and ended the process; the file that it was reading is not the cause."""


class ReadingProcess:
    """A new interpreter that reads. As a context manager, it ends with its block."""

    def __init__(self, compiled: Path | None = None) -> None:
        """Start the process. It loads its modules and waits for its task, which sets its limits.

        ``compiled`` is a folder for Kingfisher's compiled rules; the environment may name another.
        """
        self.memory_bytes = 2**62
        self._lock = threading.Lock()
        self._stopped = False
        variables = inherited_variables()
        if compiled is not None:
            variables.setdefault("KF_RULE_CACHE_DIR", str(compiled.absolute()))
        scratch = scratch_folders.make_scratch_folder()
        # This also covers a process that was started early and is never used.
        started: list[subprocess.Popen[bytes]] = []
        self._clean_up = weakref.finalize(self, _clean_up, scratch, started)
        # A new interpreter, because forking a process with several threads is not safe. With -I, nothing is
        # imported from the current folder, which is often a participant's repository.
        self._child = subprocess.Popen(
            [sys.executable, "-I", "-c", _START, json.dumps(import_path()), str(os.getpid())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**variables, "TMPDIR": str(scratch.path), **_SETTINGS},
            process_group=0,
        )
        started.append(self._child)
        os.set_blocking(cast("BinaryIO", self._child.stdin).fileno(), False)
        self._inbox = FrameReader()
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._stdout, selectors.EVENT_READ)
        self._checked_at = 0.0

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
        self._clean_up()

    def kill(self) -> None:
        """Kill the process and its git processes, if it runs."""
        with self._lock:  # once it has been waited for, another process may have its number
            if self._child.poll() is None:
                with suppress(ProcessLookupError, PermissionError):
                    os.killpg(self._child.pid, signal.SIGKILL)

    def stop(self) -> None:
        """Kill the process because Sensei is stopping; ``messages`` then raises ``ProcessStoppedError``."""
        self._stopped = True
        self.kill()

    def limit(self, memory_bytes: int) -> None:
        """Limit the memory of the process and its git processes in bytes; beyond that it is killed."""
        self.memory_bytes = memory_bytes

    def send(self, framed: bytes, until: float) -> None:
        """Send a message by ``until`` (``time.monotonic``).

        Raises:
            ProcessDiedError: it has ended, or (``ProcessTimeoutError``) did not read the message in time.
        """
        pipe = cast("BinaryIO", self._child.stdin).fileno()
        left = memoryview(framed)
        try:
            with selectors.DefaultSelector() as ready:
                ready.register(pipe, selectors.EVENT_WRITE)
                while left:
                    seconds = until - time.monotonic()
                    if seconds <= 0 or not ready.select(seconds):
                        raise self._kill_late()
                    left = left[os.write(pipe, left) :]
        except OSError:
            raise self._exit_error() from None

    def messages(self, until: float) -> Iterator[dict[str, Any]]:
        """Yield the messages that arrive by ``until`` (``time.monotonic``), at least one.

        Raises:
            ProcessDiedError: it has ended, or was killed for its memory or (``ProcessTimeoutError``) time.
        """
        while True:
            left = until - time.monotonic()
            if left <= 0:
                raise self._kill_late()
            self._check_memory()
            if self._selector.select(min(left, _CHECK_SECONDS)):
                arrived = os.read(self._stdout.fileno(), 1 << 20)
                if not arrived:
                    raise self._exit_error()
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

    def _kill_late(self) -> ProcessDiedError:
        self.kill()
        return ProcessStoppedError("stopped") if self._stopped else ProcessTimeoutError()

    def _exit_error(self) -> ProcessDiedError:
        try:
            status = self._child.wait(2)
        except subprocess.TimeoutExpired:
            self.kill()
            status = self._child.wait()
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._child.pid, signal.SIGKILL)  # ends git processes that it left running
        if self._stopped:
            return ProcessStoppedError("stopped")
        if status == -signal.SIGXCPU:
            return ProcessTimeoutError()
        if status < 0:
            name = signal.Signals(-status).name if -status in set(signal.Signals) else str(-status)
            return ProcessDiedError(f"Sensei's reader crashed on it ({name})")
        return ProcessDiedError(f"Sensei's reader exited while reading it (status {status})")

    def _check_memory(self) -> None:
        now = time.monotonic()
        if now - self._checked_at < (_CHECK_SECONDS if _PROC else _PS_SECONDS):
            return
        self._checked_at = now
        if resident_bytes(self._child.pid) > self.memory_bytes * 1.1:
            self.kill()
            raise ProcessDiedError(memory_message(self.memory_bytes))


def _clean_up(scratch: scratch_folders.ScratchFolder, started: list[subprocess.Popen[bytes]]) -> None:
    """End a process and remove its folder."""
    for child in started:
        if child.returncode is None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()
    scratch.remove()


def memory_message(memory_bytes: int) -> str:
    """Return the reason to give when a process takes too much memory."""
    return f"it takes more than {memory_bytes // (1024 * 1024)} MB of memory"


_PROC = Path("/proc/self/statm").exists()


def resident_bytes(group: int) -> int:
    """Return the memory in bytes that a process and its children use now, or 0 if unknown."""
    return _read_resident_from_proc(group) if _PROC else _read_resident_from_ps(group)


def _read_resident_from_proc(pid: int) -> int:
    try:
        _, resident_pages, shared, *_ = map(int, Path(f"/proc/{pid}/statm").read_text("ascii").split())
        # Without the packs that git maps, which use no memory of their own.
        total = (resident_pages - shared) * _PAGE
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text("ascii").split():
                total += _read_resident_from_proc(int(child))
    except (OSError, ValueError, IndexError):  # the process has just ended
        return 0
    return total


def _read_resident_from_ps(group: int) -> int:
    try:
        listed = subprocess.run(
            ["/bin/ps", "-A", "-o", "pgid=,rss="], capture_output=True, text=True, timeout=5, check=False
        ).stdout
        rows = (line.split() for line in listed.splitlines())
        return sum(int(row[1]) * 1024 for row in rows if len(row) == 2 and row[0] == str(group))
    except (OSError, ValueError, subprocess.SubprocessError):
        return 0


def import_path() -> list[str]:
    """Return the child's import path: this package's own folder first, never the current folder."""
    ours = str(Path(__file__).resolve().parents[3])
    return [ours, *(entry for entry in sys.path if Path(entry).is_absolute() and Path(entry) != Path.cwd())]


def inherited_variables() -> dict[str, str]:
    """Return the environment for a process that reads what strangers wrote."""
    with environment.lock:  # other threads may remove git's variables briefly
        return {
            name: value for name, value in os.environ.items() if name in _INHERITED or name.startswith("LC_")
        }
