"""The model sees the packs that a change touches; the report names all that the repository uses."""

from pathlib import Path
from typing import Any

from tests import reviewing
from tests.fakes.model import Scripted
from tests.repositories import Files, Repository
from tests.workflows.shop import LIBRARY

NOTHING: dict[str, Any] = {
    "touched": [], "movements": [], "concerns": [], "questions": [], "strengths": []
}  # fmt: skip
BEFORE: Files = {"requirements.txt": b"shop-sdk==1.0.0\n", "page.css": b"a {color: red}\n"}
PACK_CHECK = "\nshop.batch: "


def instructions(model: Scripted) -> str:
    return "\n".join(model.requests[0].system)


def test_a_pack_that_the_change_does_not_touch_is_not_shown(tmp_path: Path) -> None:
    model = Scripted(read=NOTHING)
    after: Files = {"page.css": b"a {color: blue}\n"}
    report = reviewing.change(tmp_path, BEFORE, after, LIBRARY, model)
    assert PACK_CHECK not in instructions(model)
    assert "\nspeed.1: " in instructions(model)
    assert report.stacks == ("shop",)
    assert "shop.batch" in report.coverage.not_assessed


def test_a_pack_whose_technology_a_changed_file_imports_is_shown(tmp_path: Path) -> None:
    model = Scripted(read=NOTHING)
    reviewing.change(tmp_path, BEFORE, {"a.py": b"import shop\n"}, LIBRARY, model)
    assert PACK_CHECK in instructions(model)


def test_a_baseline_shows_every_pack_in_use(tmp_path: Path) -> None:
    Repository.make(tmp_path).commit(BEFORE)
    model = Scripted(baseline=NOTHING)
    reviewing.review(tmp_path, baseline=True, library=LIBRARY, model=model)
    assert PACK_CHECK in instructions(model)
