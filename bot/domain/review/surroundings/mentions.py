"""Find tests, evals, decision records and pipelines that name what a change alters."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from bot.domain.review.surroundings.candidates import FileKind, is_decision_record
from bot.domain.review.surroundings.changed_names import ChangedName, module_name
from bot.domain.review.surroundings.names import name_strength
from bot.domain.review.surroundings.source_lines import SourceLines, is_comment, is_import

MOST_FILES = {FileKind.TEST: 3, FileKind.PAGE: 2, FileKind.PIPELINE: 1}
_MOST_PLACES = 3  # in one file


class Mention(NamedTuple):
    """The places of a file that name what changed, each a line and a name. ``about`` is the changed file."""

    path: str
    places: list[tuple[int, str]]
    about: str


def find_mentions(
    names: Sequence[ChangedName],
    changed: Sequence[str],
    gone: Sequence[str],
    files: Iterable[tuple[SourceLines, FileKind]],
) -> Iterator[Mention]:
    """Yield the files that name what changed: first the tests that name most, then pages, then pipelines.

    A pipeline must name a changed file by its path. A page other than a decision record must name a file that
    the change deletes or renames. ``changed`` has the old paths, those of files that are ``gone`` included.
    """
    by_name = {name.name: name for name in names}
    ranked: dict[FileKind, list[tuple[int, int, str, Mention]]] = {kind: [] for kind in MOST_FILES}
    for file, kind in files:
        paths = gone if kind is FileKind.PAGE and not is_decision_record(file.path) else changed
        if kind in ranked and (mention := _find_in_file(file, kind, by_name, paths)):
            different = len({name for _, name in mention.places})
            named_after = _is_named_after(file.path, mention.about)
            ranked[kind].append((not named_after, -different, file.path, mention))
    for kind, most in MOST_FILES.items():
        yield from (mention for *_, mention in sorted(ranked[kind], key=lambda entry: entry[:3])[:most])


def _find_in_file(
    file: SourceLines, kind: FileKind, names: dict[str, ChangedName], changed: Sequence[str]
) -> Mention | None:
    places = list(_find_paths(file, changed)) if kind is not FileKind.TEST else []
    about = places[0][1] if places else ""
    if kind is FileKind.TEST or (kind is FileKind.PAGE and is_decision_record(file.path)):
        found = [
            (line, name) for name, line in file.find_names(names) if _counts(file, kind, names[name], line)
        ]
        calls = [(line, name) for line, name in found if not is_import(file.line(line))]
        places += calls or found
        about = about or (names[places[0][1]].path if places else "")
    return Mention(file.path, _spread(places), about) if places else None


def _counts(file: SourceLines, kind: FileKind, name: ChangedName, line: int) -> bool:
    if kind is FileKind.PAGE:
        return name_strength(name.name) == "strong"
    related = file.imports_module(name.module) or _is_named_after(file.path, name.path)
    return related and not is_comment(file.line(line))


def _find_paths(file: SourceLines, changed: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Yield the lines that name a changed file by its path with at least one folder."""
    for path in changed[:100]:
        at = file.text.find(path) if "/" in path else -1
        if at >= 0:
            yield file.line_at(at), path


def _spread(places: Sequence[tuple[int, str]]) -> list[tuple[int, str]]:
    """Return the first place of each name, then further ones, at most ``_MOST_PLACES``, in order."""
    first = {name: (line, name) for line, name in reversed(places)}
    chosen = [*sorted(first.values()), *(place for place in places if place not in first.values())]
    return sorted(chosen[:_MOST_PLACES])


def _is_named_after(path: str, about: str) -> bool:
    words = set(re.split(r"[^a-z0-9]+", module_name(path).lower()))
    return bool(about) and set(re.split(r"[^a-z0-9]+", module_name(about).lower())) <= words
