"""The guide to answers is checked like every other file of the rubrics."""

from pathlib import Path

import pytest

from bot.adapters.files import rubrics
from bot.adapters.files.articulation import load_guide
from bot.errors import UserError
from tests import sensei

SHIPPED = sensei.ROOT / "rubrics" / "articulation.yaml"


def test_the_command_accepts_the_shipped_guide() -> None:
    done = sensei.run("rubric", "check", str(SHIPPED))
    assert (done.returncode, done.stdout) == (0, f"{SHIPPED}: the guide is valid.\n")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("  - id: context\n", "  - id: setting\n", ":9:5: id: "),
        ("    title: Against\n", "", "'title' is missing"),
        ("  - level: 4\n", "  - level: 3\n", "needs must have the levels 1, 2, 3 and 4"),
        ("version: 1.0.0\n", "version: 1.0.0\ncolour: red\n", ":7:1: unknown key 'colour'"),
    ],
)
def test_a_mistake_is_told_with_its_place(tmp_path: Path, old: str, new: str, told: str) -> None:
    path = tmp_path / "guide.yaml"
    text = SHIPPED.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(rubrics.RubricError) as raised:
        rubrics.check(path)
    assert told in "\n".join(map(str, raised.value.faults))


def test_it_is_no_rubric_to_review_with() -> None:
    assert "articulation" not in rubrics.shipped()
    with pytest.raises(UserError, match=r"schema dojo\.articulation/v1"):
        rubrics.load(str(SHIPPED))
    assert load_guide().version
