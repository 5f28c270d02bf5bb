import json
import os
import pty
import select
import subprocess
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.cli.review import Format, choose_format
from bot.domain.review.report import Report
from tests import citations, sensei
from tests.repositories import Repository

CLIENT = b'import anthropic\n\nclient = anthropic.Anthropic()\nmodel = "claude-3-5-sonnet-latest"\n'


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """A capstone with a change on a branch that is checked out."""
    repository = Repository.make(tmp_path_factory.mktemp("capstone"))
    repository.commit({"README.md": b"# Capstone\n"})
    repository.git("checkout", "--quiet", "-b", "work")
    repository.commit({"app/client.py": CLIENT, "app/\xe9 x.py": b"x = 1\n"})
    return repository


def parsed(text: str) -> Report:
    return Report.model_validate(json.loads(text))


def test_in_a_repository_no_option_is_needed(repository: Repository) -> None:
    done = sensei.run("review", cwd=repository.path / "app")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert "2 of 2 files read" in done.stdout
    assert "stacks: Anthropic" in done.stdout
    assert max(map(len, done.stdout.split("\n"))) <= 80
    assert "\x1b" not in done.stdout


def test_json_is_the_report_and_every_quote_in_it_is_true(repository: Repository) -> None:
    done = sensei.run("review", "--repo", str(repository.path), "--base", "main", "--format", "json")
    report = parsed(done.stdout)
    assert (report.base, report.head) == (repository.id("main"), repository.id("work"))
    assert report.mode == "signals"
    assert report.model is None
    assert report.cost.calls == 0
    assert citations.check(repository.path, report) > 0


def test_markdown_is_written_to_a_file_and_nothing_is_printed(repository: Repository, tmp_path: Path) -> None:
    target = tmp_path / "report.md"
    done = sensei.run("review", "--format", "md", "--output", str(target), cwd=repository.path)
    assert (done.returncode, done.stdout) == (0, "")
    assert target.read_text().startswith("# Sensei: first pass")
    assert [path.name for path in tmp_path.iterdir()] == ["report.md"]


def test_a_page_is_written_whole(repository: Repository, tmp_path: Path) -> None:
    target = tmp_path / "report.html"
    done = sensei.run("review", "--output", str(target), cwd=repository.path)
    assert (done.returncode, done.stdout) == (0, "")
    page = target.read_text("utf-8")
    assert page.startswith("<!doctype html>")
    assert page.endswith("</html>\n")
    today = datetime.now(UTC).astimezone()
    title = f"{repository.path.name}, work, {today.day} {today:%B %Y}"
    assert f"<title>{title} · Sensei, first pass</title>" in page
    assert f"<code>{repository.id('work')[:10]}</code>" in page
    assert '<span data-line="3" class="around">client = anthropic.Anthropic()' in page


def test_uncommitted_work_is_hinted_at_in_one_line(tmp_path: Path) -> None:
    repository = Repository.make(tmp_path / "capstone")
    repository.commit({"README.md": b"# Capstone\n"})
    repository.write({"app.py": b"x = 1\n"})
    done = sensei.run("review", "--baseline", cwd=repository.path)
    assert done.stderr == "sensei: note: 1 uncommitted file was not read; --head WORKTREE reads it.\n"


@pytest.mark.parametrize(
    ("name", "format_", "expected"),
    [
        ("x.html", None, Format.HTML),
        ("X.MD", None, Format.MD),
        ("x.json", Format.JSON, Format.JSON),
        ("x.txt", Format.JSON, Format.JSON),
        ("html", None, Format.TERMINAL),
        (None, Format.HTML, Format.HTML),
        (None, None, Format.TERMINAL),
    ],
)
def test_the_name_of_the_output_chooses_the_format(
    name: str | None, format_: Format | None, expected: Format
) -> None:
    assert choose_format(format_, Path(name) if name else None) is expected


@pytest.mark.parametrize("head", ["--staged", "--head=WORKTREE", "--head=INDEX"])
def test_a_participant_can_check_before_pushing(tmp_path: Path, head: str) -> None:
    repository = Repository.make(tmp_path)
    repository.commit({"README.md": b"# Capstone\n"})
    repository.write({"app/client.py": CLIENT})
    if head != "--head=WORKTREE":
        repository.git("add", "app/client.py")
        repository.write({"app/client.py": b"x = 1\n"})
    report = parsed(sensei.run("review", head, "--format", "json", cwd=tmp_path).stdout)
    assert report.head == ("WORKTREE" if head == "--head=WORKTREE" else "INDEX")
    assert report.stacks == ("anthropic",)
    assert citations.check(tmp_path, report) > 0


def test_a_baseline_reads_everything(repository: Repository) -> None:
    report = parsed(sensei.run("review", "--baseline", "--format", "json", cwd=repository.path).stdout)
    assert (report.kind, report.base, report.questions) == ("baseline", None, ())
    assert report.coverage.files_total == 3


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--repo", "/nowhere"], "/nowhere"),
        (["--repo", os.devnull], os.devnull),
        (["--base", "nope"], "'nope'"),
        (["--base=--output=x"], "looks like an option"),
        (["--head=-x"], "looks like an option"),
        (["--head", ""], "empty"),
        (["--head", "main..work"], "'main..work'"),
        (["--rubric", "nope"], "'nope'"),
        (["--rubric", "./nope.yaml"], "nope.yaml"),
        (["--overlay", "nope.yaml"], "nope.yaml"),
        (["--format", "pdf"], "'pdf'"),
        (["--output", "/nowhere/x"], "/nowhere"),
        (["--output", "."], "is a folder"),
        (["--baseline", "--base", "main"], "--baseline"),
        (["--baseline", "--staged"], "--baseline --head INDEX"),
        (["--format", "md", "--output", "x.html"], "doesn't match the extension"),
        (["--format", "terminal", "--output", "x.json"], "doesn't match the extension"),
        (["--staged", "--head", "main"], "--staged"),
        (["--nope"], "--nope"),
        (["extra"], "extra"),
    ],
)
def test_bad_input_is_told_in_one_message(
    repository: Repository, arguments: list[str], expected: str
) -> None:
    done = sensei.run("review", *arguments, cwd=repository.path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert expected in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().split("\n")) <= 4


def test_a_broken_rubric_is_told_with_its_line(repository: Repository, tmp_path: Path) -> None:
    broken = tmp_path / "r.yaml"
    broken.write_text("schema: dojo.rubric/v1\nid: x\ncolour: red\n")
    done = sensei.run("review", "--rubric", str(broken), cwd=repository.path)
    assert done.returncode == 2
    assert f"{broken}:" in done.stderr
    assert "sensei rubric check" in done.stderr


def test_a_setting_that_cannot_be_used_is_named(repository: Repository) -> None:
    done = sensei.run("review", cwd=repository.path, SENSEI_GIT_TIMEOUT="soon")
    assert done.returncode == 2
    assert "SENSEI_GIT_TIMEOUT" in done.stderr


def test_an_incomplete_report_exits_with_three(repository: Repository) -> None:
    done = sensei.run("review", cwd=repository.path, SENSEI_REVIEW_TIMEOUT="0.000001")
    assert done.returncode == 3
    assert "Incomplete. Sensei asks no questions after an incomplete review." in done.stdout


@pytest.mark.contract
def test_a_reader_that_goes_away_is_no_error(repository: Repository) -> None:
    command = [*sensei.COMMAND, "review", "--format", "json"]
    process = subprocess.Popen(
        command, cwd=repository.path, env=sensei.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout
    assert process.stderr
    process.stdout.close()
    assert process.wait(60) in {0, 141}
    assert process.stderr.read() == b""
    process.stderr.close()


@pytest.mark.contract
def test_a_terminal_without_unicode_still_gets_every_word(repository: Repository) -> None:
    done = sensei.run_interpreter(
        "review", cwd=repository.path, LC_ALL="C", PYTHONIOENCODING="ascii", PYTHONUTF8="0"
    )
    assert done.returncode == 0, done.stderr
    assert "2 of 2 files read" in done.stdout


@pytest.mark.contract
def test_at_a_terminal_there_is_colour(repository: Repository) -> None:
    parent, child = pty.openpty()
    process = subprocess.Popen(
        [*sensei.COMMAND, "review"],
        cwd=repository.path,
        env=sensei.environment(TERM="xterm-256color", COLUMNS="80"),
        stdin=child,
        stdout=child,
        stderr=child,
    )
    os.close(child)
    shown = b""
    until = time.monotonic() + 60
    while time.monotonic() < until and select.select([parent], [], [], 60)[0]:
        try:
            shown += os.read(parent, 65536)
        except OSError:  # what Linux says when the other end is closed
            break
    process.wait(60)
    os.close(parent)
    assert b"\x1b[1m" in shown
    assert b"files read" in shown
