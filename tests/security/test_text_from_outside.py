"""Text that strangers wrote reaches either database cleaned, whatever it holds and whoever stores it."""

import json
import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from dbos import DBOS
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.adapters.database.all_tables import metadata
from bot.adapters.engine.dbos import DurableEngine
from bot.adapters.engine.dead_letters import DbosDeadLetters
from bot.domain.chat import events
from bot.domain.dojo import profiles
from bot.domain.dojo.people_import import read_people
from bot.domain.ledger.surviving_quotes import SurvivingQuotes
from bot.domain.pull_requests.records import RoundState
from bot.domain.pull_requests.webhook_events import CommentChanged, read_event
from bot.domain.review.citations import SourceText
from bot.domain.text.storable_text import REPLACEMENT, make_json_storable, make_storable
from bot.errors import UnstorableError
from bot.ports.deliveries import Delivery
from bot.ports.engine import Json, Steps, Workflow
from bot.ports.jobs import Job
from bot.workflows.chat.intake import ChatIntake
from bot.workflows.jobs.dispatch import JobDispatcher
from tests import databases
from tests.fakes.github import GitHub
from tests.workflows.hosted import Hosted
from tests.workflows.running_dojo import ADA, Dojo

DIRTY = "a\0b\ud800c"
CLEAN = f"a{REPLACEMENT}b{REPLACEMENT}c"
ANY_TEXT = st.text(st.characters() | st.sampled_from("\0\ud800\udfff"), max_size=30)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[sa.Engine]:
    """A database with its tables, of either kind."""
    with databases.opened(request.param, tmp_path_factory.mktemp("database")) as made:
        yield made


def _copies() -> tuple[sa.MetaData, list[sa.Table]]:
    """Return a copy of every table with its columns' very types, and without what keeps rows apart."""
    made = sa.MetaData()
    return made, [
        sa.Table(
            f"copy_of_{table.name}",
            made,
            *(sa.Column(column.name, column.type) for column in table.columns),
            prefixes=["TEMPORARY"],
        )
        for table in metadata.sorted_tables
    ]


def test_every_column_of_every_table_takes_any_text_and_finds_it_again(engine: sa.Engine) -> None:
    made, tables = _copies()
    with engine.connect() as connection, connection.begin():
        made.create_all(connection)

        @settings(max_examples=12)
        @example("\0")
        @example("\ud800 x")
        @example("\0\0é")
        @example(DIRTY)
        @given(text=ANY_TEXT)
        def holds(text: str) -> None:
            with connection.begin_nested():
                for table in tables:
                    _try(connection, table, text)

        holds()


def _try(connection: sa.Connection, table: sa.Table, text: str) -> None:
    """Keep a row, and find it by each of its texts as they were before they were cleaned."""
    row, kept = _row(table, text)
    if not row:
        return
    connection.execute(sa.insert(table).values(row))
    same = [table.c[name] == value for name, value in row.items() if isinstance(value, str)]
    found = connection.execute(sa.select(table).where(*same)).mappings().one()
    assert {name: found[name] for name in kept} == kept
    connection.execute(sa.delete(table))


def _row(table: sa.Table, text: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a row with the text in each column that takes any, and the row as it is kept."""
    given_: dict[str, Any] = {}
    for column in table.columns:
        if isinstance(column.type, sa.JSON):
            given_[column.name] = {text: [text, {"below": text}]}
        elif column.type.python_type is str:
            given_[column.name] = text[: getattr(column.type, "length", None)]
    return given_, make_json_storable(given_)


def test_raw_statements_are_cleaned_too_one_by_one_and_many_at_once(engine: sa.Engine) -> None:
    insert = sa.text("INSERT INTO refusal (day, reason, count) VALUES (:day, :reason, 1)")
    with engine.connect() as connection:
        connection.execute(insert, {"day": "one", "reason": DIRTY})
        connection.execute(insert, [{"day": "two", "reason": DIRTY}, {"day": "three", "reason": DIRTY}])
        found = sa.text("SELECT reason FROM refusal WHERE reason = :reason")
        assert connection.execute(found, {"reason": DIRTY}).scalars().all() == [CLEAN] * 3


def test_what_was_kept_under_a_dirty_name_is_found_under_it_and_kept_once(engine: sa.Engine) -> None:
    it = Dojo(engine)
    delivery = Delivery("guid\0", "ping", b"{}")
    with it.store.begin() as tx:
        assert tx.deliveries.receive(delivery, it.now())
    with it.store.begin() as tx:
        assert not tx.deliveries.receive(delivery, it.now())
        assert tx.deliveries.get("guid\0")
        tx.deliveries.close("guid\0", "ignored", DIRTY)
    with it.store.begin() as tx:
        assert tx.deliveries.get_error("guid\0") == CLEAN


def test_names_in_json_that_would_become_one_are_kept_apart() -> None:
    assert make_json_storable({"a\0": 1, "a\ufffd": 2}) == {"a\ufffd": 1, "a\ufffd\ufffd": 2}


@given(text=ANY_TEXT)
def test_what_is_replaced_is_replaced_one_by_one_and_nothing_else_is(text: str) -> None:
    clean = make_storable(text)
    clean.encode("utf-8")
    assert "\0" not in clean
    assert len(clean) == len(text)
    assert all(new in (old, REPLACEMENT) for old, new in zip(text, clean, strict=True))


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_a_number_that_json_cannot_say_is_refused_in_words(engine: sa.Engine, number: float) -> None:
    it = Dojo(engine)
    refused = pytest.raises(UnstorableError, match="A number is not finite, so nothing was saved")
    with refused, it.store.begin() as tx:
        tx.jobs.add(Job("nan", "sweep", {"n": number}, it.now()))


def test_a_number_of_more_than_64_bits_is_refused_in_words(engine: sa.Engine) -> None:
    it = Dojo(engine)
    refused = pytest.raises(UnstorableError, match="A number is too large, so nothing was saved")
    with refused, it.store.begin() as tx:
        tx.capstones.set_installation(it.number, 2**63)


def test_an_event_whose_number_fits_no_column_stops_no_other(engine: sa.Engine) -> None:
    it = Dojo(engine)
    pump = JobDispatcher(it.store, _NoEngine(), it.inbox, it.now)
    with it.store.begin() as tx:
        for guid, number in (("too-large", 2**62), ("next", 1)):
            body = json.dumps(it.pull_request("opened", "a", number=number)).encode()
            tx.deliveries.receive(Delivery(f"{guid}-{it.number}", "pull_request", body), it.now())
    pump.pump()
    assert it.rounds()
    with it.store.begin() as tx:
        assert not tx.deliveries.list_waiting(10)
        if engine.dialect.name == "postgresql":
            assert tx.deliveries.get_error(f"too-large-{it.number}").startswith("A number is too large")


class _NoEngine:
    """Begins nothing."""

    def workflow(self, name: str, do: Workflow, *, talks: bool = False) -> None:
        pass

    def run(self, name: str, id_: str, argument: Json) -> None:
        pass

    def going_on(self, names: Sequence[str] | None = None) -> Sequence[str]:
        return []

    def forget(self, names: Sequence[str], before: datetime) -> int:
        return 0


def _work(steps: Steps, argument: Json) -> Json:
    steps.tx("note", lambda tx: tx.audit("operator", "try", argument["text"]))
    if argument.get("fails"):
        raise ValueError(f"it quotes {DIRTY}")
    return {"said": steps.step("say", lambda: {"text": DIRTY})}


def test_what_a_workflow_is_given_does_and_fails_with_is_kept_and_nothing_is_stuck(
    engine: sa.Engine,
) -> None:
    durable = DurableEngine(engine, "github.com", lambda: datetime.now(UTC), polling=0.05)
    durable.workflow("try", _work)
    durable.start()
    try:
        durable.run("try", "well", {"text": DIRTY})
        durable.run("try", "badly", {"text": DIRTY, "fails": True})
        tick = threading.Event()
        while durable.going_on():
            tick.wait(0.05)
        states = {each.workflow_id: each.status for each in DBOS.list_workflows()}
        assert states == {"well": "SUCCESS", "badly": "ERROR"}
        [letter] = DbosDeadLetters(engine, lambda: datetime.now(UTC)).all()
        # Within JSON that is kept as a text, a NUL is an escape, which both databases take.
        assert letter.error == f"it quotes a\0b{REPLACEMENT}c"
    finally:
        DBOS.delete_workflows(["well", "badly"])
        durable.stop(5)


# A NUL that far behind the beginning of a file makes it no binary one for git, nor for Sensei.
QUOTED = (
    b"import shop\n"
    + b"# so that what follows is text to git\n" * 220
    + b"trust(2,  # a\0b\n      3)\nbounded(4, '\0')\n"
)


@pytest.fixture(name="hosted")
def a_hosted_dojo(engine: sa.Engine, tmp_path: Path) -> Iterator[Hosted]:
    with GitHub() as github:
        yield Hosted(engine, github, tmp_path)


@pytest.mark.contract
def test_a_review_that_quotes_a_nul_is_kept_and_said_with_the_place_visible(hosted: Hosted) -> None:
    it = hosted
    assert QUOTED.index(b"\0") > 8000
    it.push({"desk.py": QUOTED}, "work")
    pull = it.github.open_pull(it.repository_there, "work", it.ada)
    it.run("reconcile")
    assert it.review() == {"state": RoundState.PUBLISHED}
    with it.store.begin() as tx:
        [asked] = tx.questions.of(it.rounds_in(tx)[0].pull_request)
        [report] = [each.report for each in (tx.rounds.get(r.id) for r in it.rounds_in(tx)) if each.report]
    # The report has the bytes of the commit; what is shown to people shows that something stood there.
    assert report.questions[0].citation.quote == "trust(2,  # a\0b\n      3)"
    assert asked.quote == f"trust(2,  # a{REPLACEMENT}b\n      3)"
    assert pull.threads
    it.push({"later.py": b"x = 1\n"}, "work")
    it.run("reconcile")
    assert it.review() == {"state": RoundState.PUBLISHED}
    with it.store.begin() as tx:
        assert len(tx.questions.of(it.rounds_in(tx)[0].pull_request)) == 1, "asked once, not once a push"


def test_a_quote_that_was_kept_cleaned_still_stands_where_it_was_read() -> None:
    content = QUOTED.decode()
    text = SourceText.of("desk.py", "a" * 40, "head", content, [])
    start = content.index("bounded")
    quoted = text.cite(start, len(content))
    assert quoted
    assert "\0" in quoted.quote
    kept = quoted.model_copy(update={"quote": make_storable(quoted.quote)})
    standing = SurvivingQuotes([quoted, kept])
    standing.search(content)
    assert list(standing.missing()) == []


def test_what_somebody_wrote_keeps_the_place_of_what_cannot_be_stored() -> None:
    it = {"id": 1, "owner": {"login": "ada"}, "name": "desk"}
    comment = {
        "id": 2,
        "user": {"id": 3, "login": "ada"},
        "body": DIRTY,
        "updated_at": "2026-01-01T00:00:00Z",
    }
    payload = {
        "action": "created",
        "repository": it,
        "comment": comment,
        "issue": {"number": 1, "pull_request": {}},
    }
    event = read_event("issue_comment", payload)
    assert isinstance(event, CommentChanged)
    assert event.body == CLEAN
    for name in ("de\0sk", "de\ud800sk"):
        assert read_event("issue_comment", {**payload, "repository": {**it, "name": name}}) is None


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
def test_a_moment_that_another_time_zone_does_not_have_is_nobodys(engine: sa.Engine, moment: str) -> None:
    it = Dojo(engine)
    assert it.deliver("pull_request", it.pull_request("opened", "a", updated_at=moment)) == "ignored"
    name, payload = it.comment("hello", ADA)
    payload["comment"]["updated_at"] = moment
    assert it.deliver(name, payload) == "ignored"


def test_a_command_with_half_of_a_character_is_kept_and_read() -> None:
    body = {"team_id": "T1", "user_id": "U1", "text": DIRTY, "trigger_id": "1.2.3"}
    read_ = events.read_payload(events.COMMAND, body)
    assert isinstance(read_, events.SlashCommand)
    assert read_.text == CLEAN
    again = events.parse_event(events.COMMAND, json.dumps(events.payload_to_keep(body)).encode("ascii"))
    assert again == read_


def test_two_events_of_slack_whose_long_ids_begin_alike_are_both_kept_and_so_is_half_of_a_character() -> None:
    kept: list[Delivery] = []

    def keep(delivery: Delivery) -> bool:
        kept.append(delivery)
        return True

    opened = {"type": "app_home_opened", "tab": "home", "user": DIRTY}
    nothing: Any = None
    reception = ChatIntake(nothing, nothing, nothing, keep, lambda: "T1", lambda: datetime.now(UTC))
    for end in ("a", "b"):
        reception.event({"team_id": "T1", "event_id": "E" * 70 + end, "event": opened})
    assert len({delivery.guid for delivery in kept}) == 2
    assert all(len(delivery.guid) <= 64 for delivery in kept)
    users = {events.parse_event(each.event, each.payload) for each in kept}
    assert users == {events.HomeOpened("T1", CLEAN)}


WORDS = profiles.Vocabulary({}, {}, ["Europe/Madrid"])


@pytest.mark.parametrize("escape", [r"\0", r"\ud800", r"\x00"])
def test_a_file_of_people_that_escapes_what_cannot_be_stored_is_refused_by_row(escape: str) -> None:
    table = read_people(
        f'people:\n- name: "Ada{escape}"\n  role: lead\n  slack: U0123456\n'.encode(), "yaml", WORDS
    )
    [problem] = table.problems
    assert "people[0]" in str(problem)
    assert "cannot be" in str(problem)
