"""Choose the lines of an unchanged file that are shown around a place."""

import re
from collections.abc import Iterable, Iterator, Sequence

from bot.domain.review.citations import SourceText
from bot.domain.review.context.nearby import NearbyKind, NearbyText
from bot.domain.review.surroundings.definitions import (
    Definition,
    definitions_around,
    find_definitions,
    lines_to_show,
)
from bot.domain.review.surroundings.used_definitions import DefinitionPlace

_AROUND = 2  # lines shown before and after a place
_HEADER = 3  # lines of the signature around a place
_VALUE, _BODY = 6, 8  # lines shown of a value, and of a function or class
_TELLING = re.compile(r"[A-Za-z_]\w{5,}")
_MOST_WORDS = 12


def show_lines(
    kind: NearbyKind, text: SourceText, places: Sequence[tuple[int, str]], about: str
) -> NearbyText:
    """Return a few lines around each place, with the signature of the function that it is in."""
    definitions = find_definitions(text.path, text.content)
    ranges = [lines for line, _ in places for lines in _lines_around(line, definitions)]
    keys = tuple(sorted({line for line, _ in places}))
    names = tuple(dict.fromkeys(name for _, name in places))
    return NearbyText(kind, text, tuple(ranges), keys, names, about)


def _lines_around(line: int, definitions: Sequence[Definition]) -> Iterator[range]:
    around = definitions_around(line, definitions)
    first, last = line - _AROUND, line + _AROUND
    functions = [definition for definition in around if definition.kind != "value"]
    if functions:
        inner = functions[-1]
        yield range(inner.first, min(inner.header, inner.first + _HEADER - 1) + 1)
        first, last = max(first, inner.first), min(last, inner.last)
    yield range(first, last + 1)


def show_definitions(text: SourceText, places: Sequence[DefinitionPlace]) -> NearbyText:
    """Return the first lines of each definition; of a setting's key, its line and a comment."""
    definitions = find_definitions(text.path, text.content)
    lines = text.content.split("\n")
    ranges = [_definition_lines(place, definitions, lines) for place in places]
    keys = tuple(sorted({place.line for place in places}))
    names = tuple(dict.fromkeys(place.name for place in places))
    return NearbyText(NearbyKind.USED, text, tuple(ranges), keys, names, places[0].about)


def _definition_lines(
    place: DefinitionPlace, definitions: Iterable[Definition], lines: Sequence[str]
) -> range:
    """Return the lines of a definition. ``lines`` are the lines of its file."""
    found = [definition for definition in definitions if definition.first <= place.line <= definition.header]
    named = [definition for definition in found if definition.name == place.name]
    if named:
        return lines_to_show(named[-1], _VALUE if named[-1].kind == "value" else _BODY)
    commented = place.line > 1 and re.match(r"[ \t]*(?:#|//)", lines[place.line - 2]) is not None
    return range(place.line - commented, place.line + 1)


def telling_words(texts: Iterable[str]) -> list[str]:
    """Return the longer words of some texts, which may tell where a page speaks of a change."""
    words = (word for text in texts for word in _TELLING.findall(text[:500]))
    return list(dict.fromkeys(words))[:_MOST_WORDS]
