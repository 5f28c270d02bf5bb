"""A pull request that holds its reading up: others are read, and the bot ends when it is told to."""

import signal
import time
from pathlib import Path

import pytest

from tests import processes
from tests.processes import needs_proc
from tests.security.bombs import COSTLY_PATTERNS, LONG_NAMES
from tests.serving import AFTER, BEFORE, Serving, serving

GRACE = 30  # seconds in which a service manager may expect a process to end


@pytest.mark.contract  # it computes for half a minute, on purpose
@needs_proc
def test_a_bot_that_is_held_up_goes_on_elsewhere_and_ends_when_it_is_told_to(tmp_path: Path) -> None:
    with serving(tmp_path, file_timeout="500", look_round_seconds="3600") as it:
        bea = it.github.user("bea")
        other = it.github.repository("bea/other", BEFORE)
        it.github.install(it.app, other)
        it.enrol()
        done = it.run("capstone", "add", "bea/other", "--participant", "bea", "--sensei", "sen")
        assert done.returncode == 0, done.stderr
        it.start()
        it.github.push(it.repository, "main", {**BEFORE, ".senseiignore": COSTLY_PATTERNS})
        it.github.push(it.repository, "held", LONG_NAMES)
        held = it.github.open_pull(it.repository, "held", it.ada)
        it.wait(lambda: holding(it))
        it.github.push(other, "quick", AFTER)
        quick = it.github.open_pull(other, "quick", bea)
        it.wait(lambda: it.rounds(quick) == ["published"])
        assert it.rounds(held) == ["reading"]
        under = list(processes.below(pid(it)))
        began = time.monotonic()
        assert it.end(signal.SIGTERM, GRACE + 30) == 0
        assert time.monotonic() - began < GRACE + 15  # a busy machine takes longer
        it.wait(lambda: not any(map(processes.alive, under)))
        assert it.rounds(held) == ["reading"]  # to go on with
        assert it.run("dead", "list").stdout == "There is no failed work.\n"


def pid(it: Serving) -> int:
    assert it.process is not None
    return it.process.pid


def holding(it: Serving) -> bool:
    return any(processes.processor_seconds(each) > 1.5 for each in processes.below(pid(it)))
