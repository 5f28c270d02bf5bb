"""`sensei milestone` shows counts without words, and writes a participant's report for them alone."""

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.adapters.database import open_store
from bot.adapters.database.transaction import SqlStore
from bot.cli.app import app
from bot.domain.dojo.people import CohortRole, DateKind
from bot.domain.pull_requests.records import Account
from bot.domain.triage.records import Milestone, NewRuling, RulerRole, Verdict
from bot.errors import UserError
from tests import databases

NOW = datetime.now(UTC)
ADA, BO = Account(1, "ada"), Account(2, "bo")
CANARY, SENTENCE = "draft-canary", "Say who may call it."


@pytest.fixture(autouse=True)
def a_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Ada has a capstone, and one ruling for the design milestone; Bo has none."""
    url = databases.migrated_file(tmp_path / "sensei.db")
    monkeypatch.setenv("SENSEI_DATABASE_URL", url)
    with open_store(url) as engine, SqlStore(engine, "github.com", lambda: NOW).begin() as tx:
        cohort = tx.cohorts.add("spring", NOW).id
        capstone = tx.capstones.add(
            cohort="spring",
            repository=1,
            owner="ada",
            name="desk",
            default_branch="main",
            installation=9,
            participant=ADA,
            sensei=Account(3, "sol"),
            publish=None,
            at=NOW,
        )
        sol = tx.members.by_host_account(3)
        assert sol
        tx.members.join(cohort, tx.members.find_or_add_by_host_account(BO, NOW), CohortRole.PARTICIPANT, NOW)
        tx.cohorts.add_date(cohort, DateKind.DESIGN, "", NOW.date() + timedelta(days=2))
        tx.rulings.add(
            NewRuling(
                capstone=capstone.id,
                criterion="security",
                verdict=Verdict.OTHER,
                level=1,
                draft=4,
                reason=CANARY,
                sentence=SENTENCE,
                basis="",
                sensei=sol,
                role=RulerRole.SENSEI,
                milestone=Milestone.DESIGN,
            ),
            NOW,
        )
    return url


def run(*arguments: str) -> str:
    done = CliRunner().invoke(app, ["milestone", *arguments])
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.output


def test_the_list_has_counts_and_gates_but_no_words() -> None:
    said = run("list")
    assert "spring: design milestone on" in said
    assert "sol: 1 of 10 rulings made" in said
    assert "ada: 1 of 10 criteria ruled on; not ready yet: Security" in said
    assert SENTENCE not in said
    assert CANARY not in said


def test_the_report_is_written_for_its_owner_alone_and_audited(tmp_path: Path, a_database: str) -> None:
    file = tmp_path / "ada.html"
    run("report", "ada", "--output", str(file), "--milestone", "design")
    page = file.read_text()
    assert SENTENCE in page
    assert CANARY not in page
    assert "Level 4" not in page
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert page.startswith("<!doctype html>")
    assert run("report", "ada").startswith("<!doctype html>")
    with open_store(a_database) as engine, engine.connect() as connection:
        rows = connection.exec_driver_sql(
            "SELECT actor, subject, detail FROM audit_event WHERE action = 'milestone.report'"
        ).all()
    assert [(row[0], row[1]) for row in rows] == [("operator", "capstone:1")] * 2
    assert all("ada" not in str(row[2]) for row in rows)


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("ada", "--milestone", "final"), "There are no rulings for the final milestone"),
        (("bo",), "bo has no capstone in spring"),
        (("zelda",), "knows no one called 'zelda'"),
        (("ada", "--cohort", "autumn"), "There is no cohort called autumn"),
    ],
)
def test_without_a_report_it_says_why(arguments: tuple[str, ...], why: str) -> None:
    with pytest.raises(UserError, match=why):
        run("report", *arguments)
