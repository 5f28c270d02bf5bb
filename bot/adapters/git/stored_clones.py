"""Reading a clone as it is, while a person waits: nothing is fetched."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from bot.adapters.git import open_checkout
from bot.adapters.git.clone_cache import CheckoutCache
from bot.domain.review.diff import FileSide
from bot.errors import IncompleteReadingError, UserError
from bot.ports.checkout import Checkout
from bot.ports.sources import ReadFiles

_REGULAR = "100"  # the start of a regular file's mode


@dataclass(frozen=True)
class GitStoredClones:
    """``StoredClones`` with git, on the clones of ``cache``."""

    cache: CheckoutCache

    @contextmanager
    def open_stored(self, repository: int, head: str) -> Iterator[ReadFiles | None]:
        """Open a commit of a clone, or yield None if it can't be read now."""
        with ExitStack() as opened:
            yield self._open(opened, repository, head)

    def _open(self, opened: ExitStack, repository: int, head: str) -> ReadFiles | None:
        folder = opened.enter_context(self.cache.open_stored(repository))
        if folder is None:
            return None
        limits = {"timeout": self.cache.timeout, "max_scan_bytes": self.cache.max_scan_bytes}
        try:
            checkout = opened.enter_context(open_checkout(folder, clone=True, **limits))  # type: ignore[arg-type]
            checkout.change(head, head)  # nothing changes, so no file is compared
            entries = checkout.tree()
        except (UserError, IncompleteReadingError):
            return None  # the clone lacks the commit, or is damaged: the next reading makes it again
        regular = {entry.path: entry.side for entry in entries if entry.side.mode.startswith(_REGULAR)}

        def read(
            choose: Callable[[Sequence[str]], Collection[str]], most: int
        ) -> tuple[Sequence[str], Mapping[str, bytes]]:
            paths = list(regular)
            chosen = [path for path in choose(paths) if path in regular]
            found = {path: _read_small(checkout, regular[path], most) for path in chosen}
            return paths, {path: content for path, content in found.items() if content is not None}

        return read


def _read_small(checkout: Checkout, side: FileSide, most: int) -> bytes | None:
    if side.size is None or side.size > most:
        return None  # no size: the clone lacks it
    try:
        return checkout.read(side)
    except (UserError, IncompleteReadingError):
        return None
