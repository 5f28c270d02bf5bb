"""Files that look like a design document, by their names."""

import posixpath
import re
from collections.abc import Iterable, Sequence

from bot.domain.decisions.record_naming import is_record_path, is_template_path
from bot.domain.review.paths import display_path

MOST_OFFERED = 8
"""Maximum files that a participant chooses from."""
_NAME = re.compile(r"(?:.*[-_. ])?(?:design|architecture)(?:[-_. ].*)?\.(?:md|markdown)\Z", re.IGNORECASE)
_ENDING = re.compile(r".*\.(?:md|markdown)\Z", re.IGNORECASE)
_ELSEWHERE = frozenset({"node_modules", "vendor", "third_party", "site-packages"})


def find_design_documents(paths: Iterable[str]) -> Sequence[str]:
    """Return the files that look like a design document, those near the root first. Records aren't.

    Files in hidden folders, and of others' code, are left out.
    """
    found = [path for path in paths if is_markdown(path) and _looks_like_one(path)]
    return sorted(found, key=lambda path: (path.count("/"), len(path), path))[:MOST_OFFERED]


def is_markdown(path: str) -> bool:
    """Return whether a file may be given as a design document: Markdown, with a name that can be shown."""
    return _ENDING.match(posixpath.basename(path)) is not None and display_path(path) == path


def tidy_path(typed: str) -> str:
    """Return a path as git writes it, from what a person typed."""
    return typed.strip().strip("`").removeprefix("./").lstrip("/")


def _looks_like_one(path: str) -> bool:
    folders = path.split("/")[:-1]
    if any(folder.startswith(".") or folder in _ELSEWHERE for folder in folders):
        return False
    named = _NAME.match(posixpath.basename(path)) is not None
    return named and not (is_record_path(path) or is_template_path(path))
