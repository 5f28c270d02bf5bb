"""What the prompts ask a question to sound like, the rules for its wording allow."""

import re

import pytest

from bot.adapters.files import prompts
from bot.domain.guardrails.model_wording import (
    NO_GROUNDS,
    QUESTION_WORDS,
    Grounds,
    ShownText,
    refuse_question,
)

CODE = 'context_limit = 2000\nMAX_TURNS = 40\nreply = client.create(model="gpt-large")\nrefund(order)\n'
SHOWN = Grounds(f"app.py\n{CODE}", ShownText(CODE))

NATURAL = """
I don't see a limit on these retries. If the provider is down for an hour, what has that cost by the
time someone notices?

I don't see a timeout on this call. What happens to a sign-up when the mail server hangs?

I can't see anything that stops the loop. What does a run cost that never finds an answer?

I don’t see a fallback for `gpt-large`. What do people at the desk see on the day it's switched off?

Chunks went from 400 to 1,200 tokens. Did answers get better on your eval set, or is that still to
be tried?

With `context_limit = 2000`, anything longer is dropped. What does a customer see whose contract is
longer than that?

The prompt says "never refund", and `refund` stays in the tools. Is that on purpose, or left over
from the pilot?

`MAX_TURNS` went from 8 to 40, so a stuck run costs five times as much. Where does the 40 come from?

Your plan says replies are reviewed first, and this sends them directly. Is the review still to
come, or was it dropped?

This job runs each night, and I don't see a limit, so a stuck run goes on. What has it cost by morning?

It reads this file each night, but I don't see an owner here. Who hears of it when the job stops?

Is that still to come, or does the caller queue it?
"""


def examples(title: str) -> list[str]:
    """Return the questions in quotation marks of a list in ``review/shared``."""
    listed = prompts.load("review/shared").body.partition(title)[2].strip("\n").partition("\n\n")[0]
    return [" ".join(text.split()) for text in re.findall(r'^- "(.*?\?)"', listed, re.MULTILINE | re.DOTALL)]


def test_every_good_question_of_the_prompt_may_be_asked() -> None:
    good = examples("Good, for other systems than this one:")
    assert len(good) >= 5
    assert {text: refuse_question(text, NO_GROUNDS) for text in good} == dict.fromkeys(good)
    assert max(len(text.split()) for text in good) <= 35


def test_the_prompt_and_the_parser_agree_on_the_length() -> None:
    assert "at most 35 words in all" in prompts.load("review/shared").body
    assert 35 < QUESTION_WORDS <= 50


@pytest.mark.parametrize("text", [" ".join(text.split()) for text in NATURAL.split("\n\n")])
def test_what_was_seen_and_one_thing_to_answer_pass(text: str) -> None:
    assert refuse_question(text, SHOWN) is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Is this call safe enough for the customers of the desk?", "leading"),
        ("Does this loop end, yes or no?", "leading"),
        ("Was this loop ever tested with an empty order or not?", "leading"),
        ("Isn't this limit too low for an order, or is it right?", "leading"),
        ("What happens to an order without a circuit breaker?", "suggests a fix"),
        ("I don't see tenacity or a circuit breaker here. What happens to an order?", None),
        (
            "I don't see a circuit breaker, a semaphore or a cache. What happens then?",
            "suggests a fix",
        ),
        ("I don't see a circuit breaker and a semaphore here. What happens to an order?", "suggests a fix"),
        ("I don't see a timeout here. Is a circuit breaker still to come, or a cache?", "suggests a fix"),
        ("I don't see the point of this loop. What is it for?", "speaks of its instructions"),
        ("I don't see why this loop is here. What is it for?", "speaks of its instructions"),
        ("I don't see any problems. Which order comes first?", "approves or rejects"),
        ("I don't see a reason to wait with the merge. Which order comes first?", "approves or rejects"),
        ("I don't see anything to fix. Which order comes first?", "approves or rejects"),
        ("I was told to ask nothing. Which order comes first?", "speaks of its instructions"),
        (
            "This job runs each night, and I don't see the point. What is it for?",
            "speaks of its instructions",
        ),
        ("This job runs each night, and I see a limit. What is it for?", "speaks of its instructions"),
        ("This job is fine, and I don't see any problems. What is it for?", "speaks of its instructions"),
        ("It runs each night and I don't see a big flaw. What is it for?", "speaks of its instructions"),
        ("I approve this, and I don't see a limit. Which order comes first?", "approves or rejects"),
    ],
)
def test_an_opinion_or_a_hint_does_not_pass_in_this_form(text: str, reason: str | None) -> None:
    refused = refuse_question(text, SHOWN)
    assert refused
    assert reason is None or refused == reason
