"""``sensei digest``: the digests as they would be sent, and nothing sent."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from bot.adapters.database import open_store
from bot.adapters.database.transaction import SqlStore
from bot.cli.app import app
from bot.domain.dojo.people import CohortRole, Profile, WorkingHours
from bot.domain.pairing.states import PairState
from bot.domain.pull_requests.records import Account
from bot.errors import UserError
from tests import databases

WEEK = "2099-W02"
ROLES = {"Ada": CohortRole.PARTICIPANT, "Sén": CohortRole.SENSEI, "Sol": CohortRole.SENSEI}


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A cohort in which Sén guides Ada, whose repository can't be read; Sol guides nobody."""
    address, now = databases.migrated_file(tmp_path / "s.db"), datetime.now(UTC)
    with open_store(address) as engine, SqlStore(engine, "github.com").begin() as tx:
        cohort = tx.cohorts.add("spring", now)
        people = {}
        for name, role in ROLES.items():
            people[name] = tx.members.find_or_add_by_chat("T1", f"U0{name.upper()}", name, now)
            member = tx.members.join(cohort.id, people[name], role, now)
            tx.members.set_profile(member.enrolment, Profile(WorkingHours("Asia/Tokyo", begins=600)))
        account = Account(11, "ada")
        people["Ada"] = tx.members.prove(people["Ada"], account, now)
        tx.capstones.add(
            cohort="spring",
            repository=11,
            owner="ada",
            name="desk",
            default_branch="main",
            installation=None,
            participant=account,
            sensei=None,
            publish=None,
            at=now,
        )
        proposal = tx.pairings.propose(cohort.id, "operator", now, ())
        pair = tx.pairings.add(proposal.id, people["Ada"], people["Sén"], fit=1, reasons=(), at=now)
        tx.pairings.set_state(pair.id, PairState.ACTIVE, now)
    monkeypatch.setenv("SENSEI_DATABASE_URL", address)
    return address


def shown(*arguments: str) -> str:
    """What the command prints."""
    result = CliRunner().invoke(app, ["digest", "--preview", *arguments])
    if result.exception:
        raise result.exception
    return result.output


def test_it_prints_each_digest_and_stores_nothing(database: str) -> None:
    assert shown("--week", WEEK) == (
        "Sol, week 2099-W02\n"
        "    Sensei sends it on Mon 5 Jan at 10:00 (Asia/Tokyo).\n"
        "    They guide nobody now, so they get no digest.\n"
        "\n"
        "Sén, week 2099-W02\n"
        "    Sensei sends it on Mon 5 Jan at 10:00 (Asia/Tokyo).\n"
        "    Most urgent first.\n"
        "\n"
        " 1. Ada · I can't read the capstone\n"
        "    The GitHub App isn't installed on their repository, so I can't read it.\n"
    )
    with open_store(database) as engine, engine.connect() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM digest")).scalar_one() == 0
        assert connection.execute(sa.text("SELECT count(*) FROM job")).scalar_one() == 0


@pytest.mark.usefixtures("database")
def test_it_can_be_asked_about_one_sensei() -> None:
    only = shown("--sensei", "sol")
    assert only.startswith("Sol, week ")
    assert "Ada" not in only


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--preview", "--sensei", "Ada"], "No active sensei of this cohort is called Ada."),
        (["--preview", "--week", "last"], "last is not a week."),
        (["--preview", "--week", "2020-W01"], "2020-W01 is over."),
        ([], "`sensei serve` sends the digests."),
    ],
)
def test_what_it_cannot_do_it_says(arguments: list[str], says: str) -> None:
    result = CliRunner().invoke(app, ["digest", *arguments])
    assert isinstance(result.exception, UserError)
    assert result.exception.what == says
