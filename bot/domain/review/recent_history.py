"""Describe the last commits that touched the changed files, so that a model recognises a revert."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from bot.domain.review.paths import path_on_one_line

NAME = "recent history"
MOST_COMMITS, MOST_FOR_A_FILE = 12, 3
LONGEST_SUBJECT, MOST_PATHS = 120, 3  # characters; paths listed for one commit
_UNITS = (("year", 365 * 86400), ("month", 30 * 86400), ("day", 86400), ("hour", 3600), ("minute", 60))


class PastCommit(NamedTuple):
    """A commit before a change: how long before the head it was made, its subject, and what it touched."""

    seconds: int
    subject: str
    paths: tuple[str, ...]


class RecentCommits(NamedTuple):
    """The last commits of some files, newest first. ``problem`` says why they are missing or incomplete."""

    read: tuple[PastCommit, ...] = ()
    problem: str = ""


def choose_commits(commits: Iterable[PastCommit], files: int) -> Iterator[PastCommit]:
    """Yield the last few commits of each of a number of files. Commits come newest first."""
    shown: Counter[str] = Counter()
    for commit in commits:
        if any(shown[path] < MOST_FOR_A_FILE for path in commit.paths):
            shown.update(commit.paths)
            yield commit
        if len(shown) == files and min(shown.values()) >= MOST_FOR_A_FILE:
            return


def format_history(commits: Sequence[PastCommit], redact: Callable[[str], str]) -> str:
    """Return one line for each commit: its age, its subject, and the changed files that it touched.

    ``redact`` is applied to whole subjects, because a secret that is cut in two is no longer recognised.
    """
    return "".join(f"{_format_commit(commit, redact)}\n" for commit in commits[:MOST_COMMITS])


def _format_commit(commit: PastCommit, redact: Callable[[str], str]) -> str:
    subject = " ".join(redact(commit.subject).split())
    if len(subject) > LONGEST_SUBJECT:
        subject = f"{subject[:LONGEST_SUBJECT]}…"
    names = [path_on_one_line(path) for path in commit.paths]
    more = f" and {len(names) - MOST_PATHS} more" if len(names) > MOST_PATHS else ""
    return f"{_format_age(commit.seconds)}: {subject} ({', '.join(names[:MOST_PATHS])}{more})"


def _format_age(seconds: int) -> str:
    for unit, length in _UNITS:
        if (count := seconds // length) > 0:
            return f"{count} {unit}{'s' if count > 1 else ''} before"
    return "just before"
