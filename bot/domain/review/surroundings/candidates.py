"""Choose the unchanged files that a reading may open, by their paths alone.

A partial clone has only the files that were fetched before the reading. So the fetch and the reading ask this
module, and get the same answer. Sizes are unknown at that point, so the numbers of files are the limit.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from enum import StrEnum
from heapq import nsmallest
from itertools import islice

from bot.domain.review.dependency_files import is_manifest
from bot.domain.review.file_selection import reading_rank, skip_reason_by_name
from bot.domain.review.signals import is_test_path


class FileKind(StrEnum):
    """What an unchanged file may be opened for."""

    CODE = "code"  # callers and definitions
    TEST = "test"  # tests and evals of what changed
    SETTINGS = "settings"  # values of settings
    PAGE = "page"  # plans and decision records
    PIPELINE = "pipeline"  # workflows that run what changed


MOST_FILES = {
    FileKind.CODE: 400,
    FileKind.TEST: 150,
    FileKind.SETTINGS: 50,
    FileKind.PAGE: 120,
    FileKind.PIPELINE: 20,
}
MOST_PATHS = 50_000
_FAMILIES = {
    "py": "python", "pyi": "python", "ipynb": "python",
    "js": "script", "jsx": "script", "mjs": "script", "cjs": "script", "ts": "script", "tsx": "script",
    "mts": "script", "cts": "script", "vue": "script", "svelte": "script",
    "java": "java", "kt": "java", "go": "go",
}  # fmt: skip
_PAGES = frozenset({"md", "mdx", "rst", "adoc"})
_SETTINGS = frozenset({"yaml", "yml", "toml", "json", "ini", "cfg", "properties"})
_ENDINGS = _FAMILIES.keys() | _PAGES | _SETTINGS | {"env", "example", "sample", "template", "dist"}
_SETTINGS_NAME = re.compile(
    r"(?:\A|[/._-])(?:settings?|conf|config|configs|configuration|env|defaults?|values|application|params"
    r"|parameters|constants|options)(?:[/._-]|\Z)",
    re.IGNORECASE,
)
_ENV_SAMPLE = re.compile(
    r"(?:\A|/)(?:\.env[.\w-]*|[\w.-]*\.env)\.?(?:example|sample|template|dist)\Z", re.IGNORECASE
)
_PIPELINE = re.compile(
    r"(?:\A|/)(?:\.github/workflows/[^/]+\.ya?ml|\.gitlab-ci\.yml|\.circleci/config\.yml)\Z"
)
# Programs write snapshots and translations, ``components/ui`` has copies of shadcn/ui, and menus of
# documentation name every page.
_NEVER = re.compile(
    r"(?:\A|/)(?:(?:__)?snapshots?(?:__)?|components/ui|cassettes|fixtures|locales?|i18n|translations)/"
    r"|\.(?:snap|ambr)\Z|\.stories\.[jt]sx?\Z|(?:\A|/)(?:changelog|changes|history|code_of_conduct|license)\.\w+\Z"
    r"|(?:\A|/)(?:_sidebar|_navbar|summary|sidebars?|_category_|_meta|meta|nav|mkdocs|docs|navigation|tsconfig[\w.]*"
    r"|package|components|vercel|renovate|turbo|langgraph|biome|jest\.config|next\.config[\w.]*)"
    r"\.(?:md|json|jsonc|ya?ml|js|ts)\Z",
    re.IGNORECASE,
)
_LONGEST_PATH = 300  # characters; longer paths are not searched with patterns


def code_family(path: str) -> str | None:
    """Return the family of languages in which a file's names are visible, or None if it is not code."""
    return _FAMILIES.get(path.rpartition(".")[2].lower())


def classify_file(path: str) -> FileKind | None:
    """Return what an unchanged file may be opened for, or None if it never is."""
    ending = path.rpartition(".")[2].lower()
    if ending not in _ENDINGS or len(path) > _LONGEST_PATH or _is_excluded(path):
        return None
    if code_family(path) and ending != "ipynb":
        return FileKind.TEST if is_test_path(path) else FileKind.CODE
    if _PIPELINE.search(path):
        return FileKind.PIPELINE
    if ending in _PAGES:
        return FileKind.PAGE
    if _ENV_SAMPLE.search(path) or (ending in _SETTINGS and _SETTINGS_NAME.search(path)):
        return FileKind.SETTINGS
    return FileKind.TEST if ending in _SETTINGS and reading_rank(path) == _EVALS else None


def _is_excluded(path: str) -> bool:
    return skip_reason_by_name(path) is not None or _NEVER.search(path) is not None or is_manifest(path)


_EVALS = 2  # the rank of evals in ``reading_rank``


def choose_candidates(changed: Collection[str], tree: Iterable[str]) -> dict[str, FileKind]:
    """Return the unchanged files that a reading may open, the nearest of each kind first.

    ``changed`` has the old and the new paths. Code in the languages of changed code comes before other code,
    and decision records before other pages.
    """
    families = {family for path in changed if (family := code_family(path))}
    depths = _folder_depths(changed)
    ranked: dict[FileKind, list[tuple[int, int, int, str]]] = {kind: [] for kind in FileKind}
    for path in _nearest_paths(tree, depths):
        kind = classify_file(path) if path not in changed else None
        family = code_family(path)
        if kind is None:
            continue
        last = family not in families if family else not _is_decision(path)
        shared = _shared_depth(path, depths)
        ranked[kind].append((last, -shared, path.count("/") - shared, path))
    return {path: kind for kind in FileKind for *_, path in islice(sorted(ranked[kind]), MOST_FILES[kind])}


_DECISION = re.compile(
    r"(?:\A|/)(?:adrs?|decisions?|rfcs?|design|designs|plans?|specs?|proposals?)/|\.adr\.", re.IGNORECASE
)


def _nearest_paths(tree: Iterable[str], depths: dict[str, int]) -> Iterable[str]:
    """Return the paths to classify, which takes 10 µs each: of a very large tree, only the nearest."""
    paths = list(tree)
    if len(paths) <= MOST_PATHS:
        return paths
    return nsmallest(
        MOST_PATHS, paths, key=lambda path: (-_shared_depth(path, depths), path.count("/"), path)
    )


def _is_decision(path: str) -> bool:
    return path.rpartition(".")[2].lower() in _PAGES and is_decision_record(path)


def is_decision_record(path: str) -> bool:
    """Return whether a path is the path of a decision record, a plan or a design page."""
    return _DECISION.search(path) is not None


def closeness(path: str, other: str) -> int:
    """Return how many leading folders two paths share."""
    return sum(1 for _ in _leading_shared(path.split("/")[:-1], other.split("/")[:-1]))


def _leading_shared(folders: list[str], others: list[str]) -> Iterator[str]:
    for folder, other in zip(folders, others, strict=False):
        if folder != other:
            return
        yield folder


def _folder_depths(paths: Iterable[str]) -> dict[str, int]:
    """Return the depth of every folder that contains one of the paths."""
    depths = {"": 0}
    for path in paths:
        folder = path.rpartition("/")[0]
        while folder and folder not in depths:
            depths[folder] = folder.count("/") + 1
            folder = folder.rpartition("/")[0]
    return depths


def _shared_depth(path: str, depths: dict[str, int]) -> int:
    folder = path.rpartition("/")[0]
    while folder not in depths:
        folder = folder.rpartition("/")[0]
    return depths[folder]
