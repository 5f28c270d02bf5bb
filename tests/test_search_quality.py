"""Tests of the benchmark that says how good the search is, with a small corpus and the real index."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from benchmarks import search_quality
from benchmarks.search_quality import Question, Source
from bot.adapters.search.index import SqliteSearchIndex
from bot.domain.sources.documents import FoundPassage

LONG = "Words that are here so that a page isn't a stub. " * 10
GUIDE = f"""# Guide

The turbine is introduced here. {LONG}

## Starting the turbine

Press the green button. {LONG}

### In winter

Warm the oil first. {LONG}

## Stopping it

Press the red button. {LONG}
"""


@pytest.fixture(name="content")
def _content() -> dict[str, Any]:
    return {
        "leave_out": ["old/*"],
        "repositories": [
            {"name": "one/docs", "commit": "1" * 40, "stack": "steam"},
            {"name": "two/docs", "commit": "2" * 40, "stack": "wind", "leave_out": ["ja/*"]},
        ],
    }


@pytest.fixture(name="corpus")
def _corpus(tmp_path: Path) -> Path:
    cells = [
        {"cell_type": "markdown", "source": ["# Blades\n", "\n", f"A blade is turned. {LONG}"]},
        {"cell_type": "code", "source": ["import propeller"]},
    ]
    files = {
        "one/docs/guide.md": GUIDE,
        "one/docs/old/guide.md": GUIDE,
        "one/docs/stub.md": "# Stub\n\nSee the guide.\n",
        "two/docs/blades.ipynb": json.dumps({"cells": cells}),
        "two/docs/broken.ipynb": "not JSON",
        "two/docs/ja/guide.mdx": GUIDE,
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    return tmp_path


def test_pages_are_read_without_what_is_left_out(corpus: Path, content: dict[str, Any]) -> None:
    pages = search_quality.load_pages(corpus, content)

    assert {stack: [page.key for page in found] for stack, found in pages.items()} == {
        "steam": ["one/docs/guide.md"],
        "wind": ["two/docs/blades.ipynb"],
    }
    [blades] = pages["wind"]
    assert blades.title == "Blades"
    assert not any("propeller" in passage.text for passage in blades.passages)


def test_a_missing_repository_is_named(tmp_path: Path, content: dict[str, Any]) -> None:
    with pytest.raises(SystemExit, match=f"one/docs at {'1' * 40}"):
        search_quality.load_pages(tmp_path, content)


@pytest.mark.parametrize(
    ("heading", "sections"),
    [
        ("", ["Guide", "Starting the turbine", "In winter", "Stopping it"]),
        ("Guide", ["Guide"]),
        ("starting the `turbine` {#start}", ["Starting the turbine", "In winter"]),
        ("In winter", ["In winter"]),
        ("In summer", []),
    ],
)
def test_a_section_has_what_is_below_its_heading(
    corpus: Path, content: dict[str, Any], heading: str, sections: list[str]
) -> None:
    [guide] = search_quality.load_pages(corpus, content)["steam"]
    source = Source("one/docs/guide.md", heading)

    fits = [
        (passage.headings or (guide.title,))[-1]
        for passage in guide.passages
        if search_quality.is_of(FoundPassage("steam", guide.key, guide.title, passage, 1.0), source)
    ]

    assert list(dict.fromkeys(fits)) == sections


def test_the_first_passage_of_a_page_and_of_a_section_are_ranked(
    corpus: Path, content: dict[str, Any]
) -> None:
    index = SqliteSearchIndex(corpus / "search.db")
    for stack, documents in search_quality.load_pages(corpus, content).items():
        index.replace(stack, documents)

    def rank(text: str, *sources: Source) -> tuple[int, int]:
        question = Question("q", text, "steam", "fact", False, sources)
        ranked = search_quality.rank(question, index.search(text, ["steam", "wind"], 10))
        return ranked.page, ranked.section

    red = Source("one/docs/guide.md", "Stopping it")
    assert rank("red button", red) == (1, 1)
    page, section = rank("green button", red)
    assert page == 1
    assert section > 1
    assert rank("green button", red, Source("one/docs/guide.md", "Starting the turbine")) == (1, 1)
    assert rank("green button", Source("two/docs/blades.ipynb", "")) == (0, 0)


def test_the_figures_are_those_of_the_first_five_and_the_first_ten() -> None:
    assert search_quality.recall([1, 5, 6, 0]) == 0.5
    assert search_quality.reciprocal_rank([1, 2, 10, 11, 0]) == pytest.approx((1 + 0.5 + 0.1) / 5)


def test_the_questions_are_spread_over_stacks_and_kinds() -> None:
    content = yaml.safe_load(search_quality.QUESTIONS.read_text("utf-8"))
    questions = search_quality.load_questions(content)
    stacks = {repository["stack"] for repository in content["repositories"]}
    repositories = {repository["name"] for repository in content["repositories"]}

    assert len({question.id for question in questions}) == len(questions) == 80
    for stack in stacks:
        own = [question for question in questions if question.stack == stack]
        assert [sum(question.held_back is held for question in own) for held in (False, True)] == [12, 4]
        assert {question.kind for question in own} == {"fact", "how_to", "debugging", "design"}
    for question in questions:
        assert question.sources
        assert {"/".join(source.key.split("/")[:2]) for source in question.sources} <= repositories
