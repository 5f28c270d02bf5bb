"""Files that ``.senseiignore`` doesn't name, of whatever can be read like a commit."""

from collections.abc import Iterator, Sequence

from bot.domain.review.file_selection import IgnoreFile
from bot.errors import UserError
from bot.ports.sources import ReadFiles
from bot.workflows.review.hidden_files import IGNORE_FILE, MOST_IGNORE_BYTES

_AT_ONCE = 100
"""Files whose contents are in memory at one time."""


def list_kept(read: ReadFiles) -> Sequence[str]:
    """Return the paths that aren't ignored.

    Raises:
        UserError: the ignore file is there, but it can't be applied.
    """
    paths, contents = read(lambda _: [IGNORE_FILE], MOST_IGNORE_BYTES)
    if IGNORE_FILE in paths and IGNORE_FILE not in contents:
        raise UserError(
            f"Sensei can't use {IGNORE_FILE}, because it's larger than {MOST_IGNORE_BYTES // 1024} kB.",
            "Make it shorter, for instance with patterns for whole folders.",
        )
    rules = IgnoreFile.parse(contents.get(IGNORE_FILE, b"").decode("utf-8", "replace"))
    return [path for path in paths if path != IGNORE_FILE and not rules.ignores(path)]


def read_kept(read: ReadFiles, paths: Sequence[str], most: int) -> Iterator[tuple[str, bytes | None]]:
    """Yield the paths with their contents; None for a file of more than ``most`` bytes."""
    for start in range(0, len(paths), _AT_ONCE):
        some = paths[start : start + _AT_ONCE]
        _, contents = read(lambda _, some=some: some, most)  # type: ignore[misc]
        yield from ((path, contents.get(path)) for path in some)
