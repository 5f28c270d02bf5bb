"""Decisions whose words name what a change alters."""

from time import monotonic

import pytest

from bot.domain.articulation.slots import Slot
from bot.domain.decisions.drift import ComparedDecision
from bot.domain.decisions.named_decisions import MOST_CANDIDATES, choose_candidates
from tests.domain import changes

OLD = "retries = 3\nclient = Shop(max_wait=10)\ndef ask_again(): ...\n"
FILES = [changes.readable("bot/ask.py", OLD, OLD.replace("max_wait=10", "max_wait=90")).file]


def decision(words: str, number: int = 1, title: str = "A title") -> ComparedDecision:
    texts = {Slot.DECIDED: words} if words else {}
    return ComparedDecision(number, number, (), title=title if words else "", texts=texts)


@pytest.mark.parametrize(
    "words",
    ["`Shop` waits", "The max_wait is 10 s.", "See bot/ask.py.", "All of it is in ask.py", "MAX_WAIT"],
)
def test_a_decision_that_names_a_changed_line_s_name_or_its_file_is_a_candidate(words: str) -> None:
    assert choose_candidates([decision(words)], [], FILES) == [decision(words)]


@pytest.mark.parametrize("words", ["We shop around.", "ask_again stays", "`retries` is 3", "Use bot/tell.py"])
def test_everyday_words_and_unchanged_names_make_no_candidate(words: str) -> None:
    assert choose_candidates([decision(words)], [], FILES) == []


def test_touched_decisions_come_first_and_the_number_is_limited() -> None:
    named = [decision("max_wait", number) for number in range(1, 9)]
    touched = decision("something else", 9)
    chosen = choose_candidates([*named, touched], [9], FILES)
    assert chosen[0] == touched
    assert len(chosen) == MOST_CANDIDATES


def test_a_decision_whose_words_nobody_may_see_is_never_a_candidate() -> None:
    assert choose_candidates([decision("")], [1], FILES) == []


def test_words_without_an_end_are_searched_for_names_in_no_time() -> None:
    """Starting again at each letter takes minutes for the records that one repository may have."""
    began = monotonic()
    assert choose_candidates([decision("a" * 60_000)], [], FILES) == []
    assert monotonic() - began < 20
