"""Repositories and words that make the search for unchanged text slow."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from bot.domain.review.context import ReadableFile
from bot.domain.review.diff import FileDiff, FileSide, FileStatus, Hunk, HunkLine, LineKind
from bot.domain.review.surroundings.callers import find_callers
from bot.domain.review.surroundings.candidates import FileKind
from bot.domain.review.surroundings.changed_names import ChangedName, list_changed_names
from bot.domain.review.surroundings.pages import find_named_pages
from bot.domain.review.surroundings.source_lines import SourceLines
from tests.domain.changes import text


@contextmanager
def within(seconds: float) -> Iterator[None]:
    started = time.process_time()
    yield
    assert time.process_time() - started < seconds


def test_a_caller_that_imports_much_and_calls_often() -> None:
    imports = f"import {'foofoo' * 60}\n" * 170
    file = SourceLines("b.py", imports + "ask_shop\n" * 7000)
    with within(1):
        assert (
            len(find_callers([ChangedName("ask_shop", "a/foo.py", 0, "foo")], [(file, FileKind.CODE)])) == 1
        )


def test_words_that_name_thousands_of_pages() -> None:
    words = " ".join(f"a{number}.md" for number in range(10_000))
    pages = [f"docs/b/x{number}.md" for number in range(20_000)]
    with within(2):
        assert find_named_pages([f"{words} b/x7.md"], pages) == ["docs/b/x7.md"]


@pytest.mark.contract
def test_a_changed_file_of_many_definitions() -> None:
    count = 40_000
    base, head = (text("app.py", "a = 1\n" * count) for _ in range(2))
    removed = [HunkLine(LineKind.REMOVED, b"a = 2", place, None) for place in range(1, count, 14)]
    added = [HunkLine(LineKind.ADDED, b"a = 1", None, place) for place in range(1, count, 14)]
    side = FileSide("100644", "0" * 40)
    hunk = Hunk(1, count, 1, count, (*removed, *added))
    file = FileDiff("app.py", "app.py", FileStatus.MODIFIED, side, side, (hunk,))
    with within(20):
        assert list_changed_names([ReadableFile(file, head, base)]) == []
