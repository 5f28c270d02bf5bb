"""A digest that was sent keeps its rows in their places, whatever has become of them."""

from dataclasses import replace
from datetime import date

from bot.domain.digest.rows import RowKind
from bot.domain.digest.shown import RowState, show_digest
from tests.domain.digest.weeks import material, matter, matters

ADA = matters(1, "Ada", disputes=(matter(1),), questions=(matter(1),))
BEN = matters(2, "Ben", disputes=(matter(4),))
KEYS = ("dispute:2", "dispute:1", "question:1")


def states(*keys: str, **changes: object) -> list[tuple[str, RowState]]:
    shown = show_digest(replace(material(ADA, BEN), **changes), keys or KEYS)  # type: ignore[arg-type]
    return [(row.key, row.state) for row in shown.rows]


def test_a_done_row_stays_in_its_place() -> None:
    done = replace(BEN, disputes=())
    assert states(participants=(ADA, done)) == [
        ("dispute:2", RowState.DONE),
        ("dispute:1", RowState.OPEN),
        ("question:1", RowState.OPEN),
    ]


def test_a_row_about_someone_they_no_longer_guide_has_no_name() -> None:
    shown = show_digest(material(ADA), KEYS)
    assert (shown.rows[0].state, shown.rows[0].name) == (RowState.GONE, "")


def test_a_row_put_off_says_until_when() -> None:
    [row] = show_digest(material(BEN, snoozed={"dispute:2": date(2026, 12, 7)}), ["dispute:2"]).rows
    assert (row.state, row.until) == (RowState.SNOOZED, date(2026, 12, 7))


def test_what_came_later_can_wait_and_is_counted() -> None:
    shown = show_digest(material(ADA, BEN, snoozed={"question:1": date(2027, 1, 1)}), ["dispute:2"])
    assert shown.rest == {RowKind.DISPUTE: 1}
    assert shown.snoozed == 1


def test_a_key_of_another_version_is_left_out() -> None:
    assert states("checkin:1", "dispute:x", "dispute:1") == [("dispute:1", RowState.OPEN)]
