"""How long a review takes and how much memory it needs, over three sizes, and what `--help` costs.

``python -m benchmarks.review [--runs N] [--json FILE]`` prints one table of medians. Each run is a process of
its own, so that imports, git and the report count. The repositories are made here and removed afterwards.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.repositories import Repository
from tests.sensei import COMMAND, environment

SIZES = (10, 300, 3000)
# Files as a capstone has them: most are plain code, one in five calls a model.
PLAIN = '''"""Module {n}."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Order{n}:
    """An order."""

    customer: str
    amount: int


def total(orders: list[Order{n}]) -> int:
    """Add up {mark}."""
    return sum(order.amount for order in orders)


def label(order: Order{n}) -> str:
    """Name it."""
    return f"{{order.customer}}: {{order.amount}}"
'''
CALLING = '''"""Module {n} asks a model."""

import anthropic

client = anthropic.Anthropic()


def summarise(text: str) -> str:
    """Summarise {mark}."""
    answer = client.messages.create(
        model="claude-sonnet-5-5",
        max_tokens=500,
        system="You summarise orders.",
        messages=[{{"role": "user", "content": text}}],
    )
    return answer.content[0].text
'''


def files(count: int, mark: str) -> dict[str, bytes | None]:
    return {
        f"app/part{n % 40}/m{n}.py": (CALLING if n % 5 == 0 else PLAIN).format(n=n, mark=mark).encode()
        for n in range(count)
    }


def repository(folder: Path, count: int) -> Repository:
    made = Repository.make(folder)
    made.commit(files(count, "everything"))
    made.git("checkout", "--quiet", "-b", "work")
    made.commit(files(count, "all of it"))
    return made


def measure(arguments: list[str], cwd: Path) -> tuple[float, float]:
    """Run a command; return seconds and its own peak memory in MB (git's processes apart)."""
    began = time.perf_counter()
    process = subprocess.Popen([*COMMAND, *arguments], cwd=cwd, env=environment(), stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, f"{arguments} exited with {process.returncode}"
    scale = 1024 if sys.platform == "linux" else 1024 * 1024  # Linux counts kB, macOS bytes
    return seconds, usage.ru_maxrss / scale


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory(prefix="sensei-bench-") as folder:
        for size in SIZES:
            made = repository(Path(folder) / str(size), size)
            runs = [
                measure(["review", "--base", "main", "--format", "json"], made.path)
                for _ in range(options.runs)
            ]
            rows.append((f"review, {size} files", size, *map(statistics.median, zip(*runs, strict=True))))
        runs = [measure(["--help"], Path(folder)) for _ in range(options.runs * 3)]
        rows.append(("--help", 0, *map(statistics.median, zip(*runs, strict=True))))
    print(
        f"{platform.python_implementation()} {platform.python_version()}, {platform.machine()}, "
        f"{os.cpu_count()} cores"
    )
    print("| what | median s | peak MB | ms a file | growth of s for growth of files |")
    print("| --- | ---: | ---: | ---: | ---: |")
    before: tuple[int, float] | None = None
    for what, size, seconds, megabytes in rows:
        each = f"{seconds / size * 1000:.1f}" if size else ""
        growth = f"x{seconds / before[1]:.1f} for x{size / before[0]:.0f}" if before and size else ""
        print(f"| {what} | {seconds:.2f} | {megabytes:.0f} | {each} | {growth} |")
        before = (size, seconds) if size else None
    if options.json:
        options.json.write_text(
            json.dumps([dict(zip(("what", "files", "s", "mb"), row, strict=True)) for row in rows])
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
