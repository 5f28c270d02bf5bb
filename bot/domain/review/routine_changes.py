"""Recognise changes in which nothing is decided, so that Sensei doesn't pay a model to read them.

The rules are narrow on purpose: a wrong "nothing to decide" loses a question, and a wrong "read it" costs a
few cents. Signals and the search for secrets run over these changes like over any other.
"""

import re
from collections.abc import Iterable, Sequence
from enum import StrEnum

from bot.domain.review.context.changed_files import ReadableFile
from bot.domain.review.diff import FileDiff, FileStatus, Hunk, LineKind
from bot.domain.review.file_selection import SkipReason, reading_rank
from bot.domain.review.report import Skipped
from bot.domain.review.surroundings.candidates import code_family
from bot.domain.review.version_bumps import is_release, is_version_bump


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
# By ``reading_rank``: prompts, agents and tools, tests, evals, workflows and infrastructure. The name of such
# a file may decide whether it takes effect: a test under another name may no longer run.
_TAKE_EFFECT = frozenset({0, 1, 2, 4, 5})
_EVALS = 2  # the rank of evals: what their data asks for is a decision
# Frameworks find such files by their paths: a page that moves may leave the folder that asks for a login.
_FOUND_BY_PATH = re.compile(
    r"(?:\A|/)(?:(?:app|pages|routes|api|migrations|middlewares?|plugins|hooks)/|(?:middleware|proxy|instrumentation)\.[jt]s\Z)",
    re.IGNORECASE,
)


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
    if _changes_only_space(readable.file):
        return RoutineKind.SPACE
    if is_release(readable):
        return RoutineKind.RELEASE
    return RoutineKind.VERSIONS if is_version_bump(readable) else None


def _is_move(file: FileDiff) -> bool:
    """Return whether a file has only a new name, with the same ending and of the same rank.

    Hidden files are excluded, since tools find their configuration by its name. So is code that a framework
    finds by its path.
    """
    if file.status is not FileStatus.RENAMED or file.hunks or file.old is None or file.new is None:
        return False
    rank = reading_rank(file.path)
    return (
        (file.old.oid, file.old.mode) == (file.new.oid, file.new.mode)
        and rank == reading_rank(file.old_path)
        and rank not in _TAKE_EFFECT
        and _ending(file.path) == _ending(file.old_path)
        and not any(code_family(path) and _FOUND_BY_PATH.search(path) for path in (file.path, file.old_path))
        and not any(part.startswith(".") for part in (*file.path.split("/"), *file.old_path.split("/")))
    )


def _ending(path: str) -> str:
    return path.rpartition("/")[2].partition(".")[2]


def _changes_only_space(file: FileDiff) -> bool:
    """Return whether a change only adds or removes blank lines, or white space and CR at the ends of lines.

    A new CR counts as more than white space, because it can break a script. So does white space at the end of
    a line that continues on the next one. Indentation always counts as more.
    """
    if file.status is not FileStatus.MODIFIED or not file.hunks:
        return False
    if file.old is None or file.new is None or file.old.mode != file.new.mode:
        return False
    return not file.binary and all(_only_space(hunk) for hunk in file.hunks)


def _only_space(hunk: Hunk) -> bool:
    old, new = (
        [line.text for line in hunk.lines if line.kind is not other]
        for other in (LineKind.ADDED, LineKind.REMOVED)
    )
    stripped = _strip(old)
    if stripped != _strip(new) or any(line.endswith(b"\\") for line in stripped):
        return False
    return _count_returns(new) <= _count_returns(old)


def _strip(lines: Sequence[bytes]) -> list[bytes]:
    return [text for line in lines if (text := line.rstrip(b" \t\r"))]


def _count_returns(lines: Sequence[bytes]) -> int:
    return sum(line.endswith(b"\r") for line in lines)
