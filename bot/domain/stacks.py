"""Which technologies a change is built on: from imports, words in code, and dependency files."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from bot.domain.rubric import Pack
from bot.domain.signals import imports_any, language_of

_MANIFEST = re.compile(
    r"(?:^|/)(?:[\w.-]*requirements[\w.-]*\.(?:txt|in)|pyproject\.toml|Pipfile|setup\.(?:py|cfg)|environment\.ya?ml)$"
)


def is_manifest(path: str) -> bool:
    """Say whether a path is a file that names dependencies."""
    return _MANIFEST.search(path) is not None


def manifests_above(paths: Iterable[str], tree: Iterable[str]) -> list[str]:
    """List the dependency files that lie beside or above some paths, in the tree's order."""
    folders = {folder for path in paths for folder in _above(path)}
    return [path for path in tree if is_manifest(path) and path.rpartition("/")[0] in folders]


def _above(path: str) -> Iterator[str]:
    """Yield the folders that a path lies in, the nearest first; the top one is the empty string."""
    while path:
        path = path.rpartition("/")[0]
        yield path


def detected(pack: Pack, path: str, text: str) -> bool:
    """Say whether one file shows that a pack's technology is used."""
    if is_manifest(path) and pack.detect.dependencies:
        return bool(_dependency(pack.detect.dependencies).search(text))
    if language_of(path) != "python":
        return False
    if any(word in text for word in pack.detect.contains):
        return True
    return bool(pack.detect.imports) and imports_any(pack.detect.imports, "python", text)


@lru_cache(maxsize=64)
def _dependency(names: tuple[str, ...]) -> re.Pattern[str]:
    """Match a dependency's name where one can stand: at a line's start, or quoted; then extras or bounds."""
    any_name = "|".join(re.escape(name) for name in names)
    return re.compile(
        rf"(?:^[ \t-]*|[\"'])(?:{any_name})(?=[\[\s<>=~!;,\"'@]|$)", re.MULTILINE | re.IGNORECASE
    )
