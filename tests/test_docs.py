"""What the documentation shows works as it is shown."""

import re
from pathlib import Path

import pytest
from sqlmodel import SQLModel

import bot.adapters.database.all_tables  # noqa: F401 - declares the tables
from bot.adapters.files import fast_yaml, rubrics
from bot.adapters.files.articulation import load_guide
from bot.domain.review.report import Report
from bot.domain.review.signals import find_snippet_errors
from bot.domain.rubrics.signal_rules import Signal
from bot.settings import Settings
from tests import sensei
from tests.repositories import Repository

DOCS = sensei.ROOT / "docs"
EXAMPLES = re.findall(r"```yaml\n(.*?)```", (DOCS / "rubrics.md").read_text("utf-8"), re.DOTALL)
PART_OF_THE_GUIDE = re.search(r"~~~yaml\n(.*?)~~~", (DOCS / "rubrics.md").read_text("utf-8"), re.DOTALL)
FLOWS = re.findall(r"```yml\n(.*?)```", (DOCS / "rubrics.md").read_text("utf-8"), re.DOTALL)
PAGES = [sensei.ROOT / "README.md", sensei.ROOT / "CONTRIBUTING.md", *sorted(DOCS.glob("*.md"))]


@pytest.mark.parametrize("text", EXAMPLES, ids=["overlay", "rubric", "pack"])
def test_an_example_is_in_order(tmp_path: Path, text: str) -> None:
    path = tmp_path / "example.yaml"
    path.write_text(text)
    rubrics.check(path)


def test_the_guides_flow_is_in_order() -> None:
    (text,) = FLOWS
    (data,) = fast_yaml.load(text)
    assert list(find_snippet_errors(Signal.model_validate(data))) == []


def test_what_sensei_listens_for_is_shown_as_it_is() -> None:
    assert PART_OF_THE_GUIDE
    shown, guide = fast_yaml.load(PART_OF_THE_GUIDE[1]), load_guide().model_dump(mode="json")
    assert all(part in guide["slots"] for part in shown["slots"])
    assert all(needs in guide["needs"] for needs in shown["needs"])
    assert shown["drift_probe"] == guide["drift_probe"]


def test_the_guides_pack_finds_what_the_guide_says(tmp_path: Path) -> None:
    packs = tmp_path / "packs"
    packs.mkdir()
    (packs / "gateway.yaml").write_text(EXAMPLES[-1])
    repository = Repository.make(tmp_path / "desk")
    repository.commit({"a.py": b"", "web/b.ts": b""})
    repository.commit(
        {
            "a.py": b"from gateway import Gateway\n\nclient = Gateway()\n",
            "web/b.ts": b'import { Gateway } from "@ours/gateway";\nnew Gateway({ team: "cards" });\n',
        }
    )
    options = ["--repo", str(repository.path), "--base", "HEAD~1", "--format", "json", "--no-model"]
    done = sensei.run("review", *options, "--stacks", str(packs))
    report = Report.model_validate_json(done.stdout)
    assert report.stacks == ("gateway",)
    assert [(fact.signal, fact.citation.path) for fact in report.concerns] == [
        ("gateway.team-missing", "a.py")
    ]
    assert [trace.folder for trace in report.stack_evidence] == ["", "web"]
    table = sensei.run("rubric", "check", "--coverage", str(packs / "gateway.yaml"))
    assert table.returncode == 0
    assert "gateway.no-team, not detected in yaml" in table.stdout


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text("utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_variable_that_is_named_exists(page: Path) -> None:
    known = {f"SENSEI_{name.upper()}" for name in Settings.model_fields} | {"SENSEI_X"}
    named = set(re.findall(r"\bSENSEI_[A-Z_]+", page.read_text("utf-8")))
    assert {name for name in named if not name.startswith("SENSEI_TEST_")} <= known


@pytest.mark.parametrize("page", [*PAGES, sensei.ROOT / "CHANGELOG.md"], ids=lambda page: page.stem)
def test_no_merge_left_both_versions(page: Path) -> None:
    assert re.findall(r"^(?:<{7}|={7}|>{7})(?: .*)?$", page.read_text(), re.MULTILINE) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_of_the_code_that_is_named_exists(page: Path) -> None:
    named = re.findall(
        r"`((?:bot|rubrics|tests|evals|prompts|migrations|docs)/[\w./-]+\w)`", page.read_text("utf-8")
    )
    assert [name for name in named if not (sensei.ROOT / name).exists()] == []


def test_the_privacy_page_names_every_table_and_says_how_long_by_default() -> None:
    page = (DOCS / "privacy.md").read_text("utf-8")
    assert [name for name in SQLModel.metadata.tables if f"`{name}`" not in page and name != "cohort"] == []
    kept = {name: field.default for name, field in Settings.model_fields.items() if name.startswith("keep_")}
    assert len(kept) == 4
    for name, days in kept.items():
        assert f"SENSEI_{name.upper()}" in page
        assert f"{days} days" in page
