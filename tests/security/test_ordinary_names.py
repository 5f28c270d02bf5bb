"""Erasing somebody whose name is a word of ours, the engine's or a host's changes nobody else's rows."""

import json
import urllib.parse
from collections.abc import Iterator
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import SQLModel

from bot.adapters.database.trace_search import SqlTraceSearch
from bot.adapters.engine.dbos import DurableEngine
from bot.adapters.engine.workflow_records import DbosWorkflowRecords
from bot.domain.dojo.people import CohortRole
from bot.domain.privacy.personal_traces import SOMEBODY, PersonalTraces
from bot.domain.pull_requests.records import Account
from bot.ports.deliveries import Delivery
from bot.ports.jobs import Job
from tests import databases
from tests.workflows.running_dojo import ADA, SEN, Dojo, sha

MALLORY = 740_000_066
USER = "U0MALLORY6"
HOSTS = """
    pull_request issue_comment pull_request_review_comment installation push opened synchronize reopened
    closed edited created deleted labeled open merged completed neutral success User Bot Organization
    COLLABORATOR OWNER selected all main master feature HEAD view_submission block_actions
    slash_commands event_callback
    plain_text mrkdwn static_select app_home_opened message modal section actions dojo join sensei
""".split()  # noqa: SIM905 - a list of words reads better as words
ENGINES = """
    PENDING ENQUEUED DELAYED SUCCESS ERROR CANCELLED MAX_RECOVERY_ATTEMPTS_EXCEEDED wf-1 work talk
    portable_json list read open later done stop superseded incomplete rejected look again pause
""".split()  # noqa: SIM905
OURS = """
    review answer message reconcile baseline sweep questions conclude ruling rewrite lead participant operator
    capstone enrolment person cohort pair round question home welcome reply check confirm pairing people
    import outcome kind state action role event author head base number draft path quote title text desk speed
    somebody erased id null true false json
""".split()  # noqa: SIM905


def vocabulary() -> list[str]:
    """Every word that our code, the engine or a host compares something with, in each of its spellings."""
    enums = {
        str(word) for enum in StrEnum.__subclasses__() if enum.__module__.startswith("bot.") for word in enum
    }
    words = {*HOSTS, *ENGINES, *OURS, *enums, *SQLModel.metadata.tables}
    spelt = {form for word in words for form in (word, word.lower(), word.upper(), word.replace("_", "-"))}
    return sorted(spelt | {word.replace("_", " ") for word in words})


def left(it: Dojo, traces: PersonalTraces) -> dict[str, int]:
    """What a search of the rows finds; of bytes that a file holds beside them ``test_whole`` tells."""
    return {
        place: hits
        for place, hits in SqlTraceSearch(it.engine).search(traces).left.items()
        if ".db" not in place
    }


@pytest.fixture(
    name="it", scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.contract)]
)
def a_dojo(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dojo]:
    """A capstone with work in hand: in the engine, in jobs, in deliveries that wait, in the audit trail."""
    with databases.opened(request.param, tmp_path_factory.mktemp("database")) as engine:
        it = Dojo(engine)
        it.ask(comment=4242)
        with it.store.begin() as tx:
            person = tx.members.find_or_add_by_chat("T1", "U0LEA00001", "Lea", it.now())
            member = tx.members.join(it.capstone.cohort, person, CohortRole.LEAD, it.now())
            tx.audit("operator", "people.import", f"enrolment:{member.enrolment}", role="lead")
            tx.jobs.add(Job("message:people.welcome:1", "message", {"kind": "people.welcome"}, it.now()))
            for event, payload in waiting(it):
                sent = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
                tx.deliveries.receive(Delivery(f"waits-{event}", event, sent), it.now())
        worked(it)
        yield it


def waiting(it: Dojo) -> list[tuple[str, Any]]:
    """What others have sent and nobody has handled yet."""
    event, comment = it.comment(
        "/sensei explain reliability\nThe message is pending review.", SEN, thread=4242
    )
    pull = it.pull_request("opened", "b", number=2)
    repository = pull["repository"]
    repository.update(full_name="ada/message", name="message", html_url="https://github.com/ada/message")
    pull["pull_request"]["head"]["label"] = "ada:main"
    pull["pull_request"]["labels"] = [{"id": 7, "name": "review"}]
    option = {"text": {"type": "plain_text", "text": "Message"}, "value": "lead"}
    view = {
        "type": "view_submission",
        "user": {"id": "U0LEA00001", "name": "lea"},
        "view": {"type": "modal", "state": {"values": {"join": {"role": {"selected_option": option}}}}},
    }
    form = {"command": "/dojo", "text": "join", "user_id": "U0LEA00001", "user_name": "lea"}
    return [
        (event, comment),
        ("pull_request", pull),
        ("slack.command", urllib.parse.urlencode(form).encode()),
        ("slack.view", urllib.parse.urlencode({"payload": json.dumps(view)}).encode()),
    ]


def worked(it: Dojo) -> None:
    """Let the engine have done work for others, one part of which has not ended."""
    listed = {
        "outcome": "done",
        "open": [
            {"number": 1, "state": "open", "author": [1, "ada", False], "head": sha("a"), "base_ref": "main"},
            {"number": 9, "state": "open", "author": [MALLORY, "main", False], "base_ref": "main"},
        ],
    }
    read = {
        "outcome": "done",
        "title": "1 question, 2 checks",
        "movements": [
            {"check": "speed.1", "path": "message/review.py", "quote": "from message import pending"}
        ],
    }
    durable = DurableEngine(it.engine, "github.com", lambda: datetime.now(UTC), polling=0.05)
    durable.workflow(
        "review",
        lambda steps, _: {
            "list": steps.step("list", lambda: listed),
            "read": steps.step("read", lambda: read),
        },
    )
    durable.start()
    try:
        for number in (1, 2):
            durable.run(
                "review", f"review:{it.number}#1:{number}", {"round": f"review:{it.number}#1:{number}"}
            )
        while durable.going_on():
            pass
    finally:
        durable.stop(5)
    table = "workflow_status" if it.engine.dialect.name == "sqlite" else "dbos.workflow_status"
    with it.engine.begin() as connection:
        changed = connection.execute(
            sa.text(f"UPDATE {table} SET status = 'PENDING' WHERE workflow_uuid LIKE '%1:2'")
        )
        assert changed.rowcount == 1


def rows(it: Dojo) -> dict[str, list[Any]]:
    """Every row as it is kept, but what counts the numbers of rows."""
    tables = SqlTraceSearch(it.engine)._read_tables()
    with it.engine.connect() as connection:
        return {
            table.name: sorted(
                repr(tuple(bytes(value) if isinstance(value, memoryview) else value for value in row))
                for row in connection.execute(sa.select(table))
            )
            for table in tables
            if table.name != "sqlite_sequence"
        }


def erased(it: Dojo, name: str, traces: PersonalTraces | None = None) -> dict[str, int]:
    """Erase whoever is meant; return what a search finds then."""
    with it.store.begin() as tx:
        [who] = tx.people.find(name)
        traces = traces or tx.people.traces(who)
    DbosWorkflowRecords(it.engine).scrub(traces)
    with it.store.begin() as tx:
        tx.erasures.erase_person(who, traces)
    return left(it, traces)


@pytest.mark.contract
def test_nobody_elses_rows_change_whatever_word_somebody_is_called_by(it: Dojo) -> None:
    """All words at once, as names and as logins: what one of them would change is changed here."""
    before = rows(it)
    with it.store.begin() as tx:
        tx.members.find_or_add_by_chat("T1", USER, "Mallory", it.now())
    words = frozenset(vocabulary())
    assert len(words) > 300
    traces = PersonalTraces(names=words | {USER}, called=words)
    assert erased(it, USER, traces) == {}
    assert rows(it) == before


@pytest.mark.contract
def test_names_in_slack_take_nothing_of_others_with_them(it: Dojo) -> None:
    before = rows(it)
    for name in ("PENDING", "ada", "pull request"):
        with it.store.begin() as tx:
            mallory = tx.members.find_or_add_by_chat("T1", USER, name, it.now())
            tx.members.join(it.capstone.cohort, mallory, CohortRole.PARTICIPANT, it.now())
        assert erased(it, USER) == {}, name
    assert rows(it) == before


@pytest.mark.contract
def test_strangers_logins_take_nothing_of_others_with_them(it: Dojo) -> None:
    before = rows(it)
    for number, login in enumerate(("pending", "main", "scikit-learn"), start=20):
        pull_request(it, number, Account(MALLORY - number, login))
        assert erased(it, login) == {}, login
    after = rows(it)
    with it.engine.begin() as connection:
        theirs = "DELETE FROM pull_request WHERE number >= 20 AND author_login = :somebody"
        assert connection.execute(sa.text(theirs), {"somebody": SOMEBODY}).rowcount == 3
    assert {**after, "pull_request": before["pull_request"]} == before
    assert rows(it) == before


def pull_request(it: Dojo, number: int, author: Account) -> None:
    with it.store.begin() as tx:
        tx.pull_requests.save(
            it.capstone.id,
            number,
            state="open",
            draft=False,
            author=author,
            head=sha("c"),
            base_ref="main",
            at=it.now(),
        )


@pytest.mark.contract
def test_an_ordinary_login_goes_from_where_it_is_a_name(it: Dojo) -> None:
    """Beside its account, in a mention, in an address. The last test, since it changes others' rows."""
    login = "main"
    event, payload = it.comment(
        f"@{login}: see https://github.com/{login}/x, on main, not bo@main.org", SEN, thread=4242
    )
    payload["pull_request"]["user"] = {"id": MALLORY, "login": login, "type": "User"}
    payload["pull_request"]["head"] = {"ref": "main", "label": f"{login}:main"}
    pull_request(it, 9, Account(MALLORY, login))
    with it.store.begin() as tx:
        tx.deliveries.receive(Delivery("names", event, json.dumps(payload).encode()), it.now())
        [who] = tx.people.find(login)
        traces = tx.people.traces(who)
    places = set(left(it, traces))
    assert places >= {"delivery.payload", "pull_request.author_login", "operation_outputs.output"}
    assert erased(it, login) == {}
    with it.store.begin() as tx:
        delivery = tx.deliveries.get("names")
    assert delivery
    sent = json.loads(delivery.payload)
    assert (
        sent["comment"]["body"]
        == f"@{SOMEBODY}: see https://github.com/{SOMEBODY}/x, on main, not bo@main.org"
    )
    assert sent["pull_request"]["user"] == {"id": 0, "login": SOMEBODY, "type": "User"}
    assert sent["pull_request"]["head"] == {"ref": "main", "label": f"{SOMEBODY}:main"}
    assert sent["sender"]["login"] == SEN.login != ADA.login
    outputs = str(rows(it)["operation_outputs"])
    assert f'[0, "{SOMEBODY}", false]' in outputs
    assert '"base_ref": "main"' in outputs
