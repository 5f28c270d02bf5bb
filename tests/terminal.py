"""A command in a real terminal: a pseudo-terminal that it controls, with keys that are pressed there."""

import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from fcntl import ioctl

from tests.sensei import COMMAND, ROOT

LONGEST = 120
"""Seconds to wait for a text, however busy the machine is."""
_STYLES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Terminal:
    """``shown`` is all that was printed, without colours."""

    def __init__(self, process: int, number: int) -> None:
        self._process, self._number = process, number
        self._status: int | None = None
        self._read = 0
        self.raw = ""

    @property
    def shown(self) -> str:
        return _STYLES.sub("", self.raw).replace("\r", "")

    def expect(self, *texts: str) -> str:
        """Wait until one of the texts is printed, after what was waited for before; return all up to it."""
        until = time.monotonic() + LONGEST
        wanted = re.compile("|".join(map(re.escape, texts)))
        while not (found := wanted.search(self.shown, self._read)):
            assert time.monotonic() < until, f"{texts} do not come:\n{self.shown[self._read :]}"
            assert self._more(), f"it ended without {texts}:\n{self.shown[self._read :]}"
        before, self._read = self._read, found.end()
        return self.shown[before : self._read]

    def press(self, keys: str) -> None:
        os.write(self._number, keys.encode())

    def end(self) -> int:
        """Wait for the end; return the exit status."""
        while self._more():
            pass
        if self._status is None:
            self._status = os.waitstatus_to_exitcode(os.waitpid(self._process, 0)[1])
        return self._status

    def close(self) -> None:
        if self._status is None:
            with suppress(ProcessLookupError):
                os.kill(self._process, signal.SIGKILL)
            self.end()
        os.close(self._number)

    def _more(self) -> bool:
        """Read what was printed; return False once the command has ended."""
        if not select.select([self._number], [], [], 1)[0]:
            return True
        try:
            found = os.read(self._number, 65_536)
        except OSError:  # nobody holds the other end any more
            return False
        self.raw += found.decode("utf-8", "replace")
        return bool(found)


@contextmanager
def terminal(
    *arguments: str, env: Mapping[str, str], rows: int = 40, columns: int = 80
) -> Iterator[Terminal]:
    """Run ``sensei`` in a terminal of this size."""
    sys.stdout.flush()
    process, number = pty.fork()
    if not process:
        ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        os.chdir(ROOT)
        os.execve(COMMAND[0], [*COMMAND, *arguments], {**env, "TERM": "xterm-256color"})
    it = Terminal(process, number)
    try:
        yield it
    finally:
        it.close()
