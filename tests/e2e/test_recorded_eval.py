"""The evaluation over recorded answers, as it runs before every change lands."""

import json
import shutil
from pathlib import Path

import pytest

from tests import sensei

CASES, RECORDINGS = sensei.ROOT / "evals" / "cases", sensei.ROOT / "evals" / "recordings"


@pytest.mark.contract
def test_the_recorded_readings_keep_every_threshold() -> None:
    done = sensei.run("eval", "--recorded", str(RECORDINGS), "--format", "json", cwd=sensei.ROOT)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["mode"] == "model"


def test_every_recording_says_who_gave_it_and_is_used() -> None:
    recordings = {path.parent.name for path in RECORDINGS.rglob("*.json")}
    assert recordings == {path.name for path in CASES.iterdir() if path.is_dir()}
    for path in RECORDINGS.rglob("*.json"):
        said = json.loads(path.read_text("utf-8"))["produced_by"]
        assert "claude" not in said.lower()
        assert "gpt" not in said.lower()


def test_a_changed_case_no_longer_has_an_answer(tmp_path: Path) -> None:
    name = "docs-local-setup"
    shutil.copytree(CASES / name, tmp_path / name)
    for path in (tmp_path / name / "head").rglob("*.md"):
        path.write_text(path.read_text("utf-8") + "\nOne more line.\n", "utf-8")
    shutil.copy(CASES.parent / "thresholds.yaml", tmp_path / "thresholds.yaml")
    done = sensei.run("eval", "--cases", str(tmp_path), "--recorded", str(RECORDINGS))
    assert done.returncode == 2
    assert name in done.stderr
    assert f"record this case's answers again: sensei eval --only {name} --record FOLDER" in done.stderr


@pytest.mark.parametrize("arguments", [["--record", "x"], ["--recorded", "x", "--record", "y"]])
def test_recording_needs_a_model(arguments: list[str]) -> None:
    done = sensei.run("eval", *arguments, cwd=sensei.ROOT)
    assert done.returncode == 2
    assert "--record" in done.stderr
