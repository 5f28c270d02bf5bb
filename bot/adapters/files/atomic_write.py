"""Writing files completely or not at all."""

import os
import tempfile
from pathlib import Path

from bot.errors import UserError


def check_writable(path: Path) -> None:
    """Check that a file can be written, before doing any work.

    Raises:
        UserError: it cannot. The message names the path and the reason.
    """
    remedy = "Nothing was written. Name another file with --output."
    try:
        if path.is_dir():
            raise UserError(f"{path} is a folder.", remedy)
        if not path.parent.is_dir():
            raise UserError(
                f"There is no folder {path.parent}.",
                "Nothing was written. Create the folder, or name another one.",
            )
        target = path if path.exists() and not path.is_file() else path.parent
    except PermissionError:
        raise UserError(
            f"{path} cannot be written, because you have no permission to open its folder.", remedy
        ) from None
    if not os.access(target, os.W_OK):
        raise UserError(
            f"{path} cannot be written, because you have no permission to write to {target}.", remedy
        )


def read_at_most(path: Path, limit: int) -> bytes:
    """Return the first ``limit`` bytes of a file.

    Raises:
        UserError: the file cannot be read.
    """
    try:
        with path.open("rb") as file:
            return file.read(limit)
    except OSError as refused:
        raise UserError(
            f"{path} cannot be read: {refused.strerror}.",
            "Nothing was changed. Check the path and its permissions.",
        ) from None


def write_whole(path: Path, text: str, *, private: bool = False) -> None:
    """Write a text as UTF-8. Readers see the old file or the new one, never a partial file.

    Devices and pipes are written to directly. A ``private`` file can only be read by its owner.

    Raises:
        UserError: the file system refuses. The old file remains unchanged.
    """
    try:
        if path.exists() and not path.is_file():
            path.write_text(text, "utf-8")
        else:
            _replace_file(path.resolve(), text, 0o600 if private else None)
    except OSError as refused:
        raise UserError(
            f"{path} cannot be written: {refused.strerror}.", "The old file is unchanged."
        ) from None


def _replace_file(path: Path, text: str, mode: int | None) -> None:
    if mode is None:
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_read_umask()
    handle, name = tempfile.mkstemp(prefix=f".{path.name[:40]}.", suffix=".tmp", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(mode)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _read_umask() -> int:
    mask = os.umask(0o077)  # The only way to read the umask is to set it.
    os.umask(mask)
    return mask
