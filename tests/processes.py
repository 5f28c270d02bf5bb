"""Processes as the kernel lists them."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

PAGE = os.sysconf("SC_PAGE_SIZE")
needs_proc = pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="there is no /proc here")


def below(pid: int) -> Iterator[int]:
    """Yield a process's children, theirs, and so on."""
    try:
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text("ascii").split():
                yield int(child)
                yield from below(int(child))
    except OSError:  # it has ended meanwhile
        return


def resident(pid: int) -> int:
    """Return the bytes of memory that a process and all below it have now."""
    return sum(_resident(each) for each in (pid, *below(pid)))


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1]) * PAGE
    except (OSError, IndexError):
        return 0


def processor_seconds(pid: int) -> float:
    """Return the processor time that a process and the children that it has waited for took."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(") ")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def alive(pid: int) -> bool:
    """Say whether a process runs; one that has ended and nobody has asked after does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(") ")[2][0] != "Z"
    except OSError:
        return False
