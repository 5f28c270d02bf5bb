"""The engine on real databases: what is done once, what gives up, and what goes on."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
import structlog
from dbos import DBOS

from bot.adapters.database.connections import make_engine
from bot.adapters.database.transaction import SqlStore
from bot.adapters.engine.dbos import TALKING_AT_ONCE, DurableEngine
from bot.adapters.engine.dead_letters import DbosDeadLetters
from bot.adapters.engine.slots import WorkflowSlots
from bot.adapters.engine.unfinished_workflows import UnfinishedWorkflows
from bot.bootstrap.engine import BESIDE_READINGS, retry_proposals, tell_of_failed_work
from bot.errors import PermanentError, TransientError
from bot.ports.engine import Json, Steps, Workflow
from bot.ports.jobs import Job
from bot.ports.store import Tx
from bot.workflows.jobs import retry
from bot.workflows.jobs.fair_shares import MOST_HOMES
from tests import databases
from tests.waiting import wait_for

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)


def now() -> datetime:
    return NOW


@contextmanager
def running(database: sa.Engine, **workflows: Workflow) -> Iterator[DurableEngine]:
    engine = DurableEngine(database, "github.com", now, polling=0.05)
    for name, do in workflows.items():
        engine.workflow(name, do)
    engine.start()
    try:
        yield engine
    finally:
        engine.stop(5)


def noted(names: list[str], name: str) -> int:
    names.append(name)
    return len(names)


def test_an_id_begins_once_whatever_becomes_of_it(engine: sa.Engine) -> None:
    begun: list[str] = []

    def workflow(steps: Steps, argument: Json) -> Json:
        return {"n": steps.step("count", lambda: noted(begun, argument["name"]))}

    with running(engine, w=workflow) as it:
        it.run("w", "one", {"name": "a"})
        it.run("w", "one", {"name": "b"})
        it.run("w", "two", {"name": "c"})
        wait_for(lambda: len(begun) == 2)
    with running(engine, w=workflow) as it:
        it.run("w", "one", {"name": "d"})
        it.run("w", "three", {"name": "e"})
        wait_for(lambda: len(begun) == 3)
    assert sorted(begun) == ["a", "c", "e"]


@pytest.mark.contract
def test_rows_and_the_record_of_a_step_are_written_together(engine: sa.Engine) -> None:
    """The second step fails at first: its row is undone with it."""
    tries: list[str] = []

    def row(tx: Tx, name: str) -> Json:
        tx.jobs.add(Job(name, "sweep", {}, NOW))
        tries.append(name)
        if tries == ["kept", "undone"]:
            raise ZeroDivisionError
        return {}

    def workflow(steps: Steps, argument: Json) -> Json:
        steps.tx("first", lambda tx: row(tx, "kept"))
        return steps.tx("second", lambda tx: row(tx, "undone"))

    store = SqlStore(engine, "github.com", now)
    with running(engine, w=workflow) as it:
        it.run("w", "one", {})
        wait_for(lambda: [each.id for each in DbosDeadLetters(engine, now).all()] == ["one"])
        with store.begin() as tx:
            assert [job.id for job in tx.jobs.due(NOW, 9)] == ["kept"]
        assert DbosDeadLetters(engine, now).retry("one")
        wait_for(lambda: tries == ["kept", "undone", "undone"])
        wait_for(lambda: DbosDeadLetters(engine, now).all() == [])
    with store.begin() as tx:
        assert [job.id for job in tx.jobs.due(NOW, 9)] == ["kept", "undone"]


@pytest.mark.contract
def test_what_gave_up_is_tried_anew_from_the_step_that_did_not_work(
    engine: sa.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retry, "MOST_TRIES", 3)
    done: list[str] = []
    works = threading.Event()

    def outward() -> Json:
        done.append("tried")
        if not works.is_set():
            raise TransientError("GitHub did not answer.", 0.01)
        return {"answer": 42}

    def workflow(steps: Steps, argument: Json) -> Json:
        steps.step("before", lambda: done.append("before"))
        answer = retry.insist(steps, "call", outward)["answer"]
        return {"answer": steps.step("after", lambda: noted(done, "after") and answer)}

    letters = DbosDeadLetters(engine, now)
    with running(engine, w=workflow) as it:
        it.run("w", "one", {})
        wait_for(lambda: bool(letters.all()))
        [letter] = letters.all()
        assert (letter.id, letter.name) == ("one", "w")
        assert "GitHub did not answer" in letter.error
        assert not letters.retry("another")
        works.set()
        assert letters.retry("one")
        wait_for(lambda: "after" in done)
        wait_for(lambda: letters.all() == [])
    assert done == ["before", "tried", "tried", "tried", "tried", "after"]


def test_a_proposal_that_failed_is_retried_as_long_as_a_lead_is_told(engine: sa.Engine) -> None:
    tries: list[Json] = []

    def workflow(steps: Steps, argument: Json) -> Json:
        tries.append(argument)
        if len(tries) == 1:
            raise ValueError("a bug")
        return {"outcome": "proposed"}

    store, letters = SqlStore(engine, "github.com", now), DbosDeadLetters(engine, now)
    with running(engine, **{"pairing.propose": workflow}) as it:
        it.run("pairing.propose", "pairing.propose:7:after.1", {"cohort": 7})
        wait_for(lambda: bool(letters.all()))
        retry_proposals(engine, store)
        wait_for(lambda: len(tries) == 2)
        wait_for(lambda: letters.all() == [])
    assert tries == [{"cohort": 7}] * 2


def test_a_lead_is_told_once_of_an_answer_that_gave_up(engine: sa.Engine) -> None:
    def workflow(steps: Steps, argument: Json) -> Json:
        raise ValueError("a bug")

    store, letters = SqlStore(engine, "github.com", now), DbosDeadLetters(engine, now)
    with running(engine, **{"pairing.why": workflow}) as it:
        it.run("pairing.why", "pairing.why:7:lea:20260101T1", {"lead": "lea"})
        wait_for(lambda: any(letter.name == "pairing.why" for letter in letters.all()))
        for _ in range(2):
            tell_of_failed_work(engine, store)
    with store.read() as tx:
        [told] = tx.jobs.list_waiting("message:pairing.failed:")
    assert told.endswith(":lea")


def test_expected_failures_are_results(engine: sa.Engine) -> None:
    found: list[Json] = []

    def gone() -> Json:
        raise PermanentError("It is gone.", "Install the App.")

    def workflow(steps: Steps, argument: Json) -> Json:
        found.append(retry.insist(steps, "call", gone))
        return found[-1]

    with running(engine, w=workflow) as it:
        it.run("w", "one", {})
        wait_for(lambda: bool(found))
    assert found == [{"outcome": "stop", "why": "It is gone."}]


def test_a_stop_lets_what_runs_come_to_an_end_or_go_on_in_the_next_process(engine: sa.Engine) -> None:
    started, ended, go_on = threading.Event(), threading.Event(), threading.Event()
    done: list[str] = []

    def workflow(steps: Steps, argument: Json) -> Json:
        steps.step("first", lambda: done.append("first"))
        started.set()
        go_on.wait(10)
        steps.step("second", lambda: done.append("second"))
        ended.set()
        return {}

    with running(engine, w=workflow) as it:
        it.run("w", "one", {})
        started.wait(10)
        go_on.set()
    with running(engine, w=workflow):
        assert ended.wait(10)
    assert done == ["first", "second"]


def test_what_goes_on_is_listed_until_it_ends(engine: sa.Engine) -> None:
    started, go_on = threading.Event(), threading.Event()

    def workflow(steps: Steps, argument: Json) -> Json:
        started.set()
        go_on.wait(10)
        return {}

    with running(engine, w=workflow) as it:
        assert it.going_on() == []
        for name in ("one", "two", "three"):  # two at a time
            it.run("w", name, {})
        assert started.wait(10)
        assert sorted(it.going_on()) == ["one", "three", "two"]
        assert sorted(it.going_on(["w"])) == ["one", "three", "two"]
        assert it.going_on(["another"]) == []
        go_on.set()
        wait_for(lambda: it.going_on() == [])


def test_what_is_cancelled_before_the_start_is_not_continued_and_is_no_dead_letter(engine: sa.Engine) -> None:
    done: list[str] = []

    def work(steps: Steps, argument: Json) -> Json:
        return {"n": steps.step("count", lambda: noted(done, argument["name"]))}

    with running(engine, sweep=work, review=work) as it:
        for name in ("sweep", "review"):
            it.run(name, f"left.{name}", {"name": name})
        wait_for(lambda: len(done) == 2 and not it.going_on())
    left = "left.sweep", "left.review"
    schema = "dbos." if engine.dialect.name == "postgresql" else ""
    with engine.begin() as connection:  # as a process leaves them that dies in the middle
        for table, change in (
            ("workflow_status", "UPDATE {} SET status = 'PENDING', completed_at = NULL"),
            ("operation_outputs", "DELETE FROM {}"),
        ):
            query = f"{change.format(schema + table)} WHERE workflow_uuid IN {left}"
            assert connection.execute(sa.text(query)).rowcount == 2
    unfinished = UnfinishedWorkflows(engine)
    assert unfinished.list_ids(["sweep"]) == ["left.sweep"]
    unfinished.cancel(["left.sweep"])
    unfinished.cancel([])
    with running(engine, sweep=work, review=work) as it:
        wait_for(lambda: not it.going_on())
    assert sorted(done) == ["review", "review", "sweep"]
    assert not {*left} & {letter.id for letter in DbosDeadLetters(engine, now).all()}


def test_of_an_engine_whose_tables_are_not_upgraded_yet_nothing_is_known(tmp_path: Path) -> None:
    older = sa.create_engine(f"sqlite:///{tmp_path / 'older.db'}")
    assert UnfinishedWorkflows(older).list_ids(["sweep"]) == []
    with older.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE workflow_status (workflow_uuid TEXT)")
    with structlog.testing.capture_logs() as logs:
        assert UnfinishedWorkflows(older).list_ids(["sweep"]) == []
    assert [entry["event"] for entry in logs] == ["unfinished.unknown"]
    older.dispose()


def test_what_waits_for_the_chat_keeps_nothing_else_from_its_turn(engine: sa.Engine) -> None:
    """Slack is gone: more is to be said than there are turns, and all of it waits in the middle."""
    go_on = threading.Event()

    def says(steps: Steps, argument: Json) -> Json:
        return {"heard": steps.step("post", lambda: go_on.wait(30))}

    it = DurableEngine(engine, "github.com", now, at_once=1, polling=0.05)
    it.workflow("message", says)
    it.workflow("reads", lambda steps, argument: {"n": steps.step("read", lambda: 1)})
    it.start()
    try:
        said = [f"said.{n}" for n in range(TALKING_AT_ONCE + 2)]
        for one in said:
            it.run("message", one, {})
        it.run("reads", "read", {})
        wait_for(lambda: sorted(it.going_on()) == sorted(said))
        go_on.set()
        wait_for(lambda: it.going_on() == [])
    finally:
        go_on.set()
        it.stop(5)


def test_all_slots_for_messages_are_free_while_homes_wait(engine: sa.Engine) -> None:
    go_on, posting = threading.Event(), set[str]()

    def posts(steps: Steps, argument: Json) -> Json:
        posting.add(argument["id"])
        return {"heard": steps.step("post", lambda: go_on.wait(30))}

    it = DurableEngine(engine, "github.com", now, at_once=1, polling=0.05)
    it.workflow("message", posts)
    it.workflow("home", lambda steps, _: {"heard": steps.step("publish", lambda: go_on.wait(30))})
    it.start()
    try:
        for number in range(MOST_HOMES):
            it.run("home", f"home.{number}", {})
        said = {f"said.{number}" for number in range(TALKING_AT_ONCE)}
        for id_ in said:
            it.run("message", id_, {"id": id_})
        wait_for(lambda: posting == said)
        assert len(it.going_on(["home"])) == MOST_HOMES
        go_on.set()
        wait_for(lambda: it.going_on() == [])
    finally:
        go_on.set()
        it.stop(5)


def test_a_workflow_starts_without_waiting_for_a_poll(engine: sa.Engine) -> None:
    done: list[str] = []
    it = DurableEngine(engine, "github.com", now, at_once=4, polling=60)
    it.workflow("message", lambda steps, argument: {"n": noted(done, "message")})
    it.workflow("reads", lambda steps, argument: {"n": noted(done, "reads")})
    it.start()
    try:
        it.rest()
        for turn in range(4):  # each frees its slot for the next
            it.run("reads", f"read.{turn}", {})
            it.run("message", f"said.{turn}", {})
            wait_for(lambda turn=turn: len(done) == 2 * turn + 2)  # type: ignore[misc]
            wait_for(lambda: it.going_on() == [])
    finally:
        it.stop(5)


def test_no_more_run_at_once_than_may_and_all_that_wait_get_their_turn(engine: sa.Engine) -> None:
    go_on, going, most = threading.Event(), set[str](), []

    def workflow(steps: Steps, argument: Json) -> Json:
        going.add(argument["name"])
        most.append(len(going))
        go_on.wait(30)
        going.discard(argument["name"])
        return {}

    it = DurableEngine(engine, "github.com", now, at_once=4, polling=0.05)
    it.workflow("w", workflow)
    it.start()
    try:
        it.rest()
        for number in range(9):
            it.run("w", f"w.{number}", {"name": f"w.{number}"})
        wait_for(lambda: len(going) == 4)
        assert len(it.going_on()) == 9
        go_on.set()
        wait_for(lambda: it.going_on() == [])
        assert max(most) == 4
    finally:
        go_on.set()
        it.stop(5)


def test_an_engine_at_rest_asks_its_queues_rarely(engine: sa.Engine) -> None:
    """Counted by the polls of DBOS' own internal queue, which come once a second."""
    polls: Counter[str] = Counter()

    def count(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if "queue_name" in statement and "workflow_status" in statement:
            polls[threading.current_thread().name.removeprefix("queue-worker-")] += 1

    it = DurableEngine(engine, "github.com", now)
    it.start()
    try:
        it.rest()
        sa.event.listen(sa.Engine, "before_cursor_execute", count)
        wait_for(lambda: polls["_dbos_internal_queue"] == 4)
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", count)
        it.stop(5)
    assert max(polls["work"], polls["talk"]) <= 2


def test_an_engine_at_rest_asks_often_again_when_another_process_has_queued_work(engine: sa.Engine) -> None:
    letters = DbosDeadLetters(engine, now)

    def fails(steps: Steps, argument: Json) -> Json:
        raise PermanentError("It is gone.", "Ask.")

    def polling() -> float:
        queue = DBOS.retrieve_queue("work")
        assert queue is not None
        return queue.polling_interval_sec

    it = DurableEngine(engine, "github.com", now, polling=60)
    it.workflow("review", fails)
    it.start()
    try:
        it.run("review", "one", {})
        wait_for(lambda: bool(letters.all()))
        it.rest()
        assert polling() > 60
        assert letters.retry("one")  # as `sensei dead retry` does
        it.rest()
        assert polling() == 60
    finally:
        it.stop(5)


def test_looking_for_queued_work_does_not_read_all_that_ever_ran(tmp_path: Path) -> None:
    file_engine = make_engine(databases.migrated_file(tmp_path / "sensei.db"))
    asked: list[tuple[str, tuple[str, ...]]] = []

    def note(
        _connection: object, _cursor: object, statement: str, values: tuple[str, ...], *_: object
    ) -> None:
        if "workflow_status" in statement and threading.current_thread() is threading.main_thread():
            asked.append((statement, values))

    with running(file_engine) as it:
        sa.event.listen(sa.Engine, "before_cursor_execute", note)
        try:
            it.rest()
        finally:
            sa.event.remove(sa.Engine, "before_cursor_execute", note)
        [(statement, values)] = asked
        with file_engine.connect() as connection:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
    assert "INDEX idx_workflow_status_in_flight" in str(plan)
    file_engine.dispose()


@pytest.mark.parametrize("readings", range(1, 16))
def test_of_a_burst_that_is_queued_as_many_are_read_at_once_as_is_set(readings: int) -> None:
    assert WorkflowSlots(readings + BESIDE_READINGS).queued >= readings


@pytest.mark.contract
def test_a_retried_message_waits_with_the_other_messages_and_a_home_with_homes(engine: sa.Engine) -> None:
    letters, names = DbosDeadLetters(engine, now), ("home", "message", "review", "rewrite")

    def fails(steps: Steps, argument: Json) -> Json:
        raise PermanentError("It is gone.", "Ask.")

    it = DurableEngine(engine, "github.com", now, polling=0.05)
    for name in names:
        it.workflow(name, fails)
    it.start()
    try:
        for name in names:
            it.run(name, name, {})
        wait_for(lambda: len(letters.all()) == len(names))
        assert all(letters.retry(name) for name in names)
        retried = DBOS.list_workflows(workflow_id_prefix=[f"{name}~" for name in names])
        assert sorted((each.name, each.queue_name) for each in retried) == [
            ("home", "homes"),
            ("message", "talk"),
            ("review", "work"),
            ("rewrite", "talk"),
        ]
    finally:
        it.stop(5)


def test_nothing_gave_up_where_nothing_was_ever_served(engine: sa.Engine) -> None:
    assert DbosDeadLetters(engine, now).all() == []
    assert not DbosDeadLetters(engine, now).retry("one")


def test_a_workflows_name_is_taken_once(engine: sa.Engine) -> None:
    it = DurableEngine(engine, "github.com", now)
    try:
        it.workflow("w", lambda steps, argument: {})
        with pytest.raises(ValueError, match="there is already a workflow w"):
            it.workflow("w", lambda steps, argument: {})
    finally:
        it.stop(0)
