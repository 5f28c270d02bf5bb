"""What a reply becomes."""

from typing import Any

import pytest

from bot.adapters.database import ModelCallRow
from bot.adapters.model import RecordedModel
from bot.adapters.model.call_records import request_key
from bot.ports.model import CallOutcome
from tests.adapters.model.asking import MODEL, SCHEMA, Time, request
from tests.fakes.messages import KEY, Messages, Says


def rows(model: RecordedModel, **values: Any) -> list[ModelCallRow]:
    return list(model.calls.by_key(request_key(request(**values), "anthropic", MODEL)))


def test_an_answer_is_recorded_whole_and_reused_for_nothing(model: RecordedModel, server: Messages) -> None:
    first = model.ask(request())
    assert (first.outcome, first.document, first.reused, first.attempts) == (
        CallOutcome.ANSWERED,
        {"touched": ["evals"]},
        False,
        1,
    )
    assert first.usage.output == 120
    assert first.usd is not None
    assert first.usd > 0
    again = model.ask(request())
    assert (again.document, again.reused, again.usd, again.attempts) == (first.document, True, 0.0, 0)
    assert len(server.requests) == 1
    [row] = rows(model)
    assert (row.state, row.answer, row.stop_reason, row.request_id) == (
        "answered",
        '{"touched": ["evals"]}',
        "end_turn",
        "req_000001",
    )
    assert (row.usd, row.output_tokens, row.error) == (first.usd, 120, "")


def test_what_is_sent_is_one_question_without_tools(model: RecordedModel, server: Messages) -> None:
    model.ask(request("data", system=tuple("abcdef"), effort="high"))
    [sent] = server.requests
    assert sent.path == "/v1/messages"
    assert sent.body["stream"] is True
    assert sent.body["messages"] == [{"role": "user", "content": "data"}]
    assert sent.body["max_tokens"] == 2000
    assert [block["text"] for block in sent.body["system"]] == list("abcdef")
    marks = [block.get("cache_control") for block in sent.body["system"]]
    assert marks == [None, None, *[{"type": "ephemeral"}] * 4], "more than four are refused"
    form = sent.body["output_config"]
    assert (form["effort"], form["format"]["type"]) == ("high", "json_schema")
    assert form["format"]["schema"]["additionalProperties"] is False
    assert "tools" not in sent.body


def test_the_prefix_is_paid_once_and_then_read_from_the_cache(model: RecordedModel, server: Messages) -> None:
    first, second = model.ask(request("one")), model.ask(request("two"))
    assert first.usage.cache_write > 0
    assert first.usage.cache_read == 0
    assert (second.usage.cache_read, second.usage.cache_write) == (first.usage.cache_write, 0)
    changed = model.ask(request("two", system=("You read. " * 60, "Another rubric. " * 60)))
    assert 0 < changed.usage.cache_read < first.usage.cache_write


@pytest.mark.parametrize(
    "values",
    [{"user": "other"}, {"sample": 1}, {"max_tokens": 1999}, {"effort": "low"}, {"system": ("x",)}],
    ids=str,
)
def test_another_request_is_another_call(
    model: RecordedModel, server: Messages, values: dict[str, Any]
) -> None:
    model.ask(request())
    assert not model.ask(request(**values)).reused
    assert len(server.requests) == 2


def test_a_refusal_is_an_outcome_with_its_category(model: RecordedModel, server: Messages) -> None:
    details = {"type": "refusal", "category": "cyber", "explanation": "it quotes what it was sent"}
    server.script(Says(text="", stop_reason="refusal", stop_details=details))
    answer = model.ask(request())
    assert (answer.outcome, answer.document, answer.attempts) == (CallOutcome.REFUSED, None, 1)
    assert answer.reason == "The model declined to answer (cyber)."
    [row] = rows(model)
    assert (row.state, row.answer, row.stop_reason) == ("refused", None, "refusal")


@pytest.mark.parametrize(
    ("stop", "words"),
    [
        ("max_tokens", "maximum length of an answer"),
        ("model_context_window_exceeded", "context window"),
        ("pause_turn", "paused"),
    ],
)
def test_a_cut_off_answer_gives_what_could_be_parsed(
    model: RecordedModel, server: Messages, stop: str, words: str
) -> None:
    server.script(Says(text='{"touched": ["evals", "cost', stop_reason=stop))
    answer = model.ask(request())
    assert (answer.outcome, answer.document) == (CallOutcome.CUT_OFF, {"touched": ["evals"]})
    assert words in answer.reason
    [row] = rows(model)
    assert (row.state, row.answer) == ("cut off", None)
    assert model.ask(request()).outcome is CallOutcome.ANSWERED, "and is asked for again next time"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("I would say that", "is not JSON"),
        ("", "is not JSON"),
        ('{"touched": [', "is not JSON"),
        ('{"touched": [NaN]}', "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ('["evals"]', "is not a JSON object"),
        ('{"touched": "evals"}', "the answer.touched is not of type array"),
        ('{"touched": [1]}', "the answer.touched[0] is not of type string"),
        ("{}", "the answer lacks touched"),
        ('{"touched": [], "key": "secret"}', "a property that is not allowed"),
        ('{"touched": [], "note": 3}', "the answer.note fits none of the allowed forms"),
    ],
    ids=lambda text: text[:30],
)
def test_an_answer_that_does_not_fit_is_not_kept(
    model: RecordedModel, server: Messages, text: str, reason: str
) -> None:
    server.script(Says(text=text))
    answer = model.ask(request())
    assert (answer.outcome, answer.document) == (CallOutcome.MALFORMED, None)
    assert reason in answer.reason
    assert "secret" not in answer.reason
    assert answer.usd is not None
    assert answer.usd > 0
    [row] = rows(model)
    assert (row.state, row.answer, row.error) == ("malformed", None, answer.reason)
    assert model.ask(request()).outcome is CallOutcome.ANSWERED


def test_a_stop_that_makes_no_sense_here_is_malformed(model: RecordedModel, server: Messages) -> None:
    server.script(Says({"touched": []}, stop_reason="tool_use"))
    assert model.ask(request()).outcome is CallOutcome.MALFORMED


def test_what_costs_and_brings_nothing_is_given_up_for_a_day(
    model: RecordedModel, server: Messages, time: Time
) -> None:
    server.script(*[Says(text="no")] * 5)
    for _ in range(5):
        assert model.ask(request()).outcome is CallOutcome.MALFORMED
    given_up = model.ask(request())
    assert (given_up.outcome, given_up.attempts) == (CallOutcome.FAILED, 0)
    assert given_up.reason.endswith("Try again after 2026-11-25 12:00:00 UTC.")
    assert len(server.requests) == 5
    time.seconds += 24 * 3600 + 1
    assert model.ask(request()).outcome is CallOutcome.ANSWERED


def test_a_limit_in_a_schema_is_sent_as_words_and_not_held_against_an_answer(
    model: RecordedModel, server: Messages
) -> None:
    schema = {
        **SCHEMA,
        "properties": {"touched": {"type": "array", "items": {"type": "string"}, "maxItems": 1}},
    }
    server.script(Says({"touched": ["a", "b"]}))
    assert model.ask(request(schema=schema)).outcome is CallOutcome.ANSWERED
    sent = server.requests[0].body["output_config"]["format"]["schema"]["properties"]["touched"]
    assert "maxItems" not in sent
    assert "maxItems" in sent["description"]


def test_neither_the_key_nor_what_was_sent_is_kept(
    model: RecordedModel, server: Messages, caplog: pytest.LogCaptureFixture, database: str
) -> None:
    caplog.set_level("INFO")
    model.ask(request("the participant's words"))
    [row] = rows(model, user="the participant's words")
    text = repr(row.model_dump()) + caplog.text + repr(model)
    assert KEY not in text
    assert "participant" not in text
