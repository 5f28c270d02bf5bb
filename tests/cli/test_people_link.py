"""``sensei people link`` looks an account up on GitHub, and asks its owner in Slack."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.adapters.database import open_store
from bot.adapters.database.transaction import SqlStore
from bot.cli.app import app
from bot.domain.dojo.people import CohortRole
from bot.errors import UserError
from tests import databases
from tests.entrypoints.webhooks import now
from tests.fakes.github import GitHub
from tests.fakes.github.model import App


@pytest.fixture(scope="module")
def host() -> Iterator[tuple[GitHub, App]]:
    with GitHub() as github:
        made = github.app()
        github.user("Octocat")
        github.user("acme", "Organization")
        github.user("renovate[bot]", "Bot")
        yield github, made


@pytest.fixture(autouse=True)
def a_dojo(host: tuple[GitHub, App], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    github, made = host
    url = databases.migrated_file(tmp_path / "sensei.db")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("SENSEI_DATABASE_URL", url)
    monkeypatch.setenv("SENSEI_GITHUB_APP_ID", str(made.id))
    monkeypatch.setenv("SENSEI_GITHUB_PRIVATE_KEY", made.private_key)
    monkeypatch.setenv("SENSEI_GITHUB_API_URL", github.url)
    with open_store(url) as engine, SqlStore(engine, "github.com", now).begin() as tx:
        cohort = tx.cohorts.add("dojo", now())
        person = tx.members.find_or_add_by_chat("T1", "U0ADA", "Ada Lovelace", now())
        tx.members.join(cohort.id, person, CohortRole.PARTICIPANT, now())


def run(*arguments: str) -> str:
    done = CliRunner().invoke(app, ["people", "link", *arguments])
    if isinstance(done.exception, UserError):
        return str(done.exception)
    assert done.exit_code == 0, done.output
    return done.output


def test_an_account_is_looked_up_and_its_owner_asked(host: tuple[GitHub, App]) -> None:
    github, made = host
    assert "isn't installed anywhere yet" in run("Ada Lovelace", "octocat")
    github.install(made, github.repository("acme/desk", {"README.md": b"# Desk\n"}))
    said = run("Ada Lovelace", "@octocat")
    number = github.user("Octocat").id
    assert f"Sensei is asking Ada Lovelace in Slack whether the GitHub account Octocat (id {number})" in said
    assert "Nothing is linked until they click “Yes, that's me”." in said
    assert "Sensei has already asked Ada Lovelace" in run("U0ADA", "Octocat")
    assert "There is no GitHub user called octokat." in run("Ada Lovelace", "octokat")
    assert "There is no GitHub user called acme. This account is of type Organization." in run(
        "Ada Lovelace", "acme"
    )
    assert "is not a GitHub login" in run("Ada Lovelace", "../acme")
    assert "Did you mean Ada Lovelace (Slack U0ADA)?" in run("Ada Lovelase", "octocat")
