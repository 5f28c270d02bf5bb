"""People in what Sensei says."""

import pytest

from bot.domain.guardrails.known_words import KnownWords
from bot.domain.guardrails.other_people import as_report, names_other

OTHERS = frozenset({"Ilse de Brandt", "tobi-k", "Will Hope"})


@pytest.mark.parametrize(
    "text",
    [
        "Ilse keeps it.",
        "What did brandt's desk keep?",
        "BRANDT keeps it.",
        "What does tobi keep?",
        "What does tobi-k keep?",
        "Will Hope keeps it.",
    ],
)
def test_a_name_a_part_of_it_and_an_account_are_another_person(text: str) -> None:
    assert names_other(text, OTHERS)


@pytest.mark.parametrize(
    "text", ["What will the desk keep?", "The code de-duplicates it.", "A brandy is kept."]
)
def test_an_ordinary_word_is_nobody(text: str) -> None:
    assert not names_other(text, OTHERS)


def test_names_of_things_that_the_person_told_are_no_people() -> None:
    known = KnownWords("", ("We tried Zebrastore and blue/green.",), (), ())
    assert as_report("Was Zebrastore slow, or blue/green?", known) == "Was zebrastore slow, or blue green?"
    assert as_report("Was Kowalski slow, or red/green?", known) == "Was Kowalski slow, or red/green?"


def test_what_sensei_does_not_know_is_not_about_itself() -> None:
    known = KnownWords("", (), (), ())
    assert as_report("I'm not sure what it means.", known) == "It is open what it means."
    assert as_report("I'm not sure whether it holds.", known) == "I'm not sure whether it holds."
    assert as_report("Your sensei reads it.", known) == "they reads it."
