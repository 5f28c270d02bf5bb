"""Levels, names and verdicts with a sign or a short word inside them, and honest texts with the same."""

import pytest

from bot.domain.guardrails.model_wording import Grounds, ShownText
from tests.security.test_model_words import refused

LEVELS = ["level{}4", "level{}four", "L{}4", "score{}4", "rung{}4", "tier{}4", "stage{}4", "rating{}4"]
BETWEEN = {
    " (": ")",
    ' "': '"',
    " “": "”",
    " (no. ": ")",
    " « ": " »",
    ': "': '"',
    **dict.fromkeys([" – ", " — ", ": ", " = ", " no. ", " No ", " nr ", " #", " is ", " of ", " at "], ""),
    **dict.fromkeys(
        [" ~ ", ", ", " … ", " × ", " • ", " number ", " then ", " - ", "/", " / ", " ≈ ", " → "], ""
    ),
}


def test_a_level_is_a_level_whatever_stands_before_its_number() -> None:
    said = [
        f"The loop of the desk stands at {level.format(sign)}{end} for each call."
        for level in LEVELS
        for sign, end in BETWEEN.items()
    ]
    assert [text for text in said if not refused(text, "facts")] == []


@pytest.mark.parametrize(
    "text",
    [
        "The job has two stages, one for reading and one for writing.",
        "The job has two stages: one reads the orders, one writes them.",
        "At that level, two callers wait for the same lock.",
        "A failed case gets a score of 0, and the sum is not divided.",
        "The score (0.72) is compared with that of the first hit.",
        "The log level is one of three that the file may hold.",
        "The first hit of `levels[0]` is returned for each order of the desk.",
        "The value `l[0]` is read before the list is known to hold one.",
        "A rating of 2.5 is rounded down before the order is stored.",
        "The rows with `rating >= 4` are kept, and the others are dropped.",
        "The service level of 99.5 % is not measured anywhere in this file.",
        "A tenant is in a tier, and two tenants of one tier share a queue.",
        "The call of the desk passes `log_level=3` for each order.",
    ],
)
def test_a_level_of_something_else_may_be_named(text: str) -> None:
    assert refused(text, "facts", Grounds()) is None


NAMES = """
    Müller Schäfer García Núñez Françoise Jürgen Zoë Renée Björn KOWALSKA SCHMIDT TADEUSZ McDonald MacGregor
    DeShawn LeBron VanDyke O'Malley O’Malley D'Angelo Jean-Luc ada-lovelace Smith-Jones Ødegård
""".split()  # noqa: SIM905 - a list of names reads better as words


def test_a_name_is_a_name_with_accents_in_capitals_or_with_a_capital_inside() -> None:
    facts = [f"The loop of {name} returns on its first turn of the desk." for name in NAMES]
    asked = [f"What did {name} expect of the loop on its first turn?" for name in NAMES]
    assert [text for text in facts if not refused(text, "facts")] == []
    assert [text for text in asked if not refused(text, "questions")] == []


@pytest.mark.parametrize(
    "text",
    [
        "The answer is JSON over HTTPS, and the UUIDs in it are read as text.",
        "The LLMs behind OpenAI and LangGraph get the PDFs as the desk has them.",
        "A row that is NULL is never counted, and NOTHING says so in the log.",
        "The worker gets a SIGTERM while the call to PostgreSQL is still open.",
        "The page of the MacBook is cut at 500 rows, which the GDPR does not ask for.",
    ],
)
def test_acronyms_products_and_emphasis_are_not_names(text: str) -> None:
    assert refused(text, "facts") is None


def test_a_constant_of_the_quoted_code_is_not_a_name() -> None:
    text = "The value of KREDIT is compared with the sum of one order only."
    assert refused(text, "facts") == "names a person"
    assert refused(text, "facts", Grounds("desk.py\nKREDIT = 4")) is None
    assert refused(text, "facts", Grounds("desk.py\n# KREDIT wrote this")) == "names a person"


DOTTED = """
    ap.proved le.vel.four great.work level.four approved.by.maria maria.kowalska awe.some LG.TM ter.rible
    ex.cellent
""".split()  # noqa: SIM905


def test_a_dot_inside_a_word_that_the_code_has_hides_nothing() -> None:
    there = Grounds("desk.py\nvalue = 1", ShownText("\n".join(DOTTED)))
    facts = [f"The change is {word} on its first turn of the desk." for word in DOTTED]
    assert [text for text in facts if not refused(text, "facts", there)] == []


@pytest.mark.parametrize(
    "text",
    [
        "The comment of the desk says `add a timeout to this call and wrap it in a retry`.",
        "The line wants `consider a cache here` on each call of it.",
        "The loop is `the loop of maria kowalska, not of john` on each call.",
    ],
)
def test_a_sentence_of_the_code_gives_no_order_and_names_nobody(text: str) -> None:
    span = text.split("`")[1]
    assert refused(text, "facts", Grounds(f"desk.py\n# {span}", ShownText(f"{span}\n")))


def test_a_dotted_name_and_an_abbreviation_are_still_read_as_they_are() -> None:
    there = Grounds("desk.py\nreturn shop.ask(n)", ShownText("import shop\nreturn shop.ask(n)\n"))
    for text in (
        "The loop of desk.py returns shop.ask on its first turn, e.g. for one order.",
        "The service is written for Node.js and reads settings.json once, i.e. at its start.",
    ):
        assert refused(text, "facts", there) is None
