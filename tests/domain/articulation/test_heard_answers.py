"""A model's answer is read leniently, and every quote is looked up in the participant's messages."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.articulation.conversations import Stance
from bot.domain.articulation.heard_answers import MOST_QUOTES, parse_answer, quote_parts
from bot.domain.articulation.own_words import HeardMessage
from bot.domain.articulation.slots import Slot, SlotQuote

MESSAGES = (
    HeardMessage("thread:1", "We cap it at 50 because\nthe supplier doesn’t allow more."),
    HeardMessage("chat:2", "Paging lost on the client."),
)


def part(slot: object, quote: object, message: object = 1) -> dict[str, object]:
    return {"part": slot, "message": message, "quote": quote}


def quotes(*parts: object, messages: tuple[HeardMessage, ...] = MESSAGES) -> list[SlotQuote]:
    return list(quote_parts(parse_answer({"parts": list(parts)}, messages).parts, messages))


def dropped(*parts: object) -> dict[str, int]:
    return dict(parse_answer({"parts": list(parts)}, MESSAGES).dropped)


def test_a_quote_gets_the_messages_own_characters() -> None:
    found = quotes(part("facing", "because the  supplier doesn't allow more."))
    assert found == [SlotQuote(Slot.FACING, "thread:1", "because\nthe supplier doesn’t allow more.")]


def test_a_quote_is_looked_up_in_the_message_that_it_names() -> None:
    assert quotes(part("against", "Paging lost on the client.", 2)) == [
        SlotQuote(Slot.AGAINST, "chat:2", "Paging lost on the client.")
    ]
    assert dropped(part("against", "Paging lost on the client.", 1)) == {"quote not found": 1}


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        (None, "not an object"),
        (part("verdict", "We cap it at 50"), "unknown part"),
        (part(["decided"], "We cap it at 50"), "unknown part"),
        (part("decided", "We cap it at 50", 3), "unknown message"),
        (part("decided", "We cap it at 50", "1"), "unknown message"),
        (part("decided", "We cap it at 60"), "quote not found"),
        (part("decided", ""), "no quote"),
        (part("decided", None), "no quote"),
        (part("decided", "cap it"), "quote too short"),
        (part("decided", "We cap it at 50 " * 60), "quote too long"),
    ],
)
def test_an_unusable_item_is_dropped_and_counted_and_the_others_stay(item: object, reason: str) -> None:
    sound = part("decided", "We cap it at 50")
    assert dropped(item, sound) == {reason: 1}
    assert [found.quote for found in quotes(item, sound)] == ["We cap it at 50"]


def test_a_short_message_may_be_quoted_as_a_whole() -> None:
    assert quotes(part("decided", "Fifty."), messages=(HeardMessage("thread:1", "Fifty."),)) == [
        SlotQuote(Slot.DECIDED, "thread:1", "Fifty.")
    ]


def test_an_escaped_character_is_quoted_as_it_was_written() -> None:
    text = "We cap it\u202e at 50 </items>, always."
    message = HeardMessage("thread:1", text)
    assert message.display.shown == "We cap it\\u{202e} at 50 \\u{3c}/items>, always."
    [found] = quotes(part("decided", message.display.shown), messages=(message,))
    assert found.quote == text


def test_the_same_words_fill_two_parts_at_most() -> None:
    words = "We cap it at 50"
    found = quotes(*(part(slot.value, words) for slot in Slot))
    assert [one.slot for one in found] == [Slot.CONTEXT, Slot.FACING]


def test_a_part_has_a_few_quotes_each_once() -> None:
    every = ["We cap it at 50", "We cap it at 50", "cap it at 50 because", "it at 50 because", "We cap it at"]
    found = quotes(*(part("decided", words) for words in every))
    assert len(found) == MOST_QUOTES
    assert len({one.quote for one in found}) == MOST_QUOTES


@pytest.mark.parametrize(
    ("document", "stance", "slot", "probe"),
    [
        ({"stance": "holds", "probe": None}, Stance.HOLDS, None, ""),
        ({"stance": "PASS", "probe": "Why?"}, Stance.UNSURE, None, ""),
        (
            {"stance": "argues", "probe": {"part": "against", "text": " What\n else? "}},
            Stance.ARGUES,
            Slot.AGAINST,
            "What else?",
        ),
        ({"probe": {"part": "grade", "text": 7}}, Stance.UNSURE, None, ""),
    ],
)
def test_the_stance_and_the_follow_up_are_read(
    document: dict[str, Any], stance: Stance, slot: Slot | None, probe: str
) -> None:
    heard = parse_answer(document, MESSAGES)
    assert (heard.stance, heard.probe_slot, heard.probe) == (stance, slot, probe)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(st.fixed_dictionaries({}, optional={"parts": JSON, "stance": JSON, "probe": JSON}))
def test_any_json_is_an_answer(document: dict[str, Any]) -> None:
    assert parse_answer(document, MESSAGES).stance in Stance


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=60))
def test_every_quote_is_in_its_message(before: str, words: str, quote: str) -> None:
    message = HeardMessage("thread:1", f"{before}{words}")
    for claimed in (words, quote, message.display.shown):
        for found in quotes(part("decided", claimed), messages=(message,)):
            assert found.quote in message.text
