import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from bot.adapters.database import AttemptTakenError, DailyBudgetError, ModelCallState, SqlModelCalls
from tests.adapters.database.rows import row

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def test_what_was_written_is_read(engine: sa.Engine) -> None:
    calls = SqlModelCalls(engine, lambda: NOON)
    identity = calls.begin(row(NOON, usd=0.5), None)
    [intent] = calls.by_key("k" * 64)
    assert (intent.state, intent.started_at, intent.finished_at, intent.usd) == (
        ModelCallState.INTENT,
        NOON,
        None,
        0.5,
    )
    calls.complete(identity, ModelCallState.ANSWERED, answer='{"é": "\\u0000"}', usd=0.25, input_tokens=7)
    [done] = calls.by_key("k" * 64)
    assert (done.state, done.finished_at, done.answer) == (ModelCallState.ANSWERED, NOON, '{"é": "\\u0000"}')
    assert (done.usd, done.input_tokens) == (0.25, 7)
    assert calls.by_key("another") == []


def test_an_attempt_is_begun_once(engine: sa.Engine) -> None:
    calls = SqlModelCalls(engine)
    calls.begin(row(NOON), None)
    with pytest.raises(AttemptTakenError):
        calls.begin(row(NOON), None)
    calls.begin(row(NOON, attempt=2), None)
    calls.begin(row(NOON, key="l" * 64), None)


def test_an_attempt_is_begun_once_by_many_at_once(engine: sa.Engine) -> None:
    calls, together, won = SqlModelCalls(engine), threading.Barrier(6), []

    def work() -> None:
        together.wait()
        with suppress(AttemptTakenError):
            won.append(calls.begin(row(NOON), None))

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1


@pytest.mark.parametrize(
    "values",
    [
        {"state": "lost"},
        {"attempt": 0},
        {"state": "answered", "finished_at": NOON},
        {"state": "failed", "finished_at": NOON, "answer": "{}"},
        {"state": "failed"},
        {"finished_at": NOON},
        {"usd": -0.01},
    ],
    ids=str,
)
def test_a_row_that_makes_no_sense_is_refused(engine: sa.Engine, values: dict[str, object]) -> None:
    plain = row(NOON, **values).model_dump(exclude={"id"})
    with pytest.raises(IntegrityError), engine.begin() as connection:
        connection.execute(sa.insert(row(NOON).__table__), plain)  # type: ignore[attr-defined]


def test_a_day_begins_at_midnight_utc(engine: sa.Engine) -> None:
    calls = SqlModelCalls(engine, lambda: NOON)
    yesterday = NOON.replace(hour=0) - timedelta(microseconds=1)
    calls.begin(row(yesterday, usd=8.0), None)
    calls.begin(row(NOON.replace(hour=0), attempt=2, usd=0.5), None)
    calls.begin(row(NOON, attempt=3, usd=None), None)
    assert calls.spent_today() == 0.5


def test_a_days_budget_holds_for_many_at_once(engine: sa.Engine) -> None:
    calls, together, over = SqlModelCalls(engine, lambda: NOON), threading.Barrier(8), []

    def work(number: int) -> None:
        together.wait()
        try:
            calls.begin(row(NOON, attempt=number + 1, usd=0.25), 1.0)
        except DailyBudgetError as raised:
            over.append(raised.spent)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert calls.spent_today() == 1.0
    assert over == [1.0] * 4
