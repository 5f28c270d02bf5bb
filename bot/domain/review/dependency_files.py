"""Recognise dependency files, and read the dependencies listed in them."""

import json
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from bot.domain.rubrics.rubric import Ecosystem

_REQUIREMENT = re.compile(r"^[ \t]*([A-Za-z0-9][\w.-]*)[ \t]*(?=[\[<>=~!;@#]|$)", re.MULTILINE)
_QUOTED = re.compile(r"[\"']([A-Za-z0-9][\w.-]*)[ \t]*(?=[\[<>=~!;@\"'])")
_CONDA = re.compile(r"^[ \t]*-[ \t]*[\"']?([A-Za-z0-9][\w.-]*)[ \t]*(?=[\[<>=~!;@\"']|$)", re.MULTILINE)
_GO = re.compile(r"^[ \t]*(?:require[ \t]+)?([\w.~-]+(?:/[\w.~-]+)+)[ \t]+v[^\n]*$", re.MULTILINE)
_VERSION = re.compile(r"/v[2-9]\d*$")
_MAVEN = re.compile(
    r"<dependency>\s{0,200}(?:<!--[^>]{0,500}-->\s{0,200})?<groupId>\s*([\w.${}-]{1,200})\s*</groupId>"
    r"\s{0,200}<artifactId>\s*([\w.${}-]{1,200})\s*</artifactId>"
)
_GRADLE = re.compile(r"[\"']([\w.-]{1,200}:[\w.-]{1,200})(?=[:@\"'])")
_WORD = re.compile(r"[\w@/.-]+")
_END = re.compile(r"[.@]")
_LONGEST_PATH = 1000  # characters
_LONGEST_NAME = 214  # characters that npm allows
# Parsing TOML takes memory that grows with the square of the number of a key's parts. Real keys have few.
_MOST_DOTS = 64
_TOML = re.compile(r"(?:^|/)(?:pyproject\.toml|Pipfile)$")
_BESIDE_KEY = re.compile(r"[=,;\"'#]")
_KEY = re.compile(r"[\s\[\]{}]*[\w-]+(?:[ \t]*\.[ \t]*[\w-]+)+[\s\[\]{}]*")


class Dependency(NamedTuple):
    """A direct dependency, and the offset of its name in the dependency file."""

    ecosystem: Ecosystem
    name: str
    offset: int


_Reader = Callable[[str], Iterator[Dependency]]


def is_manifest(path: str) -> bool:
    """Return whether a path is the path of a dependency file."""
    # Matching may take time quadratic in the length of a path. No dependency file has such a long path.
    return len(path) <= _LONGEST_PATH and any(name.search(path) for name, _ in _READERS)


def find_manifests_above(paths: Iterable[str], tree: Iterable[str]) -> list[str]:
    """List the dependency files in the folders of some paths and above, in the tree's order."""
    folders = {folder for path in paths for folder in _folders_above(path)}
    return [path for path in tree if is_manifest(path) and path.rpartition("/")[0] in folders]


def read_dependencies(path: str, text: str) -> Iterator[Dependency]:
    """Yield a file's direct dependencies, which excludes those marked ``// indirect``.

    Python names are normalised as in PEP 503. For a broken file, yield those that can still be read.
    """
    for name, read in _READERS:
        if name.search(path):
            yield from read(text)
            return


def why_too_deep_to_parse(path: str, text: str) -> str | None:
    """Return why a dependency file must not be parsed, or None if it may be.

    Parsing TOML keys with very many dots would take gigabytes of memory.
    """
    if not _TOML.search(path):
        return None
    pieces = (piece for line in text.split("\n") for piece in _BESIDE_KEY.split(line))
    deep = any(piece.count(".") > _MOST_DOTS and _KEY.fullmatch(piece) for piece in pieces)
    return "its keys are nested too deeply to be parsed" if deep else None


def normalise_python_name(name: str) -> str:
    """Return a Python project's name, normalised as in PEP 503."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _folders_above(path: str) -> Iterator[str]:
    """Yield the folders that contain a path, nearest first. The top folder is the empty string."""
    while path:
        path = path.rpartition("/")[0]
        yield path


def _locate_names(ecosystem: Ecosystem, names: Iterable[str], text: str) -> Iterator[Dependency]:
    """Yield a dependency for each name, with the offset of its first occurrence in the text."""
    places = _first_positions(text)
    for name in dict.fromkeys(names):
        yield Dependency(
            ecosystem, normalise_python_name(name) if ecosystem == "python" else name, places.get(name, 0)
        )


def _first_positions(text: str) -> dict[str, int]:
    """Return the first offset of each word that could be a dependency's name.

    The text is searched once, whatever the number of names. A name ends at the end of a word, or before a
    full stop or an at sign within the word (``name@2``).
    """
    places: dict[str, int] = {}
    for word in _WORD.finditer(text):
        start, whole = word.start(), word[0]
        places.setdefault(whole, start)
        for end in _END.finditer(whole, 1, _LONGEST_NAME):
            places.setdefault(whole[: end.start()], start)
    return places


def _npm_names(text: str) -> Iterator[str]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return
    for key in ("dependencies", "devDependencies", "peerDependencies", "optionalDependencies"):
        table = document.get(key) if isinstance(document, dict) else None
        if isinstance(table, dict):
            yield from table


def _python_table_names(text: str) -> Iterator[str]:
    """Yield the names in a TOML file's requirement lists and dependency tables (Poetry, Pipenv)."""
    try:
        document = tomllib.loads(text)
    except (ValueError, RecursionError):  # a number with too many digits raises a plain ValueError
        return
    lists = [_get_nested(document, "project", "dependencies")]
    lists += _dict_values(_get_nested(document, "project", "optional-dependencies"))
    lists += _dict_values(_get_nested(document, "dependency-groups"))
    lists.append(_get_nested(document, "tool", "uv", "dev-dependencies"))
    for entries in lists:
        for entry in entries if isinstance(entries, list) else ():
            if isinstance(entry, str) and (found := re.match(r"\s*([A-Za-z0-9][\w.-]*)", entry)):
                yield found[1]
    poetry = _get_nested(document, "tool", "poetry", "group")
    tables = [
        _get_nested(document, "tool", "poetry", "dependencies"),
        _get_nested(document, "tool", "poetry", "dev-dependencies"),
    ]
    tables += [_get_nested(group, "dependencies") for group in _dict_values(poetry)]
    tables += [_get_nested(document, "packages"), _get_nested(document, "dev-packages")]
    for table in tables:
        if isinstance(table, dict):
            yield from table


def _get_nested(node: Any, *keys: str) -> Any:
    for key in keys:
        node = node.get(key) if isinstance(node, dict) else None
    return node


def _dict_values(node: Any) -> list[Any]:
    return list(node.values()) if isinstance(node, dict) else []


def _line_reader(*patterns: re.Pattern[str]) -> _Reader:
    def read(text: str) -> Iterator[Dependency]:
        for pattern in patterns:
            for found in pattern.finditer(text):
                yield Dependency("python", normalise_python_name(found[1]), found.start(1))

    return read


def _read_package_json(text: str) -> Iterator[Dependency]:
    return _locate_names("npm", _npm_names(text), text)


def _read_python_tables(text: str) -> Iterator[Dependency]:
    return _locate_names("python", _python_table_names(text), text)


def _read_go(text: str) -> Iterator[Dependency]:
    for found in _GO.finditer(text):
        if "// indirect" not in found[0]:
            yield Dependency("go", _VERSION.sub("", found[1]), found.start(1))


def _read_maven(text: str) -> Iterator[Dependency]:
    for found in _MAVEN.finditer(text):
        yield Dependency("maven", f"{found[1]}:{found[2]}", found.start(1))


def _read_gradle(text: str) -> Iterator[Dependency]:
    for found in _GRADLE.finditer(text):
        yield Dependency("maven", found[1], found.start(1))


_READERS: Sequence[tuple[re.Pattern[str], _Reader]] = [
    (re.compile(rf"(?:^|/)(?:{name})$"), read)
    for name, read in (
        (
            r"[\w.-]*requirements[\w.-]*\.(?:txt|in)|requirements/[\w.-]+\.(?:txt|in)",
            _line_reader(_REQUIREMENT),
        ),
        (r"pyproject\.toml|Pipfile", _read_python_tables),
        (r"setup\.py", _line_reader(_QUOTED)),
        (r"setup\.cfg", _line_reader(_REQUIREMENT)),
        (r"environment\.ya?ml", _line_reader(_CONDA)),
        (r"package\.json", _read_package_json),
        (r"go\.mod", _read_go),
        (r"pom\.xml", _read_maven),
        (r"build\.gradle(?:\.kts)?|[\w.-]+\.versions\.toml", _read_gradle),
    )
]
