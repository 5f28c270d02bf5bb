"""Growth is counted as docs/triage.md defines it."""

from datetime import UTC, datetime, timedelta

from bot.domain.defences.records import DefenceOutcome, DefendedQuestion
from bot.domain.milestones.growth import (
    CountedDecision,
    GrowthRows,
    RaisedQuestion,
    TouchedCheck,
    count_growth,
    list_first_settled,
    list_first_unaided,
)
from bot.domain.rubrics.rubric import Library
from tests.domain.ledgers import RUBRIC

LIBRARY = Library(RUBRIC, ())
MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)


def day(number: int) -> datetime:
    return MONDAY + timedelta(days=number)


def decided(check: str | None, number: int, *, helped: bool = False) -> CountedDecision:
    return CountedDecision(1, check, helped, day(number))


def raised(check: str, pull_request: int, number: int = 0, *, answered: bool = True) -> RaisedQuestion:
    return RaisedQuestion(1, check, pull_request, answered, day(number))


def test_decisions_count_for_the_criterion_of_their_check() -> None:
    rows = GrowthRows(
        [decided("speed.1", 0, helped=True), decided("speed.2", 1), decided("speed.2", 2), decided(None, 3)]
    )
    growth = count_growth(rows, LIBRARY)
    [speed] = growth.criteria
    assert (speed.criterion, speed.assisted, speed.unaided, speed.settled) == ("speed", 1, 2, 0)
    assert speed.first_unaided == day(1)
    assert growth.other == 1


def test_a_question_is_settled_once_a_later_pull_request_moves_its_criterion_unasked() -> None:
    asked = [raised("speed.1", 3)]
    earlier, same = TouchedCheck(1, "speed.1", 2, day(0)), TouchedCheck(1, "speed.1", 3, day(1))
    other = TouchedCheck(1, "safety.1", 5, day(2))
    later = TouchedCheck(1, "speed.4", 7, day(3))
    assert count_growth(GrowthRows((), asked, [earlier, same, other]), LIBRARY).criteria == ()
    [speed] = count_growth(GrowthRows((), asked, [earlier, same, other, later]), LIBRARY).criteria
    assert (speed.settled, speed.first_settled) == (1, day(3))


def test_a_question_is_not_settled_if_it_was_asked_again_or_never_answered() -> None:
    later = [TouchedCheck(1, "speed.1", 9, day(3))]
    again = [raised("speed.1", number) for number in (3, 5)]
    unanswered = [raised("speed.1", 3, answered=False)]
    for asked in (again, unanswered):
        assert count_growth(GrowthRows((), asked, later), LIBRARY).criteria == ()


def test_a_pull_request_that_was_over_before_the_question_says_nothing_about_it() -> None:
    over, later = TouchedCheck(1, "speed.1", 9, day(1)), TouchedCheck(1, "speed.1", 11, day(4))
    asked = [raised("speed.1", 3, 2)]
    assert count_growth(GrowthRows((), asked, [over]), LIBRARY).criteria == ()
    [speed] = count_growth(GrowthRows((), asked, [over, later]), LIBRARY).criteria
    assert speed.first_settled == day(4)


def test_only_what_happened_for_the_first_time_since_a_moment_is_new() -> None:
    rows = GrowthRows(
        [decided("speed.1", 0), decided("speed.1", 5), decided("safety.1", 4)],
        [raised("safety.2", 1)],
        [TouchedCheck(1, "safety.1", 2, day(4))],
    )
    growth = count_growth(rows, LIBRARY)
    assert list_first_unaided(growth, day(2)) == ["The quality safety"]
    assert list_first_settled(growth, day(2)) == ["The quality safety"]
    assert list_first_unaided(growth, day(4)) == []


def test_what_was_defended_alone_counts_on_its_own_and_in_no_other_count() -> None:
    outcomes = (DefenceOutcome.ALONE, DefenceOutcome.AFTER_FOLLOW_UP, DefenceOutcome.NOT_YET)
    defended = [DefendedQuestion(1, "speed", outcome, day(1)) for outcome in outcomes]
    growth = count_growth(GrowthRows([decided("speed.1", 0)], defended=defended), LIBRARY)
    [speed] = growth.criteria
    assert (speed.defended, speed.unaided, speed.assisted, speed.settled) == (1, 1, 0, 0)
    assert growth.has_defended
    nothing_alone = count_growth(GrowthRows(defended=defended[1:]), LIBRARY)
    assert nothing_alone.criteria == ()
    assert not nothing_alone.has_defended
