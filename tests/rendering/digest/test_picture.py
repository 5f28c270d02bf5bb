"""The digest's pictures: legible on a phone, for any number of people, in any script, however people see."""

import io
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from bot.domain.digest.progress import ShownCriterion
from bot.domain.digest.ruled_levels import LevelSpread
from bot.rendering.digest import picture_canvas as canvas
from bot.rendering.digest.level_picture import draw_levels
from bot.rendering.digest.picture import draw_progress, label_rows
from tests.domain.digest.weekly import CRITERIA, MONDAY, grid
from tests.rendering.digest.sight import KINDS, contrast
from tests.sample_cohort import ODD_NAMES

SHOWN_WIDTH = 340
"""What a phone of 390 pixels leaves for a picture in Slack."""


def people(many: int) -> list[str]:
    return [f"Person{number} Sample" for number in range(many)]


def size(png: bytes) -> tuple[int, int]:
    with Image.open(io.BytesIO(png)) as opened:
        opened.load()
        return opened.size


def shown_labels(names: Sequence[str]) -> list[str]:
    return [label.text for label in label_rows(grid(names, weeks=1, criteria=CRITERIA[:1]))]


@pytest.mark.parametrize("many", [1, 3, 8, 20, 21, 60])
def test_any_number_of_people_fits_a_phone(many: int) -> None:
    width, height = size(draw_progress(grid(people(many), weeks=2)))
    assert width == canvas.WIDTH * canvas.SCALE
    assert height / width < (2 if many <= 20 else 6)


@pytest.mark.parametrize("many", [1, 5, 12, 13, 30])
def test_any_number_of_criteria_fits_a_phone(many: int) -> None:
    criteria = tuple(ShownCriterion(f"x{number}", "Some quality", number == 0) for number in range(many))
    assert size(draw_progress(grid(people(2), weeks=1, criteria=criteria)))[0] == canvas.WIDTH * canvas.SCALE


def test_the_same_picture_has_the_same_bytes_and_is_small() -> None:
    once, again = draw_progress(grid(people(8))), draw_progress(grid(people(8)))
    assert once == again
    assert len(once) < 200_000


def test_text_is_at_least_eleven_pixels_high_on_a_phone() -> None:
    assert min(canvas.TEXT, canvas.TITLE) * SHOWN_WIDTH / canvas.WIDTH >= 11


@pytest.mark.parametrize("kind", KINDS)
def test_everyone_can_read_the_text_and_tell_the_marks_apart(kind: str) -> None:
    for paper in (canvas.PAPER, canvas.WHITE, canvas.GATE, canvas.LIGHT):
        assert contrast(canvas.INK, paper, kind) >= 7
    assert contrast(canvas.FAINT, canvas.WHITE, kind) >= 4.5
    assert contrast(canvas.WHITE, canvas.DARK, kind) >= 4.5
    for mark in (canvas.DARK, canvas.MARK):
        assert contrast(mark, canvas.WHITE, kind) >= 3
    assert contrast(canvas.DARK, canvas.LIGHT, kind) >= 3


def test_names_in_any_script_are_readable_or_numbered() -> None:
    assert shown_labels(["Łukasz Żółć", "Þórður", "Chloë", "O’Brien", "Ada 🦊"]) == [
        "Lukasz Zolc",
        "Thordur",
        "Chloe",
        "O'Brien",
        "Ada",
    ]
    assert shown_labels(["李小龙", "Ada", "أحمد", "Дарья"]) == ["No. 1", "Ada", "No. 3", "No. 4"]
    assert shown_labels(["No. 2", "李小龙"]) == ["No. 1", "No. 2"]


def test_a_long_name_is_shortened_so_that_it_stays_a_name() -> None:
    assert shown_labels(["Alexandra Papadopoulos-Featherstonehaugh"]) == ["Alexandra P."]
    [cut] = shown_labels(["Brzęczyszczykiewiczowska"])
    assert cut.startswith("Brzeczy")
    assert cut.endswith("…")


def test_two_people_are_never_called_the_same() -> None:
    names = ["Alexandra Papadopoulos", "Alexandra Papadakis", "Ada", "Ada", ""]
    labels = shown_labels(names)
    assert len(set(labels)) == len(names)
    assert labels == ["No. 1", "No. 2", "No. 3", "No. 4", "No. 5"]


@pytest.mark.contract
@settings(max_examples=30, deadline=None)
@given(st.lists(st.text(max_size=40) | st.sampled_from(ODD_NAMES), min_size=1, max_size=3))
def test_no_name_breaks_a_picture(names: list[str]) -> None:
    tiny = grid(names, weeks=1, criteria=CRITERIA[:1])
    assert size(draw_progress(tiny))[0] == canvas.WIDTH * canvas.SCALE
    labels = [label.text for label in label_rows(tiny)]
    assert len(set(labels)) == len(labels)
    assert all(canvas.measure(label) <= canvas.WIDTH / 3 for label in labels)


@pytest.mark.parametrize("many", [1, 40, 999])
def test_ruled_levels_of_any_cohort_fit_a_phone(many: int) -> None:
    odd = ShownCriterion("x", "Ein außerordentlichlangeswortohneleerzeichen über 李", True)
    spreads = [LevelSpread(criterion, (many, 0, many, 0, 0), 0) for criterion in (*CRITERIA, odd)]
    assert size(draw_levels(spreads, MONDAY))[0] == canvas.WIDTH * canvas.SCALE
    assert draw_levels(spreads, MONDAY) == draw_levels(spreads, MONDAY)
