"""Files that look like a design document, and the checks that one is read against."""

import pytest

from bot.adapters.files import rubrics
from bot.domain.design_documents.document_checks import list_document_checks
from bot.domain.design_documents.document_files import (
    MOST_OFFERED,
    find_design_documents,
    is_markdown,
    tidy_path,
)
from bot.domain.rubrics.rubric import Rubric
from tests.domain.rubric_builders import check, criterion, rubric


@pytest.mark.parametrize(
    "path",
    [
        "design.md",
        "DESIGN.MD",
        "docs/design.markdown",
        "docs/system-design.md",
        "docs/design-v2.md",
        "ARCHITECTURE.md",
    ],
)
def test_a_design_document_is_known_by_its_name(path: str) -> None:
    assert find_design_documents([path]) == [path]


@pytest.mark.parametrize(
    "path",
    [
        "README.md",
        "design.txt",
        "redesigned.md",
        "docs/decisions/0001-design.md",
        "doc/adr/0002-architecture.md",
        ".github/design.md",
        "node_modules/x/design.md",
        "design.md/notes.md",
        "docs/de\u202esign.md",
    ],
)
def test_anything_else_is_not(path: str) -> None:
    assert find_design_documents([path]) == []


def test_those_near_the_root_come_first_and_there_are_few() -> None:
    paths = [f"a/b/{number}/design.md" for number in range(20)]
    found = find_design_documents([*paths, "docs/design.md", "design.md"])
    assert found[:2] == ["design.md", "docs/design.md"]
    assert len(found) == MOST_OFFERED


@pytest.mark.parametrize(
    ("typed", "path"),
    [(" `docs/design.md` ", "docs/design.md"), ("./design.md", "design.md"), ("/design.md", "design.md")],
)
def test_what_is_typed_becomes_a_path(typed: str, path: str) -> None:
    assert tidy_path(typed) == path
    assert is_markdown(path)


def listed(made: Rubric) -> list[str]:
    return [found.id for _, found in list_document_checks(made)]


def test_the_marked_checks_count_or_else_those_of_whole_capstones_up_to_a_gate() -> None:
    marked = criterion("a", weight=1.0, checks=[check("a.1"), check("a.2", 2, document=True)])
    assert listed(rubric(marked)) == ["a.2"]
    wide = [check(f"a.{level}", level, scope="capstone") for level in (1, 2, 3)]
    assert listed(rubric(criterion("a", weight=1.0, checks=[*wide, check("a.9")]))) == ["a.1", "a.2"]


def test_the_shipped_rubric_marks_only_checks_of_whole_capstones() -> None:
    shipped = rubrics.load("capstone", None, None).rubric
    found = list_document_checks(shipped)
    assert {one.id for _, one in found} >= {"outcome.1", "validation.1", "delivery.2"}
    assert all(one.document and one.scope == "capstone" for _, one in found)
