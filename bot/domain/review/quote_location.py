"""From what a model quotes to a citation: found in what it was shown, then taken from the very bytes.

A quote is looked for as it is, then with any run of white space equal to any other, then without the numbers
and signs that a model may have copied from the gutter. Lines are derived, never taken from a model.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal

from bot.domain.review.citations import SourceText
from bot.domain.review.context import ContextPack, ReadableFile, ShownLines
from bot.domain.review.context.display import DisplayedText, escaped
from bot.domain.review.diff import FileDiff, LineKind
from bot.domain.review.report import Citation

SHORTEST = 6  # characters that are not white space; fewer stand anywhere

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
    """Return the place of a quote, or None if it stands nowhere that was shown, or in too many places.

    ``path`` is a file's or the name of words, as shown or as it is. Of several places in it, one on changed
    lines is taken, else one in a hunk, if there is just one. Where the path is missing or does not hold the
    quote, it must stand in one place only. Without a ``side`` the head is searched, then the base. ``files``
    has the changed files by path.
    """
    if sum(not character.isspace() for character in quote) < SHORTEST:
        return None
    shown = [part for pack in packs for part in pack.shown]
    named = [part for part in shown if path is not None and _trimmed(path) in part.display.names]
    if matches := _search(quote, side, named):
        return _cited(_best(matches, files))
    matches = _search(quote, side, shown)
    return _cited(matches[0] if len(matches) == 1 else None)


def _trimmed(path: str) -> str:
    return path.strip().removeprefix("./")


def _search(quote: str, side: Side | None, shown: Sequence[ShownLines]) -> list[_Match]:
    """Return the places of the first way of reading the quote, on the first side, that has any."""
    for pattern in _patterns(quote):
        for one in (side,) if side else ("head", "base"):
            found = {
                (id(part.display), *span): part.display
                for part in shown
                if part.display.text.side == one
                for span in _spans(pattern, part)
            }
            if found:
                return [(display, start, end) for (_, start, end), display in found.items()]
    return []


def _patterns(quote: str) -> Iterator[re.Pattern[str]]:
    text = escaped(quote.replace("\r\n", "\n")).strip("\n")
    yield re.compile(re.escape(text))
    for reading in dict.fromkeys([text, _NUMBER.sub("", text), _GUTTER.sub("", text)]):
        words = reading.split()
        if sum(map(len, words)) >= SHORTEST:
            yield re.compile(r"\s+".join(map(re.escape, words)))


def _spans(pattern: re.Pattern[str], part: ShownLines) -> Iterator[tuple[int, int]]:
    return (part.original(*found.span()) for found in pattern.finditer(part.text))


def _best(matches: Sequence[_Match], files: Mapping[str, ReadableFile]) -> _Match | None:
    """Return the only match, or the only one on changed lines, or else the only one in a hunk."""
    if len(matches) == 1:
        return matches[0]
    for kinds in ((LineKind.ADDED, LineKind.REMOVED), tuple(LineKind)):
        inside = [match for match in matches if _lies_on(match, kinds, files)]
        if inside:
            return inside[0] if len(inside) == 1 else None
    return None


def _lies_on(match: _Match, kinds: Iterable[LineKind], files: Mapping[str, ReadableFile]) -> bool:
    display, start, end = match
    readable = next((files[name] for name in display.names if name in files), None)
    if readable is None or display.source == "text":
        return False
    lines = display.text.lines(start, end)
    return not _numbers(readable.file, display.text, kinds).isdisjoint(lines)


def _numbers(file: FileDiff, text: SourceText, kinds: Iterable[LineKind]) -> set[int]:
    every = (line for hunk in file.hunks for line in hunk.lines if line.kind in kinds)
    numbers = (line.new if text.side == "head" else line.old for line in every)
    return {number for number in numbers if number is not None}


def _cited(match: _Match | None) -> Citation | None:
    if match is None or not match[0].text.commit:
        return None
    display, start, end = match
    citation = display.text.cite(start, end)
    return citation and citation.model_copy(update={"source": display.source})
