"""The command ``sensei`` as a person runs it: a process of its own.

``run`` and ``start`` fork it from one that has loaded everything (``tests.forkserver``); ``run_interpreter``
starts Python, for whatever depends on how Sensei is loaded.
"""

import io
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from tests import databases, forkserver

COMMAND = [sys.executable, "-m", "bot"]
ROOT = Path(__file__).resolve().parent.parent
_LONGEST = 300
"""Seconds after which a command is called hung, however busy the machine is."""


def environment(**changes: str) -> dict[str, str]:
    """This process's environment without settings of Sensei or git, with changes."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SENSEI_", "GIT_"))}
    return {**kept, "PYTHONPATH": str(ROOT), **changes}


def run(*arguments: str, cwd: Path | None = None, **changes: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, in the usual environment with changes."""
    return run_in(environment(**changes), *arguments, cwd=cwd)


def run_in(
    environment: Mapping[str, str], *arguments: str, cwd: Path | None = None, says: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end in an environment, with ``says`` as its input."""
    with tempfile.TemporaryFile() as read, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        read.write(says.encode())
        read.seek(0)
        process = Process(arguments, environment, cwd, out.fileno(), err.fileno(), read.fileno())
        status = process.wait(_LONGEST)
        texts = []
        for file in (out, err):
            file.seek(0)
            texts.append(file.read().decode("utf-8"))
    return subprocess.CompletedProcess([*COMMAND, *arguments], status, *texts)


def run_interpreter(
    *arguments: str, cwd: Path | None = None, **changes: str
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end in an interpreter that is started for it."""
    return subprocess.run(
        [*COMMAND, *arguments],
        cwd=cwd,
        env=environment(**changes),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=_LONGEST,
    )


class Process:
    """A command that runs: what ``subprocess.Popen`` has of it, where nothing comes from a terminal.

    ``stdin`` is the number of an open file; ``stdout`` and ``stderr`` are too, or ``subprocess.PIPE``.
    """

    def __init__(
        self,
        arguments: tuple[str, ...],
        env: Mapping[str, str],
        cwd: Path | None = None,
        stdout: int = subprocess.DEVNULL,
        stderr: int = subprocess.DEVNULL,
        stdin: int = subprocess.DEVNULL,
    ) -> None:
        self.returncode: int | None = None
        self.stdout: io.TextIOWrapper | None = None
        self.stderr: io.TextIOWrapper | None = None
        self._connection = socket.socket(socket.AF_UNIX)
        self._connection.connect(_forkserver())
        request = {"arguments": arguments, "environment": dict(env), "cwd": str(cwd or Path.cwd())}
        body = json.dumps(request).encode()
        nothing = os.open(os.devnull, os.O_RDWR)
        streams, ours = [nothing if stdin == subprocess.DEVNULL else stdin], [nothing]
        for name, wanted in (("stdout", stdout), ("stderr", stderr)):
            if wanted == subprocess.PIPE:
                reading, writing = os.pipe()
                setattr(self, name, os.fdopen(reading, encoding="utf-8"))
                ours.append(writing)
                streams.append(writing)
            else:
                streams.append(nothing if wanted == subprocess.DEVNULL else wanted)
        socket.send_fds(self._connection, [len(body).to_bytes(forkserver.LENGTH)], streams)
        self._connection.sendall(body)
        for number in ours:
            os.close(number)
        self.pid = int.from_bytes(self._connection.recv(forkserver.LENGTH))

    def poll(self) -> int | None:
        """Return the exit status, or None while it runs."""
        try:
            return self.wait(0)
        except subprocess.TimeoutExpired:
            return None

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the exit status, negative for a signal's number.

        Raises:
            subprocess.TimeoutExpired: it still runs.
        """
        if self.returncode is None:
            self._connection.settimeout(timeout)
            try:
                told = self._connection.recv(forkserver.LENGTH)
            except (TimeoutError, BlockingIOError):
                raise subprocess.TimeoutExpired("sensei", timeout or 0) from None
            self._connection.close()
            assert told, "the process that starts commands has ended"
            self.returncode = int.from_bytes(told, signed=True)
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it at once, unless it has ended."""
        self.send_signal(signal.SIGKILL)


def _forkserver() -> str:
    """Return the socket of the process that forks commands; the run's first command starts it."""

    def start() -> str:
        path = str(databases.folder_of_run() / "commands")
        command = [sys.executable, "-m", "tests.forkserver", path]
        # It returns once it listens. What it says goes where a hung test's output does.
        subprocess.run(command, env=environment(), cwd=ROOT, stdin=subprocess.DEVNULL, check=True)
        return path

    return databases.once("forkserver", start).read_text()
