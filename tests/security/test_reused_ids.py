"""Nothing that was kept of somebody is ever taken for somebody else's, whatever number comes again."""

import ast
import itertools
import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import SQLModel

from bot.adapters.database import open_store
from bot.adapters.database.trace_search import SqlTraceSearch
from bot.adapters.database.transaction import SqlTx
from bot.domain.dojo.people import CohortRole, EnrolmentState
from bot.domain.privacy.data_scope import DataScope
from bot.domain.pull_requests.records import Account
from bot.ports.deliveries import Delivery
from bot.ports.jobs import Job
from bot.workflows.chat.home_refresh import refresh_user_home
from bot.workflows.chat.outbox import send_message
from bot.workflows.dojo import sensei_confirmation
from bot.workflows.privacy.export import find_person
from tests import databases
from tests.workflows.peopled import peopled, texts
from tests.workflows.running_dojo import BO, START, Dojo

ROOT = Path(__file__).parents[2]
MOMENT = datetime(2026, 11, 27, tzinfo=UTC)
NUMBERED = [
    table
    for table in SQLModel.metadata.sorted_tables
    if table.autoincrement_column is not None and not table.autoincrement_column.foreign_keys
]
_users = itertools.count(1)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[sa.Engine]:
    """A database with its tables, of either kind."""
    with databases.opened(request.param, tmp_path_factory.mktemp("database")) as made:
        yield made


# -- no number is given twice


def value(column: sa.Column[Any], rows: dict[str, Any]) -> Any:
    """Anything that a column takes; of a key the row that is there."""
    for key in column.foreign_keys:
        other = key.column.table.name == "person" and column.name in {"other_id", "sensei_id"}
        return rows["person.other" if other else key.target_fullname]
    for check in column.table.constraints:
        words = re.search(rf"\b{column.name} IN \('(\w+)'", str(getattr(check, "sqltext", "")))
        if words:
            return words[1]
    plain: dict[type, Any] = {
        int: int(column.name != "begins"),
        float: 1.0,
        bool: False,
        bytes: b"",
        dict: {},
        datetime: MOMENT,
        date: MOMENT.date(),
    }
    kind = getattr(column.type, "impl", column.type)  # of times, behind what sees that they have a zone
    return plain.get(kind.python_type, column.name)


def insert(connection: sa.Connection, table: sa.Table, rows: dict[str, Any]) -> Any:
    """Insert a row with only what has to be there; return its key."""
    own = table.autoincrement_column
    given = {
        column.name: value(column, rows)
        for column in table.columns
        if column is not own and (not column.nullable or column.primary_key)
    }
    made = connection.execute(sa.insert(table).values(given).returning(*table.primary_key.columns)).one()
    for column, known_as in zip(table.primary_key.columns, made, strict=True):
        rows[f"{table.name}.{column.name}"] = known_as
    return made[0]


def test_a_number_is_never_given_twice_in_any_table(engine: sa.Engine) -> None:
    assert len(NUMBERED) >= 16
    assert "preference" not in {table.name for table in NUMBERED}
    with engine.connect() as connection, connection.begin() as everything:
        rows: dict[str, Any] = {"person.other": "other"}
        person = SQLModel.metadata.tables["person"]
        connection.execute(sa.insert(person).values(id="other", created_at=MOMENT))
        for table in SQLModel.metadata.sorted_tables:
            insert(connection, table, rows)
        for table in NUMBERED:
            undone = connection.begin_nested()
            last = rows[f"{table.name}.id"]
            for _ in range(3):
                connection.execute(sa.delete(table))
                again = insert(connection, table, dict(rows))
                assert again > last, f"{table.name}: {again} was given before"
                last = again
            undone.rollback()
        everything.rollback()


# -- what was kept under a number goes with whom it was about


class Hall(Dojo):
    """A cohort in Slack, one of whom is erased: the last to come, so that theirs are the highest numbers."""

    def __init__(self, engine: sa.Engine) -> None:
        super().__init__(engine)
        with self.store.begin() as tx:
            self.cohort = tx.cohorts.add(f"cohort {self.number}", self.now()).id
            tx.cohorts.set_workspace(self.cohort, f"T{self.number}")

    def sensei(self, at: datetime = START) -> tuple[str, str, int]:
        """Let somebody come as a sensei; return their opaque id, Slack's id, and their enrolment."""
        user = f"U0SENSEI{next(_users):04}"
        with self.store.begin() as tx:
            person = tx.members.find_or_add_by_chat(f"T{self.number}", user, f"Sensei {user}", at)
            member = tx.members.join(self.cohort, person, CohortRole.SENSEI, at)
        return person, user, member.enrolment

    def lives(self, tx: SqlTx, person: str, user: str, enrolment: int) -> None:
        """Let something be kept under each kind of number."""
        member = tx.members.get(enrolment)
        sensei_confirmation.open_request(tx, member, START)
        sensei_confirmation.decline_sensei(tx, member, person, START)
        tx.audit(person, "people.join", f"enrolment:{enrolment}")
        send_message(tx, f"welcome:{enrolment}", "people.welcome", {"enrolment": enrolment}, START)
        send_message(tx, f"undone:{user}", "chat.undone", {"delivery": "x", "user": user}, START)
        refresh_user_home(tx, f"T{self.number}", user, START)
        proposal = tx.pairings.propose(self.cohort, person, START, ())
        tx.audit(person, "pairing.propose", f"cohort:{self.cohort}", proposal=proposal.id)
        tx.effects.begin(f"pairing.page:{proposal.id}:{person}", START)
        tx.effects.begin(f"message:welcome:{enrolment}", START)
        tx.effects.begin(f"news:{self.cohort}:{person}:1", START)
        written = {"workspace": f"T{self.number}", "user": user, "at": START.isoformat()}
        send_message(tx, f"dm:{user}:1", "people.reply", written, START)
        news = {"lead": person, "cohort": self.cohort, "since": 1}
        send_message(tx, f"news:{self.cohort}:{person}:1:2", "people.news", news, START)

    def erase(self, name: str) -> dict[str, int]:
        """Forget somebody; return what a search finds of them."""
        with self.store.begin() as tx:
            who = find_person(tx, name)
            traces = tx.people.traces(who)
            tx.erasures.erase_person(who, traces)
        return dict(SqlTraceSearch(self.engine).search(traces).left)

    def names(self) -> set[str]:
        """The names of all jobs and effects."""
        with self.engine.connect() as connection:
            return {
                *connection.exec_driver_sql("SELECT id FROM job").scalars(),
                *connection.exec_driver_sql("SELECT key FROM effect").scalars(),
            }

    def document(self, name: str) -> dict[str, Any]:
        with self.store.begin() as tx:
            return tx.people.document(find_person(tx, name))


@pytest.fixture
def it(engine: sa.Engine) -> Hall:
    return Hall(engine)


@pytest.mark.contract
def test_who_comes_after_somebody_who_was_erased_inherits_nothing(it: Hall) -> None:
    before = it.names()
    gone, user, enrolment = it.sensei()
    with it.store.begin() as tx:
        it.lives(tx, gone, user, enrolment)
        shown = str(tx.people.document(find_person(tx, gone))["work"])
    assert f"welcome:{enrolment}" in shown
    assert f"home:{user}" in shown, "what is due about their account in Slack is theirs to know"
    assert it.erase(gone) == {}
    assert it.names() == before
    person, _, mine = it.sensei()
    assert mine > enrolment
    with it.store.begin() as tx:
        member = tx.members.get(mine)
        assert not sensei_confirmation.is_waiting(tx, member)
        assert member.state is EnrolmentState.ACTIVE
    document = it.document(person)
    assert (document["audit"], document["work"]) == ([], {"jobs": [], "effects": []})


def test_not_even_where_a_number_comes_again_after_all(it: Hall) -> None:
    """As in a database whose rows were copied into another one, which counts from the highest left."""
    gone, user, enrolment = it.sensei()
    with it.store.begin() as tx:
        it.lives(tx, gone, user, enrolment)
    it.erase(gone)
    person, _, mine = it.sensei()
    with it.engine.begin() as connection:
        again = {"mine": mine, "again": enrolment}
        connection.execute(sa.text("UPDATE enrolment SET id = :again WHERE id = :mine"), again)
    with it.store.begin() as tx:
        assert not sensei_confirmation.is_waiting(tx, tx.members.get(enrolment))
        stamp = sensei_confirmation.open_request(tx, tx.members.get(enrolment), START)
        assert sensei_confirmation.pending_request(tx, enrolment) == stamp
    document = it.document(person)
    assert document["audit"] == []
    assert [each["key"] for each in document["work"]["effects"]] == [f"confirm:{enrolment}"]


@pytest.mark.contract
@pytest.mark.parametrize("forgotten", ["person", "capstone"])
def test_a_repository_that_is_enrolled_again_brings_nothing_of_its_former_participant(
    it: Hall, forgotten: str
) -> None:
    """Its number is GitHub's, and rounds of it are named after that. A capstone is forgotten in a year."""
    former = Account(90_000_001 + len(forgotten), f"former-{forgotten}")
    latter = Account(90_000_101 + len(forgotten), f"latter-{forgotten}")
    it.enrol(former)
    it.deliver("pull_request", it.pull_request("opened", "a", author=former))
    [round_] = it.rounds()
    with it.store.begin() as tx:
        tx.audit("operator", "dead.retry", f"round:{round_.id}")
        tx.audit("operator", "dead.retry", round_.id)
        tx.audit("operator", "capstone.hold", f"capstone:{it.capstone.id}")
    assert len(it.document(former.login)["audit"]) == 3
    if forgotten == "person":
        it.erase(former.login)
    else:
        with it.store.begin() as tx:
            tx.erasures.erase_capstone(it.capstone.id)
    it.capstone = it.enrol(latter)
    it.deliver("pull_request", it.pull_request("opened", "a", author=latter))
    assert [one.id for one in it.rounds()] == [round_.id], "else this shows nothing"
    assert it.document(latter.login)["audit"] == []


def test_small_numbers_of_repositories_are_nobody_elses_numbers(it: Hall) -> None:
    """On a GitHub of one's own repositories count from one, as our rows do."""
    person, _, enrolment = it.sensei()
    with it.store.begin() as tx:
        send_message(tx, f"welcome:{enrolment}:1", "people.welcome", {"enrolment": enrolment}, START)
        tx.effects.begin(f"message:welcome:{enrolment}:1", START)
    it.number = enrolment
    it.enrol(Account(90_000_003, "small"))
    assert "welcome" not in str(it.document("small"))
    it.erase("small")
    assert {f"message:welcome:{enrolment}:1"} <= it.names()
    assert "welcome" in str(it.document(person)["work"])


@pytest.mark.contract
def test_a_login_that_somebody_else_has_taken_is_theirs_and_not_erased_with_its_former_owner(
    it: Hall,
) -> None:
    """GitHub lets a login that was given up be taken by anybody: the number tells them apart."""
    old, new = Account(90_000_004, "ada-l"), Account(90_000_005, "Ada-L")
    it.enrol(old)
    other = Hall(it.engine)
    other.enrol(new)
    other.deliver(*other.comment("/sensei help", new))
    sent = other.pull_request("opened", "a", author=new)
    with it.store.begin() as tx:
        tx.deliveries.receive(Delivery("waits", "pull_request", json.dumps(sent).encode()), START)
    assert it.erase(str(old.id)) == {}
    assert other.capstone.id
    with it.store.begin() as tx:
        [who] = tx.people.find("ada-l")
        assert who.accounts == (new,)
        delivery = tx.deliveries.get("waits")
        assert delivery
        assert b"Ada-L" in delivery.payload
        tx.deliveries.close("waits", "ignored")


def test_a_button_from_an_earlier_time_of_asking_confirms_nobody(tmp_path: Path) -> None:
    """It stays in Slack: after a restore its number may be somebody else's."""
    with open_store(databases.migrated_file(tmp_path / "s.db")) as made, peopled(made) as there:
        lead, sen = there.here.enrolled("Lea", CohortRole.LEAD), there.slack.person("Sen")
        sen.command("/dojo join sensei")
        sen.submit({"join.capacity": "3"})
        there.settle()
        [offer] = lead.messages
        stale = json.loads(json.dumps(offer).replace(":17", ":16").replace(":18", ":16"))
        assert stale != offer
        lead.click(stale, "people.confirm")
        there.settle()
        assert there.member(sen, CohortRole.SENSEI).state is EnrolmentState.PAUSED
        assert "This request no longer needs an answer" in texts(lead.messages)[-1]
        lead.click(offer, "people.confirm")
        there.settle()
        assert there.member(sen, CohortRole.SENSEI).state is EnrolmentState.ACTIVE


def test_two_who_turn_out_to_be_one_leave_no_number_behind(it: Hall) -> None:
    kept, _, _ = it.sensei()
    with it.store.begin() as tx:
        gone = tx.members.find_or_add_by_host_account(BO, START)
        member = tx.members.join(it.cohort, gone, CohortRole.SENSEI, START)
        sensei_confirmation.open_request(tx, member, START)
        tx.members.prove(kept, BO, START)
        assert tx.effects.find(f"confirm:{member.enrolment}") == (False, None)


# -- every name that is made of a number is known here

GOES = "is removed with whom it is about"
AUDIT = "stays in the audit trail, and is marked once its rows are gone"
ACTOR = "stays in the audit trail, and is shown to whoever did it, never by its number"
HOST = "is made of the code host's or Slack's own ids, a person's random one, or the time"
PART = "is a part of others here, a question put to the database, or is shown and not kept"
INDEXED = "is the key of a document in the search index, which is removed with whose it is"
KEYS = {
    "absence:{}": ACTOR,
    "answer:{}#{}:{}": GOES,
    "answer:{}:{}:void": GOES,
    "articulation:{}:0": GOES,
    "articulation:{}:reminder:": GOES,
    "articulation:{}:{}": GOES,
    "asked:{}:{}:{}": GOES,
    "away:{}:{}": HOST,
    "baseline:{}:again.": GOES,
    "baseline:{}:push.": GOES,
    "baseline:{}:{}": GOES,
    "baseline:{}:{}.{}": GOES,
    "capstone:{}": AUDIT,
    "calendar:{}:{}": GOES,
    "chat:{}": PART,
    "check_in_reminder:{}:": GOES,
    "check_ins.changed:{}:{}": GOES,
    "check_ins.choosing:{}:{}": GOES,
    "check_ins.cohort_changed:{}:{}": GOES,
    "check_ins.nothing:{}:{}": GOES,
    "check_ins.put_off:{}:{}": GOES,
    "checkin:{}:": GOES,
    "checkin_now:{}:{}:": PART,
    "checkin_now:{}:{}:{}": GOES,
    "check:review:{}#": PART,
    "check:{}": GOES,
    "cohort:{}": ACTOR,
    "comments:{}:since": GOES,
    "confirm:{}": GOES,
    "date:{}": ACTOR,
    "digest:{}:{}:{}:{}": GOES,
    "dm:{}:": GOES,
    "decided:{}#{}:{}.{}.public": GOES,
    "decision:{}": AUDIT,
    "decision:{}:{}": INDEXED,
    "decisions:{}:recorded": GOES,
    "defence:{}:{}": GOES,
    "design:{}": INDEXED,
    "design:{}:{}": GOES,
    "enquiry_answer:{}:{}": GOES,
    "enrolment:{}": AUDIT,
    "export:{}#{}:{}": GOES,
    "export:{}:{}": GOES,
    "fetch:{}#{}:{}": GOES,
    "form:{}:{}": GOES,
    "hear:{}:{}:": GOES,
    "home:{}:": GOES,
    "kept:{}": HOST,
    "link.asked:{}": HOST,
    "linked:{}": HOST,
    "message:{}": GOES,
    "message:{}:{}:": GOES,
    "message:{}{}:{}": GOES,
    "message:{}:": PART,
    "message:news:{}:{}:": GOES,
    "never:{}": ACTOR,
    "nevers:{}:{}": HOST,
    "news:{}:{}:": GOES,
    "news:{}:{}:{}": GOES,
    "one_to_one:{}": AUDIT,
    "one_to_one:{}:{}:{}.{}": GOES,
    "pair:{}": AUDIT,
    "report:{}#{}:": GOES,
    "pairing.ask:{}": GOES,
    "pairing.away:{}:{}:": GOES,
    "pairing.board:{}:{}": GOES,
    "pairing.board:{}:{}:{}": GOES,
    "pairing.introduction:{}": GOES,
    "pairing.page:{}:{}": GOES,
    "pairing.propose:{}": GOES,
    "pairing.propose:{}:after.{}": GOES,
    "pairing.propose:{}:again.{}": GOES,
    "pairing.refused:{}": GOES,
    "pairing.remind:{}": GOES,
    "pairing.remind:{}:{}": GOES,
    "pairing.reminder:{}": GOES,
    "pairing.settle:{}": GOES,
    "pairing.settle:{}:{}": GOES,
    "pairing.shown:{}:{}": GOES,
    "pairing.why:{}": GOES,
    "person:{}": AUDIT,
    "picture:{}:{}": GOES,
    "pull_request:{}": AUDIT,
    "question:{}": AUDIT,
    "questions:{}": AUDIT,
    "questions:{}#{}:{}": GOES,
    "read:{}": GOES,
    "read:{}#{}": GOES,
    "read:{}#{}:{}": GOES,
    "reconcile:{}": PART,
    "reconcile:{}:{}": GOES,
    "reconcile:{}:told.": GOES,
    "reply:{}": GOES,
    "reply:{}:void": GOES,
    "review:{}#{}:": PART,
    "review:{}#{}:{}": GOES,
    "rewrite:{}:": GOES,
    "ruling:{}": GOES,
    "ruling:{}#{}:{}": GOES,
    "say:{}:": PART,
    "say:{}:closed": GOES,
    "say:{}:{}": GOES,
    "say:{}:{}.{}": GOES,
    "say:{}:{}.talked.{}": GOES,
    "slack:{}": HOST,
    "snapshot:{}:{}": "names a cohort and a week, and nobody",
    "thread:{}": PART,
    "undone:{}:{}": GOES,
    "unposted:{}": GOES,
    "welcome:{}": GOES,
    # Hidden lines in comments at the code host.
    "{}question={} -->": "a question's number is never given twice",
    "{}reply={} -->": HOST,
    "{}review={} -->": HOST,
    "{}ruling={} -->": "a question's number is never given twice",
    "{}void={} -->": HOST,
}
"""What becomes of each name that is made of a number, once whom it is about is erased."""
_IS_A_KEY = re.compile(r"[a-z_.]+(?::[a-z_.]+)*:\S*\{\}\S*|\{\}[a-z]+=\{\} -->")


def keys() -> set[str]:
    """Every name that is put together in the code that keeps or sends something."""
    files = [
        *(ROOT / "bot/workflows").rglob("*.py"),
        *(ROOT / "bot/adapters/database").rglob("*.py"),
        ROOT / "bot/rendering/pull_requests/github_posts.py",
    ]
    made = [
        "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
        for file in files
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.JoinedStr)
    ]
    return {name for name in made if _IS_A_KEY.fullmatch(name)}


def test_every_name_made_of_a_number_says_what_becomes_of_it() -> None:
    """A new one: see what an erasure leaves under it (``DataScope.concerns``), and enter it."""
    assert keys() == set(KEYS)


GONE = [
    ("confirm:5", None),
    ("reply:3", None),
    ("read:4711#1:8", {"pull_request": 7, "ruling": 8}),
    ("read:4711#1", None),
    ("read:review:4711#1:2", None),
    ("reply:3:void", None),
    ("answer:4711#1:3:void", {"command": 3, "void": True}),
    ("ruling:4711#1:9", {"question": 9}),
    ("hear:4711#1:9:1764150000000", {"question": 9}),
    ("say:4711#1:9.1", {"question": 9, "turn": 1}),
    ("say:9:1", None),
    ("decided:4711#1:6.2", {"decision": 6}),
    ("export:4711#1:6.2", {"decision": 6}),
    ("dispute:4711#1:9", {"question": 9}),
    ("message:articulation:9:2", None),
    ("message:articulation.dispute:9:p:17", {"kind": "articulation.dispute", "about": {"question": 9}}),
    ("message:triage.question:8:p:17", None),
    ("triage.question:8:p:17", None),
    ("unposted:9", None),
    ("message:decisions.recorded:6", None),
    ("report:4711#12:F0123", None),
    ("message:decisions:6:recorded", {"kind": "decisions.recorded", "about": {"decision": 6}}),
    ("questions:4711#1:9+0:20261126T090000", {"questions": [9]}),
    ("design:12:1764150000000", {"document": 12, "attempt": 1}),
    ("message:design.read:12:1764150000000", None),
    ("message:design.told:12:p", None),
    ("defence:13:1764150000000", {"defence": 13}),
    ("message:defence.ready:13:1764150000000", None),
    ("message:defence.result:13", None),
    ("rewrite:defence.announced:13:1764150000000", {"about": {"defence": 13}}),
    ("message:welcome:5", {"about": {"enrolment": 5}}),
    ("calendar:5:2026-12-01", {"enrolment": 5}),
    ("one_to_one:4:p:brief.1764150000", {"one_to_one": 4, "person": "p"}),
    ("message:one_to_ones.brief:4:p", None),
    ("rewrite:one_to_ones.after:4:p:1", {"about": {"one_to_one": 4, "person": "p"}}),
    ("message:enquiries.handover:5:2:p:1764150000000", None),
    ("rewrite:enquiries.passed_on:5:2:1764150000000", {"about": {"enrolment": 5, "handover": 2}}),
    ("message:enquiries.answered:5:2:1764150000000", None),
    ("message:enquiries.nobody:5:2:1764150000000", None),
    ("message:enquiries.offer:5:2", None),
    ("message:enquiries.unkept:5:2:over:1764150000000", None),
    ("home:U0ZELDA42:1", {"workspace": "T1", "user": "U0ZELDA42"}),
    ("message:dm:U0ZELDA42:1", {"about": {"workspace": "T1", "user": "U0ZELDA42"}}),
    ("message:undone:slack:1:U0ZELDA42", None),
    ("enquiry:3", {"message": 3, "enrolment": 5}),
    ("enquiry_deletion:3", {"answer": 3, "enrolment": 5}),
    ("enquiry_answer:5:3", None),
    ("enquiry_form:5:3", None),
    ("enquiry_form:5:3~1764150000000", {"message": 3, "enrolment": 5}),
    ("pane:U0ZELDA42:1764150000000", {"enrolment": 5, "channel": "D1", "thread": ""}),
    ("message:enquiries.elsewhere:5:1764150000000", None),
    ("message:enquiries.limited:5:hour:1764150000000", None),
    ("message:undone:slack:1", {"about": {"delivery": "slack:1", "user": "U0ZELDA42"}}),
]


@pytest.mark.parametrize(("name", "argument"), GONE)
def test_what_is_named_after_their_number_is_theirs_and_nothing_near_it(name: str, argument: Any) -> None:
    scope = DataScope(
        repositories=frozenset({4711}),
        commands=frozenset({3}),
        pull_requests=frozenset({8}),
        questions=frozenset({9}),
        decisions=frozenset({6}),
        enrolments=frozenset({5}),
        one_to_ones=frozenset({4}),
        users=frozenset({"U0ZELDA42"}),
        documents=frozenset({12}),
        defences=frozenset({13}),
    )
    assert scope.concerns(name, argument)
    others = DataScope(
        repositories=frozenset({3, 5, 6, 9}),
        commands=frozenset({5, 6, 9, 33}),
        pull_requests=frozenset({9, 88}),
        questions=frozenset({1, 6, 8, 99}),
        decisions=frozenset({2, 9, 66}),
        enrolments=frozenset({3, 6, 9, 55}),
        one_to_ones=frozenset({1, 5, 6, 44}),
        users=frozenset({"U0ZELDA4"}),
        documents=frozenset({1, 13, 121}),
        defences=frozenset({1, 12, 131}),
    )
    assert not others.concerns(name, argument)


def test_a_job_about_somebody_elses_user_stays(it: Hall) -> None:
    person, user, _ = it.sensei()
    with it.store.begin() as tx:
        tx.jobs.add(Job(f"home:{user}9:1", "home", {"workspace": "T1", "user": f"{user}9"}, START))
    it.erase(person)
    assert f"home:{user}9:1" in it.names()
