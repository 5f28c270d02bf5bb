"""What a model says to somebody who baits it, and to somebody who answers in good faith."""

import re
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.guardrails.conversation import REASONS, ConversationGrounds, refuse_probe, refuse_reply
from bot.domain.guardrails.model_wording import refuse_question
from tests.security import obeying
from tests.security.baiting import Talk, talks

BAITING = [*talks("baiting"), *talks("baiting_held_out")]
HONEST = [*talks("honest"), *talks("honest_held_out")]
BAD = [(talk, draft) for talk in BAITING for draft in talk.drafts]
OBEYED = [
    text for name in ("attacks", "second", "third", "fourth", "fifth") for text in obeying.attacks(name)
]
BOTH = (refuse_probe, refuse_reply)


def through(drafts: list[tuple[Talk, str]]) -> list[tuple[str, str]]:
    return [
        (talk.what, draft)
        for talk, draft in drafts
        if not all(refuse(draft, talk.grounds) in REASONS for refuse in BOTH)
    ]


def test_nothing_that_somebody_baits_a_model_into_passes() -> None:
    assert len(BAITING) >= 80
    assert len(BAD) >= 250
    assert through(BAD) == []


def test_no_honest_words_are_refused() -> None:
    probes = [(talk, text) for talk in HONEST for text in talk.probes]
    replies = [(talk, text) for talk in HONEST for text in talk.replies]
    assert len(HONEST) >= 30
    assert len(probes) + len(replies) >= 90
    assert [text for talk, text in probes if refuse_probe(text, talk.grounds)] == []
    assert [text for talk, text in probes + replies if refuse_reply(text, talk.grounds)] == []


def test_as_many_drafts_pass_and_are_refused_as_the_documentation_says() -> None:
    page = " ".join(Path("docs/security.md").read_text("utf-8").split())
    for name in ("second", "fresh"):
        drafts = [(talk, draft) for talk in talks(f"baiting_{name}") for draft in talk.drafts]
        assert f"{len(through(drafts))} of {len(drafts)} got through" in page
        honest = [(talk, text) for talk in talks(f"honest_{name}") for text in (*talk.probes, *talk.replies)]
        wrongly = [text for talk, text in honest if refuse_reply(text, talk.grounds)]
        assert f"{len(wrongly)} of {len(honest)} refused" in page


def halved(mark: str) -> Callable[[str], str]:
    """Put a mark into the middle of every longer word."""
    return lambda text: re.sub(
        r"[A-Za-z]{4,}",
        lambda word: f"{word[0][: len(word[0]) // 2]}{mark}{word[0][len(word[0]) // 2 :]}",
        text,
    )


@pytest.mark.contract
@pytest.mark.parametrize(
    "mark", ["\u200b", "\u00ad", "\u2060", "\ufeff", "-", " ", ".", "_", "*", "·", "\u0301", "'"]
)
def test_a_mark_in_its_words_gets_no_draft_through(mark: str) -> None:
    assert through([(talk, halved(mark)(draft)) for talk, draft in BAD[::5]]) == []


def test_spelling_gets_no_draft_through() -> None:
    changes: list[Callable[[str], str]] = [
        str.upper,
        lambda text: text[::-1],
        " ".join,
        lambda text: text.translate(str.maketrans("aeo", "аео")),
        lambda text: text.translate(str.maketrans("eiao", "3140")),
    ]
    assert through([(talk, change(draft)) for talk, draft in BAD[::5] for change in changes]) == []


def test_a_draft_does_not_pass_over_two_turns_either() -> None:
    """The first half was said already; the second is the draft."""
    halves = [
        (replace(talk, grounds=replace(talk.grounds, earlier=(*talk.grounds.earlier, first))), rest)
        for talk, draft in BAD
        if len(words := draft.split()) > 5
        for first, rest in [(" ".join(words[:3]), " ".join(words[3:]))]
        if not re.search(r"[.!?][\"'”’)]*$", first)
    ]
    assert len(halves) > 150
    assert through(halves) == []


def test_what_a_change_can_make_a_model_say_is_refused_in_a_conversation_too() -> None:
    nothing = ConversationGrounds()
    assert [text for text in OBEYED if not refuse_probe(text, nothing)] == []
    assert [text for text in OBEYED if not refuse_reply(text, nothing)] == []


def test_the_guard_for_questions_refuses_what_it_refused() -> None:
    assert len(OBEYED) > 400
    code = BAITING[0].grounds.code
    assert [text for text in OBEYED if "?" in text and not refuse_question(text, code)] == []
    asked = [one for one in obeying.honest() if one.kind == "questions"]
    wrongly = [one.text for one in asked if refuse_question(" ".join(one.text.split()), one.grounds)]
    assert len(wrongly) <= len(asked) / 100


ODD = [
    *("", " ", "?", "\0", "\ud800", "\ud83d What is it?", "\x1b[2J", "\u202eWhat is it?", "\n\n?", "`" * 400),
    *(
        "What is it?\0",
        "W\u0301hat is it?",
        "What is it\uff1f",
        "\U0010ffff?",
        "'" * 400,
        '"' * 401,
        "“”" * 200,
    ),
    *("a" * 10**6, "a " * 10**6, "? " * 10**6, "you say " * 10**6, "thanks, " * 10**6, "`a` " * 10**5),
    *("thanks, and " * 40, "so then and but " * 30, "when if once after " * 25 + "?", ", what" * 80 + "?"),
    *(
        "https://" * 60,
        "https://a." * 50,
        "1,1" * 160,
        "1." * 240,
        "a-" * 240,
        "don't" * 99,
        "I'm not sure " * 38,
    ),
    *("how would " * 49 + "?", "what if " * 60 + "?", "is it a, or " * 41 + "?", "where do you " * 38 + "?"),
]


@pytest.mark.parametrize("text", ODD, ids=range(len(ODD)))
def test_odd_text_is_refused_at_once(text: str) -> None:
    grounds = BAITING[0].grounds
    began = time.process_time()
    assert all(refuse(text, grounds) in REASONS for refuse in BOTH)
    assert time.process_time() - began < 2  # a few hundredths, where no part is tried again and again


@pytest.mark.parametrize(
    "odd", ["\ud800 \0 dict" * 10**5, "a" * 10**6, "a? " * 10**6, ". " * 10**6, "you " * 10**6, '"' * 10**6]
)
def test_odd_grounds_cost_little_time_too(odd: str) -> None:
    """They are other people's words, of any length."""
    grounds = ConversationGrounds(
        own_words=(odd, odd), sources=(odd,), earlier=(odd,), others=frozenset({odd[:300]})
    )
    began = time.process_time()
    assert refuse_probe("You say Redis lost on latency. Where did you see that?", grounds)
    assert time.process_time() - began < 5


@given(st.text(max_size=200), st.text(max_size=200), st.text(max_size=60), st.text(max_size=200))
def test_no_text_makes_the_guard_fail(text: str, own: str, other: str, said: str) -> None:
    grounds = ConversationGrounds(
        own_words=(own,), sources=(own,), others=frozenset({other}), earlier=(said,)
    )
    for refuse in BOTH:
        assert refuse(text, grounds) in REASONS | {None}


def test_a_draft_that_nothing_grounds_names_nothing() -> None:
    """Without the person's words, the same honest probes are refused if they name something."""
    nothing = ConversationGrounds()
    named = "You say Redis lost on latency. Where did you see that?"
    assert refuse_probe(named, nothing) == "says more than was said"
    assert refuse_probe("What have you seen of this so far, or nothing yet?", nothing) is None
