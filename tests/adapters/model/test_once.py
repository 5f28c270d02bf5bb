"""Nothing is paid twice: threads, processes, kills."""

import subprocess
import sys
import threading
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.adapters.database import ModelCallRow, ModelCallState
from bot.adapters.model import CallLimits, RecordedModel
from bot.adapters.model.call_records import intent_row, request_key
from bot.ports.model import CallOutcome, ModelAnswer
from tests import databases, sensei
from tests.adapters.model.asking import MODEL, Time, asking, request
from tests.fakes.messages import Breaks, Fails, Hangs, Messages, Says, Step
from tests.waiting import FUSE

ANSWER = Says({"touched": []})
STEPS = [
    ANSWER,
    Says(text="no"),
    Says(text="", stop_reason="refusal"),
    Says(text='{"touched": [', stop_reason="max_tokens"),
    Fails(429, "rate_limit_error"),
    Fails(429, "rate_limit_error", "3600"),
    Fails(529, "overloaded_error"),
    Fails(401, "authentication_error"),
    Breaks(after=0),
    Breaks(after=3),
    Breaks(after=2, error="overloaded_error"),
]


@pytest.mark.contract
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(STEPS), max_size=12), st.lists(st.integers(0, 2), max_size=6))
def test_calls_recorded_are_calls_made_and_each_answer_is_paid_once(
    server: Messages, tmp_path_factory: pytest.TempPathFactory, steps: list[Step], asked: list[int]
) -> None:
    database = databases.migrated_file(tmp_path_factory.mktemp("once") / "s.db")
    server.requests.clear()
    server._script.clear()
    server.script(*steps)
    answered: dict[int, int] = {}
    with asking(server.url, database, Time()) as model:
        for number in asked:
            before = len(server.requests)
            answer = model.ask(request(str(number)))
            assert answer.attempts == len(server.requests) - before
            if answer.outcome is CallOutcome.ANSWERED:
                assert answer.reused == (number in answered)
                answered[number] = answered.get(number, 0) + (not answer.reused)
            else:
                assert number not in answered
        with model.calls._engine.connect() as connection:
            query = "SELECT count(*), sum(state = 'answered'), sum(state = 'intent') FROM model_call"
            recorded, good, open_ = connection.exec_driver_sql(query).one()
    assert recorded == len(server.requests)
    assert (good or 0, open_ or 0) == (len(answered), 0)
    assert set(answered.values()) <= {1}


def test_many_who_ask_the_same_at_once_pay_once(server: Messages, database: str) -> None:
    server.script(Hangs(ANSWER))
    answers: list[ModelAnswer] = []
    with asking(server.url, database) as model:
        threads = [threading.Thread(target=lambda: answers.append(model.ask(request()))) for _ in range(4)]
        for thread in threads:
            thread.start()
        server.arrived.acquire()
        server.release.set()
        for thread in threads:
            thread.join()
    assert sorted(answer.reused for answer in answers) == [False, True, True, True]
    assert {answer.outcome for answer in answers} == {CallOutcome.ANSWERED}
    assert len(server.requests) == 1


def somebody_else(model: RecordedModel, time: Time) -> int:
    row = intent_row(request(), "anthropic", MODEL, [], time.now())
    return model.calls.begin(row, None)


def test_somebody_elses_answer_is_waited_for(model: RecordedModel, server: Messages, time: Time) -> None:
    identity = somebody_else(model, time)

    class Meanwhile(Time):
        def sleep(self, seconds: float) -> None:
            super().sleep(seconds)
            model.calls.complete(identity, ModelCallState.ANSWERED, answer='{"touched": ["theirs"]}')

    waiting = Meanwhile()
    with asking(server.url, str(model.calls._engine.url), waiting) as other:
        answer = other.ask(request())
    assert (answer.document, answer.reused, answer.usd) == ({"touched": ["theirs"]}, True, 0.0)
    assert waiting.waits == [1.0]
    server.requests.append(None)  # type: ignore[arg-type]  # the call that somebody else made, elsewhere


def test_whoever_gave_no_sign_of_life_is_not_waited_for(server: Messages, database: str, time: Time) -> None:
    with asking(server.url, database, time) as model:
        somebody_else(model, time)
        time.seconds += 21
        answer = model.ask(request())
        states = [row.state for row in model.calls.by_key(request_key(request(), "anthropic", MODEL))]
    assert (answer.outcome, time.waits) == (CallOutcome.ANSWERED, [])
    assert states == ["intent", "answered"], "the call that was lost still shows"


def test_whoever_stays_alive_is_waited_for_no_longer_than_a_call_may_take(
    server: Messages, database: str
) -> None:
    class Alive(Time):
        def sleep(self, seconds: float) -> None:
            super().sleep(seconds)
            model.calls.seen(identity)

    time = Alive()
    with asking(server.url, database, time, CallLimits(seconds=20)) as model:
        identity = somebody_else(model, time)
        assert model.ask(request()).outcome is CallOutcome.ANSWERED
    assert time.waits == [1.0] * 20


def test_a_caller_gives_signs_of_life_while_it_waits(server: Messages, database: str) -> None:
    server.script(Hangs(ANSWER))
    seen = threading.Event()
    with asking(server.url, database, limits=CallLimits(seconds=20, heartbeat=0.02)) as model:

        @sa.event.listens_for(model.calls._engine, "before_cursor_execute")
        def watch(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
            if "SET seen_at" in statement:
                seen.set()
                server.release.set()

        assert model.ask(request()).outcome is CallOutcome.ANSWERED
        [row] = model.calls.by_key(request_key(request(), "anthropic", MODEL))
    assert seen.is_set()
    assert row.seen_at - row.started_at >= timedelta(milliseconds=20)


def run(server: Messages, database: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.adapters.model.asking"],
        env=sensei.environment(FAKE=server.url, DATABASE=database),
        cwd=sensei.ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.contract  # four interpreters
def test_after_a_kill_in_mid_call_only_that_call_is_made_again(server: Messages, database: str) -> None:
    server.script(ANSWER, Hangs(ANSWER))
    first = run(server, database)
    assert first.stdin is not None
    first.stdin.write("one\ntwo\nthree\n")
    first.stdin.close()
    for _ in range(2):
        assert server.arrived.acquire(timeout=FUSE)
    first.kill()
    first.wait()
    server.release.set()
    for stream in (first.stdout, first.stderr):
        assert stream is not None
        stream.close()
    second, err = run(server, database).communicate("one\ntwo\nthree\n", timeout=FUSE)
    assert second.splitlines() == ["answered True", "answered False", "answered False"], err
    third, err = run(server, database).communicate("one\ntwo\nthree\n", timeout=FUSE)
    assert third.splitlines() == ["answered True"] * 3, err
    asked = [request.body["messages"][0]["content"] for request in server.requests]
    assert asked == ["one", "two", "two", "three"]
    with asking(server.url, database) as model:
        rows = [row for user in ("one", "two", "three") for row in of(model, user)]
    assert [(row.attempt, row.state) for row in rows] == [
        (1, "answered"),
        (1, "intent"),
        (2, "answered"),
        (1, "answered"),
    ]


def of(model: RecordedModel, user: str) -> list[ModelCallRow]:
    return list(model.calls.by_key(request_key(request(user), "anthropic", MODEL)))


def test_a_forgotten_answer_is_asked_for_anew_and_was_not_in_vain(server: Messages, database: str) -> None:
    server.script(*[ANSWER] * 7)
    with asking(server.url, database, Time()) as model:
        for _ in range(7):  # more often than what brings nothing is asked within a day
            assert model.ask(request("one")).reused is False
            assert model.ask(request("one")).reused is True
            with model.calls._engine.begin() as connection:
                connection.exec_driver_sql("UPDATE model_call SET state = 'forgotten', answer = NULL")
    assert len(server.requests) == 7


def test_nobody_is_given_an_answer_about_somebody_elses_code(server: Messages, database: str) -> None:
    server.script(ANSWER, ANSWER, ANSWER)
    with asking(server.url, database, Time()) as model:
        hers, his = (replace(model, repository=f"github.com/{number}") for number in (1, 2))
        for one in (hers, his, model):
            assert one.ask(request("the same code")).reused is False
            assert one.ask(request("the same code")).reused is True
        with model.calls._engine.connect() as connection:
            rows = connection.exec_driver_sql("SELECT repository FROM model_call ORDER BY id").all()
    assert [row[0] for row in rows] == ["github.com/1", "github.com/2", None]
