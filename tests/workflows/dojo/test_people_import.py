"""People are brought in from a file: from a workspace on loopback, into both databases."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.adapters import slack as adapter
from bot.adapters.database.transaction import SqlStore
from bot.adapters.files.remembered_accounts import RememberedAccounts
from bot.domain.dojo.cohort_choice import CohortChoice
from bot.domain.dojo.people import CohortRole, EnrolmentState, Member, WorkingHours
from bot.errors import PermanentError, TransientError, UserError
from bot.workflows.dojo import sensei_confirmation
from bot.workflows.dojo.people_import import ImportOutcome, PeopleImport
from tests import databases
from tests.fakes.slack import Fails, Hangs, Slack, outage, ratelimited
from tests.waiting import wait_for
from tests.workflows.peopled import WORDS

CHOICE = CohortChoice()
NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
HEAD = "name,role,slack,github,time_zone,days,hours,skills,stacks,goals,prefers,capacity\n"


@dataclass
class Office:
    """A store, a workspace with Ada, Bo and Sen, and what imports."""

    engine: sa.Engine
    slack: Slack
    folder: Path
    clock: datetime = NOW
    waited: list[float] = field(default_factory=list)
    counted: int = 0

    def __post_init__(self) -> None:
        self.store = SqlStore(self.engine, "github.com", lambda: NOW)
        with self.store.begin() as tx:
            tx.cohorts.add("dojo", NOW)
        self.ada = self.slack.person("Ada", email="ada@example.org", tz="Europe/Madrid")
        self.bo = self.slack.person("Bo", email="bo@example.org")
        self.sen = self.slack.person("Sen", email="sen@example.org")
        self.connect()

    def connect(self) -> None:
        """Begin a new command: a client that knows of no rejected token."""
        chat = adapter.connect(self.slack.bot_token, self.slack.api_url)
        self.memory = RememberedAccounts(self.folder / "cache" / "accounts.json", lambda: self.clock)
        self.work = PeopleImport(self.store, chat, self.memory, WORDS, lambda: NOW, wait=self.waited.append)

    def run(self, rows: str, **more: bool) -> ImportOutcome:
        return self.work.run((HEAD + rows).encode(), "csv", CHOICE, **more)

    def asked(self) -> list[str]:
        """The addresses that Slack has been asked for since the last time, in alphabetical order."""
        calls = [call for call in self.slack.calls if call.method == "users.lookupByEmail"]
        found = sorted(call.args["email"] for call in calls[self.counted :])
        self.counted = len(calls)
        return found

    def members(self) -> dict[tuple[str | None, CohortRole], Member]:
        with self.store.begin() as tx:
            cohort = tx.cohorts.by_name("dojo")
            return {(one.chat, one.role): one for one in tx.members.of(cohort.id)} if cohort else {}

    def rows(self) -> list[list[tuple[object, ...]]]:
        """Every row of every table."""
        with self.engine.connect() as connection:
            return [
                sorted(tuple(map(str, row)) for row in connection.exec_driver_sql(f'SELECT * FROM "{table}"'))
                for table in sorted(sa.inspect(connection).get_table_names())
            ]


@pytest.fixture
def it(own_engine: sa.Engine, tmp_path: Path) -> Iterator[Office]:
    with Slack() as slack:
        yield Office(own_engine, slack, tmp_path)


@pytest.fixture(name="desk")
def an_office_with_a_file(tmp_path: Path) -> Iterator[Office]:
    """For what doesn't depend on the database."""
    with Slack() as slack, databases.opened("sqlite", tmp_path) as engine:
        yield Office(engine, slack, tmp_path)


ROWS = (
    "Ada L,participant,ADA@example.org,ada-l,,mon-fri,08:00-16:00,security:3,,To learn,sen@example.org,\n"
    "Sen,sensei,sen@example.org,,Europe/London,,,security:3,anthropic,,,3\n"
    "Bo,lead,bo@example.org,,,,,,,,,\n"
)


def test_people_come_in_once_and_the_same_file_again_changes_nothing(it: Office) -> None:
    tried = it.run(ROWS, dry=True)
    assert (len(tried.new), tried.written) == (3, False)
    assert it.members() == {}
    done = it.run(ROWS)
    assert [entry.name for entry in done.new] == [entry.name for entry in tried.new] == ["Ada L", "Sen", "Bo"]
    assert done.written
    members = it.members()
    ada = members[it.ada.id, CohortRole.PARTICIPANT]
    sen = members[it.sen.id, CohortRole.SENSEI]
    assert ada.profile
    assert ada.profile.hours == WorkingHours("Europe/Madrid", begins=480, ends=960)
    assert ada.profile.prefers == (sen.person,)
    assert (ada.name, sen.state) == ("Ada L", EnrolmentState.ACTIVE)
    assert sen.profile
    assert sen.profile.capacity == 3
    assert done.unlinked == ("Ada L (ada-l)",)
    with it.store.begin() as tx:
        jobs = [job.id for job in tx.jobs.due(NOW, 100)]
        cohort = tx.cohorts.by_name("dojo")
        assert cohort
        assert cohort.workspace == it.slack.team
    assert sum(job.startswith("message:welcome:") for job in jobs) == 3
    before = it.rows()
    again = it.run(ROWS)
    assert (len(again.new), len(again.changed), again.same) == (0, 0, 3)
    assert it.rows() == before


def test_what_changes_is_named_and_what_is_empty_or_missing_stays(it: Office) -> None:
    it.run(ROWS)
    changed = (
        'Another name,participant,ada@example.org,,America/New_York,"mon, tue",,,,,,\n'
        "Sen,sensei,sen@example.org,,,,,,,,,4\n"
    )
    before = it.rows()
    tried = it.run(changed, dry=True)
    assert it.rows() == before
    done = it.run(changed)
    assert [(entry.name, entry.columns) for entry in done.changed] == [
        ("Ada L", ("time_zone", "days")),
        ("Sen", ("capacity",)),
    ]
    assert [entry.columns for entry in tried.changed] == [entry.columns for entry in done.changed]
    assert done.missing == ("Bo",)
    ada = it.members()[it.ada.id, CohortRole.PARTICIPANT]
    assert ada.profile
    assert (ada.profile.goals, ada.profile.hours.begins, ada.name) == ("To learn", 480, "Ada L")
    assert it.members()[it.bo.id, CohortRole.LEAD].state is EnrolmentState.ACTIVE
    with it.engine.connect() as connection:
        query = "SELECT subject, detail FROM audit_event WHERE action = 'people.change' ORDER BY id"
        found = connection.exec_driver_sql(query).all()
    assert len(found) == 2
    assert "New_York" not in str(found)


def test_who_left_is_not_brought_back_and_who_paused_stays_so(it: Office) -> None:
    it.run(ROWS)
    with it.store.begin() as tx:
        members = it_members(tx)
        tx.members.set_state(members["Ada L"].enrolment, EnrolmentState.LEFT)
        tx.members.set_state(members["Sen"].enrolment, EnrolmentState.PAUSED)
    done = it.run(ROWS)
    assert (done.left, done.same, len(done.new)) == (("Ada L",), 2, 0)
    states = {one.name: one.state for one in it.members().values()}
    assert states == {
        "Ada L": EnrolmentState.LEFT,
        "Sen": EnrolmentState.PAUSED,
        "Bo": EnrolmentState.ACTIVE,
    }


def it_members(tx: object) -> dict[str, Member]:
    cohort = tx.cohorts.by_name("dojo")  # type: ignore[attr-defined]
    return {one.name: one for one in tx.members.of(cohort.id)}  # type: ignore[attr-defined]


def test_a_sensei_who_waits_is_confirmed_by_a_file_that_names_them(it: Office) -> None:
    it.run(ROWS)
    with it.store.begin() as tx:
        sensei_confirmation.open_request(tx, it_members(tx)["Sen"], NOW)
    done = it.run(ROWS)
    assert [(entry.name, entry.columns) for entry in done.changed] == [("Sen", ("confirmed",))]
    assert it.members()[it.sen.id, CohortRole.SENSEI].state is EnrolmentState.ACTIVE
    assert it.run(ROWS).same == 3


def test_one_row_that_is_wrong_writes_none(it: Office) -> None:
    bot = it.slack.bot_user
    rows = (
        "Ada,participant,ada@example.org,,,,,,,,,\n"
        "Cy,participant,cy@example.org,,,,,,,,,\n"
        f"Sensei,sensei,{bot},,,,,,,,,\n"
        f"Ada,participant,{it.ada.id},,,,,,,,,\n"
        f"Dan,participant,U0NOBODY1,,,,,,,,{it.bo.id},\n"
        "Bo,participant,bo@example.org,,,,,,,,nobody@example.org,\n"
    )
    done = it.run(rows)
    told = [str(problem) for problem in done.problems]
    assert [line.partition(":")[0] for line in told] == [
        "row 3, slack",
        "row 4, slack",
        "row 5, slack",
        "row 6, slack",
        "row 7, prefers",
    ]
    assert "no user with this address: “cy@example.org”" in told[0]
    assert "belongs to a bot" in told[1]
    assert "already a participant, in row 2" in told[2]
    assert it.members() == {}


def test_guests_and_people_of_other_workspaces_are_refused_by_row(it: Office) -> None:
    it.ada.account.is_restricted, it.bo.account.team = True, "T0OTHER0001"
    rows = "Ada,participant,ada@example.org,,,,,,,,,\nBo,participant,bo@example.org,,,,,,,,,\n"
    told = [str(problem) for problem in it.run(rows).problems]
    assert told == [
        "row 2, slack: “ada@example.org” is a guest account.",
        "row 3, slack: “bo@example.org” belongs to another Slack workspace.",
    ]
    assert it.members() == {}
    it.ada.account.is_restricted, it.bo.account.team = False, None
    assert len(it.run(rows).new) == 2, "they were not remembered as refused"


def test_without_slack_ids_alone_are_taken_where_the_workspace_is_known(it: Office) -> None:
    blind = PeopleImport(it.store, None, it.memory, WORDS, lambda: NOW)
    row = f"Ada,participant,{it.ada.id},,Europe/Madrid,,,,,,,\n"
    with pytest.raises(UserError, match="Slack isn't set up"):
        blind.run((HEAD + row).encode(), "csv", CHOICE)
    it.run("Bo,lead,bo@example.org,,,,,,,,,\n")
    assert len(blind.run((HEAD + row).encode(), "csv", CHOICE).new) == 1
    wrong = f"Bo,participant,bo@example.org,,,,,,,,,\nSen,participant,{it.sen.id},,,,,,,,,\n"
    told = [str(each) for each in blind.run((HEAD + wrong).encode(), "csv", CHOICE).problems]
    assert [line.partition(":")[0] for line in told] == ["row 2, slack", "row 3, time_zone"]
    assert "Slack isn't set up, so use the user id instead of “bo@example.org”." in told[0]
    with pytest.raises(UserError, match=r"no cohort called doja. Did you mean dojo\?"):
        blind.run((HEAD + row).encode(), "csv", CohortChoice("doja"))


def test_slacks_limits_are_waited_for_and_its_refusal_writes_nothing(it: Office) -> None:
    it.slack.fault(ratelimited(1), "users.lookupByEmail")
    assert len(it.run(ROWS).new) == 3
    assert it.waited == [1.0]
    it.memory.forget()
    it.slack.revoke()
    with pytest.raises(PermanentError):
        it.work.run((HEAD + "Cy,lead,cy@example.org,,,,,,,,,\n").encode(), "csv", CHOICE)
    assert len(it.members()) == 3


def test_everything_that_is_wrong_is_said_at_once_in_the_order_of_the_file(desk: Office) -> None:
    rows = (
        "Ada,participant,ada@example.org,,,mon-fri,weekdays 9-17,securty:3; valdation:2,,,,\n"
        "Cy,particpant,cy@example.org,,,,,,,,nobody@example.org; bo@example.org,\n"
        "Bo,participant,bo@example.org,,,,,,,,,\n"
        f"Bo,participant,{desk.bo.id},,,,,,,,,9\n"
        "Dan,participant,dan@example.org,,,,,,,,,\n"
    )
    told = [str(problem) for problem in desk.run(rows).problems]
    assert [line.partition(": ")[0] for line in told] == [
        "row 2, hours",
        "row 2, skills",
        "row 3, role",
        "row 3, slack",
        "row 3, prefers",
        "row 5, capacity",
        "row 6, slack",
    ]
    assert "Write it like 9-17 or 09:00-17:30. Days such as mon-fri belong in the days column." in told[0]
    assert "“securty”" in told[1]
    assert "“valdation”" in told[1]
    assert "nobody@example.org" in told[4]
    assert desk.members() == {}


def test_where_slack_cannot_be_asked_what_is_wrong_otherwise_is_still_said(desk: Office) -> None:
    desk.slack.revoke()
    done = desk.run("Ada,particpant,ada@example.org,,,,,,,,,\n")
    assert [str(problem).partition(": ")[0] for problem in done.problems] == ["row 2, role"]
    assert "token" in done.unchecked
    unclear = desk.work.run(
        (HEAD + "Ada,particpant,ada@example.org,,,,,,,,,\n").encode(), "csv", CohortChoice("doja")
    )
    assert len(unclear.problems) == 1
    assert unclear.unchecked.startswith("There is no cohort called doja. Did you mean dojo?")


def test_fifty_people_are_looked_up_without_a_wait_and_each_is_counted(desk: Office) -> None:
    desk.slack.strict_limits = True
    rows = [f"P{n},participant,p{n}@example.org,,,,,,,,,\n" for n in range(50)]
    for number in range(50):
        desk.slack.person(f"P{number}", email=f"p{number}@example.org")
    steps: list[tuple[int, int]] = []
    work = replace(desk.work, report_progress=lambda done, total: steps.append((done, total)))
    assert len(work.run((HEAD + "".join(rows)).encode(), "csv", CHOICE, dry=True).new) == 50
    assert desk.waited == []
    assert steps == [(number, 50) for number in range(1, 51)]


def test_what_was_found_is_not_asked_for_again_for_a_day(desk: Office) -> None:
    unknown = ROWS + "Cy,participant,cy@example.org,,,,,,,,,\n"
    assert len(desk.run(unknown).problems) == 1
    assert desk.asked() == ["ada@example.org", "bo@example.org", "cy@example.org", "sen@example.org"]
    assert len(desk.run(unknown, dry=True).problems) == 1
    assert desk.asked() == ["cy@example.org"], (
        "people who are missing are invited, and then the file is right"
    )
    cy = desk.slack.person("Cy", email="cy@example.org", tz="Asia/Kolkata")
    assert len(desk.run(unknown).new) == 4
    assert desk.asked() == ["cy@example.org"]
    profile = desk.members()[cy.id, CohortRole.PARTICIPANT].profile
    assert profile
    assert profile.hours.time_zone == "Asia/Kolkata"
    ada = desk.members()[desk.ada.id, CohortRole.PARTICIPANT]
    assert ada.profile
    desk.clock += timedelta(days=1)
    assert desk.run(unknown).same == 4
    assert len(desk.asked()) == 4


def test_what_is_remembered_contains_no_addresses_and_no_bots(desk: Office) -> None:
    bot = desk.slack.bot_user
    assert len(desk.run(f"{ROWS}It,lead,{bot},,,,,,,,,\n").problems) == 1
    text = desk.memory.file.read_text()
    assert "example.org" not in text
    assert desk.ada.id in text
    assert bot not in text
    assert desk.memory.file.stat().st_mode & 0o077 == 0
    for spoilt in ("", "[]", "{", '{"x": 1}', '{"x": {"at": "now"}}'):
        desk.memory.file.write_text(spoilt)
        assert desk.memory.recall(desk.slack.team, ["ada@example.org"]) == {}
    desk.memory.forget()
    desk.memory.forget()
    assert not desk.memory.file.exists()


def test_what_was_found_before_slack_refused_is_remembered(desk: Office) -> None:
    rows = [f"P{n},participant,p{n}@example.org,,,,,,,,,\n" for n in range(20)]
    for number in range(20):
        desk.slack.person(f"P{number}", email=f"p{number}@example.org")
    desk.run("".join(rows[:10]), dry=True)
    desk.asked()
    desk.slack.fault(Fails("token_revoked"), "users.lookupByEmail")
    with pytest.raises(PermanentError):
        desk.run("".join(rows), dry=True)
    first = desk.asked()
    desk.connect()
    desk.run("".join(rows), dry=True)
    assert len(first) + len(desk.asked()) <= 12, "at most one is asked for twice"


def test_several_accounts_are_looked_up_at_a_time(desk: Office) -> None:
    desk.slack.fault(Hangs(14), "users.lookupByEmail", times=3)
    with ThreadPoolExecutor(1) as aside:
        done = aside.submit(desk.run, ROWS)
        wait_for(
            lambda: len([call for call in desk.slack.calls if call.method == "users.lookupByEmail"]) == 3, 10
        )
        desk.slack.release.set()
        assert len(done.result().new) == 3


def test_a_limit_on_the_first_request_is_waited_for_too(desk: Office) -> None:
    desk.slack.fault(ratelimited(1), "auth.test")
    assert len(desk.run(ROWS).new) == 3
    assert desk.waited == [1.0]


def test_it_gives_up_when_slack_never_lets_it(desk: Office) -> None:
    desk.slack.fault(outage(), "users.lookupByEmail", times=1000)
    with pytest.raises(TransientError):
        desk.run(ROWS)
    assert len(desk.waited) == 5
    assert desk.members() == {}
