"""``sensei handbook gaps``: figures and gaps, and closing one."""

from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.adapters.database import open_store
from bot.adapters.database.transaction import SqlStore
from bot.cli.app import app
from bot.errors import UserError
from tests import databases
from tests.entrypoints.webhooks import now

HOSTILE = "Who \x1b[31mowns\u202e staging? " + "long " * 30


@pytest.fixture(autouse=True, name="database")
def a_cohort(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    url = databases.migrated_file(tmp_path / "sensei.db")
    monkeypatch.setenv("SENSEI_DATABASE_URL", url)
    run("cohort", "add", "spring")
    run("cohort", "add", "autumn")
    return url


def run(*arguments: str) -> str:
    done = CliRunner().invoke(app, [*arguments])
    if isinstance(done.exception, UserError):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.output


def reports(database: str, cohort: str, words: str) -> int:
    """Let somebody have reported a gap; return its number."""
    with open_store(database) as engine, SqlStore(engine, "github.com", now).begin() as tx:
        found = tx.cohorts.by_name(cohort)
        assert found
        tx.handbooks.add_gap(found.id, words, date(2026, 11, 30))
        return tx.handbooks.gaps(found.id)[0][0]


def test_gaps_are_listed_and_closed(database: str) -> None:
    assert run("handbook", "gaps", "spring").splitlines() == [
        "Questions to Sensei in the last 4 weeks: too few to show.",
        "",
        "Nobody has reported a gap in the handbook of spring.",
    ]
    number = reports(database, "spring", HOSTILE)
    other = reports(database, "autumn", "Elsewhere?")
    listed = run("handbook", "gaps", "spring")
    assert f"{number:>4}. 2026-11-30" in listed.splitlines()
    assert "\x1b" not in listed
    assert "\u202e" not in listed
    assert "Elsewhere" not in listed
    assert max(map(len, listed.splitlines())) <= 80
    with pytest.raises(UserError, match=f"spring has no gap {other}, so nothing was changed"):
        run("handbook", "gaps", "spring", "--close", str(other))
    assert run("handbook", "gaps", "spring", "--close", str(number)) == f"Gap {number} of spring is closed.\n"
    assert "Nobody has reported a gap" in run("handbook", "gaps", "spring")
    assert "Elsewhere?" in run("handbook", "gaps", "autumn")


def test_a_cohort_that_nobody_knows_is_named() -> None:
    with pytest.raises(UserError, match="winter"):
        run("handbook", "gaps", "winter")
