"""A digest has the seven rows that cost most to leave, the costliest first, and counts the rest."""

from dataclasses import replace
from datetime import date

from bot.domain.digest.rows import RowKind
from bot.domain.digest.sensei_digest import MOST_ROWS, list_rows, make_digest
from tests.domain.digest.weeks import BUSY, CALM, EMPTY, MONDAY, ago, material, matter, matters, ruling


def test_the_costliest_rows_come_first_and_the_rest_is_counted() -> None:
    digest = make_digest(BUSY)
    assert [row.key for row in digest.rows] == [
        "appeal:9",
        "dispute:1",
        "handover:4",
        "rulings:2",
        "question:3",
        "risk:2",
        "rulings:1",
    ]
    assert digest.rest == {RowKind.AT_RISK: 3, RowKind.DRIFT: 3, RowKind.GROWTH: 1}
    assert digest.participants == 9


def test_a_blocked_participant_comes_before_rulings_however_old_and_near_a_milestone() -> None:
    blocked = matters(1, "Zoe", disputes=(matter(0),))
    overdue = matters(2, "Ada", rulings=(ruling("security", gate=True),), gates_unruled=("Security",))
    week = material(blocked, overdue, calendar=BUSY.calendar)
    assert [row.kind for row in list_rows(week)] == [RowKind.DISPUTE, RowKind.RULINGS, RowKind.AT_RISK]


def test_rows_that_cost_the_same_are_in_order_of_name_and_then_of_key() -> None:
    people = [matters(number, name, disputes=(matter(2),)) for number, name in enumerate("cab", start=1)]
    twice = matters(4, "a", disputes=(matter(2),))
    assert [row.key for row in list_rows(material(*people, twice))] == [
        "dispute:2",
        "dispute:4",
        "dispute:3",
        "dispute:1",
    ]


def test_a_snoozed_row_makes_room_for_another_until_its_day() -> None:
    people = [matters(number, f"P{number}", disputes=(matter(0),)) for number in range(1, 9)]
    urgent = matters(9, "Zoe", disputes=(matter(0, gate=True),))
    tomorrow = date(2026, 12, 1)
    asleep = make_digest(material(*people, urgent, snoozed={"dispute:9": tomorrow}))
    awake = make_digest(material(*people, urgent, snoozed={"dispute:9": MONDAY}))
    assert asleep.snoozed == 1
    assert [row.key for row in asleep.rows] == [f"dispute:{number}" for number in range(1, MOST_ROWS + 1)]
    assert [row.key for row in awake.rows] == [
        "dispute:9",
        *(f"dispute:{number}" for number in range(1, MOST_ROWS)),
    ]


def test_a_calm_week_has_one_row_and_an_empty_one_none() -> None:
    assert [row.key for row in make_digest(CALM).rows] == ["rulings:1"]
    assert make_digest(EMPTY).is_empty
    assert not make_digest(CALM).is_empty


def test_a_row_says_since_when_digests_have_it_and_is_otherwise_as_if_it_were_new() -> None:
    known = matters(1, "Ada", rulings=(ruling("speed", gate=True, ruled=20), ruling("security")))
    skips = matters(2, "Ben", check_ins_skipped_on=ago(1))
    waits = matters(3, "Cleo", disputes=(matter(9),))
    since = {"dispute:3": ago(7), "rulings:1": ago(14)}
    rows = list_rows(material(known, skips, waits, shown=since))
    assert [(row.key, row.shown_since) for row in rows] == [
        ("dispute:3", ago(7)),
        ("rulings:1", ago(14)),
        ("check_in:2", None),
    ]
    new = list_rows(material(known, skips, waits))
    assert [replace(row, shown_since=None) for row in rows] == new
