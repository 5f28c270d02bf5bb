"""Who has left three check-ins in a row unanswered is offered a slower rhythm, once."""

from dataclasses import replace
from datetime import UTC, date, datetime

from bot.domain.check_ins.records import DEFAULT_RHYTHM, CheckIn, CheckInState, Rhythm, Topic
from bot.domain.check_ins.rhythm_offers import make_fortnightly, should_offer_fortnight
from bot.domain.dojo.people import Weekday

SKIPPED, ANSWERED, WITHDRAWN = CheckInState.SKIPPED, CheckInState.ANSWERED, CheckInState.WITHDRAWN


def made(*states: CheckInState) -> list[CheckIn]:
    at = datetime(2026, 12, 2, 10, tzinfo=UTC)
    return [
        CheckIn(number, 5, 1, date(2026, 12, 2), Topic.GATE, number, state, False, "", at, None, at)
        for number, state in enumerate(states, 1)
    ]


def test_three_in_a_row_without_an_answer_and_no_fewer() -> None:
    assert should_offer_fortnight(DEFAULT_RHYTHM, made(SKIPPED, SKIPPED, SKIPPED, ANSWERED))
    assert not should_offer_fortnight(DEFAULT_RHYTHM, made(SKIPPED, SKIPPED))
    assert not should_offer_fortnight(DEFAULT_RHYTHM, made(SKIPPED, SKIPPED, ANSWERED, SKIPPED))


def test_one_that_was_withdrawn_neither_counts_nor_interrupts() -> None:
    assert should_offer_fortnight(DEFAULT_RHYTHM, made(SKIPPED, WITHDRAWN, SKIPPED, SKIPPED))
    assert not should_offer_fortnight(DEFAULT_RHYTHM, made(SKIPPED, WITHDRAWN, SKIPPED, ANSWERED))


def test_it_is_offered_once_and_only_to_who_is_asked_weekly() -> None:
    earlier = made(SKIPPED, SKIPPED, SKIPPED)
    assert not should_offer_fortnight(Rhythm(2), earlier)
    offered = replace(made(ANSWERED)[0], offers_fortnight=True)
    assert not should_offer_fortnight(DEFAULT_RHYTHM, [*earlier, offered])


def test_the_day_and_the_time_stay() -> None:
    assert make_fortnightly(Rhythm(1, Weekday.FRI, 900)) == Rhythm(2, Weekday.FRI, 900)
