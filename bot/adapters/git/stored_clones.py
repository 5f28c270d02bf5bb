"""Reading a clone as it is, while a person waits: nothing is fetched."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from bot.adapters.git import open_checkout
from bot.adapters.git.clone_cache import CheckoutCache
from bot.domain.review.diff import FileSide
from bot.errors import IncompleteReadingError, UserError
from bot.ports.checkout import Checkout

_REGULAR = "100"  # the start of a regular file's mode


@dataclass(frozen=True)
class GitStoredClones:
    """``StoredClones`` with git, on the clones of ``cache``."""

    cache: CheckoutCache

    def read_files(
        self, repository: int, head: str, choose: Callable[[Sequence[str]], Collection[str]], most: int
    ) -> tuple[Sequence[str], Mapping[str, bytes]] | None:
        """Return files of a commit, or None if the clone can't be read now."""
        with self.cache.open_stored(repository) as folder:
            if folder is None:
                return None
            limits = {"timeout": self.cache.timeout, "max_scan_bytes": self.cache.max_scan_bytes}
            try:
                with open_checkout(folder, clone=True, **limits) as checkout:  # type: ignore[arg-type]
                    checkout.change(head, head)  # nothing changes, so no file is compared
                    return _read_chosen(checkout, choose, most)
            except (UserError, IncompleteReadingError):
                return None  # the clone lacks the commit, or is damaged: the next reading makes it again


def _read_chosen(
    checkout: Checkout, choose: Callable[[Sequence[str]], Collection[str]], most: int
) -> tuple[Sequence[str], Mapping[str, bytes]]:
    regular = {entry.path: entry.side for entry in checkout.tree() if entry.side.mode.startswith(_REGULAR)}
    read = {
        path: _read_small(checkout, regular[path], most) for path in choose(list(regular)) if path in regular
    }
    return list(regular), {path: content for path, content in read.items() if content is not None}


def _read_small(checkout: Checkout, side: FileSide, most: int) -> bytes | None:
    if side.size is None or side.size > most:
        return None  # no size: the clone lacks it
    try:
        return checkout.read(side)
    except IncompleteReadingError:
        return None
