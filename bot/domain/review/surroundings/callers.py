"""Find the places outside a change that rely on what it alters."""

import re
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator, Sequence
from typing import NamedTuple

from bot.domain.review.surroundings.candidates import FileKind, closeness, code_family
from bot.domain.review.surroundings.changed_names import LEFT_OVER, ChangedName
from bot.domain.review.surroundings.names import name_strength
from bot.domain.review.surroundings.source_lines import SourceLines, define_pattern, is_comment, is_import

MOST_FOR_A_NAME, MOST_IN_A_FILE = 4, 3  # places shown
_PACKAGES = frozenset({"go", "java"})  # code of one folder needs no import
_MOST_LEFT_OVER = 3  # files; a constant in more of them is in use
_COMMON_NAME = 25  # files; a name in more of them only counts beside an import of its module


class CallPlace(NamedTuple):
    """A line that relies on a changed name. A lower ``rank`` is better; ``about`` is the changed file."""

    rank: tuple[int, ...]
    path: str
    line: int
    name: str
    about: str


def find_callers(
    names: Sequence[ChangedName],
    files: Iterable[tuple[SourceLines, FileKind]],
    shown: Container[tuple[str, int]] = (),
) -> list[CallPlace]:
    """List the places that call, use or import changed names, the best first.

    A file that defines the same name itself counts only if it imports the changed module. ``shown`` has the
    lines that the change shows anyway, each with its path.
    """
    by_name = {name.name: name for name in names if not name.owner}
    methods = [name for name in names if name.owner]
    places: list[CallPlace] = []
    for file, kind in files:
        found = [*_places_in_file(file, kind, by_name), *_calls_of_methods(file, kind, methods)]
        places += (place for place in found if (place.path, place.line) not in shown)
    spread = Counter(name for name, _ in {(place.name, place.path) for place in places})
    kept = [place for place in places if _is_telling(place, spread[place.name])]
    return sorted(_limit_places(sorted(kept)))


def _is_telling(place: CallPlace, files: int) -> bool:
    """Return whether a place of a name that occurs in a number of files is worth showing."""
    if place.rank[0] == LEFT_OVER:
        return files <= _MOST_LEFT_OVER
    return files <= _COMMON_NAME or not place.rank[1]


def _sets_value(name: ChangedName, line: str) -> bool:
    """Return whether a line of the changed file only sets a value. A left-over one is worth showing."""
    return name.rank != LEFT_OVER and re.match(rf"[ \t]*{re.escape(name.name)}[ \t]*[:=]", line) is not None


def _places_in_file(file: SourceLines, kind: FileKind, names: dict[str, ChangedName]) -> Iterator[CallPlace]:
    found = list(file.find_names(names))
    if not found:
        return
    pattern = define_pattern("|".join({re.escape(name) for name, _ in found}))
    defined = {match["name"] for match in pattern.finditer(file.text)}
    family = code_family(file.path)
    for text, line in found:
        name = names[text]
        if name.module and code_family(name.path) not in {family, None}:
            continue
        imported = bool(name.module) and file.imports_module(name.module)
        same_folder = file.path.rpartition("/")[0] == name.path.rpartition("/")[0]
        known = imported or file.path == name.path or (same_folder and family in _PACKAGES)
        needs_import = name_strength(text) == "weak" or text in defined
        content = file.line(line)
        if (needs_import and not known) or is_comment(content):
            continue
        if file.path == name.path and (pattern.match(content) or _sets_value(name, content)):
            continue
        rank = (name.rank, not (imported or same_folder), is_import(content), kind is FileKind.TEST,
                -closeness(file.path, name.path))  # fmt: skip
        yield CallPlace(tuple(map(int, rank)), file.path, line, text, name.path)


def _calls_of_methods(
    file: SourceLines, kind: FileKind, methods: Iterable[ChangedName]
) -> Iterator[CallPlace]:
    """Yield the calls of methods with a common name, if both the class and a variable like it are there.

    ``this.search.find(`` calls ``Search.find`` in a file that mentions ``Search``.
    """
    for method in methods:
        families = {code_family(method.path), code_family(file.path)}
        if method.owner not in file.text or len(families) > 1 or file.path == method.path:
            continue
        variable = rf"(?<![a-z])(?i:{re.escape(method.owner)}|{re.escape(_last_word(method.owner))})"
        for found in re.finditer(rf"{variable}\d?(?:\(\))?\.{re.escape(method.name)}\(", file.text):
            line = file.line_at(found.start())
            if not is_comment(file.line(line)):
                rank = (method.rank, 0, 0, kind is FileKind.TEST, -closeness(file.path, method.path))
                yield CallPlace(tuple(map(int, rank)), file.path, line, method.name, method.path)


def _last_word(name: str) -> str:
    """Return the last word of a class's name: "Client" for ``MailClient``."""
    return re.split(r"(?<=[a-z0-9])(?=[A-Z])", name)[-1]


def _limit_places(places: Iterable[CallPlace]) -> Iterator[CallPlace]:
    """Yield the best places, a few for each name and file. An import counts only if there is no call."""
    for_name, in_file = Counter[str](), Counter[str]()
    called: defaultdict[str, set[str]] = defaultdict(set)
    for place in places:
        imports = place.rank[2] == 1
        if imports and (place.name in called[place.path] or for_name[place.name] > 1):
            continue
        if for_name[place.name] < MOST_FOR_A_NAME and in_file[place.path] < MOST_IN_A_FILE:
            for_name[place.name] += 1
            in_file[place.path] += 1
            called[place.path].add(place.name)
            yield place
