import json
from pathlib import Path

import pytest

from bot.domain.ledger.evidence import CheckState
from bot.domain.ledger.ledger import Ledger
from tests import sensei
from tests.domain import rubric_builders as rubrics
from tests.repositories import Repository

TIMEOUT = {
    "imports": ["shop"],
    "rule": {"pattern": "Client(timeout=$T)"},
    "match": ["import shop\nClient(timeout=1)\n", "import shop\nClient(timeout=2)\n"],
    "no_match": ["import shop\nClient()\n", "Client(timeout=1)\n"],
}
RULE = {"languages": {"python": TIMEOUT}}
BOUND = rubrics.signal(id="shop.bound", yields="evidence", text=None, **RULE)
DOCUMENT = rubrics.document(
    rubrics.criterion("speed", checks=[rubrics.check("speed.1", signals=[BOUND])]),
    rubrics.criterion("safety", gate=True, checks=[rubrics.check("safety.1", signals=[rubrics.signal()])]),
)
BEFORE = b"import shop\n\n\ndef ask():\n    return 1\n"
AFTER = BEFORE.replace(b"return 1", b"return shop.Client(timeout=3)").replace(b"shop.C", b"C")


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """A capstone whose branch ``work`` adds a client with a timeout; ``main`` is checked out."""
    (tmp_path / "rubric.yaml").write_text(json.dumps(DOCUMENT))
    repository = Repository.make(tmp_path / "capstone")
    repository.commit({"app.py": BEFORE})
    repository.git("checkout", "--quiet", "-b", "work")
    repository.commit({"app.py": AFTER})
    repository.git("checkout", "--quiet", "main")
    return repository


def run(repository: Repository, *arguments: str, **changes: str) -> tuple[int, str, str]:
    rubric = str(repository.path.parent / "rubric.yaml")
    done = sensei.run(*arguments, "--rubric", rubric, cwd=repository.path, **changes)
    return done.returncode, done.stdout, done.stderr


def saved(repository: Repository) -> str:
    """The report of the change on ``work``, in a file."""
    target = str(repository.path.parent / "report.json")
    arguments = ("--base", "main", "--head", "work", "--format", "json", "--output", target)
    assert run(repository, "review", *arguments)[0] == 0
    return target


def read(repository: Repository, *arguments: str) -> Ledger:
    status, printed, told = run(repository, "ledger", "--format", "json", *arguments)
    assert (status, told) == (0, "")
    return Ledger.parse(printed)


def state(ledger: Ledger, check: str = "speed.1") -> CheckState:
    return ledger.states()[check]


def without_signals(repository: Repository) -> None:
    """Leave the baseline nothing to find, so that only the saved report speaks."""
    bare = json.loads(json.dumps(DOCUMENT))
    for criterion in bare["criteria"]:
        criterion["checks"][0].pop("signals", None)
    (repository.path.parent / "rubric.yaml").write_text(json.dumps(bare))


def test_a_repository_fills_its_ledger_without_any_option(repository: Repository) -> None:
    assert state(read(repository)) is CheckState.NOT_ASSESSED
    ledger = read(repository, "--head", "work")
    assert (state(ledger), state(ledger, "safety.1")) == (CheckState.MET, CheckState.OPEN)
    repository.write({"app.py": AFTER})
    assert state(read(repository, "--head", "WORKTREE")) is CheckState.MET


def test_a_squash_merge_keeps_what_the_review_of_its_branch_found(repository: Repository) -> None:
    report = saved(repository)
    without_signals(repository)
    repository.commit({"notes.md": b"# Notes\n"})
    repository.git("merge", "--quiet", "--squash", "work")
    repository.commit()
    repository.git("branch", "--quiet", "-D", "work")
    ledger = read(repository, "--report", report)
    assert (state(ledger), ledger.drift) == (CheckState.MET, ())


def test_a_move_and_a_formatter_keep_it(repository: Repository) -> None:
    report = saved(repository)
    without_signals(repository)
    wrapped = AFTER.replace(b"Client(timeout=3)", b"Client(\n        timeout=3\n    )")
    repository.commit({"app.py": None, "src/client.py": wrapped})
    ledger = read(repository, "--report", report)
    assert (state(ledger), ledger.drift) == (CheckState.MET, ())


def test_a_deletion_reopens_the_check_and_the_drift_is_noted(repository: Repository) -> None:
    report = saved(repository)
    repository.git("merge", "--quiet", "--squash", "work")
    repository.commit()
    assert state(read(repository, "--report", report)) is CheckState.MET
    head = repository.commit({"app.py": AFTER.replace(b"timeout=3", b"timeout=None, retries=2")})
    ledger = read(repository, "--report", report)
    assert state(ledger) is CheckState.OPEN
    (note,) = ledger.drift
    assert (note.check, note.before, note.after, note.at) == (
        "speed.1",
        CheckState.MET,
        CheckState.OPEN,
        head,
    )
    shown = " ".join(run(repository, "ledger", "--report", report)[1].split())
    assert (
        f"was met and is now open. At {head[:10]}, this evidence is no longer there: app.py:5 as of" in shown
    )


def test_what_a_base_hides_is_no_evidence(repository: Repository) -> None:
    report = saved(repository)
    repository.commit({"app.py": AFTER, ".senseiignore": b"app.py\n"})
    assert state(read(repository, "--report", report)) is CheckState.OPEN


def test_a_branch_that_was_never_merged_does_not_count(repository: Repository) -> None:
    ledger = read(repository, "--report", saved(repository))
    assert state(ledger) is CheckState.OPEN


@pytest.mark.parametrize("format_", ["terminal", "md"])
def test_a_page_is_plain_when_piped_and_shows_no_level(repository: Repository, format_: str) -> None:
    arguments = ("--head", "work", "--report", saved(repository), "--format", format_)
    status, printed, told = run(repository, "ledger", *arguments)
    assert (status, told) == (0, "")
    assert "app.py:5" in printed
    assert "\x1b" not in printed
    assert not {"level", "score", "grade", "passed", "failed"} & set(printed.lower().split())
    if format_ == "terminal":
        lines = printed.split("\n")
        assert max(map(len, lines)) <= 80
        assert [line for line in lines if line != line.rstrip()] == []


def test_a_ledger_is_written_as_a_page(repository: Repository, tmp_path: Path) -> None:
    target = tmp_path / "ledger.html"
    arguments = ("--head", "work", "--output", str(target))
    assert run(repository, "ledger", *arguments) == (0, "", "")
    text = target.read_text("utf-8")
    assert text.startswith("<!doctype html>\n")
    assert f"<title>{repository.path.name}, work, " in text
    assert "<code>app.py:5</code>" in text


def test_an_incomplete_reading_exits_with_three_and_calls_nothing_gone(repository: Repository) -> None:
    report = saved(repository)
    status, printed, _ = run(repository, "ledger", "--report", report, SENSEI_REVIEW_TIMEOUT="0.000001")
    assert status == 3
    assert "Incomplete" in printed
    assert "couldn't use 2 quotes from saved reports" in " ".join(printed.split())
    assert "no longer there" not in printed


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--report", "/nowhere.json"], "/nowhere.json"),
        (["--report", "app.py"], "not JSON"),
        (["--report", "../rubric.yaml"], "dojo.rubric/v1"),
        (["--report", "."], "not a file"),
        (["--repo", "/nowhere"], "/nowhere"),
        (["--head", "nope"], "'nope'"),
        (["--format", "pdf"], "'pdf'"),
        (["--format", "md", "--output", "x.json"], "doesn't match the extension"),
        (["--nope"], "--nope"),
    ],
)
def test_bad_input_is_told_in_one_message(
    repository: Repository, arguments: list[str], expected: str
) -> None:
    status, printed, told = run(repository, "ledger", *arguments)
    assert (status, printed) == (2, "")
    assert expected in told
    assert "Traceback" not in told
    assert len(told.strip().split("\n")) <= 4


def test_a_report_of_another_rubric_is_refused(repository: Repository) -> None:
    report = saved(repository)
    done = sensei.run("ledger", "--report", report, cwd=repository.path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "small 1.0.0, not with capstone" in done.stderr
