"""List the names whose meaning a change alters, so that the places that rely on them can be shown."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.domain.review.context.changed_files import ReadableFile
from bot.domain.review.diff import FileDiff, FileStatus, LineKind
from bot.domain.review.surroundings.candidates import code_family
from bot.domain.review.surroundings.definitions import Definition, definitions_around, find_definitions
from bot.domain.review.surroundings.names import is_constant, name_strength
from bot.domain.review.surroundings.reformatting import altered_lines
from bot.domain.review.surroundings.routes import file_route, find_routes

MOST_NAMES = 30
MOST_FILES = 60  # changed files whose definitions are looked at
MOST_CHARACTERS = 4_000_000  # of these files, both sides; parsing so many takes a few seconds
_MOST_LINES = 3000  # changed lines of a file
LEFT_OVER = 3  # the rank of a constant that the change no longer uses
_MOST_CONSTANTS = 6  # of a file, that removed lines used
_CONSTANT = re.compile(rb"(?<!\w)[A-Z][A-Z0-9]*_[A-Z0-9_]+(?!\w)")
_KEY = re.compile(rb"[ \t]*(?:-[ \t]+|export[ \t]+)?[\"']?([A-Za-z_][\w-]{3,60})[\"']?[ \t]*[:=]")
_CONFIGURATION = frozenset({"yaml", "yml", "toml", "json", "ini", "cfg", "properties", "example", "env"})
_TEMPLATES = frozenset({"j2", "jinja", "jinja2", "prompt", "tmpl", "tpl", "hbs", "mustache", "txt", "sql"})


@dataclass(frozen=True, slots=True)
class ChangedName:
    """A name that a change alters, in the file ``path``.

    ``rank`` orders names: 0 if its signature changed or it is gone, 1 for values and fields, 2 for bodies, 3
    for a constant that the change no longer uses.
    ``module`` is how other files import it: the file's name without its ending; it is empty for a key or an
    address, which files in any language may use. ``new`` is set for a name
    that the change introduces: nothing outside the change can call it yet, but a test or a page may name it.
    ``owner`` is the class of a method whose name is too common to be looked for alone.
    """

    name: str
    path: str
    rank: int
    module: str
    new: bool = False
    owner: str = ""


def list_changed_names(files: Sequence[ReadableFile]) -> list[ChangedName]:
    """List the names that a change alters, the most telling first, and at most ``MOST_NAMES``."""
    found: dict[tuple[str, str], ChangedName] = {}
    characters = 0
    for file in files[:MOST_FILES]:
        characters += sum(len(side.content) for side in (file.base, file.head) if side)
        if characters > MOST_CHARACTERS:
            break
        for name in _names_of_file(file):
            known = found.get((name.owner, name.name))
            if known is None or (name.new, name.rank) < (known.new, known.rank):
                found[name.owner, name.name] = name
    ranked = sorted(found.values(), key=lambda name: (name.new, name.rank))
    return ranked[:MOST_NAMES]


def module_name(path: str) -> str:
    """Return the word by which other files import a file: ``retriever`` for ``app/retriever.py``."""
    *folders, name = path.split("/")
    if folders and name.endswith(".go"):
        return folders[-1]
    stem = name.partition(".")[0]
    return folders[-1] if folders and stem in {"__init__", "index", "mod", "main", "page", "route"} else stem


def _names_of_file(file: ReadableFile) -> Iterator[ChangedName]:
    path = file.file.path
    if code_family(path):
        yield from _code_names(file)
        return
    ending = path.rpartition(".")[2].lower()
    if ending in _CONFIGURATION:
        yield from _configuration_keys(file.file)
    if ending in _TEMPLATES or (ending in _CONFIGURATION | {"md"} and "prompt" in path.lower()):
        stem = path.rpartition("/")[2].rpartition(".")[0]
        if name_strength(re.sub(r"\W", "_", stem)):
            yield ChangedName(stem, path, 1, stem)


def _code_names(file: ReadableFile) -> Iterator[ChangedName]:
    path, module = file.file.path, module_name(file.file.old_path)
    before = find_definitions(file.base.path, file.base.content) if file.base else []
    after = find_definitions(path, file.head.content) if file.head else []
    altered = list(altered_lines(file.file))
    removed = {line.old for line in altered if line.old}
    added = {line.new for line in altered if line.new}
    known = {definition.name for definition in before} | {
        definition.name
        for definition in after
        if definition.header not in added and definition.first not in added
    }
    kept = {definition.name for definition in after}
    yield from (ChangedName(route, path, 1, "") for route in _routes(file, before, after, removed, added))
    for definition in _touched(before, removed):
        gone = file.head is not None and definition.name not in kept
        gone = gone or file.file.status is FileStatus.DELETED or _changes_signature(definition, removed)
        yield ChangedName(definition.name, path, 0 if gone else _body_rank(definition), module)
    yield from (ChangedName(name, path, LEFT_OVER, "") for name in _dropped_constants(file.file))
    for definition in _touched(after, added):
        new = definition.name not in known
        yield ChangedName(definition.name, path, _body_rank(definition), module, new=new)
    for definitions, lines in ((before, removed), (after, added)):
        for owner, method in _common_methods(definitions, lines):
            rank = 0 if _changes_signature(method, lines) or method.name not in kept else 2
            if method.name in known:
                yield ChangedName(method.name, path, rank, module, owner=owner)


def _common_methods(definitions: Sequence[Definition], lines: set[int]) -> Iterator[tuple[str, Definition]]:
    """Yield touched methods with a common name, such as ``find``, each after the name of its class."""
    seen = set[Definition]()
    for _, around in _walk_lines(definitions, lines):
        method = next((definition for definition in around if definition.kind == "function"), None)
        owner = next((definition.name for definition in around if definition.kind == "class"), None)
        if method is None or owner is None or method in seen or method.name.startswith("__"):
            continue
        if not name_strength(method.name):
            seen.add(method)
            yield owner, method


def _dropped_constants(file: FileDiff) -> list[str]:
    """Return constants that removed lines used and added lines don't: elsewhere they may be left over."""
    removed, added = (
        {name for line in lines for name in _CONSTANT.findall(line.text) if is_constant(name.decode("ascii"))}
        for lines in (file.removed_lines(), file.added_lines())
    )
    return sorted(name.decode("ascii") for name in removed - added)[:_MOST_CONSTANTS]


def _routes(
    file: ReadableFile,
    before: Sequence[Definition],
    after: Sequence[Definition],
    removed: set[int],
    added: set[int],
) -> Iterator[str]:
    """Yield the addresses of changed handlers: in their decorators, on removed lines, or from the path."""
    if file.base and (route := file_route(file.file.path)):
        yield route
    for text, definitions, lines in ((file.base, before, removed), (file.head, after, added)):
        if text is None or file.base is None:
            continue
        source = text.content.split("\n")
        for definition in _touched(definitions, lines):
            if definition.kind == "function":
                yield from find_routes(
                    line
                    for line in source[definition.first - 1 : definition.header]
                    if line.lstrip()[:1] == "@"
                )
    yield from find_routes(line.text.decode("utf-8", "replace") for line in file.file.removed_lines())


def _touched(definitions: Sequence[Definition], lines: set[int]) -> Iterator[Definition]:
    """Yield the definitions that contain some lines."""
    seen, seen_to = set[Definition](), 0
    for line, around in _walk_lines(definitions, lines):
        if line <= seen_to:
            continue  # in the same function as the line before
        for definition in _identify(around):
            if definition.kind == "function":
                seen_to = definition.last
            if definition not in seen:
                seen.add(definition)
                yield definition


def _walk_lines(
    definitions: Sequence[Definition], lines: set[int]
) -> Iterator[tuple[int, Sequence[Definition]]]:
    """Yield each line with the definitions around it, in linear time.

    ``definitions`` are sorted by their first lines.
    """
    around, begun = list[Definition](), 0
    for line in sorted(lines)[:_MOST_LINES]:
        while begun < len(definitions) and definitions[begun].first <= line:
            around.append(definitions[begun])
            begun += 1
        around = definitions_around(line, around)
        yield line, around


def _identify(around: Sequence[Definition]) -> Iterator[Definition]:
    """Yield the definition by which others refer to a line: a function, or the class if the name is common.

    A changed field also changes how its class is made, so it yields both, as does an ordinary word.
    """
    owner: Definition | None = None
    for definition in around:
        if definition.kind == "class":
            owner = definition
            continue
        strength = name_strength(definition.name)
        if strength:
            yield definition
        if strength == "strong" and definition.kind == "function":
            return
        break
    if owner is not None and name_strength(owner.name):
        yield owner


def _body_rank(definition: Definition) -> int:
    return 2 if definition.kind == "function" else 1


def _changes_signature(definition: Definition, lines: set[int]) -> bool:
    return definition.kind != "value" and not lines.isdisjoint(range(definition.first, definition.header + 1))


def _configuration_keys(file: FileDiff) -> Iterator[ChangedName]:
    """Yield the keys on the changed lines of a configuration file."""
    for name in dict.fromkeys(_keys_on_lines(file)):
        if name_strength(name) == "strong":
            yield ChangedName(name, file.path, 1, "")


def _keys_on_lines(file: FileDiff) -> Iterator[str]:
    lines: Iterable[bytes] = (
        line.text for hunk in file.hunks for line in hunk.lines if line.kind is not LineKind.CONTEXT
    )
    for text in lines:
        if found := _KEY.match(text):
            yield found[1].decode("ascii").replace("-", "_")
