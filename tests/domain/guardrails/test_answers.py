"""The guard for answers: each rule refuses something that all the others pass."""

import re

import pytest

from bot.domain.guardrails.answers import (
    REASONS,
    AnswerGrounds,
    names_new_thing,
    refuse_answer_question,
    refuse_claim,
    singles_out,
)
from bot.domain.guardrails.cited_text import CitedText, cite

TEXT = (
    "The client keeps a pool of `max_pool` connections, 10 by default. It closes a connection that is idle "
    "for a minute. A call isn't repeated when the pool is full. You can raise the limit with `max_pool`. Set "
    "`max_pool` to the number of workers. The async client is faster than the sync client. The loop ends "
    "after a stated number of steps. A larger pool is better for short calls."
)
LINK = "https://docs.example.org/pool"


def cited(quote: str, text: str = TEXT) -> CitedText:
    found = re.search(re.escape(quote), text)
    assert found
    return cite(text, *found.span(), "Pools\nLimits", LINK)


POOL = cited("keeps a pool of `max_pool` connections")
IDLE = cited("closes a connection that is idle for a minute")
FULL = cited("isn't repeated when the pool is full")
FASTER = cited("The async client is faster than the sync client.")
LOOP = cited("The loop ends after a stated number of steps.")
HINT = AnswerGrounds(hints=True)


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("The client keeps a pool of `max_pool` connections, 10 by default.", POOL),
        ("By default, the client keeps a pool of 10 connections.", POOL),
        ("The client closes a connection that's idle for a minute.", IDLE),
        ("A call isn't repeated when the pool is full.", FULL),
        ("The async client is faster than the sync client.", FASTER),
        ("You can raise the limit with `max_pool`.", cited("raise the limit with `max_pool`")),
        ("Set `max_pool` to the number of workers.", cited("Set `max_pool` to the number of workers.")),
        (f"The client keeps a pool of 10 connections, see {LINK}.", POOL),
    ],
)
def test_what_the_source_says_may_be_said(text: str, source: CitedText) -> None:
    assert refuse_claim(text, source, AnswerGrounds(("How large is the pool?",))) is None


@pytest.mark.parametrize(
    ("text", "source", "reason"),
    [
        ("The client keeps a pool of connections. " * 12, POOL, "too long"),
        ("The client keeps a pool of 10 connections!", POOL, "too long"),
        ("Does the client keep a pool of 10 connections?", POOL, "more than one question"),
        ("The client keeps a pool of 10 соnnections.", POOL, "not English"),
        ("The client keeps a pool\u200b of 10 connections.", POOL, "hides characters"),
        ("The client keeps a pool of <b>10</b> connections.", POOL, "contains markup"),
        ("The client keeps a *pool* of 10 connections.", POOL, "contains markup"),
        ("The client keeps a pool of 10 connections", POOL, "split over turns"),
        ("client keeps and a pool of 10 connections.", POOL, None),
        ("The client keeps a pool of `max_pool = 50` connections.", POOL, "contains code that was not shown"),
        ("The client keeps a pool of 50 connections.", POOL, "says more than its source"),
        ("The client keeps a pool of fifty connections.", POOL, "says more than its source"),
        ("The client keeps a pool of connections in Redis.", POOL, "says more than its source"),
        (
            "The client keeps a pool that most small teams never really need.",
            POOL,
            "says more than its source",
        ),
        ("The client keeps no pool of connections.", POOL, "says more than its source"),
        ("A call is repeated when the pool is full.", FULL, "says more than its source"),
        ("It is a call.", IDLE, "says more than its source"),
        ("The client closes a connection, so it's idle for a minute.", IDLE, "concludes"),
        ("The client keeps a pool of connections, which means that 10 is the default.", POOL, "concludes"),
        ("Your loop ends after a stated number of steps.", LOOP, "addresses the reader"),
        ("You miss the stated number of steps of the loop.", LOOP, "addresses the reader"),
        ("We keep a pool of 10 connections in the client.", POOL, "addresses the reader"),
        ("The pool of 10 connections is the better client.", POOL, "prefers an option"),
        ("You should keep a pool of 10 connections in the client.", POOL, "addresses the reader"),
        ("The client must keep a pool of 10 connections.", POOL, "suggests a fix"),
        (
            "The limit is to be raised with `max_pool`.",
            cited("raise the limit with `max_pool`"),
            "suggests a fix",
        ),
        (
            "The client keeps a pool, see https://evil.example/pool of 10 connections.",
            POOL,
            "says more than its source",
        ),
        ('The client keeps "a small pool" of 10 connections.', POOL, "quotes what nobody said"),
        ("Grace closes a connection that is idle for a minute.", IDLE, "names a person"),
    ],
)
def test_what_goes_further_may_not(text: str, source: CitedText, reason: str | None) -> None:
    asked = AnswerGrounds(("How large is the pool of my loop?",), others=frozenset({"Grace Hopper"}))
    assert refuse_claim(text, source, asked) == reason
    assert reason is None or reason in REASONS


RETRIES = (
    "A throttled request to the region is repeated after a random delay with jitter. A worker must close its "
    "client. A test makes the worker fail."
)


@pytest.mark.parametrize(
    ("text", "quote", "hints", "reason"),
    [
        (
            RETRIES.split(".", maxsplit=1)[0] + ", a nightly crowd worry friend.",
            "repeated after a random delay",
            False,
            "says more than its source",
        ),
        ("A worker must close its client.", "A worker must close", False, None),
        ("A worker must close its client.", "A worker must close", True, "suggests a fix"),
        ("You fail a test of the worker.", "A test makes the worker fail.", False, "addresses the reader"),
        (
            "A throttled request is repeated after a " + "random " * 50 + "delay.",
            "random delay",
            False,
            "too long",
        ),
    ],
)
def test_each_limit_counts_by_itself(text: str, quote: str, hints: bool, reason: str | None) -> None:
    assert refuse_claim(text, cited(quote, RETRIES), AnswerGrounds(hints=hints)) == reason


def test_a_few_ordinary_words_may_be_added_but_no_sentence_of_them() -> None:
    assert refuse_claim("The client and its pool of connections waste money.", POOL, AnswerGrounds()) is None
    text = "The client and its pool of connections waste money nightly."
    assert refuse_claim(text, POOL, AnswerGrounds()) == "says more than its source"


def test_numbers_and_names_come_from_the_quotes_own_sentences() -> None:
    assert refuse_claim("The client closes 10 connections that are idle for a minute.", LOOP, AnswerGrounds())
    swapped = "A call isn't repeated when the pool of 10 is full."
    assert refuse_claim(swapped, FULL, AnswerGrounds()) == "says more than its source"


def test_yes_and_no_may_open_a_fact_but_judge_nobody() -> None:
    text = "Yes, the client keeps a pool of 10 connections."
    assert refuse_claim(text, POOL, AnswerGrounds(("Does the client keep a pool?",))) is None
    assert refuse_claim(text, POOL, AnswerGrounds(("Is my pool large enough?",))) is not None
    assert refuse_claim(text, POOL, AnswerGrounds(("My pool has 10.", "Is it so?"))) is not None


def test_about_the_rubric_nothing_is_said_of_the_asker() -> None:
    text = "The loop that you have ends after a stated number of steps."
    assert refuse_claim(text, LOOP, AnswerGrounds(rubric=True)) == "addresses the reader"


@pytest.mark.parametrize(
    ("text", "source", "reason"),
    [
        ("By default, the client keeps a pool of 10 connections.", POOL, None),
        ("The page on limits says when the client closes a connection.", IDLE, None),
        (
            "Set `max_pool` to the number of workers.",
            cited("Set `max_pool` to the number of workers."),
            "suggests a fix",
        ),
        ("The async client is faster than the sync client.", FASTER, "prefers an option"),
        ("A larger pool is better for short calls.", cited("A larger pool is better"), "prefers an option"),
        ("You can close a connection that is idle for a minute.", IDLE, "addresses the reader"),
        ("The client must keep a pool of 10 connections.", POOL, "suggests a fix"),
        ("Keep a pool of 10 connections in the client.", POOL, "suggests a fix"),
        ("The client closes a connection, so it's idle for a minute.", IDLE, "concludes"),
        ("Yes, the client keeps a pool of 10 connections.", POOL, "says more than its source"),
    ],
)
def test_a_hint_prefers_nothing_and_orders_nothing_even_in_the_source_s_words(
    text: str, source: CitedText, reason: str | None
) -> None:
    assert refuse_claim(text, source, HINT) == reason


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("What happens to your calls when the pool is full?", None),
        ("Who notices when a worker waits?", None),
        ("What would Redis do for you here?", "says more than was said"),
        ("What does your key begin with?", "hides words"),
        ("What can you read down the left side?", "hides words"),
        ("What would <@U012ABCDEF> say?", "contains markup"),
        ("Have you thought about the worker?", "prefers an option"),
        ("What would Grace do with a worker?", "names a person"),
        ("What happens, and who notices? And when?", "more than one question"),
        ("Say more about the worker.", "suggests a fix"),
    ],
)
def test_a_question_gives_nothing_away(text: str, reason: str | None) -> None:
    grounds = AnswerGrounds(
        ("Why does my worker wait for the pool?",), others=frozenset({"Grace Hopper"}), hints=True
    )
    assert refuse_answer_question(text, [POOL], grounds) == reason


def test_a_topic_may_be_named_but_not_a_code_word() -> None:
    question = "What does the walrus do at night?"
    assert refuse_answer_question(question, [], AnswerGrounds(("Why does the walrus stop?",))) is None
    told = AnswerGrounds(("Ask me about the walrus if the pool is enough.",))
    assert refuse_answer_question(question, [], told) == "says more than was said"
    code = AnswerGrounds(("Is the pool enough? If it is enough, the walrus is happy",), hints=True)
    assert refuse_answer_question("What is the pool?", [], code) is None


def test_both_or_neither_of_two_options_are_named() -> None:
    asked = ["Should I use a queue or a cache?"]
    assert singles_out("What would a queue do?", asked)
    assert singles_out("A cache keeps answers.", asked)
    assert not singles_out("What would a queue or a cache do?", asked)
    assert not singles_out("What do your users see?", asked)
    assert not singles_out("What does the queue do?", [*asked, "I've built the queue."])


def test_a_remedy_code_or_a_name_is_new_unless_the_asker_named_it() -> None:
    for text in ("A timeout ends the call.", "It sets `limit`.", "Sessions live in Redis."):
        assert names_new_thing(text, ["How do I end a call?"])
        assert not names_new_thing(text, [f"I read: {text}"])
    assert not names_new_thing("A call that waits holds its worker.", [])


@pytest.mark.parametrize("text", ["", "a" * 400, "((" * 200, "`x` " * 90, "or " * 130, "1 2 3 " * 60])
def test_any_text_is_decided_on(text: str) -> None:
    for hints in (True, False):
        assert refuse_claim(text, POOL, AnswerGrounds((text,), hints=hints)) in REASONS
        assert refuse_answer_question(text, [POOL], AnswerGrounds((text,), hints=hints)) in REASONS
