"""docs/operating.md as its reader uses it: commands go through a shell, files are taken as they stand."""

import os
import re
import signal
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests import sensei

TEXT = (sensei.ROOT / "docs" / "operating.md").read_text("utf-8")


def commands(name: str) -> list[str]:
    """Return the commands of the blocks that are marked with a name."""
    marked = re.findall(rf"<!-- run: {re.escape(name)} -->\n```console\n(.*?)```", TEXT, re.DOTALL)
    assert marked, f"no block is marked {name}"
    lines = [line for block in marked for line in block.splitlines()]
    assert all(line.startswith("$ ") for line in lines), lines
    return [line.removeprefix("$ ") for line in lines]


def marks() -> list[str]:
    """Return the names that blocks are marked with, in their order."""
    return re.findall(r"<!-- run: ([\w-]+) -->", TEXT)


def file(language: str) -> str:
    """Return the one file of a kind that the page shows."""
    (found,) = re.findall(rf"```{language}\n(.*?)```", TEXT, re.DOTALL)
    assert isinstance(found, str)
    return found


class Shell:
    """One shell, as somebody has it open: what a command sets, the next one finds."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            ["bash", "--noprofile", "--norc"],
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._said = ""
        self._mark = 0
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._said += line

    def begin(self, command: str) -> None:
        """Enter a command, and do not wait for its end."""
        assert self._process.stdin is not None
        self._mark = len(self._said)
        # On a line of its own, so that the shell reads it before it runs it, as it does a person's.
        self._process.stdin.write(f"{{ {command}\n}} < /dev/null\nprintf '\\n<<ended %d>>\\n' $?\n")
        self._process.stdin.flush()

    def says(self, pattern: str | re.Pattern[str], seconds: float = 600) -> re.Match[str]:
        """Wait until the command has said something."""
        last = time.monotonic() + seconds
        while (found := re.search(pattern, self._said[self._mark :])) is None:
            assert self._process.poll() is None, self._said[self._mark :]
            assert time.monotonic() < last, self._said[self._mark :]
            time.sleep(0.02)
        return found

    def ends(self) -> str:
        """Wait for the command's end, which must be a good one; return all that it said."""
        status = int(self.says(r"\n<<ended (\d+)>>\n")[1])
        said = self._said[self._mark :]
        assert status == 0, said
        return said

    def run(self, command: str) -> str:
        """Enter a command and wait for its end."""
        self.begin(command)
        return self.ends()

    def close(self) -> None:
        """Leave the shell, and end what still runs in it."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(10)
        self._reader.join(10)
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()


@contextmanager
def shell(folder: Path, environment: Mapping[str, str]) -> Iterator[Shell]:
    """Open a shell in a folder."""
    made = Shell(folder, environment)
    try:
        yield made
    finally:
        made.close()
