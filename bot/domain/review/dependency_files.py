"""Dependency files: which they are, and what each names."""

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
# The parser of TOML takes memory with the square of a key's parts, of which there are a handful.
_MOST_DOTS = 64
_TOML = re.compile(r"(?:^|/)(?:pyproject\.toml|Pipfile)$")
_BESIDE_KEY = re.compile(r"[=,;\"'#]")
_KEY = re.compile(r"[\s\[\]{}]*[\w-]+(?:[ \t]*\.[ \t]*[\w-]+)+[\s\[\]{}]*")


class Dependency(NamedTuple):
    """A name that a dependency file asks for directly, and where in the file it stands."""

    ecosystem: Ecosystem
    name: str
    offset: int


_Reader = Callable[[str], Iterator[Dependency]]


def is_manifest(path: str) -> bool:
    """Say whether a path is a file that names dependencies."""
    # The expressions may take time with the square of a name; no dependency file has such a path.
    return len(path) <= _LONGEST_PATH and any(name.search(path) for name, _ in _READERS)


def manifests_above(paths: Iterable[str], tree: Iterable[str]) -> list[str]:
    """List the dependency files that lie beside or above some paths, in the tree's order."""
    folders = {folder for path in paths for folder in _above(path)}
    return [path for path in tree if is_manifest(path) and path.rpartition("/")[0] in folders]


def read_dependencies(path: str, text: str) -> Iterator[Dependency]:
    """Yield what a dependency file names; nothing that another dependency brings with it (``// indirect``).

    Python names are as PEP 503 writes them. A file that is broken names what can still be read in it.
    """
    for name, read in _READERS:
        if name.search(path):
            yield from read(text)
            return


def too_deep_to_parse(path: str, text: str) -> str | None:
    """Say why a dependency file must not be parsed, or None.

    Of TOML keys that are split by so many dots that parsing them would take gigabytes.
    """
    if not _TOML.search(path):
        return None
    pieces = (piece for line in text.split("\n") for piece in _BESIDE_KEY.split(line))
    deep = any(piece.count(".") > _MOST_DOTS and _KEY.fullmatch(piece) for piece in pieces)
    return "its keys are nested too deeply to be parsed" if deep else None


def normal(name: str) -> str:
    """Return a Python project's name as PEP 503 compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _above(path: str) -> Iterator[str]:
    """Yield the folders that a path lies in, the nearest first; the top one is the empty string."""
    while path:
        path = path.rpartition("/")[0]
        yield path


def _placed(ecosystem: Ecosystem, names: Iterable[str], text: str) -> Iterator[Dependency]:
    """Find the line that each name stands on, as it is written there."""
    places = _words(text)
    for name in dict.fromkeys(names):
        yield Dependency(ecosystem, normal(name) if ecosystem == "python" else name, places.get(name, 0))


def _words(text: str) -> dict[str, int]:
    """Return where each name stands first that could be a dependency's: in one pass, however many there are.

    A name ends where its word does, or before a full stop or an at sign in it (``name@2``).
    """
    places: dict[str, int] = {}
    for word in _WORD.finditer(text):
        start, whole = word.start(), word[0]
        places.setdefault(whole, start)
        for end in _END.finditer(whole, 1, _LONGEST_NAME):
            places.setdefault(whole[: end.start()], start)
    return places


def _npm(text: str) -> Iterator[str]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return
    for key in ("dependencies", "devDependencies", "peerDependencies", "optionalDependencies"):
        table = document.get(key) if isinstance(document, dict) else None
        if isinstance(table, dict):
            yield from table


def _python_tables(text: str) -> Iterator[str]:
    """Yield the names in a TOML file's lists of requirements and tables of dependencies (Poetry, Pipenv)."""
    try:
        document = tomllib.loads(text)
    except (ValueError, RecursionError):  # of a number with too many digits it is a plain ValueError
        return
    lists = [_at(document, "project", "dependencies")]
    lists += _values(_at(document, "project", "optional-dependencies"))
    lists += _values(_at(document, "dependency-groups"))
    lists.append(_at(document, "tool", "uv", "dev-dependencies"))
    for entries in lists:
        for entry in entries if isinstance(entries, list) else ():
            if isinstance(entry, str) and (found := re.match(r"\s*([A-Za-z0-9][\w.-]*)", entry)):
                yield found[1]
    poetry = _at(document, "tool", "poetry", "group")
    tables = [
        _at(document, "tool", "poetry", "dependencies"),
        _at(document, "tool", "poetry", "dev-dependencies"),
    ]
    tables += [_at(group, "dependencies") for group in _values(poetry)]
    tables += [_at(document, "packages"), _at(document, "dev-packages")]
    for table in tables:
        if isinstance(table, dict):
            yield from table


def _at(node: Any, *keys: str) -> Any:
    for key in keys:
        node = node.get(key) if isinstance(node, dict) else None
    return node


def _values(node: Any) -> list[Any]:
    return list(node.values()) if isinstance(node, dict) else []


def _lines(*patterns: re.Pattern[str]) -> _Reader:
    def read(text: str) -> Iterator[Dependency]:
        for pattern in patterns:
            for found in pattern.finditer(text):
                yield Dependency("python", normal(found[1]), found.start(1))

    return read


def _package(text: str) -> Iterator[Dependency]:
    return _placed("npm", _npm(text), text)


def _tables(text: str) -> Iterator[Dependency]:
    return _placed("python", _python_tables(text), text)


def _go(text: str) -> Iterator[Dependency]:
    for found in _GO.finditer(text):
        if "// indirect" not in found[0]:
            yield Dependency("go", _VERSION.sub("", found[1]), found.start(1))


def _maven(text: str) -> Iterator[Dependency]:
    for found in _MAVEN.finditer(text):
        yield Dependency("maven", f"{found[1]}:{found[2]}", found.start(1))


def _gradle(text: str) -> Iterator[Dependency]:
    for found in _GRADLE.finditer(text):
        yield Dependency("maven", found[1], found.start(1))


_READERS: Sequence[tuple[re.Pattern[str], _Reader]] = [
    (re.compile(rf"(?:^|/)(?:{name})$"), read)
    for name, read in (
        (r"[\w.-]*requirements[\w.-]*\.(?:txt|in)|requirements/[\w.-]+\.(?:txt|in)", _lines(_REQUIREMENT)),
        (r"pyproject\.toml|Pipfile", _tables),
        (r"setup\.py", _lines(_QUOTED)),
        (r"setup\.cfg", _lines(_REQUIREMENT)),
        (r"environment\.ya?ml", _lines(_CONDA)),
        (r"package\.json", _package),
        (r"go\.mod", _go),
        (r"pom\.xml", _maven),
        (r"build\.gradle(?:\.kts)?|[\w.-]+\.versions\.toml", _gradle),
    )
]
