"""Opening checkouts in tests, with limits that a test can set."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from bot.adapters.git import MAX_PATCH_BYTES, open_checkout
from bot.ports.checkout import Change, Checkout, TreeEntry


@contextmanager
def opened(where: Path, **limits: int) -> Iterator[Checkout]:
    given = {"timeout": 60, "max_scan_bytes": 1_000_000, "max_patch_bytes": MAX_PATCH_BYTES, **limits}
    scan, patch = given["max_scan_bytes"], given["max_patch_bytes"]
    timeout = given["timeout"]
    with open_checkout(str(where), timeout=timeout, max_scan_bytes=scan, max_patch_bytes=patch) as checkout:
        yield checkout


def change(where: Path, base: str | None = "HEAD^", head: str = "HEAD", **limits: int) -> Change:
    with opened(where, **limits) as checkout:
        return checkout.change(base, head)


def listed(entries: Sequence[TreeEntry]) -> dict[str, int | None]:
    return {entry.path: entry.side.size for entry in entries}


def added(found: Change) -> dict[str, list[bytes]]:
    return {file.path: [line.text for line in file.added_lines()] for file in found.files}
