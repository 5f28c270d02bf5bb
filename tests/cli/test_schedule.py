"""``sensei schedule``: when participants are asked next and why not now, and nothing is stored."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from bot.adapters.database import open_store
from bot.adapters.database.transaction import SqlStore
from bot.cli.app import app
from bot.domain.check_ins.records import Rhythm
from bot.domain.dojo.people import CohortRole, DateKind, EnrolmentState, Profile, Weekday, WorkingHours
from bot.domain.pull_requests.records import Account
from bot.errors import UserError
from tests import databases

NOW = datetime.now(UTC)
START = datetime(2099, 1, 5, tzinfo=UTC).date()  # a Monday


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A cohort that starts later, with three participants; only Ada has a capstone."""
    address = databases.migrated_file(tmp_path / "s.db")
    with open_store(address) as engine, SqlStore(engine, "github.com").begin() as tx:
        cohort = tx.cohorts.add("spring", NOW)
        tx.cohorts.add_date(cohort.id, DateKind.START, "", START)
        enrolments = {}
        for name in ("Ada", "Bo", "Cy", "Sen"):
            person = tx.members.find_or_add_by_chat("T1", f"U0{name.upper()}", name, NOW)
            role = CohortRole.SENSEI if name == "Sen" else CohortRole.PARTICIPANT
            member = tx.members.join(cohort.id, person, role, NOW)
            tx.members.set_profile(member.enrolment, Profile(WorkingHours("Asia/Tokyo", begins=660)))
            enrolments[name] = member.enrolment
            if name == "Ada":
                account = Account(11, "ada")
                tx.members.prove(person, account, NOW)
                tx.capstones.add(
                    cohort="spring",
                    repository=11,
                    owner="ada",
                    name="desk",
                    default_branch="main",
                    installation=9,
                    participant=account,
                    sensei=None,
                    publish=None,
                    at=NOW,
                )
        tx.rhythms.choose(enrolments["Bo"], Rhythm(2, Weekday.FRI, 14 * 60))
        tx.members.set_state(enrolments["Cy"], EnrolmentState.PAUSED)
    monkeypatch.setenv("SENSEI_DATABASE_URL", address)
    return address


def shown(*arguments: str) -> str:
    """What the command prints."""
    result = CliRunner().invoke(app, ["schedule", *arguments])
    if result.exception:
        raise result.exception
    return result.output


def test_it_prints_what_is_next_for_whom_and_why_not_now(database: str) -> None:
    assert shown() == (
        "spring: check-ins every Wednesday at 10:00, unless somebody has chosen another\n"
        "rhythm\n"
        "Ada\n"
        "    next: Wed 7 Jan 2099, 11:00 (Asia/Tokyo); every Wednesday at 10:00\n"
        "    not now: the cohort starts on Mon 5 Jan 2099\n"
        "Bo\n"
        "    next: none is planned; every 2 weeks, on Friday at 14:00\n"
        "    not now: the cohort starts on Mon 5 Jan 2099; their GitHub account isn't\n"
        "        linked; they have no capstone\n"
        "Cy\n"
        "    next: none is planned; every Wednesday at 10:00\n"
        "    not now: the cohort starts on Mon 5 Jan 2099; they are paused; their GitHub\n"
        "        account isn't linked; they have no capstone\n"
    )
    with open_store(database) as engine, engine.connect() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM job")).scalar_one() == 0


def test_one_person_is_enough(database: str) -> None:
    assert "\nBo\n" in shown("Bo")
    assert "Ada" not in shown("Bo")
    with pytest.raises(UserError, match="no one called 'Zed'") as unknown:
        shown("Zed")
    assert unknown.value.remedy == "Use the person's Slack user id, which `sensei people list` shows."
    with pytest.raises(UserError, match="Sen isn't a participant of the cohort spring"):
        shown("Sen")


def test_the_account_that_is_missing_is_named(database: str) -> None:
    account = Account(12, "dee")
    with open_store(database) as engine, SqlStore(engine, "github.com").begin() as tx:
        dee = tx.members.find_or_add_by_host_account(account, NOW)
        tx.members.prove(dee, account, NOW)
        tx.members.join(tx.cohorts.all()[0].id, dee, CohortRole.PARTICIPANT, NOW)
    assert "their Slack account isn't known; they have no" in " ".join(shown("dee").split())
    assert "GitHub" not in shown("dee")


def test_a_rhythm_that_never_fits_is_a_reason(database: str) -> None:
    with open_store(database) as engine, SqlStore(engine, "github.com").begin() as tx:
        tx.rhythms.set_cohort(tx.cohorts.all()[0].id, Rhythm(1, Weekday.SAT, 7 * 60))
    told = " ".join(shown("Ada").split())
    assert "next: none is planned; every Saturday at 07:00" in told
    assert "they don't work on the rhythm's day or later in the week" in told


def test_a_cohort_without_participants_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    address = databases.migrated_file(tmp_path / "s.db")
    with open_store(address) as engine, SqlStore(engine, "github.com").begin() as tx:
        tx.rhythms.set_cohort(tx.cohorts.add("spring", NOW).id, Rhythm(0))
    monkeypatch.setenv("SENSEI_DATABASE_URL", address)
    assert shown() == (
        "spring: no check-ins, unless somebody has chosen another rhythm\nThis cohort has no participants.\n"
    )
