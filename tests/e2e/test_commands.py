import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from bot import resources
from bot.adapters.database import open_store, upgrade_store
from bot.adapters.database.transaction import SqlStore
from bot.adapters.files import sample_repositories
from bot.ports.deliveries import Delivery
from bot.ports.jobs import Job
from tests import sensei


def test_help_names_every_command() -> None:
    done = sensei.run_interpreter("--help")
    assert done.returncode == 0
    for command in ("review", "ledger", "rubric", "demo", "eval", "settings", "schema"):
        assert command in done.stdout


@pytest.mark.contract
@pytest.mark.parametrize(
    "command",
    [
        ["review"],
        ["ledger"],
        ["rubric", "check"],
        ["rubric", "show"],
        ["demo"],
        ["eval"],
        ["settings"],
        ["schema"],
    ],
)
def test_every_command_has_help_in_80_columns(command: list[str]) -> None:
    done = sensei.run(*command, "--help")
    assert done.returncode == 0
    assert max(map(len, done.stdout.split("\n"))) <= 80


def test_the_demo_reviews_and_pairs_its_samples_and_says_what_a_model_would_add(tmp_path: Path) -> None:
    done = sensei.run_interpreter("demo", "--report", str(tmp_path / "sample.html"))
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("first pass") == len(sample_repositories.sample_names())
    assert done.stdout.count("Sample:") == len(sample_repositories.sample_names()) + 2
    assert " 1. Ida Lund · 1 dispute to decide" in done.stdout
    assert "a sample with fictional people" in (tmp_path / "sample.html").read_text("utf-8")
    assert "These reviews used no model" in done.stdout
    assert max(map(len, done.stdout.split("\n"))) <= 80
    assert "Facts" in done.stdout
    assert "Questions (3)" in done.stdout
    assert "4 pairs; 1 participant without a sensei." in done.stdout
    assert "Sensei saved nothing" in done.stdout
    folded = "".join(done.stdout.split())  # a long path is broken at 80 columns
    assert f"samplesarein{resources.folder('samples')}." in folded
    assert "review--repoDIR`." in folded
    assert "pairtryFILE`." in folded


def test_a_rubric_is_shown_with_what_a_stack_adds() -> None:
    plain, with_stack = sensei.run("rubric", "show"), sensei.run("rubric", "show", "--stack", "google-adk")
    assert plain.returncode == with_stack.returncode == 0
    assert "risk.1" in plain.stdout
    assert "google-adk." not in plain.stdout
    assert "google-adk." in with_stack.stdout
    assert plain.stdout.split("\n")[0].endswith(" (without packs)")
    assert with_stack.stdout.split("\n")[0].endswith(" (with the pack google-adk)")
    assert max(map(len, with_stack.stdout.split("\n"))) <= 80


def test_a_rubric_is_shown_as_json_too() -> None:
    done = sensei.run("rubric", "show", "--format", "json")
    assert json.loads(done.stdout)["id"] == "capstone"


def test_an_unknown_stack_is_told_with_those_there_are() -> None:
    done = sensei.run("rubric", "show", "--stack", "cobol")
    assert done.returncode == 2
    assert "'cobol'" in done.stderr
    assert "google-adk" in done.stderr


def test_rubric_check_says_what_signals_see_and_why_they_do_not_see_the_rest() -> None:
    pack = str(sensei.ROOT / "rubrics" / "stacks" / "anthropic.yaml")
    short, whole = sensei.run("rubric", "check", pack), sensei.run("rubric", "check", "--coverage", pack)
    assert short.returncode == whole.returncode == 0
    assert "anti-patterns. Detected by signals: python" in short.stdout
    assert "sources:" in short.stdout
    assert "anthropic.default-timeout" not in short.stdout
    assert "default-timeout" in whole.stdout
    assert ", not detected in " in whole.stdout
    assert max(map(len, whole.stdout.replace(pack, "").split("\n"))) <= 80


def test_rubric_check_lists_every_fault_and_exits_with_two() -> None:
    done = sensei.run("rubric", "check", str(sensei.ROOT / "rubrics" / "capstone.yaml"))
    assert done.returncode == 0
    assert "capstone is valid" in done.stdout
    done = sensei.run("rubric", "check", str(sensei.ROOT / "pyproject.toml"))
    assert done.returncode == 2
    assert "pyproject.toml:8:" in done.stderr


@pytest.mark.parametrize("document", ["report", "pairing", "rubric"])
def test_schemas_are_printed(document: str) -> None:
    Draft202012Validator.check_schema(json.loads(sensei.run("schema", document).stdout))


def test_settings_are_listed_with_what_is_in_force() -> None:
    done = sensei.run("settings", SENSEI_RUBRIC="./ours.yaml")
    assert "SENSEI_RUBRIC=./ours.yaml" in done.stdout
    assert "# SENSEI_RUBRIC=capstone" in sensei.run("settings", "--format", "env").stdout


@pytest.mark.parametrize(
    "command",
    [
        ["review"],
        *(pytest.param(each, marks=pytest.mark.contract) for each in (["ledger"], ["demo"])),
    ],
)
def test_without_git_it_is_said_that_there_is_none(tmp_path: Path, command: list[str]) -> None:
    done = sensei.run_interpreter(*command, cwd=tmp_path, PATH=str(tmp_path))
    assert (done.returncode, done.stderr.splitlines()[0]) == (2, "sensei: git was not found.")


def test_the_version_is_printed() -> None:
    assert sensei.run("--version").stdout.startswith("sensei 0.")


def test_a_delivery_that_failed_is_shown_and_let_go_on(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'sensei.db'}"
    moment = datetime(2026, 11, 26, 9, tzinfo=UTC)
    upgrade_store(url)
    with open_store(url) as database, SqlStore(database, "github.com").begin() as tx:
        tx.deliveries.receive(Delivery("72d3162e-cc78", "push", b"{}"), moment)
        tx.deliveries.close("72d3162e-cc78", "failed", "a bug; see the traceback in the log")
    shown = sensei.run("dead", "list", SENSEI_DATABASE_URL=url)
    assert shown.stdout == "72d3162e-cc78  a delivery: a bug; see the traceback in the log\n"
    assert sensei.run("dead", "retry", "72d3162e-cc78", SENSEI_DATABASE_URL=url).returncode == 0
    assert sensei.run("dead", "list", SENSEI_DATABASE_URL=url).stdout == "There is no failed work.\n"
    assert sensei.run("dead", "retry", "72d3162e-cc78", SENSEI_DATABASE_URL=url).returncode == 2


def test_a_job_that_could_not_start_is_shown_and_let_go_on(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'sensei.db'}"
    moment = datetime(2026, 11, 26, 9, tzinfo=UTC)
    upgrade_store(url)
    with open_store(url) as database, SqlStore(database, "github.com").begin() as tx:
        tx.jobs.add(Job("renamed:1", "renamed", {}, moment))
        tx.jobs.postpone("renamed:1", moment, "this version of Sensei has no workflow called renamed")
    shown = sensei.run("dead", "list", SENSEI_DATABASE_URL=url)
    assert shown.stdout == "renamed:1  a job: this version of Sensei has no workflow called renamed\n"
    done = sensei.run("dead", "retry", "--all", SENSEI_DATABASE_URL=url)
    assert done.stdout == "`sensei serve` will retry renamed:1.\n"
    assert sensei.run("dead", "list", SENSEI_DATABASE_URL=url).stdout == "There is no failed work.\n"


def test_an_unknown_id_says_what_happens_to_the_others(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'sensei.db'}"
    moment = datetime(2026, 11, 26, 9, tzinfo=UTC)
    upgrade_store(url)
    with open_store(url) as database, SqlStore(database, "github.com").begin() as tx:
        tx.deliveries.receive(Delivery("a-1", "push", b"{}"), moment)
        tx.deliveries.close("a-1", "failed", "a bug; see the traceback in the log")
    told = (
        "sensei: There is no failed work with the id 'x-9'.\n`sensei dead list` shows the ids of failed work."
    )
    alone = sensei.run("dead", "retry", "x-9", SENSEI_DATABASE_URL=url)
    assert alone.stderr == f"{told}\n"
    between = sensei.run("dead", "retry", "a-1", "x-9", "b-2", "c-3", SENSEI_DATABASE_URL=url)
    assert between.stdout == "`sensei serve` will retry a-1.\n"
    assert between.stderr == (
        f"{told} Sensei will retry the work whose ids come before this one in your command. Run the command "
        "again for b-2, c-3.\n"
    )


def test_everything_that_failed_is_let_go_on_at_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'sensei.db'}"
    moment = datetime(2026, 11, 26, 9, tzinfo=UTC)
    upgrade_store(url)
    with open_store(url) as database, SqlStore(database, "github.com").begin() as tx:
        for guid in ("a-1", "b-2"):
            tx.deliveries.receive(Delivery(guid, "push", b"{}"), moment)
            tx.deliveries.close(guid, "failed", "a bug; see the traceback in the log")
    for unclear in ([], ["--all", "a-1"]):
        assert sensei.run("dead", "retry", *unclear, SENSEI_DATABASE_URL=url).returncode == 2
    done = sensei.run("dead", "retry", "--all", SENSEI_DATABASE_URL=url)
    assert done.stdout == "`sensei serve` will retry a-1.\n`sensei serve` will retry b-2.\n"
    again = sensei.run("dead", "retry", "--all", SENSEI_DATABASE_URL=url)
    assert (again.returncode, again.stdout) == (0, "There is no failed work.\n")


@pytest.mark.parametrize("command", [["questions", "list"], ["capstone", "list"], ["dead", "list"]])
def test_where_no_database_is_nobody_says_that_nothing_waits(tmp_path: Path, command: list[str]) -> None:
    file = tmp_path / "sensei.db"
    done = sensei.run(*command, SENSEI_DATABASE_URL=f"sqlite:///{file}")
    assert (done.returncode, done.stdout) == (2, "")
    assert f"There is no database yet at {file}." in done.stderr
    assert not file.exists()
