"""Recognise changes that only move dependencies to a later, compatible version, or the project's own version.

Every changed line must name a dependency of the file, and differ only in version numbers. Anything else may
be a decision, so it does not count: a new major version (before 1.0, a new minor version), an earlier
version, a pre-release, ``latest``, a changed constraint, extra or environment marker, and every other line of
the file, such as the version of the language. The project's own version may change to any other. It is what
pyproject.toml and package.json call it, or Python's ``__version__``. Files of Maven are not recognised,
because a version there is not on the line of its dependency. Container images and CI actions are in no
dependency file.
"""

import json
import re
import tomllib
from collections.abc import Iterable, Iterator

from bot.domain.review.context.changed_files import ReadableFile
from bot.domain.review.dependency_files import (
    is_manifest,
    normalise_python_name,
    read_dependencies,
    why_too_deep_to_parse,
)
from bot.domain.review.diff import FileStatus, Hunk, LineKind

_LONGEST_LINE = 300  # bytes
# pip writes the hashes of a pinned file on lines of their own.
_HASH = re.compile(r"\s*--hash=sha256:[0-9a-f]{64}(?:\s*\\)?")
_VERSION = re.compile(r"(?<![\w./@+-])v?(\d{1,9}(?:\.\d{1,9}){0,3})(?![\w.+-])")
_NAME = r"(?P<name>[@A-Za-z0-9][\w./@-]*)"
# Not ``!=``: another excluded version allows the one that was excluded before.
_PIN = r"(?:[~^<>]|[=<>~]=|=)?\s*\0"
_PINS = rf"{_PIN}(?:\s*,\s*{_PIN})*"
_EXTRAS = r"(?:\[[\w, .-]*\])?"
_OWN = re.compile(
    r"\s*(?:(?P<dunder>__version__)|[\"']?version[\"']?)\s*[=:]\s*[\"'](?P<version>\d[\w.+-]{0,40})[\"'],?\s*"
)
_LINES = tuple(
    re.compile(shape)
    for shape in (
        rf"\s*(?:-\s*)?{_NAME}{_EXTRAS}\s*{_PINS}(?:\s*\\)?",  # requirements, setup.cfg, conda
        rf"\s*[\"']{_NAME}{_EXTRAS}\s*{_PINS}[\"'],?\s*",  # an entry of a list in TOML
        rf"\s*[\"']?{_NAME}[\"']?\s*[=:]\s*[\"']{_PINS}[\"'],?\s*",  # package.json, tables in TOML
        rf"\s*(?:require\s+)?{_NAME}\s+\0(?:\s*// indirect)?",  # go.mod
        r"\s*\w+\s*\(?\s*[\"'](?P<name>[\w.-]+:[\w.-]+):\0[\"']\s*\)?",  # Gradle
    )
)


def is_version_bump(readable: ReadableFile) -> bool:
    """Return whether a change of a dependency file only moves versions, at least one of a dependency."""
    path = readable.file.path
    pairs = _pair_lines(readable)
    if not pairs or not is_manifest(path) or path.rpartition("/")[2] == "setup.py":
        return False
    base, head = _contents(readable)
    if why_too_deep_to_parse(path, base) or why_too_deep_to_parse(path, head):
        return False
    names = _list_names(path, base) & _list_names(path, head)
    own = _find_own(readable)
    return all((old, new) == own or _is_later(old, new, names) for old, new in pairs)


def is_release(readable: ReadableFile) -> bool:
    """Return whether a change of a file changes only the version of the project itself."""
    pairs = _pair_lines(readable)
    return len(pairs) == 1 and pairs[0] == _find_own(readable)


def _contents(readable: ReadableFile) -> tuple[str, str]:
    return (readable.base.content if readable.base else ""), (readable.head.content if readable.head else "")


def _pair_lines(readable: ReadableFile) -> list[tuple[str, str]]:
    """Return each removed line with the added one in its place, or nothing if a line has no counterpart."""
    pairs: list[tuple[str, str]] = []
    for hunk in readable.file.hunks if readable.file.status is FileStatus.MODIFIED else ():
        removed, added = (list(_changed_lines(hunk, kind)) for kind in (LineKind.REMOVED, LineKind.ADDED))
        if len(removed) != len(added):
            return []
        pairs += zip(removed, added, strict=True)
    return pairs


def _find_own(readable: ReadableFile) -> tuple[str, str] | None:
    """Return the two lines that give the project's own version, before and after, if only these two do.

    Both sides must state the versions on these lines as the project's. Otherwise, a line of a dependency's
    table could pass for the project's version.
    """
    found = [(old, new) for old, new in _pair_lines(readable) if _OWN.fullmatch(old) and _OWN.fullmatch(new)]
    # With two such pairs of lines, one is of something else.
    return found[0] if len(found) == 1 and _states_own(readable, *found[0]) else None


def _states_own(readable: ReadableFile, *lines: str) -> bool:
    path = readable.file.path
    forms = [form for line in lines if (form := _OWN.fullmatch(line))]
    if any(form["dunder"] for form in forms):
        return path.endswith(".py") and all(form["dunder"] for form in forms)
    if path.rpartition("/")[2] not in {"package.json", "pyproject.toml"}:
        return False
    return [_read_version(path, text) for text in _contents(readable)] == [form["version"] for form in forms]


def _read_version(path: str, text: str) -> object:
    """Return the version that a project's file states, or None if there is none."""
    if why_too_deep_to_parse(path, text):
        return None
    try:
        document = json.loads(text) if path.endswith(".json") else tomllib.loads(text).get("project")
    except (ValueError, RecursionError):
        return None
    return document.get("version") if isinstance(document, dict) else None


def _list_names(path: str, text: str) -> set[str]:
    return {normalise_python_name(dependency.name) for dependency in read_dependencies(path, text)}


def _changed_lines(hunk: Hunk, kind: LineKind) -> Iterator[str]:
    for line in hunk.lines:
        if line.kind is kind:
            # A NUL would look like the mark of a version.
            text = line.text.decode("utf-8", "replace").replace("\0", "\ufffd")
            if not _HASH.fullmatch(text):
                yield text


def _is_later(old: str, new: str, names: set[str]) -> bool:
    """Return whether two lines pin the same dependency, the second one to a later, compatible version."""
    shape = _VERSION.sub("\0", old)
    if max(len(old), len(new)) > _LONGEST_LINE or shape != _VERSION.sub("\0", new):
        return False
    found = next((match for line in _LINES if (match := line.fullmatch(shape))), None)
    if found is None or not _names_dependency(found["name"], shape, names):
        return False
    before, after = _VERSION.findall(old), _VERSION.findall(new)
    return all(_is_compatible(_numbers(a), _numbers(b)) for a, b in zip(before, after, strict=True))


def _names_dependency(name: str, shape: str, names: Iterable[str]) -> bool:
    # The reader of go.mod leaves out indirect dependencies, and the number of a module's major version.
    indirect = shape.endswith("// indirect") and "/" in name
    return indirect or normalise_python_name(re.sub(r"/v\d+$", "", name)) in names


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in version.split("."))


def _is_compatible(old: tuple[int, ...], new: tuple[int, ...]) -> bool:
    """Return whether a version is equal to or later than another, with the same first number other than 0."""
    leading = next((place for place, number in enumerate(old) if number), len(old) - 1) + 1
    return new >= old and new[:leading] == old[:leading]
