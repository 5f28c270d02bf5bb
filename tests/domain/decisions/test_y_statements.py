"""Y-statements, taken apart."""

import pytest

from bot.domain.articulation.slots import Slot
from bot.domain.decisions.y_statements import parse_y_statement


def test_parts_that_are_missing_are_left_out() -> None:
    text = "Facing 60 calls a minute, **we decided to** queue them,\naccepting that answers come later."
    assert parse_y_statement(text.replace("**", "")) == {
        Slot.FACING: "60 calls a minute",
        Slot.DECIDED: "queue them",
        Slot.ACCEPTING: "answers come later",
    }


@pytest.mark.parametrize(
    "text",
    [
        "",
        "We decided to go home.",
        "Facing the sea, accepting the rain, to achieve peace.",
        "against all odds",
    ],
)
def test_other_texts_are_none(text: str) -> None:
    assert parse_y_statement(text) == {}
