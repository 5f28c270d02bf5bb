"""A small cohort over three weeks, on a clock that the test turns: every digest is right, and comes once."""

from collections.abc import Iterator

import pytest

from tests.cohort_weeks.expected import MOST_A_WEEK
from tests.cohort_weeks.inspection import LEAD, MOST_BLOCKS, Inspection
from tests.cohort_weeks.life import Life
from tests.cohort_weeks.served import served
from tests.cohort_weeks.world import MONDAY, Plan, first_moment

pytestmark = pytest.mark.contract
PLAN = Plan(loads=(6, 2, 2), weeks=3, asked=10, pushed=3)


@pytest.fixture(scope="module", name="life")
def three_weeks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Life]:
    with served(tmp_path_factory.mktemp("weeks"), first_moment()) as it:
        life = Life(it, PLAN)
        life.live()
        yield life


@pytest.fixture(name="seen")
def what_was_seen(life: Life) -> Inspection:
    return life.inspection


def test_each_digest_says_what_the_week_made_of_it(seen: Inspection) -> None:
    assert seen.wrong == []
    assert seen.rows > 15


def test_each_digest_comes_once_and_only_to_those_who_work_that_week(seen: Inspection, life: Life) -> None:
    assert set(seen.sent) == seen.due
    assert set(seen.sent.values()) == {1}
    away = life.facts.guides[PLAN.away[0]]
    weeks = sorted({week for week, _ in seen.due})
    assert [week for week, name in sorted(seen.due) if name == away.name] == [weeks[0], weeks[2]]
    assert sum(name == LEAD for _, name in seen.due) == PLAN.weeks
    assert weeks[0] == MONDAY


def test_each_digest_comes_at_nine_also_after_a_change_of_clocks_or_of_zone(seen: Inspection) -> None:
    assert seen.late == []


def test_a_sensei_is_asked_for_few_rulings_and_decides_them_with_few_clicks(
    seen: Inspection, life: Life
) -> None:
    assert seen.asked
    for week, asked in seen.asked.items():
        assert asked <= MOST_A_WEEK * seen.participants[week]
    effort = life.desk.effort
    assert sum(effort.decided.values()) > 10
    assert sum(effort.clicks.values()) <= sum(effort.decided.values()) + 3 * seen.rows


def test_each_digest_is_within_what_slack_shows(seen: Inspection) -> None:
    # The workspace itself refuses a message that breaks one of Slack's other limits.
    assert 0 < seen.most_blocks <= MOST_BLOCKS
