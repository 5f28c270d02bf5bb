"""A search of the whole database finds what is planted anywhere, and what a file holds of deleted rows."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.adapters.database import open_store
from bot.adapters.database.server_lock import hold_server_lease
from bot.adapters.database.trace_search import SqlTraceSearch
from bot.adapters.engine.dbos import DurableEngine
from bot.domain.privacy.personal_traces import PersonalTraces
from bot.errors import UserError
from tests.workflows.running_dojo import Dojo

WORDS = "Nobody but her wrote «this»."
ZELDA = PersonalTraces(frozenset({"zelda"}), frozenset({740_000_010}), frozenset({WORDS}), person="b" * 32)
DELIVERY = (
    "INSERT INTO delivery (guid, event, payload, state, error, received_at)"
    " VALUES ('g', 'push', CAST('{\"login\": \"Zelda\"}' AS {bytes}), 'stored', '', '2026-11-26')"
)
AUDIT = (
    "INSERT INTO audit_event (at, actor, action, subject, detail)"
    " VALUES ('2026-11-26', 'operator', 'x', 'y', '{\"of\": \"zelda/loom\"}')"
)
PLANTED = {
    "question.text": "UPDATE question SET text = 'As @zelda said'",
    "question.quote": f"UPDATE question SET quote = 'x\n{WORDS}\ny'",
    "pull_request.author_id": "UPDATE pull_request SET author_id = 740000010",
    "effect.key": "INSERT INTO effect (key, started_at) VALUES ('check:740000010#1', '2026-11-26')",
    "job.argument": 'UPDATE job SET argument = \'{"by": [740000010, "x", false]}\'',
    "delivery.payload": DELIVERY,
    "audit_event.detail": AUDIT,
    "cohort.name": f"UPDATE cohort SET name = 'the cohort of {'b' * 32}'",
}


@pytest.fixture(name="dojo")
def with_a_question(engine: sa.Engine) -> Dojo:
    it = Dojo(engine)
    it.ask(comment=1)
    return it


@pytest.mark.contract
def test_what_is_planted_is_found_by_its_place(dojo: Dojo) -> None:
    whole = SqlTraceSearch(dojo.engine)
    before = whole.search(ZELDA)
    assert before.left == {}
    assert before.columns > 100
    for place, statement in PLANTED.items():
        planted(dojo.engine, statement)
        assert whole.search(ZELDA).left.get(place) == 1
    assert whole.search(ZELDA).left == dict.fromkeys(PLANTED, 1)


@pytest.mark.contract
def test_the_id_of_a_round_is_found(dojo: Dojo) -> None:
    planted(dojo.engine, "DELETE FROM question")
    planted(dojo.engine, "UPDATE round SET id = 'review:740000010#1:1'")
    assert SqlTraceSearch(dojo.engine).search(ZELDA).left == {"round.id": 1}


def planted(engine: sa.Engine, statement: str) -> None:
    kind = "BLOB" if engine.dialect.name == "sqlite" else "BYTEA"
    with engine.begin() as connection:
        connection.exec_driver_sql(statement.replace("{bytes}", kind))


def test_the_opaque_id_may_stay_in_the_audit_trail_hold_server_lock(dojo: Dojo) -> None:
    with dojo.store.begin() as tx:
        tx.audit("operator", "person.erased", f"person:{'b' * 32}")
    assert SqlTraceSearch(dojo.engine).search(ZELDA).left == {}


@pytest.mark.contract
def test_the_engines_tables_are_searched_as_well(dojo: Dojo) -> None:
    durable = DurableEngine(dojo.engine, "github.com", lambda: datetime.now(UTC), polling=0.05)
    durable.workflow("look", lambda steps, _: {"said": steps.step("look", lambda: WORDS)})
    durable.start()
    try:
        durable.run("look", "look:1", {})
        while durable.going_on():
            pass
    finally:
        durable.stop(5)
    left = SqlTraceSearch(dojo.engine).search(ZELDA).left
    assert {place.partition(".")[0] for place in left} == {"operation_outputs", "workflow_output"}


def _deleted(connection: sqlite3.Connection) -> None:
    connection.execute("DELETE FROM note")


def _overwritten(connection: sqlite3.Connection) -> None:
    connection.execute("UPDATE note SET text = 'no'")


@pytest.mark.contract
@pytest.mark.parametrize("change", [_deleted, _overwritten])
def test_what_a_file_holds_beyond_its_rows_is_found_until_it_is_cleaned(
    tmp_path: Path, change: Callable[[sqlite3.Connection], None]
) -> None:
    file = tmp_path / "s.db"
    with open_store(f"sqlite:///{file}") as engine:
        with closing(sqlite3.connect(file, isolation_level=None)) as careless:
            careless.execute("PRAGMA secure_delete=OFF")
            careless.execute("CREATE TABLE note (text TEXT)")
            careless.executemany("INSERT INTO note VALUES (?)", [(f"{WORDS} {n}",) for n in range(500)])
            change(careless)
        whole = SqlTraceSearch(engine)
        assert set(whole.search(ZELDA).left) <= {"s.db", "s.db-wal"}
        assert whole.search(ZELDA).left
        assert whole.clean() is True
        assert whole.search(ZELDA).left == {}
        assert WORDS.encode() not in file.read_bytes()


def test_it_is_held_hold_server_lock(engine: sa.Engine) -> None:
    with SqlTraceSearch(engine).hold_server_lock(), pytest.raises(UserError), hold_server_lease(engine):
        pass
    with (
        hold_server_lease(engine),
        pytest.raises(UserError, match="nothing was erased") as told,
        SqlTraceSearch(engine).hold_server_lock(),
    ):
        pass
    assert "Stop that process" in told.value.remedy
