"""The few sentences with which Sensei thanks."""

import pytest

from bot.domain.guardrails.acknowledgements import acknowledges, without_thanks
from bot.domain.guardrails.known_words import KnownWords


def after(*own: str) -> KnownWords:
    return KnownWords("", own, (), ())


@pytest.mark.parametrize(
    "sentence",
    [
        "thanks.",
        "thank you for writing that down.",
        "understood, and your sensei reads it next.",
        "your sensei sees what you wrote and takes it from there.",
        "i'll leave it there, and your sensei will take it up with you.",
        "thanks; nothing more is needed here.",
    ],
)
def test_thanks_and_what_comes_next_pass_after_anything(sentence: str) -> None:
    assert acknowledges(sentence, after("Just tell me: is it right?"))


def test_fine_is_said_only_to_somebody_who_does_not_know_or_wants_their_sensei() -> None:
    for told in ("I don't know yet.", "I'd rather talk to my sensei."):
        assert acknowledges("thanks, that's a fine answer.", after(told))
    for told in ("A dict is fine.", "Is a dict fine?"):
        assert not acknowledges("thanks, that's a fine answer.", after(told))


def test_clear_is_not_said_to_somebody_who_asks_for_a_verdict() -> None:
    assert acknowledges("that's clear.", after("Nobody looks at them."))
    assert not acknowledges("that's clear.", after("Is that clear?"))


@pytest.mark.parametrize(
    "sentence",
    [
        "thanks, redis.",
        "thanks for choosing redis.",
        "your sensei prefers redis.",
        "your sensei reads redis next.",
        "understood, go with redis.",
        "thanks" * 40,
    ],
)
def test_nothing_else_is_an_acknowledgement(sentence: str) -> None:
    assert not acknowledges(sentence, after("I don't know yet."))


def test_thanks_before_a_sentence_are_left_out() -> None:
    assert without_thanks("thanks, that says who pays.") == "that says who pays."
    assert without_thanks("thanks, no.") == "thanks, no."
