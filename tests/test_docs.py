"""What the documentation shows works as it is shown."""

import re
from pathlib import Path

import pytest

from bot.adapters import rubrics
from bot.settings import Settings
from tests import sensei

DOCS = sensei.ROOT / "docs"
EXAMPLES = re.findall(r"```yaml\n(.*?)```", (DOCS / "rubrics.md").read_text("utf-8"), re.DOTALL)
PAGES = [sensei.ROOT / "README.md", sensei.ROOT / "CONTRIBUTING.md", *sorted(DOCS.glob("*.md"))]


@pytest.mark.parametrize("text", EXAMPLES, ids=["overlay", "rubric"])
def test_an_example_is_in_order(tmp_path: Path, text: str) -> None:
    path = tmp_path / "example.yaml"
    path.write_text(text)
    rubrics.check(path)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text("utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_variable_that_is_named_exists(page: Path) -> None:
    known = {f"SENSEI_{name.upper()}" for name in Settings.model_fields} | {"SENSEI_X"}
    named = set(re.findall(r"\bSENSEI_[A-Z_]+", page.read_text("utf-8")))
    assert {name for name in named if not name.startswith("SENSEI_TEST_")} <= known


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_of_the_code_that_is_named_exists(page: Path) -> None:
    named = re.findall(
        r"`((?:bot|rubrics|tests|evals|prompts|migrations|docs)/[\w./-]+\w)`", page.read_text("utf-8")
    )
    assert [name for name in named if not (sensei.ROOT / name).exists()] == []
