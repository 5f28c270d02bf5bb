"""A digest's preview in the terminal, at 80 columns."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from bot import resources
from bot.domain.digest import sample_week
from bot.domain.digest.matters import DigestMaterial
from bot.domain.digest.sensei_digest import make_digest
from bot.domain.digest.shown import show_digest
from bot.rendering.digest.terminal import DigestPreview, format_preview, format_sample
from tests.domain.digest.weeks import BUSY, CALM, EMPTY, ago

NINE = datetime(2026, 11, 30, 9, tzinfo=UTC)


def preview(week: DigestMaterial | None, **changes: Any) -> list[str]:
    """The lines about a week."""
    shown = show_digest(week, [row.key for row in make_digest(week).rows]) if week else None
    plain = {"name": "Sén \x1b[31m", "week": "2026-W49", "zone": "Asia/Tokyo", "at": NINE, "is_made": False}
    return list(format_preview(DigestPreview(**{**plain, **changes}, shown=shown)))


def test_a_busy_week_fits_80_columns_and_begins_with_what_comes_first() -> None:
    lines = preview(BUSY)
    assert max(map(len, lines)) <= 80
    assert lines[0] == "Sén \\x1b[31m, week 2026-W49"
    assert lines[1] == "    Sensei sends it on Mon 30 Nov at 18:00 (Asia/Tokyo)."
    assert lines[2] == "    Most urgent first. The midway milestone is on Fri 4 Dec, in 4 working days."
    assert lines[4] == " 1. Ida · 1 appeal to decide: Security (gate)"
    assert sum(line[:4].strip().endswith(".") and line[:2].strip().isdecimal() for line in lines) == 7
    assert lines[-2].startswith("The rest can wait: 3 participants to keep an eye on")


def test_a_calm_week_has_a_row_and_no_rest() -> None:
    assert len(preview(CALM)) == 7


def test_a_row_that_the_reader_knows_keeps_its_words_and_says_since_when() -> None:
    new = " ".join(" ".join(preview(CALM)).split())
    known = " ".join(" ".join(preview(replace(CALM, shown={"rulings:1": ago(14)}))).split())
    assert known.replace(" In your digest since Mon 16 Nov.", "") == new != known


def test_an_empty_week_is_one_line() -> None:
    assert preview(EMPTY)[-1] == "Nothing is waiting for you this week, and nobody seems to need help."


def test_it_says_why_nothing_is_sent() -> None:
    assert (
        preview(CALM, at=None)[1]
        == "    Sensei won't send it, because they have no working hours left that week."
    )
    made = "    Sensei has already made this week's digest. If made now, it would read:"
    assert preview(CALM, is_made=True)[1] == made
    assert preview(None)[-1] == "    They guide nobody now, so they get no digest."


def test_nobody_is_in_both_samples_that_the_demo_shows() -> None:
    paired = resources.folder("samples").joinpath("sample-people.csv").read_text("utf-8").split("\n")[1:]
    names = {line.partition(",")[0] for line in paired if line}
    sample = sample_week.make_sample_week()
    assert names.isdisjoint({sample_week.SENSEI, *(one.name for one in sample.participants)})


def test_the_sample_is_about_the_week_that_it_names_and_shows_that_some_things_can_wait() -> None:
    lines = list(format_sample())
    assert f"{sample_week.MONDAY:%G-W%V}" in lines[0]
    assert f"{sample_week.MONDAY:%a}" == "Mon"
    assert max(map(len, lines)) <= 80
    assert any(line.startswith(" 7. ") for line in lines)
    assert any(line.startswith("The rest can wait: ") for line in lines)
