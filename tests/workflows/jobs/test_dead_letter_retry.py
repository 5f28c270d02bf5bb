"""What Sensei retries by itself once an hour has been calm, and what it leaves to a person."""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
import structlog

from bot.adapters.engine.dbos import QUEUE, TALK_QUEUE, DurableEngine
from bot.adapters.engine.dead_letters import DbosDeadLetters
from bot.ports.engine import DeadLetter, GiveUpCause, Json, Steps
from bot.workflows.jobs.dead_letter_retry import DeadLetterRetry, describe_next_step
from bot.workflows.jobs.retry import GaveUpError, RefusedError

CALM = timedelta(hours=1)
START = datetime(2026, 11, 26, 9, tzinfo=UTC)
BY_ITSELF, FOR_YOU = "Sensei will retry it automatically", "it's waiting for you"


@dataclass
class Letters:
    """Dead letters in memory; each retry is noted."""

    dead: list[DeadLetter]
    retried: list[str] = field(default_factory=list)

    def all(self) -> Sequence[DeadLetter]:
        return self.dead

    def retry(self, id_: str, *, by_sensei: bool = False) -> bool:
        assert by_sensei
        if id_ == "broken":
            raise ZeroDivisionError
        self.retried.append(id_)
        self.dead = [letter for letter in self.dead if letter.id != id_]
        return True


def letter(id_: str, cause: GiveUpCause = GiveUpCause.CRASHES, ended: datetime = START) -> DeadLetter:
    return DeadLetter(id_, "review", "why", ended, cause)


def turns(dead: Sequence[DeadLetter], moment: datetime, started: datetime = START) -> list[str]:
    letters = Letters(list(dead))
    with structlog.testing.capture_logs():
        DeadLetterRetry(letters, lambda: moment, started, CALM).take_turn()
    return letters.retried


def test_an_hour_is_calm_if_neither_the_process_started_nor_the_work_was_given_up_in_it() -> None:
    soon, later = START + timedelta(minutes=30), START + timedelta(minutes=90)
    dead = [letter("early", GiveUpCause.FAILED), letter("late", GiveUpCause.FAILED, soon)]
    assert turns(dead, START + CALM - timedelta(seconds=1)) == []
    assert turns(dead, START + CALM) == ["early"]
    assert turns(dead, later) == ["early", "late"]
    assert turns(dead, later, started=soon + timedelta(seconds=1)) == []
    assert turns(dead, later, started=soon) == ["early", "late"]


def test_of_what_may_have_caused_the_crashes_one_is_retried_in_each_turn() -> None:
    failed = [letter(name, GiveUpCause.FAILED) for name in ("a", "b")]
    letters = Letters([letter("first"), failed[0], letter("second"), failed[1]])
    retry = DeadLetterRetry(letters, lambda: START + CALM, START, CALM)
    assert [retry.take_turn() for _ in range(3)] == [3, 1, 0]
    assert letters.retried == ["first", "a", "b", "second"]


def test_one_that_cannot_be_retried_stops_no_other() -> None:
    failed = [letter(name, GiveUpCause.FAILED) for name in ("broken", "fine")]
    assert turns(failed, START + CALM) == ["fine"]


def test_one_crashed_that_cannot_be_retried_stops_no_other() -> None:
    assert turns([letter("broken"), letter("fine"), letter("later")], START + CALM) == ["fine"]


@pytest.mark.parametrize(
    ("dead", "next_step"),
    [
        (letter("one"), BY_ITSELF),
        (letter("one", GiveUpCause.FAILED), BY_ITSELF),
        (letter("one~5.1760000000"), BY_ITSELF),  # a person retried it
        (letter("one~calm5.1760000000~7.1760000009"), BY_ITSELF),  # a person did so after Sensei
        (letter("one~calm5.1760000000"), f"{FOR_YOU}: Sensei has already retried it once"),
        (letter("one", GiveUpCause.REFUSED), FOR_YOU),
        (letter("one", ended=START - timedelta(days=7)), FOR_YOU),
    ],
)
def test_each_is_retried_once_and_never_in_vain(dead: DeadLetter, next_step: str) -> None:
    moment = START + CALM
    assert describe_next_step(dead, moment) == next_step
    assert turns([dead], moment, started=START) == ([dead.id] if next_step == BY_ITSELF else [])


class Service:
    """The engine, with work that fails until it is mended."""

    def __init__(self, database: sa.Engine) -> None:
        self.database = database
        self.clock = datetime.now(UTC)
        self.mended = False
        self.engine = DurableEngine(database, "github.com", self.now, polling=0.05)
        for name in ("review", "message", "home"):
            self.engine.workflow(name, self._work)
        self.letters = DbosDeadLetters(database, self.now)
        self.retry = DeadLetterRetry(self.letters, self.now, self.clock, CALM)

    def now(self) -> datetime:
        return self.clock

    def _work(self, steps: Steps, argument: Json) -> Json:
        def post() -> int:
            if self.mended:
                return 1
            raise RefusedError("revoked") if argument.get("refused") else GaveUpError("failed 40 times")

        steps.step("began", lambda: 1)
        return {"posted": steps.step("post", post)}

    def settle(self) -> None:
        tick = threading.Event()
        while self.engine.going_on():
            tick.wait(0.05)

    def crashed(self, id_: str) -> None:
        """Let a workflow be as the engine leaves it once its process has died too often."""
        state = "status = 'MAX_RECOVERY_ATTEMPTS_EXCEEDED', queue_name = NULL"
        schema = "dbos." if self.database.dialect.name == "postgresql" else ""
        query = f"UPDATE {schema}workflow_status SET {state} WHERE workflow_uuid = :id"
        with self.database.begin() as connection:
            assert connection.execute(sa.text(query), {"id": id_}).rowcount == 1

    def queue(self, prefix: str) -> str:
        schema = "dbos." if self.database.dialect.name == "postgresql" else ""
        query = f"SELECT queue_name FROM {schema}workflow_status WHERE workflow_uuid LIKE :id"
        with self.database.connect() as connection:
            return str(connection.execute(sa.text(query), {"id": f"{prefix}~%"}).scalar_one())

    def next_steps(self) -> dict[str, str]:
        return {
            letter.id.partition("~")[0]: describe_next_step(letter, self.now())
            for letter in self.letters.all()
        }


@pytest.fixture(name="it")
def a_service(own_engine: sa.Engine) -> Iterator[Service]:
    it = Service(own_engine)
    it.engine.start()
    try:
        with structlog.testing.capture_logs():
            yield it
    finally:
        it.engine.stop(5)


def test_after_a_calm_hour_dead_letters_go_on_by_themselves_and_then_wait_for_a_person(it: Service) -> None:
    for name, id_, refused in (
        ("review", "crashed", False),
        ("review", "gave-up", False),
        ("message", "said", False),
        ("message", "refused", True),
    ):
        it.engine.run(name, id_, {"refused": refused})
    it.settle()
    it.crashed("crashed")
    it.crashed("said")
    by_itself = dict.fromkeys(("crashed", "gave-up", "said"), BY_ITSELF)
    assert it.next_steps() == {**by_itself, "refused": FOR_YOU}
    it.clock += CALM - timedelta(seconds=1)
    assert it.retry.take_turn() == 0
    it.clock += timedelta(minutes=1)
    assert [it.retry.take_turn() for _ in range(3)] == [2, 1, 0]
    assert (it.queue("crashed"), it.queue("said")) == (QUEUE, TALK_QUEUE)
    it.settle()
    assert it.next_steps() == {
        **dict.fromkeys(by_itself, f"{FOR_YOU}: Sensei has already retried it once"),
        "refused": FOR_YOU,
    }
    it.clock += 2 * CALM
    assert it.retry.take_turn() == 0
    it.mended = True
    for dead in it.letters.all():
        assert it.letters.retry(dead.id)
    it.settle()
    assert it.letters.all() == []


def test_what_a_calm_hour_has_mended_is_done_without_a_person(it: Service) -> None:
    it.engine.run("review", "crashed", {})
    it.settle()
    it.crashed("crashed")
    it.mended = True
    it.clock += CALM + timedelta(minutes=1)
    assert it.retry.take_turn() == 1
    it.settle()
    assert it.letters.all() == []
