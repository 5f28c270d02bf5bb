"""The words that a conversation has already."""

import pytest

from bot.domain.guardrails.known_words import MOST_CHARACTERS, KnownWords, find_quotes, find_tokens


def known(*own: str, code: str = "", sources: tuple[str, ...] = (), said: tuple[str, ...] = ()) -> KnownWords:
    return KnownWords(code, own, sources, said)


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("rejected", "We reject it."),
        ("debugging", "It is only there to debug."),
        ("11", "It takes eleven minutes."),
        ("forty", "It costs 40 dollars."),
        ("1200", "The size is 1,200 tokens."),
        ("team's", "The team saw it."),
    ],
)
def test_a_word_is_known_in_each_of_its_forms(word: str, told: str) -> None:
    assert known(told).knows(word)
    assert known(told).told_has(word)


def test_a_word_may_come_from_the_code_a_source_or_an_earlier_turn() -> None:
    assert known(code="LIMIT = 200").knows("limit")
    assert known(sources=("Releases are kept.",)).knows("releases")
    assert known(said=("Who reads the log?",)).knows("log")
    assert not known(code="LIMIT = 200").told_has("limit")


def test_a_word_that_was_only_asked_about_is_not_known() -> None:
    assert not known("Dict or Redis? It is a cart.").knows("redis")
    assert known("Dict or Redis? It is a cart.").knows("cart")


def test_only_the_last_message_decides_whether_an_answer_is_asked_for() -> None:
    assert known("A cart is lost.", "Which one?").asked
    assert not known("Which one?", "A cart is lost.").asked
    assert not known().asked


def test_words_of_two_sentences_in_a_row_are_one_passage() -> None:
    told = "We have a dict. A restart loses carts. Legal said so. Postgres is there."
    assert known(told).covers(["dict", "carts"], denied=False)
    assert not known(told).covers(["dict", "postgres"], denied=False)
    assert known(told, code="dict").covers(["dict", "postgres"], denied=False)


def test_what_is_denied_must_have_been_denied() -> None:
    assert not known("We roll back by hand.").covers(["hand"], denied=True)
    assert known("We don't roll back by hand.").covers(["hand"], denied=True)


def test_quotes_are_found_in_each_kind_of_mark() -> None:
    assert find_quotes("It says \"one day\", “two days”, «three» and 'four days'.") == [
        "one day",
        "two days",
        "three",
        "four days",
    ]
    assert find_quotes("It's the desk's log, and that isn't Maria's.") == []


def test_a_quote_must_stand_where_it_may_come_from() -> None:
    here = known('We lost 40  carts. Is it "safe"?', code="LIMIT = 200", sources=("Kept for a day.",))
    assert here.holds("lost 40 carts")
    assert here.holds("limit = 200")
    assert here.holds("Kept for a day")
    assert not here.holds("safe")


def test_numbers_have_no_thousands_separators() -> None:
    assert find_tokens("from 400 to 1,200 tokens at 0.5, p95") == [
        *("from", "400", "to", "1200", "tokens", "at", "0.5", "p", "95")
    ]


def test_what_goes_on_for_ever_is_known_up_to_a_limit() -> None:
    assert not known("cart. " * MOST_CHARACTERS + "redis.").knows("redis")
    assert known("cart. " * MOST_CHARACTERS).knows("cart")
    assert known("cart. " * MOST_CHARACTERS, "redis.").knows("redis")
    assert not known("redis.", "cart. " * MOST_CHARACTERS).knows("redis")
