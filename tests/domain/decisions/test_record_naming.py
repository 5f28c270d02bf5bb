"""How repositories name their records, and what the next one is called."""

from datetime import date

import pytest

from bot.domain.decisions.record_naming import find_naming, is_record_path, is_template_path, make_path

ON = date(2026, 3, 1)


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        ([], "docs/decisions/0007-use-a-queue.md"),
        (["README.md", "docs/intro.md"], "docs/decisions/0007-use-a-queue.md"),
        (["docs/adr/template.md"], "docs/adr/0007-use-a-queue.md"),
        (["doc/adr/0001-a.md", "doc/adr/0012-b.md"], "doc/adr/0013-use-a-queue.md"),
        (["docs/decisions/001-a.md"], "docs/decisions/002-use-a-queue.md"),
        (["docs/adr/1-a.md", "docs/adr/12-b.md"], "docs/adr/13-use-a-queue.md"),
        (["adr/ADR-003-a.md", "adr/README.md"], "adr/ADR-004-use-a-queue.md"),
        (["docs/adr/adr-0003.md"], "docs/adr/adr-0004.md"),
        (["docs/adr/0003_a_b.md"], "docs/adr/0004_use-a-queue.md"),
        (["docs/adr/20260101-a.md"], "docs/adr/20260301-use-a-queue.md"),
        (["docs/adr/2026-01-01-a.md"], "docs/adr/2026-03-01-use-a-queue.md"),
        (["a/adr/0001-x.md", "b/adr/0001-x.md", "b/adr/0002-y.md"], "b/adr/0003-use-a-queue.md"),
        (
            ["docs/adr/0001-x.md", "packages/a/adr/0001-x.md", "packages/a/adr/0002-y.md"],
            "docs/adr/0002-use-a-queue.md",
        ),
        (["packages/a/integration-tests/adr/0001-x.md"], "docs/decisions/0007-use-a-queue.md"),
        (["docs/adr-template.md"], "docs/decisions/0007-use-a-queue.md"),
        (["docs/use-kafka.adr.md"], "docs/decisions/0007-use-a-queue.md"),
        (["docs/adr-0003-a.md"], "docs/adr-0004-use-a-queue.md"),
        (["../adr/0001-x.md"], "docs/decisions/0007-use-a-queue.md"),
        (["docs/\u202eadr/adr/0001-x.md"], "docs/decisions/0007-use-a-queue.md"),
    ],
)
def test_the_next_record_is_named_like_the_others(paths: list[str], expected: str) -> None:
    path = make_path(find_naming(paths), "Use a queue", ON, paths, 7)
    assert path == expected
    assert is_record_path(path)


def test_a_name_that_is_taken_gets_a_suffix() -> None:
    paths = ["docs/adr/20260301-use-a-queue.md"]
    naming = find_naming(paths)
    assert make_path(naming, "Use a queue", ON, paths, 7) == "docs/adr/20260301-use-a-queue-2.md"


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Größe: 5 %", "0007-groe-5.md"),
        ("キュー", "0007.md"),
        ("../../etc/passwd", "0007-etc-passwd.md"),
        ("word " * 40, f"0007-{'-'.join(['word'] * 12)}.md"),
    ],
)
def test_a_title_becomes_a_plain_name(title: str, name: str) -> None:
    assert make_path(find_naming([]), title, ON, [], 7) == f"docs/decisions/{name}"


def test_which_files_are_records_and_which_are_templates() -> None:
    records = ["docs/adr/0001-a.md", "x/decisions/use-it.md", "docs/adr-0003.md", "src/pay.adr.md"]
    others = ["docs/adr/README.md", "docs/adr/a.py", "docs/plan.md", "docs/adr/0000-template.md"]
    assert [path for path in records + others if is_record_path(path)] == records
    assert [path for path in [*records, *others, "template.md"] if is_template_path(path)] == [others[3]]
