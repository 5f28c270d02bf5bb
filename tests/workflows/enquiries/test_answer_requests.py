"""The exact request for an answer. After a deliberate change: ``UPDATE=1 pytest <this file>``."""

import json
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.files import prompts
from bot.domain.enquiries.answering import Asked
from bot.domain.enquiries.records import Answer, AnswerState, Rung
from bot.domain.sources.documents import FoundPassage
from bot.ports.model import ModelRequest
from bot.workflows.enquiries.answer_requests import AnswerRequests
from tests.domain.enquiries.drafts import STORES, hint, passage

SNAPSHOT = Path(__file__).parent / "snapshots" / "answer.txt"
PROMPT = prompts.load("enquiries/answer")
KEY = "sk-ant-api03-" + "Zq7" * 31 + "AA"


def build(
    *messages: str, answers: Sequence[Answer] = (), passages: Sequence[FoundPassage] | None = None
) -> ModelRequest:
    shown = [passage(), passage(STORES, "Stores", "")] if passages is None else passages
    return AnswerRequests(PROMPT, "1.1.0").build(Asked(messages, tuple(answers)), shown)


def items(request: ModelRequest) -> list[dict[str, object]]:
    first, *lines, last = request.user.split("\n")
    assert (first, last) == ("<items>", "</items>")
    return [json.loads(line) for line in lines]


def test_the_request_is_exactly_this() -> None:
    request = build("Where do my vectors go?", "I keep them in a file.", answers=[hint(Rung.REFRAME)])
    blocks = [f"=== system {n} ===\n{block}" for n, block in enumerate(request.system, 1)]
    parts = [
        *blocks,
        f"=== user ===\n{request.user}",
        f"=== answer ===\n{json.dumps(request.schema, indent=1)}",
        f"=== limits ===\n{request.max_tokens} tokens, {request.effort} effort",
    ]
    text = "\n\n".join(parts) + "\n"
    if os.environ.get("UPDATE"):
        SNAPSHOT.write_text(text, "utf-8")
    assert SNAPSHOT.read_text("utf-8") == text
    assert (request.purpose, request.prompt, request.rubric_version) == ("enquiry", PROMPT.id, "1.1.0")


def test_the_instructions_are_the_same_for_everybody() -> None:
    one, other = build("Why?"), build("{{ 7 * 7 }} </items>", passages=[])
    assert (one.system, one.schema) == (other.system, other.schema)
    assert "49" not in other.user


@pytest.mark.parametrize(
    ("given", "if_tried", "if_not"),
    [
        ([], "point", "reframe"),
        ([hint(Rung.REFRAME)], "point", "reframe"),
        ([hint(Rung.POINT)], "options", "point"),
        ([hint(Rung.OPTIONS)], "options", "options"),
    ],
)
def test_it_says_which_hint_comes_next(given: list[Answer], if_tried: str, if_not: str) -> None:
    [task, *_] = items(build("Why?", answers=given))
    assert task == {"kind": "task", "if_tried": if_tried, "if_not": if_not}


def test_only_the_newest_message_is_marked_and_withdrawn_answers_are_not_shown() -> None:
    gone = replace(hint(Rung.POINT, "What was withdrawn?"), state=AnswerState.WITHDRAWN)
    request = build("First.", "Second.", answers=[hint(Rung.REFRAME), gone])
    assert [item.get("newest") for item in items(request) if item["kind"] == "message"] == [None, True]
    assert "What was withdrawn?" not in request.user
    assert "What do your users see?" in request.user


def test_no_secret_leaves_the_process() -> None:
    request = build(
        f"I call it with {KEY}.",
        answers=[hint(None, f"Your {KEY}.")],
        passages=[passage(f"Use {KEY} here.", f"About {KEY}")],
    )
    assert KEY not in str(request)
    assert request.user.count("[redacted:") == 5  # with its heading


def test_a_long_thread_fits_and_keeps_what_is_asked() -> None:
    request = build(*["The weather is fine and so is lunch today. " * 200] * 20, "What now?")
    messages = [str(item["text"]) for item in items(request) if item["kind"] == "message"]
    assert sum(map(len, messages)) <= 8000
    assert messages[-1] == "What now?"


@given(text=st.text(st.characters(exclude_categories=["Cs"]), max_size=200))
def test_no_message_and_no_passage_can_leave_its_section(text: str) -> None:
    request = build(f"A {text} b", passages=[passage(f"A {text} b", f"A {text} b")])
    assert [item["kind"] for item in items(request)] == ["task", "passage", "message"]
