"""Answers in Slack: escaped, with their sources, and only what a reader can do."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.domain.enquiries.limits import Limit
from bot.domain.enquiries.records import (
    Answer,
    AnswerSource,
    AnswerState,
    Citation,
    Feedback,
    Kind,
    Rung,
)
from bot.rendering.chat.slack_validation import checked_message
from bot.rendering.enquiries.slack_answers import answer_message, limited_message
from tests.fakes.slack import look

NASTY = "<!channel> <@U0ADA> *bold* _it_ ~no~ `x` @here :tada: https://evil.example & &lt;"
ANSWER = Answer(
    7,
    1,
    1,
    0,
    Kind.FACT,
    None,
    AnswerSource.MODEL,
    "A run may take 45 minutes. [1]\n\nWhich part takes longest?",
    (Citation("Handbook: Limits", "https://wiki.example/ci?a=1&b=2#limits", "at most 45 minutes"),),
    AnswerState.WRITTEN,
    "",
    datetime(2026, 11, 27, tzinfo=UTC),
)


def shown(answer: Answer, helper: str = "Sen") -> str:
    message = checked_message(answer_message(answer, helper))
    document = {"text": message.text, "blocks": list(message.blocks)}
    assert look.notified(document) == set()
    return " ".join(look.text(document).split())


def test_an_answer_has_its_sources_and_buttons() -> None:
    assert shown(ANSWER) == (
        "A run may take 45 minutes. [1] Which part takes longest? "
        "[ Helpful ] [ Not helpful ] [ Ask Sen ] "
        "· [1] Handbook: Limits “at most 45 minutes” "
        "· I wrote this from the sources named here. I can be wrong, so check them."
    )


@pytest.mark.parametrize(
    "link", ["", "javascript:alert(1)", "https://", "http://[", "ftp://x.example", "https://x/" + "y" * 3000]
)
def test_only_an_address_that_can_be_opened_is_linked(link: str) -> None:
    [cited] = [
        block
        for block in answer_message(replace(ANSWER, citations=(Citation("Handbook", link, ""),))).blocks
        if "[1] Handbook" in str(block)
    ]
    assert cited["elements"][0]["text"] == "[1] Handbook"


def test_whatever_a_text_says_it_has_no_effect() -> None:
    nasty = replace(ANSWER, text=NASTY, citations=(Citation(NASTY, "https://x.example/|<!here>", NASTY),))
    for source in AnswerSource:
        message = answer_message(replace(nasty, source=source), NASTY)
        assert look.notified({"text": message.text, "blocks": list(message.blocks)}) == set()
        checked_message(message)
        assert "<!" not in str(message).replace("\\u003c", "<")
        assert str(message).count("<http") <= 1  # the source's own link


@pytest.mark.parametrize(
    ("source", "buttons"),
    [
        (AnswerSource.MODEL, ["Helpful", "Not helpful", "Ask Sen"]),
        (AnswerSource.PASSAGES, ["Helpful", "Not helpful", "Ask Sen"]),
        (AnswerSource.FIXED, ["Ask Sen"]),
    ],
)
def test_only_what_can_help_is_rated(source: AnswerSource, buttons: list[str]) -> None:
    message = answer_message(replace(ANSWER, source=source), "Sen")
    [row] = [block for block in message.blocks if block["type"] == "actions"]
    assert [element["text"]["text"] for element in row["elements"]] == buttons
    assert {element["value"] for element in row["elements"]} == {"7"}


def test_without_somebody_to_ask_there_is_no_such_button() -> None:
    nothing = replace(ANSWER, source=AnswerSource.NOTHING, text="My sources don't cover this.", citations=())
    assert "Please ask whoever runs your dojo." in shown(nothing, "")
    assert "[ Ask" not in shown(nothing, "")
    assert not [
        block
        for block in answer_message(replace(ANSWER, source=AnswerSource.FIXED)).blocks[1:]
        if "actions" in block.values()
    ]


def test_a_hint_says_how_to_get_the_next_one_unless_it_is_the_last() -> None:
    first = replace(ANSWER, kind=Kind.DESIGN, rung=Rung.REFRAME)
    assert "Tell me what you've tried, and I'll give you the next hint." in shown(first)
    assert "Tell me what you've tried" not in shown(replace(first, rung=Rung.OPTIONS))
    assert "Tell me what you've tried" not in shown(ANSWER)


def test_an_answer_without_a_source_has_no_note_about_sources() -> None:
    only_a_question = replace(ANSWER, kind=Kind.DESIGN, rung=Rung.REFRAME, citations=())
    assert "the sources named here" not in shown(only_a_question)


def test_in_a_sensitive_matter_somebody_is_named_even_if_nobody_can_be_reached() -> None:
    sensitive = replace(ANSWER, kind=Kind.SENSITIVE, source=AnswerSource.FIXED, citations=())
    assert "Please talk to someone you trust, or to whoever runs your dojo." in shown(sensitive, "")
    assert "someone you trust" not in shown(sensitive)


@pytest.mark.parametrize("feedback", Feedback)
def test_what_was_said_about_it_replaces_the_buttons(feedback: Feedback) -> None:
    text = shown(replace(ANSWER, feedback=feedback))
    assert "You said that this" in text
    assert "[ Helpful ]" not in text


@pytest.mark.parametrize("feedback", [None, *Feedback])
@pytest.mark.parametrize("source", [AnswerSource.MODEL, AnswerSource.NOTHING])
def test_where_others_read_it_nothing_is_shown_that_is_only_the_askers(
    source: AnswerSource, feedback: Feedback | None
) -> None:
    rated = replace(ANSWER, source=source, feedback=feedback)
    message = answer_message(rated, "Sen", is_public=True)
    assert message == answer_message(replace(rated, feedback=None), "Sen", is_public=True)
    assert "[ Helpful ] [ Not helpful ] [ Ask a person ]" in " ".join(
        look.text({"text": message.text, "blocks": list(message.blocks)}).split()
    )
    assert "Sen" not in str(message).replace("Sensei", "")


def test_a_very_long_answer_fits_with_its_buttons() -> None:
    long = replace(ANSWER, text="\n\n".join(["<&> " * 300] * 3), citations=ANSWER.citations * 30)
    assert "[ Helpful ]" in shown(long)


@pytest.mark.parametrize(
    ("limit", "is_edit"),
    [*((limit, False) for limit in Limit if limit is not Limit.EDITS), *((limit, True) for limit in Limit)],
)
def test_each_limit_says_what_happened_what_was_kept_and_what_to_do(limit: Limit, is_edit: bool) -> None:
    words = checked_message(limited_message(limit, is_edit=is_edit)).text
    assert "kept" in words
    assert "Please" in words
    assert "!" not in words
