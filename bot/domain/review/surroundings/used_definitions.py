"""Find where names that added lines use are defined: in code, and as values in settings files."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from bot.domain.review.surroundings.candidates import FileKind, closeness, code_family
from bot.domain.review.surroundings.changed_names import module_name
from bot.domain.review.surroundings.names import name_strength
from bot.domain.review.surroundings.source_lines import SourceLines, define_pattern
from bot.domain.review.surroundings.used_names import UsedName, UseKind

MOST_DEFINITIONS = 10
_MOST_ALIKE = 3  # definitions of one name; with more of them, an import must say which one is meant


class DefinitionPlace(NamedTuple):
    """A line that defines a used name. A lower ``rank`` is better; ``about`` is the file that uses it."""

    rank: tuple[int, ...]
    path: str
    line: int
    name: str
    about: str
    is_value: bool


def find_used_definitions(
    names: Sequence[UsedName],
    files: Iterable[tuple[SourceLines, FileKind]],
    changed: dict[str, SourceLines],
) -> list[DefinitionPlace]:
    """List the definitions of used names, the best first: of each the likeliest, of a setting also its value.

    ``changed`` has the new texts of the changed files: their imports say which definition is meant.
    """
    by_name = {used.name: used for used in names}
    by_folded = {_fold(used.name): used for used in names if used.kind <= UseKind.CONSTANT}
    places: defaultdict[tuple[str, bool], list[DefinitionPlace]] = defaultdict(list)
    for file, kind in files:
        found = _settings(file, by_folded) if kind is FileKind.SETTINGS else _code(file, by_name)
        for used, line, is_value in found:
            if kind is FileKind.CODE and code_family(file.path) != code_family(used.path):
                continue
            place = _rank_place(used, file, line, changed, is_value=is_value)
            places[used.name, kind is FileKind.SETTINGS].append(place)
    chosen = [min(alike) for alike in places.values() if _is_clear(alike)]
    return sorted(chosen)[:MOST_DEFINITIONS]


def _is_clear(alike: Sequence[DefinitionPlace]) -> bool:
    """Return whether the best of several definitions of one name is probably the one that is meant."""
    imported = not min(alike).rank[1]
    strong = name_strength(alike[0].name) == "strong" and len(alike) <= _MOST_ALIKE
    setting = alike[0].rank[0] == UseKind.SETTING and len(alike) <= _MOST_ALIKE
    return imported or strong or setting


def _rank_place(
    used: UsedName, file: SourceLines, line: int, changed: dict[str, SourceLines], *, is_value: bool
) -> DefinitionPlace:
    user = changed.get(used.path)
    same = file.path == used.path
    imported = same or (user is not None and user.imports_module(module_name(file.path)))
    near = closeness(file.path, used.path)
    rank = (int(used.kind), int(not imported), -near, line)
    return DefinitionPlace(rank, file.path, line, used.name, used.path, is_value)


def _code(file: SourceLines, names: dict[str, UsedName]) -> Iterator[tuple[UsedName, int, bool]]:
    present = [name for name in names if name in file.text]
    if not present:
        return
    words = "|".join(map(re.escape, present))
    for found in define_pattern(words).finditer(file.text):
        yield names[found["name"]], file.line_at(found.start("name")), False
    values = [name for name in present if names[name].kind <= UseKind.CONSTANT]
    if values:
        words = "|".join(map(re.escape, values))
        for found in re.finditer(_VALUE.format(words), file.text, re.MULTILINE):
            yield names[found["name"]], file.line_at(found.start("name")), True


# ``LIMIT = 3``, ``limit: int = 3``, ``static final int LIMIT = 3;`` and ``limit: 3,``; neither ``limit == 3``
# nor an argument of a call, ``limit=3``.
_VALUE = (
    r"^[ \t]*(?:[\w<>\[\].]+[ \t]+){{0,5}}(?P<name>{})"
    r"(?:[ \t]*:[^=\n]{{1,120}}=(?!=)|[ \t]+=(?!=)|[ \t]*:[ \t]*[^\s,])"
)


def _settings(file: SourceLines, names: dict[str, UsedName]) -> Iterator[tuple[UsedName, int, bool]]:
    """Yield the keys of a settings file, whichever way their words are joined."""
    for number, line in enumerate(file.text.split("\n")[:5000], 1):
        key = _KEY.match(line)
        if key and (used := names.get(_fold(key[1]))):
            yield used, number, True


_KEY = re.compile(r"[ \t]*(?:#[ \t]?)?(?:-[ \t]+|export[ \t]+)?[\"']?([A-Za-z_][\w.-]{2,60})[\"']?[ \t]*[:=]")


def _fold(name: str) -> str:
    return name.lower().replace("-", "_").rpartition(".")[2]
