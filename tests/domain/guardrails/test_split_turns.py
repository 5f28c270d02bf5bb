"""What is said over several turns."""

import pytest

from bot.domain.guardrails.known_words import KnownWords
from bot.domain.guardrails.split_turns import continues, is_whole

KNOWN = KnownWords("", ("haiku missed three.",), (), ())


@pytest.mark.parametrize(
    "text", ["Who reads it?", "`retry` is 3.", "400 ms.", "haiku missed three.", '"So."']
)
def test_whole_sentences_are_whole(text: str) -> None:
    assert is_whole(text, KNOWN)


@pytest.mark.parametrize(
    "text", ["sifier. Who reads it?", "… a person?", "Who reads it", "It is a", "", "?", "(so) it is."]
)
def test_parts_of_sentences_are_not(text: str) -> None:
    assert not is_whole(text, KNOWN)


@pytest.mark.parametrize(
    ("before", "text"),
    [
        ("You name a list. What is the clas", "Who reads it?"),
        ("You have two parts. Level", "Three of them are there?"),
        ("You have two parts. Which level?", "Three. Who reads it?"),
        ("What do you have? Keep.", "The queue short. Who reads it?"),
        ("Is it super?", "B is read by whom?"),
    ],
)
def test_what_begins_in_one_turn_does_not_end_in_the_next(before: str, text: str) -> None:
    assert continues(text, (before,))


def test_an_earlier_turn_counts_too() -> None:
    turns = ("Which level?", "Who reads it?")
    assert continues("Three. Who pays?", turns)
    assert not continues("Who pays?", turns)


def test_turns_that_stand_alone_go_on_with_nothing() -> None:
    assert not continues(
        "You say Redis lost on latency. Where did you see that?", ("What happens at a restart?",)
    )
    assert not continues("Who reads it?", ())
