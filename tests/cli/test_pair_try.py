"""``sensei pair try`` in this process: nothing but the file is needed, and nothing is written."""

import json
import socket
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from typer.testing import CliRunner, Result

from bot import resources
from bot.cli.app import app
from tests import databases, sensei
from tests.sample_cohort import made

SCHEMA = json.loads((sensei.ROOT / "bot" / "pairing.schema.json").read_text("utf-8"))


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home, on a machine without a network and without a set-up."""

    def refuse(*_: object) -> None:
        raise AssertionError("there is no network here")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    for name in ("HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["pair", "try", *map(str, arguments)])


def test_pairs_are_shown_and_nothing_is_written(home: Path) -> None:
    file = resources.folder("samples") / "sample-people.csv"
    done = run(file)
    assert done.exit_code == 0
    assert "sample-people.csv: 5 participants and 2 senseis with 5 places." in done.stdout
    assert "Yuki Mori has no sensei: not enough overlap in working hours." in done.stdout
    assert "Ben Okoye (fit " in done.stdout
    assert "asked for this sensei." in done.stdout
    assert "Next best: Otto Berg (fit " in done.stdout
    assert done.stdout.endswith("\nSensei saved nothing, and sent nothing to Slack or GitHub.\n")
    assert [*home.iterdir()] == []


def test_the_json_fits_its_schema_and_escapes_what_is_invisible(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text(made(20, 6), "utf-8")
    done = run(file, "--json", "--weight", "minimum_hours=4")
    assert done.exit_code == 0
    assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in done.stdout
    document = json.loads(done.stdout)
    Draft202012Validator(SCHEMA).validate(document)
    assert list(Draft202012Validator(SCHEMA).iter_errors(document | {"cohort": "dojo"}))
    assert document["schema"] == "sensei.pairing/1"
    assert document["weights"]["minimum_hours"] == 4
    assert len(document["pairs"]) + len(document["unassigned"]) == 20
    assert [*home.iterdir()] == []


def test_a_faulty_file_gets_the_errors_of_an_import_all_at_once(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "people.csv"
    head = "name,role,slack,time_zone,skills\n"
    file.write_text(
        f"{head}Ada,participent,ada@example.org,Europe/Madrid,\n"
        "Bo,sensei,bo,Europe/Lundon,securty:3\nCy,sensei,cy@example.org,,\n",
        "utf-8",
    )
    done = run(file)
    assert done.exit_code == 2
    assert done.stdout == ""
    *problems, last = done.stderr.splitlines()
    found = f"{file} has {len(problems)} errors"
    assert last == f"sensei: {found}, so Sensei worked out no pairs. Correct the file and try again."
    assert problems.pop().startswith("row 4, time_zone: This command doesn't ask Slack for time zones.")
    # An import has Slack's time zones, and stops before it opens Slack.
    monkeypatch.setenv("SENSEI_DATABASE_URL", databases.migrated_file(tmp_path / "other.db"))
    imported = CliRunner().invoke(app, ["people", "import", str(file)])
    assert imported.stderr.splitlines()[: len(problems)] == problems
    assert len(problems) == 4
