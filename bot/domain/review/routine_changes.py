"""Recognise changes in which nothing is decided, so that Sensei doesn't pay a model to read them.

The rules are narrow on purpose: a wrong "nothing to decide" loses a question, and a wrong "read it" costs a
few cents. Signals and the search for secrets run over these changes like over any other.
"""

import re
from collections.abc import Iterable
from enum import StrEnum

from bot.domain.review.context.changed_files import ReadableFile
from bot.domain.review.diff import FileDiff, FileStatus
from bot.domain.review.file_selection import SkipReason, reading_rank
from bot.domain.review.report import Skipped
from bot.domain.review.surroundings.candidates import is_decision_record
from bot.domain.review.version_bumps import is_release, is_version_bump
from bot.domain.review.white_space import changes_only_space


class RoutineKind(StrEnum):
    """Content that holds no decision, as worded in the report."""

    LOCK = "lock files"
    VERSIONS = "minor dependency updates"
    RELEASE = "the project's version number"
    GENERATED = "generated files"
    VENDORED = "vendored files"
    MINIFIED = "minified files"
    DATA = "data files"
    BINARY = "binary files"
    MOVED = "renamed or moved files"
    SPACE = "edits to white space"


_KINDS_OF_SKIPPED = {
    SkipReason.LOCK: RoutineKind.LOCK,
    SkipReason.GENERATED: RoutineKind.GENERATED,
    "linguist-generated in .gitattributes": RoutineKind.GENERATED,
    SkipReason.VENDORED: RoutineKind.VENDORED,
    "linguist-vendored in .gitattributes": RoutineKind.VENDORED,
    SkipReason.MINIFIED: RoutineKind.MINIFIED,
    SkipReason.DATA: RoutineKind.DATA,
    SkipReason.BINARY: RoutineKind.BINARY,
}
_DOCUMENTS = 3  # their rank in ``reading_rank``
# Pages whose names are not in capitals.
_PAGE = re.compile(r"(?:\A|/)(?=[^/]*[a-z][^/]*\.)[^/]+\.(?:mdx?|rst|adoc)\Z")
_EVALS = 2  # the rank of evals: what their data asks for is a decision


def find_routine_kinds(files: Iterable[ReadableFile], skipped: Iterable[Skipped]) -> tuple[RoutineKind, ...]:
    """Return the kinds of a change's content, or none if anything in the change may be a decision.

    ``files`` are those that were read, and ``skipped`` all others.
    """
    kinds = [_kind_of_skipped(file) for file in skipped] + [_kind_of_read(file) for file in files]
    found = [kind for kind in RoutineKind if kind in kinds]
    return () if None in kinds else tuple(found)


def _kind_of_skipped(file: Skipped) -> RoutineKind | None:
    kind = _KINDS_OF_SKIPPED.get(file.reason)
    decides = kind is RoutineKind.DATA and reading_rank(file.path) == _EVALS
    return None if file.unread or decides else kind


def _kind_of_read(readable: ReadableFile) -> RoutineKind | None:
    if _is_move(readable.file):
        return RoutineKind.MOVED
    if changes_only_space(readable):
        return RoutineKind.SPACE
    if is_release(readable):
        return RoutineKind.RELEASE
    return RoutineKind.VERSIONS if is_version_bump(readable) else None


def _is_move(file: FileDiff) -> bool:
    """Return whether a page of documentation has only a new name.

    Anything else may take effect under its new name, or lose effect without its old one: code as a plugin, a
    route, a migration or in place of another module, a dependency file, a file of settings. If all that used
    it still works, nothing used it by its old name. So may a decision record, whose folder can be its state,
    and a page in capitals, such as GEMINI.md, which an assistant obeys.
    """
    if file.status is not FileStatus.RENAMED or file.hunks or file.old is None or file.new is None:
        return False
    same = (file.old.oid, file.old.mode) == (file.new.oid, file.new.mode)
    return same and _ending(file.path) == _ending(file.old_path) and _is_page(file.path, file.old_path)


def _is_page(*paths: str) -> bool:
    return all(
        reading_rank(path) == _DOCUMENTS
        and _PAGE.search(path) is not None
        and not is_decision_record(path)
        and not any(part.startswith(".") for part in path.split("/"))
        for path in paths
    )


def _ending(path: str) -> str:
    return path.rpartition("/")[2].partition(".")[2]
