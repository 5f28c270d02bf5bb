"""No figure is shown, nor can be worked out, about fewer than five answers."""

import itertools

import pytest

from bot.domain.enquiries.records import Feedback, FeedbackReason
from bot.domain.enquiries.trends import FEWEST, Trends, find_trends

YES, NO = Feedback.HELPFUL, Feedback.NOT_HELPFUL
WRONG, VAGUE = FeedbackReason.WRONG, FeedbackReason.TOO_VAGUE


def test_figures_of_five_and_more_are_shown() -> None:
    said = {(YES, None): 9, (NO, VAGUE): 5, (NO, WRONG): 6}
    assert find_trends(30, said) == Trends(30, 9, 11, {WRONG: 6, VAGUE: 5})


@pytest.mark.parametrize("asked", range(FEWEST))
def test_smaller_ones_are_not(asked: int) -> None:
    assert find_trends(asked, {(YES, None): asked, (NO, WRONG): asked}) == Trends()


def test_no_figure_that_is_left_out_can_be_worked_out_from_the_others() -> None:
    for wrong, vague, other in itertools.product(range(9), repeat=3):
        said = {(NO, WRONG): wrong, (NO, VAGUE): vague, (NO, None): other}
        trends = find_trends(99, said)
        if trends.not_helpful is not None and trends.reasons:
            rest = trends.not_helpful - sum(trends.reasons.values())
            assert rest == 0 or rest >= FEWEST
        assert all(count >= FEWEST for count in trends.reasons.values())
