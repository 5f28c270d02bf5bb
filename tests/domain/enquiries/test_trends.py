"""No figure is shown, nor can be worked out, about fewer than five people."""

import itertools
from collections.abc import Mapping

import pytest

from bot.domain.enquiries.records import Feedback, FeedbackReason
from bot.domain.enquiries.trends import FEWEST, Trends, find_trends

YES, NO = Feedback.HELPFUL, Feedback.NOT_HELPFUL
WRONG, VAGUE = FeedbackReason.WRONG, FeedbackReason.TOO_VAGUE
Said = tuple[Feedback, FeedbackReason | None, int]


def by_each(*counts: tuple[Feedback, FeedbackReason | None, int]) -> Mapping[Said, int]:
    """What is said once by each of so many people, the same ones for each."""
    return {(what, reason, person): 1 for what, reason, people in counts for person in range(people)}


def test_figures_of_five_people_and_more_are_shown() -> None:
    said = by_each((YES, None, 9), (NO, VAGUE, 5), (NO, WRONG, 6))
    asked = dict.fromkeys(range(10), 3)
    assert find_trends(asked, said) == Trends(30, 9, 11, {WRONG: 6, VAGUE: 5})


@pytest.mark.parametrize("people", range(FEWEST))
def test_those_of_fewer_are_not_however_much_they_say(people: int) -> None:
    said: dict[Said, int] = {(what, WRONG, person): 9 for what in (YES, NO) for person in range(people)}
    assert find_trends({**dict.fromkeys(range(people), 99), 77: 0}, said) == Trends()


def test_no_figure_that_is_left_out_can_be_worked_out_from_the_others() -> None:
    for wrong, vague, other in itertools.product(range(9), repeat=3):
        two: dict[Said, int] = {(NO, None, 0): other, (NO, None, 1): other}
        said = {**by_each((NO, WRONG, wrong), (NO, VAGUE, vague)), **two}
        trends = find_trends({}, said)
        if trends.reasons:  # nobody else's two answers can be seen, nor a reason of fewer than five
            assert trends.not_helpful == sum(trends.reasons.values())
        assert all(count >= FEWEST for count in trends.reasons.values())


def test_what_five_people_left_over_said_may_be_worked_out() -> None:
    said = {**by_each((NO, WRONG, 6), (NO, None, 5))}
    assert find_trends({}, said).reasons == {WRONG: 6}
    del said[NO, None, 0]
    assert find_trends({}, said).reasons == {}
