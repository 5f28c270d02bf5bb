"""Which technologies a repository is built on, and where that shows.

A monorepo holds several systems, so what shows is kept for each top folder.
"""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from pathspec import GitIgnoreSpec

from bot.domain.review.dependency_files import Dependency, is_manifest, read_dependencies
from bot.domain.review.notebooks import NotebookCode, notebook_code
from bot.domain.review.paths import shown
from bot.domain.review.report import Trace, TraceKind
from bot.domain.review.signals import language_of
from bot.domain.review.source_imports import imported_modules
from bot.domain.rubrics.rubric import Pack
from bot.domain.rubrics.signal_rules import NOTEBOOK

# Written by people to set something up: where a word of infrastructure counts.
_INFRASTRUCTURE = re.compile(
    r"\.(?:tf|ya?ml|json|sh|bash|bicep|template|Dockerfile|Containerfile)$"
    r"|(?:^|/)(?:Dockerfile|Containerfile|Makefile|Procfile|Modelfile)(?:\.[\w.-]+)?$",
    re.IGNORECASE,
)
_CODE = frozenset({"python", "javascript", "typescript", "tsx", "go", "java"})
_SCRIPTS = frozenset({"javascript", "tsx"})  # what is imported there is what TypeScript imports


class _Sign(NamedTuple):
    kind: TraceKind
    what: str
    offset: int


def top_folder(path: str) -> str:
    """Return the first folder of a path, or the empty string for a file at the top."""
    return path.partition("/")[0] if "/" in path else ""


class StackDetector:
    """Every pack's signs, ready to be looked for."""

    def __init__(self, packs: Iterable[Pack]) -> None:
        self._packs = [(pack, GitIgnoreSpec.from_lines(pack.detect.files)) for pack in packs]

    def traces(self, path: str, text: str) -> Iterator[Trace]:
        """Yield a trace of each pack that one file shows to be used: where it shows first."""
        names = list(read_dependencies(path, text)) if is_manifest(path) else []
        code = None if names else _code(path, text)
        modules = imported_modules(code.text, code.language) if code else frozenset()
        for pack, globs in self._packs:
            if globs.patterns and globs.match_file(path):
                sign: _Sign | None = _Sign("file", path.rpartition("/")[2], 0)
            elif is_manifest(path):
                sign = _dependency(pack, names)
            elif code:
                sign = _in_code(pack, code, modules)
            else:
                sign = _infrastructure(pack, path, text)
            if sign:
                line = text.count("\n", 0, sign.offset) + 1
                yield Trace(
                    stack=pack.id,
                    title=pack.title,
                    folder=shown(top_folder(path)),
                    kind=sign.kind,
                    what=shown(sign.what),
                    path=shown(path),
                    line=line,
                )


def _code(path: str, text: str) -> NotebookCode | None:
    if path.lower().endswith(NOTEBOOK):
        return notebook_code(text)
    language = language_of(path, text)
    return NotebookCode(language, text, ((0, 0, 0),)) if language in _CODE else None


def _dependency(pack: Pack, names: Iterable[Dependency]) -> _Sign | None:
    wanted = pack.detect.dependencies
    return next(
        (
            _Sign("dependency", one.name, one.offset)
            for one in names
            if one.name in wanted.get(one.ecosystem, ())
        ),
        None,
    )


def _in_code(pack: Pack, code: NotebookCode, modules: frozenset[str]) -> _Sign | None:
    language = "typescript" if code.language in _SCRIPTS else code.language
    for module in pack.detect.imports.get(language, ()):
        if module in modules:
            offset = _import_of(module, code)
            return _Sign("import", module, code.span(offset, offset + 1)[0])
    for word in pack.detect.contains:
        if word in code.text:
            offset = code.text.index(word)
            return _Sign("code", word, code.span(offset, offset + 1)[0])
    return None


def _import_of(module: str, code: NotebookCode) -> int:
    """Find where an imported module is named: on a line that imports it, else where its last part is."""
    at = 0
    for line in code.text.split("\n"):
        if module in imported_modules(line, code.language):
            return at
        at += len(line) + 1
    return max(0, code.text.find(re.split(r"[./]", module)[-1]))


def _infrastructure(pack: Pack, path: str, text: str) -> _Sign | None:
    if not _INFRASTRUCTURE.search(path):
        return None
    word = next((word for word in pack.detect.infrastructure if word in text), None)
    return _Sign("infrastructure", word, text.index(word)) if word else None
