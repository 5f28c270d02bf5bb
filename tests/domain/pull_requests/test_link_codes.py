"""One-time codes: how they are written, and how they may be written back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.pull_requests import link_codes

NUMBERS = st.integers(0, 2**link_codes.BITS - 1)


@given(
    NUMBERS,
    st.sampled_from([str.lower, str.upper, lambda code: f"`{code}`.", lambda code: code.replace("-", " ")]),
)
def test_a_code_is_read_however_it_is_written(number: int, way: object) -> None:
    code = link_codes.make_code(number)
    assert callable(way)
    bare = code.replace("-", "")
    assert link_codes.find_code(way(code)) == bare
    # Whoever reads it aloud or copies it by hand mistakes these.
    assert link_codes.find_code(code.replace("0", "o").replace("1", "l")) == bare
    assert set(bare) <= set(link_codes.ALPHABET)


@given(NUMBERS, NUMBERS)
def test_two_numbers_are_two_codes(one: int, other: int) -> None:
    digests = {
        link_codes.digest_code(link_codes.find_code(link_codes.make_code(n)) or "") for n in (one, other)
    }
    assert len(digests) == len({one, other})


@pytest.mark.parametrize("number", [-1, 2**60])
def test_a_code_holds_all_of_its_bits(number: int) -> None:
    assert link_codes.BITS >= 60
    with pytest.raises(ValueError, match="60 bits"):
        link_codes.make_code(number)


@given(st.text(max_size=100))
def test_any_text_can_be_looked_at(text: str) -> None:
    bare = link_codes.find_code(text)
    assert bare is None or len(bare) == link_codes.LENGTH
