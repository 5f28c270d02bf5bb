"""A digest has the seven rows that cost most to leave, the costliest first, and counts the rest."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from bot.domain.digest.matters import DriftedDecision
from bot.domain.digest.rows import RowKind
from bot.domain.digest.sensei_digest import MOST_ROWS, list_rows, make_digest
from bot.domain.triage.due_rulings import DueReason
from tests.domain.digest.weeks import BUSY, CALM, EMPTY, MONDAY, NEAR, ago, material, matter, matters, ruling


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


LAST_WEEKS = (ago(14), ago(7))


@pytest.mark.parametrize(
    ("changes", "key", "since"),
    [
        ({"rulings": (ruling("speed", ruled=20),), "ruled_on": ago(20)}, "rulings:1", ago(14)),
        ({"rulings": (ruling("speed", ruled=20),), "ruled_on": ago(10)}, "rulings:1", ago(7)),
        ({"rulings": (ruling("speed", ruled=20),), "ruled_on": ago(7)}, "rulings:1", None),
        ({"rulings": (ruling("speed"),)}, "rulings:1", ago(14)),
        ({"check_ins_skipped_on": ago(9)}, "check_in:1", ago(7)),
        ({"check_ins_skipped_on": ago(3)}, "check_in:1", None),
        ({"drifted": (DriftedDecision(1, ago(20), False),)}, "drift:1", ago(14)),
        (
            {"drifted": (DriftedDecision(1, ago(20), False), DriftedDecision(2, ago(1), True))},
            "drift:1",
            None,
        ),
        # A question of 9 Nov has been open for more than 7 working days since Thursday 19 Nov.
        ({"open_questions": (matter(21),)}, "risk:1", ago(7)),
        ({"open_questions": (matter(14),)}, "risk:1", None),
        ({"read_on": ago(28)}, "risk:1", ago(14)),
        ({"read_on": ago(17)}, "risk:1", None),
        ({"is_paused": True}, "risk:1", ago(14)),
        ({"disputes": (matter(9),)}, "dispute:1", ago(7)),
    ],
)
def test_a_row_that_the_reader_knows_says_since_when(
    changes: dict[str, Any], key: str, since: date | None
) -> None:
    week = material(matters(1, "Ada", **changes), shown={key: LAST_WEEKS})
    [row] = list_rows(week)
    assert (row.key, row.shown_since) == (key, since)
    [new] = list_rows(material(matters(1, "Ada", **changes)))
    assert new.shown_since is None


def test_rulings_for_a_milestone_are_new_once_it_has_opened() -> None:
    due = replace(ruling("speed"), reason=DueReason.MILESTONE)
    week = material(matters(1, "Ada", rulings=(due,)), calendar=NEAR, shown={"rulings:1": (ago(7),)})
    assert list_rows(week)[0].shown_since is None  # it opened on the Friday before
    again = replace(week, shown={"rulings:1": (ago(3),)})
    assert list_rows(again)[0].shown_since == ago(3)


def test_what_is_new_comes_before_what_the_reader_knows_unless_somebody_waits_for_them() -> None:
    known = matters(1, "Ada", rulings=(ruling("speed", gate=True, ruled=20),))
    skips = matters(2, "Ben", check_ins_skipped_on=ago(1))
    waits = matters(3, "Cleo", disputes=(matter(9),))
    shown = {"rulings:1": LAST_WEEKS, "dispute:3": LAST_WEEKS}
    assert [row.key for row in list_rows(material(known, skips, waits, shown=shown))] == [
        "dispute:3",
        "check_in:2",
        "rulings:1",
    ]
    assert [row.key for row in list_rows(material(known, skips, waits))] == [
        "dispute:3",
        "rulings:1",
        "check_in:2",
    ]
