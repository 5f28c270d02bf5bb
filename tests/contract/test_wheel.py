import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests import sensei
from tests.repositories import Repository

pytestmark = pytest.mark.contract


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from this tree."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "-w",
        str(folder),
    ]
    subprocess.run([*pip, str(sensei.ROOT)], check=True)
    (built,) = folder.glob("*.whl")
    return built


def test_the_wheel_holds_what_is_not_code(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for expected in [
        "bot/_data/rubrics/capstone.yaml",
        "bot/_data/rubrics/stacks/google-adk.yaml",
        "bot/_data/rubrics/schema.json",
        "bot/_data/prompts/README.md",
        "bot/_data/prompts/review/read.md",
        "bot/_data/migrations/versions/0001_model_calls.py",
        "bot/_data/samples/bedrock-claims-triage/sample.yaml",
        "bot/pairing.schema.json",
        "bot/report.schema.json",
        "bot/rendering/review/report.html.jinja",
        "bot/rendering/review/report.css",
        "bot/rendering/setup/setup.html.jinja",
        "bot/rendering/setup/setup.css",
        "bot/py.typed",
    ]:
        assert expected in names
    assert not [name for name in names if name.startswith("tests/")]


def test_the_wheel_works_in_an_empty_environment_from_another_folder(wheel: Path, tmp_path: Path) -> None:
    venv = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
    pip = [str(venv / "bin" / "pip"), "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--require-hashes", "-r", str(sensei.ROOT / "requirements.lock")], check=True)
    subprocess.run([*pip, "--no-deps", str(wheel)], check=True)
    repository = Repository.make(tmp_path / "capstone")
    repository.commit({"app.py": b"import anthropic\n"})
    environment = sensei.environment()
    del environment["PYTHONPATH"]

    def installed(*arguments: str) -> str:
        done = subprocess.run(
            [str(venv / "bin" / "sensei"), *arguments],
            cwd=repository.path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert json.loads(installed("review", "--baseline", "--format", "json"))["stacks"] == ["anthropic"]
    assert "<h1>The whole tree at" in installed("review", "--baseline", "--format", "html")
    assert "These reviews used no model" in installed("demo")
    assert "risk.1" in installed("rubric", "show")
