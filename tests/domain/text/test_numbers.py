"""Numbers in text that anybody may have written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.dojo import profiles
from bot.domain.dojo.profiles import UnreadableValueError
from bot.domain.text.numbers import parse_number

MOST = "9" * 5000


@given(st.integers(0, 10**18 - 1))
def test_a_number_is_read_as_it_is_written(number: int) -> None:
    assert parse_number(str(number)) == parse_number(f"000{number}") == number


@pytest.mark.parametrize(
    "text", ["", " 1", "-1", "+1", "1.0", "1_000", "²", "١", "1" + "0" * 18, MOST, "1\n"]
)
def test_other_text_is_no_number(text: str) -> None:
    assert parse_number(text) is None


def test_no_number_in_a_profile_is_too_long_to_be_refused() -> None:
    for read in (
        lambda: profiles.read_capacity(MOST),
        lambda: profiles.read_clock(MOST, "00"),
        lambda: profiles.read_clock("09", MOST),
        lambda: profiles.read_skills([f"risk:{MOST}"], {"risk"}),
    ):
        with pytest.raises(UnreadableValueError):
            read()
    assert profiles.read_capacity("0" * 5000) == 0
