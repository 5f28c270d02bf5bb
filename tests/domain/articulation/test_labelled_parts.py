"""Parts of a decision that a person labels themselves."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.files.articulation import load_guide
from bot.domain.articulation.labelled_parts import parse_parts
from bot.domain.articulation.slots import Slot

GUIDE = load_guide()
READ: dict[str, dict[Slot, str]] = {
    "Decided: we cache.": {Slot.DECIDED: "we cache."},
    "decided: we cache.\nAGAINST: a queue.": {Slot.DECIDED: "we cache.", Slot.AGAINST: "a queue."},
    "Against:\na queue,\n\nwhich was slow": {Slot.AGAINST: "a queue,\n\nwhich was slow"},
    "**Against:** a queue": {Slot.AGAINST: "a queue"},
    "**Against**: a queue": {Slot.AGAINST: "a queue"},
    "- Revisit when: it doubles\r\n- To  achieve: speed": {
        Slot.ACHIEVE: "speed",
        Slot.REVISIT: "it doubles",
    },
    "Against: a queue\nAgainst: a pool": {Slot.AGAINST: "a queue\na pool"},
    "Decided: see https://example.com/a": {Slot.DECIDED: "see https://example.com/a"},
    "Decided: the ratio is 3:1\nand it was: fine": {Slot.DECIDED: "the ratio is 3:1\nand it was: fine"},
    "Decided:": {},
    "": {},
}


@pytest.mark.parametrize("text", READ)
def test_each_part_has_the_words_below_its_title(text: str) -> None:
    parts = parse_parts(text, GUIDE)
    assert parts.texts == READ[text]
    assert not parts.has_unknown


@pytest.mark.parametrize(
    "text",
    [
        "We cache.",
        "Because: it is cheap",
        "Decided: a\nConsequences: b",
        "Decided: a\n**Price:** b",
        "x\nDecided: a",
    ],
)
def test_words_under_no_known_title_are_noticed(text: str) -> None:
    assert parse_parts(text, GUIDE).has_unknown


@given(st.text(alphabet=st.sampled_from("Decid ed:*-_\n\t\u2028a"), max_size=60))
def test_no_word_is_lost_without_a_notice(text: str) -> None:
    parts = parse_parts(text, GUIDE)
    kept = sum(words.count("a") for words in parts.texts.values())
    assert parts.has_unknown or kept == text.count("a")


def test_a_long_text_takes_no_longer_for_each_of_its_lines() -> None:
    began = time.process_time()
    parse_parts("* " * 30_000 + "\n" + "a " * 30_000 + ":\n" * 1000, GUIDE)
    assert time.process_time() - began < 2
