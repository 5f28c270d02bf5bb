"""Reading some files of a commit, and what the last commit that touched each was called."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from bot.adapters.git import open_checkout
from bot.adapters.git.clone_cache import CheckoutCache
from bot.domain.review.file_selection import IgnoreFile
from bot.errors import IncompleteReadingError
from bot.ports.checkout import Checkout, CloneRequest, CommitFiles, TreeEntry

_REGULAR = "100"  # the start of a regular file's mode
_IGNORE_FILE, _MOST_IGNORE_BYTES = ".senseiignore", 100_000


@dataclass(frozen=True)
class GitCommitReader:
    """``CommitReader`` with git, on the clones of ``cache``."""

    cache: CheckoutCache

    def read_commit(self, wanted: CloneRequest, paths: Collection[str], most: int) -> CommitFiles:
        """Return files of at most ``most`` bytes each as they are in the request's head."""
        limits = {"timeout": self.cache.timeout, "max_scan_bytes": self.cache.max_scan_bytes}
        with (
            self.cache.open_clone(wanted) as folder,
            open_checkout(folder, clone=True, **limits) as checkout,  # type: ignore[arg-type]
        ):
            checkout.change(wanted.head, wanted.head)  # nothing changes, but the history ends there
            ignored = _read_ignore_file(checkout)
            hidden = frozenset(path for path in paths if ignored.ignores(path))
            contents = {
                entry.path: content
                for entry in checkout.tree()
                if entry.path in paths and entry.path not in hidden
                if (content := _read_small(checkout, entry, most)) is not None
            }
            subjects = _find_subjects(checkout, [path for path in paths if path not in hidden])
            return CommitFiles(contents, subjects, hidden)


def _read_ignore_file(checkout: Checkout) -> IgnoreFile:
    content = checkout.hiding_file(_IGNORE_FILE, _MOST_IGNORE_BYTES)
    return IgnoreFile.parse((content or b"").decode("utf-8", "replace"))


def _read_small(checkout: Checkout, entry: TreeEntry, most: int) -> bytes | None:
    size = entry.side.size
    if not entry.side.mode.startswith(_REGULAR) or size is None or size > most:
        return None
    try:
        return checkout.read(entry.side)
    except IncompleteReadingError:
        return None  # a reading doesn't open such a file either


def _find_subjects(checkout: Checkout, paths: Collection[str]) -> Mapping[str, str]:
    """Return the subject of the newest commit of each file, also of one that is gone.

    If git takes too long, some are missing.
    """
    found: dict[str, str] = {}
    for commit in checkout.recent_commits(sorted(paths)).read:
        for path in commit.paths:
            found.setdefault(path, commit.subject)
    return {path: subject for path, subject in found.items() if path in paths}
