"""Each way of taking a side, in a sentence that only its own rule refuses."""

import pytest

from bot.domain.guardrails.preferred_options import SIDES, names_winner, takes_side
from bot.domain.text.lazy_patterns import compile_once

TAKEN = {
    "calls the person right or wrong": "you are quite right about the queue.",
    "answers yes or no": "yes, for one replica of the two.",
    "confirms": "in this case it does.",
    "points at one": "after all that's the former of both.",
    "picks one": "let's say a queue for the orders.",
    "calls one the answer": "a queue is the answer to it.",
    "leaves one over": "what remains?",
    "ranks": "the queue comes last for the desk.",
    "contrasts with another": "a restart loses a dict, the table doesn't.",
    "asks what holds them back": "which of your plans keeps you from a queue?",
    "asks what if": "what if a queue stood before the desk?",
    "asks when it will be so": "which month will you be on a queue?",
    "asks why not": "who still does it by hand?",
    "asks about one twice": "is it redis, or is it redis?",
    "supposes the choice": "what would be lost if you took the queue?",
    "asks how it would help": "how would a queue change the wait?",
    "supposes the change": "where do you put the queue?",
    "asks for the act": "when will you drop the polish step?",
    "asks for one side": "what would be bad about a queue?",
    "asks for a yes": "is a queue what the desk had, or was it?",
    "says that they found it": "you have found it.",
    "sizes up the answer": "your answer has everything but a cost.",
    "hints": "a hint about the queue is in the code.",
    "spells": "it starts with a q and holds orders.",
    "speaks of most people": "most teams have a queue for orders.",
    "speaks of others": "others keep orders in a queue.",
    "speaks of what is usual": "a queue is the usual approach to it.",
    "says what they need": "your desk needs a queue for this.",
    "asks whether they thought of it": "have you considered a queue, or a table?",
    "wants a nod": "a queue holds the orders; does that fit the desk?",
    "obeys": "as you wished: a queue for the orders.",
}


def test_every_rule_has_a_sentence() -> None:
    assert set(TAKEN) == set(SIDES)


@pytest.mark.parametrize(("rule", "sentence"), TAKEN.items(), ids=TAKEN)
def test_only_its_own_rule_refuses_a_sentence(rule: str, sentence: str) -> None:
    assert takes_side(sentence)
    assert [name for name, form in SIDES.items() if compile_once(form).search(sentence)] == [rule]


@pytest.mark.parametrize(
    "sentence",
    [
        "who decides when the limit is raised?",
        "what if something breaks on a monday?",
        "have you rolled back with it yet, or is that still to come?",
        "how low would it have to go for you to stop and look?",
        "what happens to the queue at a restart?",
        "is that measured, or is that a guess?",
    ],
)
def test_questions_that_take_no_side_pass(sentence: str) -> None:
    assert not takes_side(sentence)
    assert not names_winner(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "the table is safer at a restart.",
        "a table is enough for the desk.",
        "opus costs more than haiku.",
        "redis wins on price.",
        "a table is fine here.",
    ],
)
def test_a_comparison_and_a_judgement_name_a_winner(sentence: str) -> None:
    assert names_winner(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "was that good or bad for the desk?",
        "does anyone see it soon enough?",
        "did it happen more than once?",
        "who other than the desk, rather than support, sees it right away?",
    ],
)
def test_words_that_only_look_like_a_judgement_name_no_winner(sentence: str) -> None:
    assert not names_winner(sentence)
