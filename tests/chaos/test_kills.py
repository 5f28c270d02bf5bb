import os
import random
import signal
import subprocess
import time
from pathlib import Path

import pytest

from bot.domain.review.report import Report
from tests import sensei
from tests.repositories import Repository
from tests.waiting import FUSE

pytestmark = pytest.mark.chaos

KILLS = int(os.environ.get("SENSEI_TEST_KILLS", "20"))
COMMAND = [*sensei.COMMAND, "review", "--head", "WORKTREE", "--format", "json", "--output"]


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """Enough changed files for a review to take a while."""
    repository = Repository.make(tmp_path_factory.mktemp("capstone"))
    repository.commit({"README.md": b"# Capstone\n"})
    return repository.write(
        {f"app/m{n}.py": b"import anthropic\nc = anthropic.Anthropic()\n" for n in range(150)}
    )


def started(repository: Repository, target: Path, scratch: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [*COMMAND, str(target)],
        cwd=repository.path,
        env=sensei.environment(TMPDIR=str(scratch)),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def state(repository: Repository) -> dict[str, bytes]:
    return {
        str(path): path.read_bytes()
        for path in sorted((repository.path / ".git").rglob("*"))
        if path.is_file()
    }


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=lambda how: how.name)
def test_a_killed_review_leaves_the_old_report_or_the_new_one(
    repository: Repository, tmp_path: Path, how: signal.Signals
) -> None:
    target, scratch = tmp_path / "report.json", tmp_path / "scratch"
    scratch.mkdir()
    before = state(repository)
    began = time.monotonic()
    process = started(repository, target, scratch)
    process.communicate(timeout=FUSE)
    assert process.returncode == 0
    whole = time.monotonic() - began
    finished = 0
    chance = random.Random(how)
    for _ in range(KILLS):
        target.write_text("the old report")
        process = started(repository, target, scratch)
        # Not a wait for something to happen: the moment of the kill is the input of this test.
        time.sleep(chance.uniform(0, whole * 1.1))
        process.send_signal(how)
        out, err = process.communicate(timeout=FUSE)
        assert out == b""
        if target.read_text() != "the old report":
            Report.model_validate_json(target.read_text())
            finished += 1
        elif how is not signal.SIGKILL:
            # Python's own words where it was stopped before it came to the first line of ours.
            early = b"runpy" in err and err.endswith(b"KeyboardInterrupt\n") and process.returncode == -how
            early = early or (err == b"" and process.returncode == -how)
            assert early or err == b"sensei: stopped. No file was left half-written.\n", err
        if how is not signal.SIGKILL:
            assert [path.name for path in tmp_path.iterdir() if path.name.endswith(".tmp")] == []
            assert list(scratch.iterdir()) == []
    assert state(repository) == before
    assert finished < KILLS, "no review was killed before its end"
