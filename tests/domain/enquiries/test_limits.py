"""How much people may ask."""

from dataclasses import replace

import pytest

from bot.domain.enquiries.limits import LIMITS, AskedLately, Limit, find_limit

MOST = AskedLately(LIMITS.waiting - 1, LIMITS.hour - 1, LIMITS.day - 1, LIMITS.cohort_day - 1)
LONGEST = "x" * LIMITS.characters


def test_up_to_each_limit_a_message_is_taken() -> None:
    assert find_limit(LONGEST, MOST) is None


@pytest.mark.parametrize(
    ("more", "limit"),
    [
        ({"waiting": LIMITS.waiting}, Limit.WAITING),
        ({"hour": LIMITS.hour}, Limit.HOUR),
        ({"day": LIMITS.day}, Limit.DAY),
        ({"cohort_day": LIMITS.cohort_day}, Limit.COHORT),
    ],
)
def test_each_limit_is_named(more: dict[str, int], limit: Limit) -> None:
    assert find_limit("Why?", replace(MOST, **more)) is limit


def test_what_its_author_can_change_at_once_is_named_first() -> None:
    everything = AskedLately(LIMITS.waiting, LIMITS.hour, LIMITS.day, LIMITS.cohort_day)
    assert find_limit(LONGEST + "x", everything) is Limit.LENGTH
