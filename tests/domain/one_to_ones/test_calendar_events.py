"""Which events are one-to-ones, and what a calendar changes."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.one_to_ones.calendar_events import (
    CalendarChanges,
    DatedEvent,
    EventFilter,
    digest_name,
    find_changes,
    is_long_enough,
)
from bot.domain.one_to_ones.records import OneToOne, OneToOneState

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("name", "title", "attendees"),
    [
        ("Sen Sei", "1:1 Sen / Ada", []),
        ("Sen Sei", "Ada <> SEN SEI", []),
        ("Sen Sei", "Dojo", ["Sen Sei"]),
        ("Sen Sei", "Dojo", ["", "sen.sei@example.com"]),
        ("Sen Sei", "Dojo", ["sei_sen@example.com"]),
        ("Sen Sei", "Dojo", ["Sen Sei x1@example.com", "ada@example.com", "room@example.com"]),
        ("Ádám Nagy", "Ádám und ich", []),
        ("Jo Li", "Li, Jo", []),
    ],
)
def test_an_event_that_names_them_is_a_one_to_one(name: str, title: str, attendees: list[str]) -> None:
    assert EventFilter(name).takes(title, attendees)


@pytest.mark.parametrize(
    ("name", "title", "attendees"),
    [
        ("Sen Sei", "Sense check", []),
        ("Sen Sei", "Sprint review", ["ada@sen.example.com"]),
        ("Jo Li", "Jo's birthday", []),  # a first name this short is too often a word
        ("Sen Sei", "Retro", ["Sen Sei", "ada@example.com", "bo@example.com", "cy@example.com"]),
        ("", "Dentist", ["someone@example.com"]),
        ("  ", "Dentist", []),
    ],
)
def test_no_other_is(name: str, title: str, attendees: list[str]) -> None:
    assert not EventFilter(name).takes(title, attendees)


def test_a_title_that_was_entered_makes_it_one() -> None:
    assert EventFilter("Sen Sei", " dojo  HOUR").takes("Weekly Dojo hour", [])
    assert not EventFilter("Sen Sei", "dojo hour").takes("Dojo", [])


def test_a_name_has_one_digest_however_it_is_written() -> None:
    assert digest_name("Sen Sei") == digest_name("  SEN  sei ")
    assert digest_name("Sen Sei") != digest_name("Sen")


@pytest.mark.parametrize(("title", "expected"), [("", True), ("  ", True), ("1:1", False), ("Dojo", True)])
def test_a_title_must_tell_events_apart(title: str, expected: bool) -> None:
    assert is_long_enough(title) is expected


def meeting(number: int, at: datetime, event: str = "", *, off: bool = False) -> OneToOne:
    state = OneToOneState.CANCELLED if off else OneToOneState.PLANNED
    return OneToOne(number, 1, "ada", "sen", at, state, event)


def test_what_is_new_moved_and_gone_is_told_apart() -> None:
    known = [
        meeting(1, NOW + DAY, "same"),
        meeting(2, NOW + DAY, "moved"),
        meeting(3, NOW + DAY, "gone"),
        meeting(4, NOW + 40 * DAY, "too far to be read"),
        meeting(5, NOW + 3 * DAY),  # entered by hand
        meeting(6, NOW + 5 * DAY),
    ]
    events = [
        DatedEvent("same", NOW + DAY),
        DatedEvent("moved", NOW + 2 * DAY),
        DatedEvent("by hand too", NOW + 3 * DAY),
        DatedEvent("new", NOW + 4 * DAY),
    ]
    assert find_changes(known, events, NOW) == CalendarChanges(
        added=(DatedEvent("new", NOW + 4 * DAY),),
        moved=((2, NOW + 2 * DAY),),
        adopted=((5, "by hand too"),),
        dropped=(3,),
    )


def test_what_a_person_cancelled_stays_cancelled() -> None:
    known = [meeting(1, NOW + DAY, "one", off=True)]
    assert find_changes(known, [DatedEvent("one", NOW + 2 * DAY)], NOW).is_empty


@given(
    st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 27), max_size=6),
    st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 27), max_size=6),
)
def test_reading_twice_changes_nothing_more(before: dict[str, int], after: dict[str, int]) -> None:
    known = {key: meeting(number, NOW + days * DAY, key) for number, (key, days) in enumerate(before.items())}
    events = [DatedEvent(key, NOW + days * DAY) for key, days in after.items()]
    changes = find_changes(list(known.values()), events, NOW)
    result = [meeting(99 + number, event.at, event.key) for number, event in enumerate(changes.added)]
    moved, dropped = dict(changes.moved), set(changes.dropped)
    result += [
        meeting(was.id, moved.get(was.id, was.at), was.event)
        for was in known.values()
        if was.id not in dropped
    ]
    assert {(it.event, it.at) for it in result} == {(event.key, event.at) for event in events}
    assert find_changes(result, events, NOW).is_empty
