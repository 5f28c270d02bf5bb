"""Whole reviews by a running bot: how many a minute, how long each, and what it costs to wait for them.

``python -m benchmarks.serving [--sizes 5,10,20]``, on SQLite and on PostgreSQL, with a model that answers at
once: reviews a minute, for several numbers of pull requests opened at once; seconds from a pull request's
opening until its review stands, one at a time with a second between two writes to GitHub and the clone warm
(median of five); and the processor and memory of a bot that has nothing to do.
"""

import argparse
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

from tests import databases
from tests.e2e.test_model_review import MODEL, READ
from tests.fakes.messages import KEY, Messages, Says
from tests.serving import CALL, Serving, serving

RUNS, IDLE_SECONDS = 5, 20
CALM = 15  # seconds until what was begun at the start, a baseline among it, has ended
DATABASES = ("SQLite", "PostgreSQL")
NOTHING: dict[str, list[str]] = {name: [] for name in READ}


@contextmanager
def dojo(kind: str, **settings: str) -> Iterator[Serving]:
    """A bot with a model, on one of the databases."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        model = stack.enter_context(Messages(lambda _: Says(NOTHING)))
        url = None
        if kind == "PostgreSQL":
            url = stack.enter_context(databases.fresh())
        it = stack.enter_context(
            serving(
                folder,
                url,
                model_provider="anthropic",
                model=MODEL,
                anthropic_api_key=KEY,
                model_base_url=model.url,
                **settings,
            )
        )
        if url:
            it.run("db", "upgrade")
        it.enrol()
        it.start(interpreter=True)
        it.settle()
        yield it


def a_minute(it: Serving, count: int) -> float:
    """Open pull requests at once; return how many are read and published in a minute."""
    for n in range(count):
        it.github.push(it.repository, f"{count}-{n}", {f"part{n}.py": CALL.encode()})
    begun = time.perf_counter()
    pulls = [it.github.open_pull(it.repository, f"{count}-{n}", it.ada) for n in range(count)]
    it.wait(lambda: all(it.concluded(pull) for pull in pulls), 600)
    return 60 * count / (time.perf_counter() - begun)


def one_by_one(it: Serving) -> float:
    """Return the median seconds from a pull request's opening to its check run's end."""
    took = []
    for n in range(RUNS + 1):
        it.github.push(it.repository, f"one-{n}", {f"one{n}.py": CALL.encode()})
        begun = time.perf_counter()
        pull = it.github.open_pull(it.repository, f"one-{n}", it.ada)
        it.wait(partial(it.concluded, pull), 60)
        took.append(time.perf_counter() - begun)
    return statistics.median(took[1:])  # the first one clones


def idle(it: Serving) -> tuple[float, float]:
    """Return the share of a processor, and the megabytes, of a bot that waits."""
    assert it.process
    time.sleep(CALM)
    ticks = _ticks(it.process.pid)
    time.sleep(IDLE_SECONDS)
    share = (_ticks(it.process.pid) - ticks) / os.sysconf("SC_CLK_TCK") / IDLE_SECONDS
    status = Path(f"/proc/{it.process.pid}/status").read_text("ascii")
    kilobytes = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))
    return share, kilobytes / 1024


def _ticks(process: int) -> int:
    fields = Path(f"/proc/{process}/stat").read_text("ascii").rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="5,10,20")
    sizes = [int(size) for size in parser.parse_args().sizes.split(",")]
    print(f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} processors\n")
    print("| database | pull requests at once | reviews a minute |\n| --- | ---: | ---: |")
    for kind in DATABASES:
        for size in sizes:
            with databases.run(), dojo(kind) as it:
                print(f"| {kind} | {size} | {a_minute(it, size):.0f} |", flush=True)
    print("\n| database | opened to published, s (median) | idle, % of a processor | memory, MB |")
    print("| --- | ---: | ---: | ---: |")
    for kind in DATABASES:
        with databases.run(), dojo(kind, github_write_seconds="1") as it:
            share, megabytes = idle(it)
            print(f"| {kind} | {one_by_one(it):.1f} | {100 * share:.1f} | {megabytes:.0f} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
