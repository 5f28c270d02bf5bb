"""Levels, names and verdicts with a sign or a short word inside them, and honest texts with the same."""

import pytest

from bot.domain.wording import Grounds
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
