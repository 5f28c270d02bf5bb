import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.evals.intervals import Tally, wilson_interval


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    # R. G. Newcombe, Statistics in Medicine 17 (1998), table I, method 3.
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_the_interval_is_the_published_one(hits: int, of: int, low: float, high: float) -> None:
    assert wilson_interval(hits, of) == pytest.approx((low, high), abs=5e-5)


def test_where_nothing_was_counted_nothing_is_known() -> None:
    assert Tally().share is None
    assert Tally().interval == (0.0, 1.0)


counts = st.integers(1, 400).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of)))


@given(counts)
def test_the_interval_holds_the_share_and_stays_between_0_and_1(counted: tuple[int, int]) -> None:
    low, high = wilson_interval(*counted)
    assert 0 <= low <= counted[0] / counted[1] <= high <= 1


@given(counts)
def test_hits_and_misses_mirror_each_other(counted: tuple[int, int]) -> None:
    hits, of = counted
    low, high = wilson_interval(hits, of)
    assert wilson_interval(of - hits, of) == pytest.approx((1 - high, 1 - low))


@given(counts)
def test_more_of_the_same_narrows_it(counted: tuple[int, int]) -> None:
    hits, of = counted
    narrow, wide = wilson_interval(hits * 4, of * 4), wilson_interval(hits, of)
    assert narrow[1] - narrow[0] < wide[1] - wide[0]
