"""Reading the last commits of some files. This needs commits and trees, which a partial clone has."""

from collections.abc import Iterator, Sequence

from bot.adapters.git.commands import GitRunner
from bot.domain.review import paths
from bot.domain.review.recent_history import MOST_COMMITS, PastCommit, RecentCommits, choose_commits
from bot.errors import IncompleteReadingError, UserError

_TO = "read the recent commits"
_SECONDS = 5.0
_OLDEST = 2 * 365 * 86400  # seconds; for a new file, git would look at the whole history
_MOST_FILES = 40
_MOST_LOOKED_AT = 200  # commits that touch the files


def read_recent_commits(
    git: GitRunner, base: str, head: str, files: Sequence[str], *, shallow: bool
) -> RecentCommits:
    """Return the last commits up to ``base`` that touched some files, newest first.

    Ages count from the commit ``head``. Merges are left out, and so is the first commit of a shallow clone,
    which git would show as if it had added every file.
    """
    names = list(dict.fromkeys(files))[:_MOST_FILES]
    hurried = git.hurried(_SECONDS)
    found: list[PastCommit] = []
    try:
        now = int(hurried.ask("log", "-1", "--no-show-signature", "--format=%ct", head, "--", to=_TO))
        arguments = (
            "log", "-z", "--no-show-signature", "--no-renames", "--no-merges", "--name-only",
            f"--max-count={_MOST_LOOKED_AT}", f"--since={now - _OLDEST}", "--format=%x00%ct %P%x00%s",
            base, "--", *names,
        )  # fmt: skip
        with hurried.fields(*arguments, to=_TO) as fields:
            commits = _parse_commits(fields, now, shallow=shallow)
            for commit in choose_commits(commits, len(names)):
                found.append(commit)
                if len(found) == MOST_COMMITS:
                    break
    except (IncompleteReadingError, UserError, ValueError) as failed:
        reason = failed.what if isinstance(failed, UserError) else str(failed)
        return RecentCommits(tuple(found), f"not read in full: {reason}")
    return RecentCommits(tuple(found))


def _parse_commits(fields: Iterator[bytes], now: int, *, shallow: bool) -> Iterator[PastCommit]:
    """Yield commits from ``git log -z``: an empty field, the time and parents, the subject, then the paths.

    The first path follows a line end. No path is empty.
    """
    header = next(fields, None)
    header = next(fields, None) if header == b"" else header
    while header is not None:
        time, _, parents = header.partition(b" ")
        subject = next(fields, b"").decode("utf-8", "replace")
        names = list[str]()
        header = None
        for field in fields:
            if not field:
                header = next(fields, None)
                break
            names.append(paths.from_git(field.removeprefix(b"\n") if not names else field))
        if parents or not shallow:
            yield PastCommit(max(0, now - int(time)), subject, tuple(names))
