"""Reading a repository on disk through git (and GitPython), without running anything that it contains."""

from contextlib import AbstractContextManager

from bot.errors import UserError
from bot.ports.checkout import Checkout

MAX_PATCH_BYTES = 64 * 1024 * 1024  # parsing it takes about ten times as much memory


def open_checkout(
    folder: str,
    *,
    timeout: float,
    max_scan_bytes: int,
    max_patch_bytes: int = MAX_PATCH_BYTES,
    clone: bool = False,
) -> AbstractContextManager[Checkout]:
    """Open the repository at or above ``folder``; close it with every process and temporary file it used.

    ``clone`` says that ``folder`` is a bare, partial clone of our own. ``timeout`` is in seconds, for each
    git command. Files larger than ``max_scan_bytes`` count as binary, or as absent if they are untracked. A
    change whose text is larger than ``max_patch_bytes`` is not read.

    Raises:
        UserError: there is no repository, it can't be read, or git is missing or too old.
    """
    try:
        # Importing GitPython fails if git is not installed.
        from bot.adapters.git.opening import open_repository  # noqa: PLC0415
    except ImportError as error:
        if "git executable" not in str(error).lower():
            raise
        raise UserError("git was not found.", "Install git 2.32 or newer, or add it to PATH.") from None
    return open_repository(
        folder,
        timeout=timeout,
        max_scan_bytes=max_scan_bytes,
        max_patch_bytes=max_patch_bytes,
        clone=clone,
    )
