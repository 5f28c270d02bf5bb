"""What a provider can do to a caller, over real HTTP with the vendor's own SDK."""

import email.utils
import threading
from datetime import UTC, datetime, timedelta

import pytest

from bot.adapters.model import CallLimits, RecordedModel
from bot.adapters.model.call_records import request_key
from bot.ports.model import CallOutcome
from tests.adapters.model.asking import MODEL, Time, asking, request
from tests.fakes.messages import KEY, Breaks, Fails, Hangs, Messages, Says, Step

ANSWER = Says({"touched": []})


def states(model: RecordedModel) -> list[str]:
    return [row.state for row in model.calls.by_key(request_key(request(), "anthropic", MODEL))]


@pytest.mark.contract
@pytest.mark.parametrize(
    "step",
    [
        Fails(429, "rate_limit_error"),
        Fails(500),
        Fails(503),
        Fails(529, "overloaded_error"),
        Breaks(after=0),
        Breaks(after=1),
        Breaks(after=3),
        Breaks(after=1, error="overloaded_error"),
        Breaks(after=3, error="api_error"),
        Breaks(after=0, nonsense=True),
        Breaks(after=3, nonsense=True),
    ],
    ids=str,
)
def test_what_may_pass_is_tried_again(model: RecordedModel, server: Messages, time: Time, step: Step) -> None:
    server.script(step, step, ANSWER)
    answer = model.ask(request())
    assert (answer.outcome, answer.attempts) == (CallOutcome.ANSWERED, 3), answer.reason
    assert states(model) == ["failed", "failed", "answered"]
    assert time.waits == [1.0, 2.0]
    assert len(server.requests) == 3


@pytest.mark.parametrize(
    ("step", "reason"),
    [
        (
            Fails(400, "invalid_request_error"),
            "says that the request is invalid (400, invalid_request_error)",
        ),
        (Fails(401, "authentication_error"), "rejects the API key (401, authentication_error)"),
        (Fails(403, "permission_error"), "does not allow this API key to use the model"),
        (Fails(404, "not_found_error"), "knows no such model (SENSEI_MODEL)"),
        (Fails(413, "request_too_large"), "says that the request is too large"),
        (Breaks(after=1, error="invalid_request_error"), "failed (invalid_request_error)"),
    ],
    ids=str,
)
def test_what_will_not_pass_is_not(
    model: RecordedModel, server: Messages, time: Time, step: Step, reason: str
) -> None:
    server.script(step)
    answer = model.ask(request())
    assert (answer.outcome, answer.attempts, time.waits) == (CallOutcome.FAILED, 1, [])
    assert answer.reason.startswith(f"The provider {reason}")


def test_tries_are_bounded(model: RecordedModel, server: Messages, time: Time) -> None:
    server.otherwise = lambda _body: Fails(529, "overloaded_error")
    answer = model.ask(request())
    assert (answer.outcome, answer.attempts, answer.usd) == (CallOutcome.FAILED, 4, 0.0)
    assert answer.reason == "The provider is overloaded (529, overloaded_error). Sensei tried 4 times."
    assert time.waits == [1.0, 2.0, 4.0]
    assert model.ask(request()).attempts == 4, "being turned away costs nothing, so it is never given up"


@pytest.mark.parametrize("value", ["7", "7.0"])
def test_a_short_wait_is_waited(model: RecordedModel, server: Messages, time: Time, value: str) -> None:
    server.script(Fails(429, "rate_limit_error", value), ANSWER)
    assert model.ask(request()).outcome is CallOutcome.ANSWERED
    assert time.waits == [7.0]


@pytest.mark.parametrize("value", ["nan", "-1", "soon", "inf", ""])
def test_a_wait_that_makes_no_sense_is_ours(
    model: RecordedModel, server: Messages, time: Time, value: str
) -> None:
    server.script(Fails(429, "rate_limit_error", value), ANSWER)
    assert model.ask(request()).outcome is CallOutcome.ANSWERED
    assert time.waits == [1.0]


def test_a_long_wait_is_not_waited_but_told(model: RecordedModel, server: Messages, time: Time) -> None:
    server.script(Fails(429, "rate_limit_error", "3600"))
    answer = model.ask(request())
    assert (answer.outcome, answer.attempts, time.waits) == (CallOutcome.FAILED, 1, [])
    assert answer.reason == (
        "The provider accepts no more requests at the moment (429, rate_limit_error). "
        "Try again after 2026-11-24 13:00:00 UTC."
    )


def test_a_wait_may_be_a_date(model: RecordedModel, server: Messages, time: Time) -> None:
    later = email.utils.format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    server.script(Fails(503, "api_error", later))
    assert "Try again after" in model.ask(request()).reason
    assert time.waits == []


def test_a_wait_beyond_the_deadline_is_not_begun(server: Messages, database: str, time: Time) -> None:
    server.script(Fails(429, "rate_limit_error", "30"))
    with asking(server.url, database, time, CallLimits(seconds=20)) as model:
        assert "Try again after" in model.ask(request()).reason
    assert time.waits == []


def test_nobody_listening_is_told_and_costs_nothing(database: str, time: Time) -> None:
    with asking("http://127.0.0.1:1", database, time) as model:
        answer = model.ask(request())
    assert (answer.outcome, answer.usd) == (CallOutcome.FAILED, 0.0)
    assert answer.reason == "The provider cannot be reached. Sensei tried 4 times."


@pytest.mark.parametrize("trickle", [False, True])
def test_a_deadline_holds_on_the_wall(server: Messages, database: str, trickle: bool) -> None:
    server.script(Hangs(trickle=trickle))
    with asking(server.url, database, limits=CallLimits(seconds=0.4)) as model:
        answer = model.ask(request())
        assert (answer.outcome, answer.attempts) == (CallOutcome.FAILED, 1)
        assert answer.reason.startswith("The provider took too long")
        [row] = model.calls.by_key(request_key(request(), "anthropic", MODEL))
    assert row.state == "failed"
    assert row.usd == answer.usd
    assert row.usd is not None
    assert row.usd > 0, "it may have been paid, so the budget takes it for paid"
    assert len(server.requests) == 1


def test_a_broken_answer_counts_as_the_most_it_may_have_cost(model: RecordedModel, server: Messages) -> None:
    server.script(Breaks(after=3, error="invalid_request_error"))
    answer = model.ask(request())
    assert answer.usage.cache_write > 0
    assert answer.usd is not None
    assert answer.usd > 2000 * 20 / 1e6


def test_nothing_a_server_says_is_repeated(
    server: Messages, database: str, time: Time, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    server.script(Fails(400, f"echo {KEY}", message=f"you sent {KEY}"))
    with asking(server.url, database, time) as model:
        answer = model.ask(request())
        [row] = model.calls.by_key(request_key(request(), "anthropic", MODEL))
    assert answer.reason == "The provider says that the request is invalid (400)."
    assert KEY not in caplog.text + repr(row.model_dump()) + repr(answer)


def test_no_variable_of_the_vendor_decides_who_pays_or_where(
    server: Messages, database: str, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("API_KEY", "AUTH_TOKEN"):
        monkeypatch.setenv(f"ANTHROPIC_{name}", "somebody-else")
    monkeypatch.setenv("ANTHROPIC_BASE_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("ANTHROPIC_PROFILE", "somebody-else")
    with asking(server.url, database, time) as model:
        assert model.ask(request()).outcome is CallOutcome.ANSWERED
    assert "somebody-else" not in repr(server.requests[0].headers)


def test_a_store_that_cannot_be_written_stops_the_calls(server: Messages, database: str, time: Time) -> None:
    with asking(server.url, database, time) as model:
        with model.calls._engine.begin() as connection:
            connection.exec_driver_sql("DROP TABLE model_call")
        answer = model.ask(request())
    assert (answer.outcome, server.requests) == (CallOutcome.FAILED, [])
    assert "can't record calls" in answer.reason


def test_an_answer_is_given_even_if_the_store_goes_while_it_is_awaited(
    server: Messages, database: str, time: Time
) -> None:
    server.script(Hangs(ANSWER))
    with asking(server.url, database, time) as model:

        def away() -> None:
            server.arrived.acquire()
            with model.calls._engine.begin() as connection:
                connection.exec_driver_sql("DROP TABLE model_call")
            server.release.set()

        thread = threading.Thread(target=away)
        thread.start()
        assert model.ask(request()).outcome is CallOutcome.ANSWERED
        thread.join()
