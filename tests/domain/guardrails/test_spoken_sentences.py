"""One sentence of what Sensei says."""

import pytest

from bot.domain.guardrails.known_words import KnownWords
from bot.domain.guardrails.spoken_sentences import refuse_sentence, split_sentences

TOLD = "We tried Redis and it was better but slow. Finance never paid twice. The queue needs a person."
SOURCE = "A restart ends all sessions. Anyone on call may undo a release."
KNOWN = KnownWords("LIMIT = 200", (TOLD,), (SOURCE,), ())
ASKED = KnownWords("LIMIT = 200", (TOLD, "Which one would you take?"), (SOURCE,), ())


@pytest.mark.parametrize(
    "sentence",
    [
        "you say redis was better.",
        "you tried redis, you say.",
        "finance never paid twice.",
        "the queue needs a person.",
        "limit is 200.",
        "there's no number in this.",
        "i don't see a number in this.",
        "your answer names redis.",
        "there isn't a number or a date here.",
        "anyone on call may undo a release.",
    ],
)
def test_a_statement_may_repeat_what_is_known(sentence: str) -> None:
    assert refuse_sentence(sentence, KNOWN) is None


@pytest.mark.parametrize(
    ("sentence", "reason"),
    [
        ("you tried postgres.", "says more than was said"),
        ("redis paid twice and the queue was slow.", "says more than was said"),
        ("the limit of 300 is there.", "says more than was said"),
        ("there's no retry here.", "says more than was said"),
        ("there's no number here, so set redis.", "says more than was said"),
        ("redis was better.", "prefers an option"),
        ("you say redis was the best.", "says more than was said"),
        ("redis it is.", "prefers an option"),
        ("set redis.", "suggests a fix"),
        ("you say it was slow, so set redis.", "suggests a fix"),
        ("it could be redis.", "suggests a fix"),
        ("redis, then.", "answers for the person"),
        ("redis.", "answers for the person"),
    ],
)
def test_a_statement_may_not_say_more_or_take_a_side(sentence: str, reason: str) -> None:
    assert refuse_sentence(sentence, KNOWN) == reason


def test_what_was_not_denied_may_not_be_denied() -> None:
    plain = KnownWords("", ("We roll back by hand.",), (), ())
    assert refuse_sentence("you roll back by hand.", plain) is None
    assert refuse_sentence("nobody does roll back by hand.", plain) == "says more than was said"


def test_somebody_who_asks_for_an_answer_is_told_only_what_they_or_a_source_said() -> None:
    assert refuse_sentence("redis was slow for finance.", KNOWN) is None
    assert refuse_sentence("redis was slow for finance.", ASKED) == "answers for the person"
    assert refuse_sentence("you say redis was slow.", ASKED) is None
    assert refuse_sentence("a restart ends all sessions.", ASKED) is None


@pytest.mark.parametrize(
    "sentence",
    [
        "where did you see that redis was slow?",
        "when finance pays twice, who notices?",
        "at what number would you look at this again?",
        "you say redis was better, what did you look at?",
        'what does "better" mean for finance?',
        'i\'m not sure what "better" means here.',
    ],
)
def test_a_question_may_use_more_words(sentence: str) -> None:
    assert refuse_sentence(sentence, KNOWN) is None


@pytest.mark.parametrize(
    ("sentence", "reason"),
    [
        ("what does postgres cost?", "says more than was said"),
        ("redis was better, what did it cost?", "prefers an option"),
        ("the timeout is short - who feels it?", "says more than was said"),
        ("what makes the queue cheaper?", "says more than was said"),
        ("what made redis the right one?", "says more than was said"),
        ("why was it not redis?", "prefers an option"),
        ("i'm not sure whether redis was good.", "says more than was said"),
        ("queue, or redis?", "says more than was said"),
    ],
)
def test_a_question_names_nothing_new_and_no_winner(sentence: str, reason: str) -> None:
    assert refuse_sentence(sentence, KNOWN) == reason


def test_sentences_end_at_their_marks() -> None:
    text = 'You say "it was slow." It took 14.5 s; then it stopped. Who saw it?'
    assert list(split_sentences(text)) == [
        'You say "it was slow."',
        "It took 14.5 s;",
        "then it stopped.",
        "Who saw it?",
    ]
