"""The process that reads for us: it cannot keep us waiting, and its folder does not outlive its owner."""

import os
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.adapters.reading_process import scratch_folders
from bot.adapters.reading_process.frames import add_length
from bot.adapters.reading_process.process import ProcessTimeoutError, ReadingProcess
from bot.adapters.reading_process.supervisor import ReadingProcesses
from bot.adapters.reading_process.tasks import run_task
from bot.errors import IncompleteReadingError, UserError
from bot.ports.reading_process import ReadingPart
from tests import processes
from tests.processes import needs_proc
from tests.reviewing import Silent
from tests.security.corpus.values import checked
from tests.security.test_parser_bombs import changed, task
from tests.waiting import wait_for


@needs_proc
def test_a_message_that_it_does_not_take_ends_it_in_time() -> None:
    before = set(processes.below(os.getpid()))
    with ReadingProcess() as process:
        [reader] = set(processes.below(os.getpid())) - before
        os.kill(reader, signal.SIGSTOP)
        with pytest.raises(ProcessTimeoutError):
            process.send(add_length(b"x" * 10_000_000), time.monotonic() + 0.2)
    assert not processes.alive(reader)


@needs_proc
@pytest.mark.parametrize("named", [None, "/elsewhere"])
def test_the_scanners_rules_are_kept_where_the_bot_may_write_unless_another_folder_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: str | None
) -> None:
    monkeypatch.delenv("KF_RULE_CACHE_DIR", raising=False)
    if named:
        monkeypatch.setenv("KF_RULE_CACHE_DIR", named)
    before = set(processes.below(os.getpid()))
    with ReadingProcess(tmp_path / "kingfisher"):
        [reader] = set(processes.below(os.getpid())) - before
        listed = Path(f"/proc/{reader}/environ")
        wait_for(listed.read_text)  # empty while the kernel loads the new program
        given = listed.read_text().split("\0")
    assert f"KF_RULE_CACHE_DIR={named or tmp_path / 'kingfisher'}" in given


class Recorded(ReadingProcess):
    """A process whose parts are noted, each with whether the scanner's rules have been compiled by then."""

    def __init__(self, compiled: Path | None) -> None:
        super().__init__(compiled)
        self._compiled = compiled
        self.parts: list[tuple[ReadingPart, bool]] = []

    def messages(self, until: float) -> Iterator[dict[str, Any]]:
        for message in super().messages(until):
            if "part" in message:
                ready = self._compiled is None or any(self._compiled.glob("*"))
                self.parts.append((ReadingPart(*message["part"]), ready))
            yield message


@needs_proc
@pytest.mark.parametrize(
    "kept", [None, pytest.param("in an empty folder", marks=pytest.mark.contract)], ids=["loaded", "compiled"]
)
def test_to_load_the_scanners_rules_is_no_files_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kept: str | None
) -> None:
    if kept:
        monkeypatch.delenv("KF_RULE_CACHE_DIR", raising=False)
    keys = {f"{name}.txt": checked("gh" + "p_").encode() for name in "ab"}
    changed(tmp_path / "repository", {**keys, "plain.txt": b"x\n"})
    recorded = Recorded(tmp_path / kept if kept else None)
    read = ReadingProcesses(recorded).read(task(tmp_path / "repository"), None, Silent())
    assert {fact.citation.path for fact in read.report.concerns} == set(keys)
    files = [(part, ready) for part, ready in recorded.parts if part.kind in {"file", "scanner"}]
    parts = [part for part, _ in files]
    loading = parts.index(ReadingPart("scanner"))
    assert parts.count(ReadingPart("scanner")) == 1
    first = parts[loading - 1]
    assert first.path in keys
    assert files[loading + 1] == (first, True)  # the file begins once more, and has nothing to wait for
    assert parts.count(first) == 2


class Told(ReadingProcess):
    """A process that says what it is told to say, and until when it was waited for after that."""

    def __init__(self, *parts: ReadingPart) -> None:
        super().__init__()
        self._parts = iter(parts)
        self.waited: list[float] = []

    def messages(self, until: float) -> Iterator[dict[str, Any]]:
        self.waited.append(until - time.monotonic())
        part = next(self._parts, None)
        yield {"part": [part.kind, part.path]} if part else {"incomplete": "that was all"}


@needs_proc
def test_to_load_the_scanner_may_take_what_the_review_has_left(tmp_path: Path) -> None:
    file = ReadingPart("file", "a.txt")
    told = Told(file, ReadingPart("scanner"), file)
    with pytest.raises(IncompleteReadingError):
        ReadingProcesses(told).read(task(tmp_path, seconds=3600, part_seconds=20), None, Silent())
    _, reading, loading, again = told.waited
    assert reading <= 20
    assert loading > 1800
    assert again <= 20


def test_to_open_a_repository_takes_the_reviews_time(tmp_path: Path) -> None:
    parts: list[ReadingPart] = []
    with pytest.raises(UserError):
        run_task(task(tmp_path), None, Silent(), parts.append)
    assert parts == [ReadingPart("change")]


def test_a_folder_whose_owner_was_killed_is_taken_away_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    held, left, new = (scratch_folders.make_scratch_folder() for _ in range(3))
    other = tmp_path / "sensei-else"
    other.mkdir()
    for path in (held.path, left.path, other):
        os.utime(path, (0, 0))
    for scratch in (left, new):
        os.close(scratch.lock)  # as where its owner has ended
    scratch_folders.sweep_scratch_folders()
    assert set(tmp_path.iterdir()) == {held.path, new.path, other}
    held.remove()
    assert set(tmp_path.iterdir()) == {new.path, other}


def test_a_bot_that_comes_back_at_once_takes_the_folder_away_a_minute_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    left = scratch_folders.make_scratch_folder()
    os.close(left.lock)  # as where its owner was killed
    clock = iter([0.0, 59.0, 60.0])
    sweeps = scratch_folders.SweepSchedule(lambda: next(clock))
    scratch_folders.make_scratch_folder(sweeps).remove()
    os.utime(left.path, (0, 0))
    scratch_folders.make_scratch_folder(sweeps).remove()
    assert left.path.exists()
    scratch_folders.make_scratch_folder(sweeps).remove()
    assert not left.path.exists()
