"""A small file may cost a parser gigabytes or minutes; a review survives it, says so, and goes on."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.adapters.reading_process.process import ReadingProcess
from bot.adapters.reading_process.supervisor import (
    GRACE_SECONDS,
    START_SECONDS,
    ReadingCrashedError,
    ReadingProcesses,
)
from bot.errors import IncompleteReadingError, TransientError
from bot.ports.model import Model
from bot.ports.reading import ReadingLimits, ReadingRequest, ReadingRules
from bot.ports.reading_process import ReadingPart, ReadingResult, ReadingTask
from tests import processes, sensei
from tests.fakes.model import Scripted
from tests.processes import needs_proc
from tests.repositories import Files, Repository
from tests.reviewing import PROMPTS, SHIPPED, Silent
from tests.security.bombs import BOMBS, COSTLY_PATTERNS, LONG_NAMES, QUOTED_KEY
from tests.waiting import wait_for

MB = 1024 * 1024
FACT = b"import anthropic\nclient = anthropic.Anthropic()\n"
pytestmark = needs_proc


class Watched:
    """Readings whose memory is looked at, this process's growth included."""

    def __init__(self) -> None:
        self.readings = ReadingProcesses()
        self.peak = 0
        self._over = threading.Event()

    @contextmanager
    def watching(self) -> Iterator[None]:
        own = processes.resident(os.getpid())
        looking = threading.Thread(target=self._look, args=(own,))
        looking.start()
        try:
            yield
        finally:
            self._over.set()
            looking.join()

    def _look(self, own: int) -> None:
        while not self._over.wait(0.01):
            self.peak = max(self.peak, processes.resident(os.getpid()) - own)


@pytest.fixture
def watched() -> Iterator[Watched]:
    it = Watched()
    with it.watching():
        yield it
    # Some 100 MB are the command's own, and on a busy machine a reading is stopped a moment later.
    assert it.peak < 800 * MB


def task(
    path: Path, *, seconds: float = 600, part_seconds: float = 300, model: Model | None = None
) -> ReadingTask:
    """A task with more time than a busy machine needs, unless the test is about time."""
    limits = ReadingLimits(512 * 1024, 8 * MB, seconds, part_seconds)
    rules = ReadingRules(SHIPPED, limits, 60, PROMPTS if model else {}, 60_000)
    who = (model.provider, model.id) if model else None
    return ReadingTask(str(path), ReadingRequest("main", "work"), rules, who)


def changed(path: Path, after: Files, before: Files | None = None, message: str = "A change") -> Repository:
    repository = Repository.make(path)
    repository.commit(before or {"x": b""})
    repository.git("checkout", "--quiet", "-b", "work")
    repository.write(after)
    repository.git("add", "--all")
    repository.git("commit", "--quiet", "--file=-", stdin=message.encode())
    return repository


def skipped(read: ReadingResult) -> dict[str, str]:
    return {each.path: each.reason for each in read.report.coverage.skipped}


@pytest.mark.contract  # ten seconds of a processor
def test_forty_bombs_cost_no_more_than_files_of_their_size(tmp_path: Path, watched: Watched) -> None:
    assert len(BOMBS) >= 40
    files: Files = {path: make().encode() for path, make in BOMBS.values()}
    changed(tmp_path, {**files, "zz.py": FACT})
    spent = os.times()
    read = watched.readings.read(task(tmp_path), None, Silent())
    now = os.times()
    assert read.report.coverage.files_total == len(BOMBS) + 1
    assert "zz.py" not in skipped(read)
    assert read.report.stacks  # what comes after all the bombs was read
    # What is too large or nested too deeply is named as such; nothing else was left out.
    named = (
        "nested too deeply",
        "not read (larger than 512 kB)",
        "too many comments or continued lines",
        "not valid JSON",
        "not structured like a notebook",
    )
    unread = [why for why in read.report.incomplete_because if not any(words in why for words in named)]
    assert unread == []
    # Each of them took half a minute or more; together they take a few seconds of a processor.
    assert now.children_user - spent.children_user < 30


@pytest.mark.contract
def test_what_takes_too_much_memory_is_left_out_and_named(tmp_path: Path, watched: Watched) -> None:
    changed(tmp_path, {"pyproject.toml": QUOTED_KEY, "zz.py": FACT})
    read = watched.readings.read(task(tmp_path), None, Silent())
    reason = "it takes more than 448 MB of memory"
    assert read.report.incomplete_because == (f"pyproject.toml: not read, as {reason}",)
    assert skipped(read) == {"pyproject.toml": reason}
    assert read.report.stacks == ("anthropic",)
    assert watched.peak > 300 * MB  # it was tried


class Failing(ReadingProcess):
    """A process that meets a bug when it has begun a part."""

    def __init__(self, part: ReadingPart) -> None:
        super().__init__()
        self._part = part

    def messages(self, until: float) -> Iterator[dict[str, Any]]:
        del until
        yield {"part": [self._part.kind, self._part.path]}
        yield {"bug": ["ValueError", "bot/domain/review/dependency_files.py:1 in read\nforged"]}


@pytest.mark.contract
def test_a_file_on_which_we_fail_is_left_out_named_and_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    changed(tmp_path, {"pyproject.toml": b"[project]\n", "zz.py": FACT})
    failing = ReadingProcesses(Failing(ReadingPart("file", "pyproject.toml")))
    read = failing.read(task(tmp_path), None, Silent())
    reason = "Sensei's reader failed on it"
    assert read.report.incomplete_because == (f"pyproject.toml: not read, as {reason}",)
    assert skipped(read) == {"pyproject.toml": reason}
    assert read.report.stacks == ("anthropic",)
    [entry] = caplog.messages
    assert entry.endswith(
        r"ValueError in the reading process: bot/domain/review/dependency_files.py:1 in read\nforged"
    )


def test_where_nothing_can_be_left_out_a_bug_is_one(tmp_path: Path) -> None:
    changed(tmp_path, {"zz.py": FACT})
    with pytest.raises(ReadingCrashedError):
        ReadingProcesses(Failing(ReadingPart("change"))).read(task(tmp_path), None, Silent())


@pytest.mark.contract
def test_of_many_such_files_the_rest_is_left_unread(tmp_path: Path, watched: Watched) -> None:
    bombs: Files = {f"b{n}/pyproject.toml": QUOTED_KEY for n in range(4)}
    changed(tmp_path, {"a.py": FACT, **bombs, "zz.py": FACT})
    limits = ReadingLimits(512 * 1024, 8 * MB, 60, memory_bytes=110 * MB)
    given = task(tmp_path)
    rules = ReadingRules(SHIPPED, limits, 60, {}, 60_000)
    read = watched.readings.read(ReadingTask(given.where, given.request, rules), None, Silent())
    assert set(skipped(read)) == {*bombs, "zz.py"}
    assert read.report.stacks == ("anthropic",)  # by what came before them
    assert "3 files were not read: Sensei stopped after" in " ".join(read.report.incomplete_because)


def test_patterns_that_take_too_long_stop_the_reading_and_are_named(tmp_path: Path) -> None:
    changed(tmp_path, LONG_NAMES, {".senseiignore": COSTLY_PATTERNS})
    began = os.times()
    with pytest.raises(
        IncompleteReadingError, match=r"^the patterns of \.senseiignore could not be read: it takes"
    ):
        ReadingProcesses().read(task(tmp_path, part_seconds=0.5), None, Silent())
    assert os.times().children_user - began.children_user < 5  # of an hour


@pytest.mark.contract
def test_the_time_of_a_review_holds_for_each_step(tmp_path: Path) -> None:
    changed(tmp_path, LONG_NAMES, {".senseiignore": COSTLY_PATTERNS})
    began = time.monotonic()
    with pytest.raises(IncompleteReadingError, match="it takes longer"):
        ReadingProcesses().read(task(tmp_path, seconds=0.2), None, Silent())
    # What was allowed, and what a busy machine takes to start a process.
    assert time.monotonic() - began < 0.2 + GRACE_SECONDS + START_SECONDS


@pytest.mark.contract
def test_patterns_of_gitattributes_take_no_time(tmp_path: Path, watched: Watched) -> None:
    lines = b"".join(b"**/a*a*a*a*a*a%d linguist-generated\n" % n for n in range(1000))
    changed(tmp_path, LONG_NAMES, {".gitattributes": lines})
    assert watched.readings.read(task(tmp_path), None, Silent()).report.complete


@pytest.mark.contract
def test_a_commit_message_of_megabytes_is_not_read_and_named(tmp_path: Path, watched: Watched) -> None:
    changed(tmp_path, {"a.py": FACT}, message="word " * 4_000_000)
    model = Scripted()
    read = watched.readings.read(task(tmp_path, model=model), model, Silent())
    assert len(model.requests) > 0
    assert "word word" not in model.requests[0].user
    assert [reason for reason in read.report.incomplete_because if "longer than 64 kB" in reason]


@pytest.mark.contract
def test_others_are_read_while_one_is_held_up(tmp_path: Path) -> None:
    changed(tmp_path / "bomb", LONG_NAMES, {".senseiignore": COSTLY_PATTERNS})
    changed(tmp_path / "other", {"a.py": FACT})
    readings = ReadingProcesses()
    with ThreadPoolExecutor() as pool:
        held = pool.submit(readings.read, task(tmp_path / "bomb"), None, Silent())
        wait_for(lambda: holding(os.getpid()))
        others = [readings.read(task(tmp_path / "other"), None, Silent()) for _ in range(2)]
        assert all(other.report.complete for other in others)
        assert not held.done()
        readings.stop()
        with pytest.raises(TransientError, match="stopped"):
            held.result()
    with pytest.raises(TransientError):
        readings.read(task(tmp_path / "other"), None, Silent())


@pytest.mark.contract
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_what_reads_does_not_outlive_the_command(tmp_path: Path, how: signal.Signals) -> None:
    changed(tmp_path, LONG_NAMES, {".senseiignore": COSTLY_PATTERNS})
    arguments = [*sensei.COMMAND, "review", "--base", "main", "--head", "work"]
    environment = sensei.environment(SENSEI_FILE_TIMEOUT="300", SENSEI_METRICS_TOKEN="a-secret-of-ours-1234")
    with subprocess.Popen(
        arguments, cwd=tmp_path, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as command:
        wait_for(lambda: holding(command.pid))
        under = list(processes.below(command.pid))
        reading = Path(f"/proc/{under[0]}/environ").read_bytes()
        assert b"PATH=" in reading
        assert b"SENSEI_" not in reading
        command.send_signal(how)
        command.wait(30)
    wait_for(lambda: not any(map(processes.alive, under)))


@pytest.mark.contract
def test_what_crashes_is_told_by_its_signal(tmp_path: Path) -> None:
    changed(tmp_path, LONG_NAMES, {".senseiignore": COSTLY_PATTERNS})
    with ThreadPoolExecutor() as pool:
        reading = pool.submit(ReadingProcesses().read, task(tmp_path), None, Silent())
        wait_for(lambda: holding(os.getpid()))
        os.kill(holding(os.getpid())[0], signal.SIGSEGV)
        with pytest.raises(IncompleteReadingError, match=r"Sensei's reader crashed on it \(SIGSEGV\)"):
            reading.result()


def test_the_command_says_what_it_has_not_read(tmp_path: Path) -> None:
    changed(tmp_path, {"pyproject.toml": QUOTED_KEY, "zz.py": FACT})
    most = str(128 * MB)
    done = sensei.run(
        "review", "--base", "main", "--head", "work", cwd=tmp_path, SENSEI_REVIEW_MEMORY_BYTES=most
    )
    assert done.returncode == 3
    assert "pyproject.toml: not read, as it takes more than 128 MB of memory" in " ".join(done.stdout.split())


def holding(pid: int) -> Sequence[int]:
    """Return the processes below that read, and have been computing for a while."""
    return [
        each
        for each in processes.below(pid)
        if processes.processor_seconds(each) > 0.9
        and b"bot.adapters.reading_process.child" in Path(f"/proc/{each}/cmdline").read_bytes()
    ]
