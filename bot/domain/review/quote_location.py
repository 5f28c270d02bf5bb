"""Locate a model's quote in the text that it was shown, and cite the original bytes.

A quote is searched for exactly, then ignoring differences in white space, then without the line numbers and
signs that a model may have copied from the gutter. Line numbers are computed, never taken from a model.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal

from bot.domain.review.citations import SourceText
from bot.domain.review.context import ContextPack, ReadableFile, ShownLines
from bot.domain.review.context.display import DisplayedText, escape_for_display
from bot.domain.review.diff import FileDiff, LineKind
from bot.domain.review.report import Citation

SHORTEST = 6  # non-blank characters; shorter quotes would match in too many places

_NUMBER = re.compile(r"^[ \t]*\d+(?:[ \t]|(?=\+)|$)", re.MULTILINE)
_GUTTER = re.compile(r"^[ \t]*(?:\d+(?:[ \t]*\+[ \t]?|[ \t]|$)|[+-])", re.MULTILINE)

Side = Literal["head", "base"]
_Match = tuple[DisplayedText, int, int]


def locate_quote(
    quote: str,
    path: str | None,
    side: Side | None,
    packs: Sequence[ContextPack],
    files: Mapping[str, ReadableFile],
) -> Citation | None:
    """Return a citation of a quote, or None if it was not shown or its place is ambiguous.

    ``path`` is a file's path, or the name of one of the change's texts, original or as shown. If that text
    contains the quote several times, the only place on changed lines counts, else the only place in a hunk.
    If the path is missing or does not contain the quote, exactly one place must contain it. Without a
    ``side``, the head is searched before the base. ``files`` has the changed files by path.
    """
    if sum(not character.isspace() for character in quote) < SHORTEST:
        return None
    shown = [part for pack in packs for part in pack.shown]
    named = [part for part in shown if path is not None and _trim_path(path) in part.display.names]
    if matches := _search(quote, side, named):
        return _cite(_choose_match(matches, files))
    matches = _search(quote, side, shown)
    return _cite(matches[0] if len(matches) == 1 else None)


def _trim_path(path: str) -> str:
    return path.strip().removeprefix("./")


def _search(quote: str, side: Side | None, shown: Sequence[ShownLines]) -> list[_Match]:
    """Return the matches of the first way of searching that finds any, on the first side with matches."""
    for pattern in _quote_patterns(quote):
        for searched_side in (side,) if side else ("head", "base"):
            found = {
                (id(part.display), *span): part.display
                for part in shown
                if part.display.text.side == searched_side
                for span in _match_spans(pattern, part)
            }
            if found:
                return [(display, start, end) for (_, start, end), display in found.items()]
    return []


def _quote_patterns(quote: str) -> Iterator[re.Pattern[str]]:
    text = escape_for_display(quote.replace("\r\n", "\n")).strip("\n")
    yield re.compile(re.escape(text))
    for reading in dict.fromkeys([text, _NUMBER.sub("", text), _GUTTER.sub("", text)]):
        words = reading.split()
        if sum(map(len, words)) >= SHORTEST:
            yield re.compile(r"\s+".join(map(re.escape, words)))


def _match_spans(pattern: re.Pattern[str], part: ShownLines) -> Iterator[tuple[int, int]]:
    return (part.original(*found.span()) for found in pattern.finditer(part.text))


def _choose_match(matches: Sequence[_Match], files: Mapping[str, ReadableFile]) -> _Match | None:
    """Return the only match, else the only one on changed lines, else the only one in a hunk."""
    if len(matches) == 1:
        return matches[0]
    for kinds in ((LineKind.ADDED, LineKind.REMOVED), tuple(LineKind)):
        inside = [match for match in matches if _touches_lines(match, kinds, files)]
        if inside:
            return inside[0] if len(inside) == 1 else None
    return None


def _touches_lines(match: _Match, kinds: Iterable[LineKind], files: Mapping[str, ReadableFile]) -> bool:
    display, start, end = match
    readable = next((files[name] for name in display.names if name in files), None)
    if readable is None or display.source == "text":
        return False
    lines = display.text.lines(start, end)
    return not _line_numbers(readable.file, display.text, kinds).isdisjoint(lines)


def _line_numbers(file: FileDiff, text: SourceText, kinds: Iterable[LineKind]) -> set[int]:
    every = (line for hunk in file.hunks for line in hunk.lines if line.kind in kinds)
    numbers = (line.new if text.side == "head" else line.old for line in every)
    return {number for number in numbers if number is not None}


def _cite(match: _Match | None) -> Citation | None:
    if match is None or not match[0].text.commit:
        return None
    display, start, end = match
    citation = display.text.cite(start, end)
    return citation and citation.model_copy(update={"source": display.source})
