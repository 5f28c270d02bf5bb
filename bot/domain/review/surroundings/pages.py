"""Find the pages that a change says it builds, and the parts of pages and tests that name what changed."""

import re
from collections.abc import Collection, Iterable, Iterator
from itertools import pairwise

from bot.domain.review.surroundings.candidates import is_decision_record
from bot.domain.review.surroundings.source_lines import SourceLines

MOST_PAGES = 2
_PAGE = re.compile(r"(?<![\w./-])[\w./-]{1,150}\.(?:mdx?|rst|adoc)(?!\w)")
_NUMBERED = re.compile(r"\b(?:ADR|RFC)[-_ #]{0,2}0{0,4}(\d{1,4})\b", re.IGNORECASE)
_ISSUE = re.compile(r"(?<![\w&/])#(\d{1,7})\b|/issues/(\d{1,7})\b")
_HEADING = re.compile(r"^(?:#{1,5}[ \t]|={1,4}[ \t])|^[^\n]{1,100}\n(?:=|-|~){3,}[ \t]*$", re.MULTILINE)
_OPENING, _SECTION = 8, 14  # lines of a page's beginning, and of a section
_MOST_SECTIONS = 3
_MOST_ISSUES = 5
_MOST_WORDS = 100_000  # characters of the words that are searched


def find_named_pages(words: Iterable[str], tree: Collection[str]) -> list[str]:
    """List the pages of a tree that a change's words name, by path, by file name or by number."""
    text = "\n".join(words)[:_MOST_WORDS]
    named = {found.lstrip("./") for found in _PAGE.findall(text)}
    numbers = {int(number) for number in _NUMBERED.findall(text)}
    pages = [
        path
        for path in tree
        if not named.isdisjoint(_endings(path))
        or (numbers and is_decision_record(path) and _page_number(path) in numbers)
    ]
    return sorted(pages, key=lambda path: (not is_decision_record(path), path))[:MOST_PAGES]


def _endings(path: str) -> Iterator[str]:
    """Yield the path, and the path without each number of its leading folders."""
    yield path
    while "/" in path:
        path = path.partition("/")[2]
        yield path


def list_issues(words: Iterable[str]) -> list[str]:
    """List the issues and pull requests that a change's words mention, such as ``#12``."""
    numbers = (
        number for text in words for found in _ISSUE.findall(text[:_MOST_WORDS]) for number in found if number
    )
    return [f"#{number}" for number in dict.fromkeys(numbers)][:_MOST_ISSUES]


def choose_sections(page: SourceLines, terms: Collection[str]) -> list[range]:
    """Return the lines of a page to show: its beginning, and the sections that name most of the terms."""
    last = len(page.starts) - page.text.endswith("\n")
    opening = range(1, min(_OPENING, last) + 1)
    sections = _sections(page, last)
    scored = [
        (-_count_terms(page, section, terms), section.start, section)
        for section in sections
        if _count_terms(page, section, terms)
    ]
    best = [section for *_, section in sorted(scored)[:_MOST_SECTIONS]]
    if not best:
        return [range(1, min(_OPENING + _SECTION, last) + 1)]
    return [opening, *(range(section.start, min(section.stop, section.start + _SECTION)) for section in best)]


def _page_number(path: str) -> int | None:
    found = re.match(r"\D{0,12}(\d{1,4})", path.rpartition("/")[2])
    return int(found[1]) if found else None


def _sections(page: SourceLines, last: int) -> list[range]:
    heads = sorted({1, *(page.line_at(found.start()) for found in _HEADING.finditer(page.text))})
    return [range(start, end) for start, end in pairwise([*heads, last + 1])]


def _count_terms(page: SourceLines, section: range, terms: Collection[str]) -> int:
    end = page.starts[section.stop - 1] if section.stop - 1 < len(page.starts) else len(page.text)
    text = page.text[page.starts[section.start - 1] : end].lower()
    return sum(term.lower() in text for term in terms)
