"""Detect the technologies that a repository uses, and the places that show it.

A monorepo contains several systems, so traces are recorded for each top folder.
"""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from pathspec import GitIgnoreSpec

from bot.domain.review.dependency_files import Dependency, is_manifest, read_dependencies
from bot.domain.review.notebooks import NotebookCode, notebook_code
from bot.domain.review.paths import display_path
from bot.domain.review.report import Trace, TraceKind
from bot.domain.review.signals import detect_language
from bot.domain.review.source_imports import imported_modules
from bot.domain.rubrics.rubric import Pack
from bot.domain.rubrics.signal_rules import NOTEBOOK

# Configuration files, in which an infrastructure word counts.
_INFRASTRUCTURE = re.compile(
    r"\.(?:tf|ya?ml|json|sh|bash|bicep|template|Dockerfile|Containerfile)$"
    r"|(?:^|/)(?:Dockerfile|Containerfile|Makefile|Procfile|Modelfile)(?:\.[\w.-]+)?$",
    re.IGNORECASE,
)
_CODE = frozenset({"python", "javascript", "typescript", "tsx", "go", "java"})
_SCRIPTS = frozenset({"javascript", "tsx"})  # imports the same modules as TypeScript


class _Sign(NamedTuple):
    kind: TraceKind
    what: str
    offset: int


def top_folder(path: str) -> str:
    """Return the first folder of a path, or the empty string for a file at the top."""
    return path.partition("/")[0] if "/" in path else ""


class StackDetector:
    """Finds traces of the packs' technologies in files."""

    def __init__(self, packs: Iterable[Pack]) -> None:
        self._packs = [(pack, GitIgnoreSpec.from_lines(pack.detect.files)) for pack in packs]

    def find_traces(self, path: str, text: str) -> Iterator[Trace]:
        """Yield a trace for each pack whose technology a file uses: the first place that shows the use."""
        names = list(read_dependencies(path, text)) if is_manifest(path) else []
        code = None if names else _read_code(path, text)
        modules = imported_modules(code.text, code.language) if code else frozenset()
        for pack, globs in self._packs:
            if globs.patterns and globs.match_file(path):
                sign: _Sign | None = _Sign("file", path.rpartition("/")[2], 0)
            elif is_manifest(path):
                sign = _find_dependency(pack, names)
            elif code:
                sign = _find_in_code(pack, code, modules)
            else:
                sign = _find_infrastructure(pack, path, text)
            if sign:
                line = text.count("\n", 0, sign.offset) + 1
                yield Trace(
                    stack=pack.id,
                    title=pack.title,
                    folder=display_path(top_folder(path)),
                    kind=sign.kind,
                    what=display_path(sign.what),
                    path=display_path(path),
                    line=line,
                )


def _read_code(path: str, text: str) -> NotebookCode | None:
    if path.lower().endswith(NOTEBOOK):
        return notebook_code(text)
    language = detect_language(path, text)
    return NotebookCode(language, text, ((0, 0, 0),)) if language in _CODE else None


def _find_dependency(pack: Pack, names: Iterable[Dependency]) -> _Sign | None:
    wanted = pack.detect.dependencies
    return next(
        (
            _Sign("dependency", dependency.name, dependency.offset)
            for dependency in names
            if dependency.name in wanted.get(dependency.ecosystem, ())
        ),
        None,
    )


def _find_in_code(pack: Pack, code: NotebookCode, modules: frozenset[str]) -> _Sign | None:
    language = "typescript" if code.language in _SCRIPTS else code.language
    for module in pack.detect.imports.get(language, ()):
        if module in modules:
            offset = _find_import(module, code)
            return _Sign("import", module, code.span(offset, offset + 1)[0])
    for word in pack.detect.contains:
        if word in code.text:
            offset = code.text.index(word)
            return _Sign("code", word, code.span(offset, offset + 1)[0])
    return None


def _find_import(module: str, code: NotebookCode) -> int:
    """Return the offset of a line that imports a module, or else of the last part of the module's name."""
    offset = 0
    for line in code.text.split("\n"):
        if module in imported_modules(line, code.language):
            return offset
        offset += len(line) + 1
    return max(0, code.text.find(re.split(r"[./]", module)[-1]))


def _find_infrastructure(pack: Pack, path: str, text: str) -> _Sign | None:
    if not _INFRASTRUCTURE.search(path):
        return None
    word = next((word for word in pack.detect.infrastructure if word in text), None)
    return _Sign("infrastructure", word, text.index(word)) if word else None
