"""Reading a few files of a head, without those that its ``.senseiignore`` keeps from every model."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from bot.domain.review.file_selection import IgnoreFile
from bot.ports.checkout import Branches, CloneRequest
from bot.workflows.review.hidden_files import IGNORE_FILE, MOST_IGNORE_BYTES


@dataclass(frozen=True)
class HeadFiles:
    """The paths of a head, and the contents of the chosen files that are small enough and not ignored.

    ``ignored`` are the chosen files that ``.senseiignore`` names, or all of them if it can't be applied.
    """

    paths: Sequence[str]
    contents: Mapping[str, bytes]
    ignored: frozenset[str]


def read_head_files(
    branches: Branches, wanted: CloneRequest, choose: Callable[[Sequence[str]], Collection[str]], most: int
) -> HeadFiles:
    """Read the files that ``choose`` names, at most ``most`` bytes each.

    Raises:
        TransientError, PermanentError, IncompleteReadingError: as ``Branches.read_files``.
    """
    paths, contents = branches.read_files(wanted, lambda paths: [*choose(paths), IGNORE_FILE], most)
    chosen = [path for path in choose(paths) if path != IGNORE_FILE]
    ignored = frozenset(chosen)
    patterns = contents.get(IGNORE_FILE, b"")
    if (IGNORE_FILE in contents or IGNORE_FILE not in paths) and len(patterns) <= MOST_IGNORE_BYTES:
        rules = IgnoreFile.parse(patterns.decode("utf-8", "replace"))
        ignored = frozenset(path for path in chosen if rules.ignores(path))
    kept = {path: contents[path] for path in chosen if path in contents and path not in ignored}
    return HeadFiles(paths, kept, ignored)
