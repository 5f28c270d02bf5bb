"""Writing a file whole or not at all."""

import os
import tempfile
from pathlib import Path

from bot.errors import UserError


def check_writable(path: Path) -> None:
    """Refuse a place that cannot be written to, before any work is done.

    Raises:
        UserError: it names the place and what is wrong with it.
    """
    remedy = "Nothing was written. Name another file with --output."
    try:
        if path.is_dir():
            raise UserError(f"{path} is a folder.", remedy)
        if not path.parent.is_dir():
            raise UserError(
                f"There is no folder {path.parent}.", "Nothing was written. Make it, or name another."
            )
        target = path if path.exists() and not path.is_file() else path.parent
    except PermissionError:
        raise UserError(f"{path} cannot be written: no right to look into its folder.", remedy) from None
    if not os.access(target, os.W_OK):
        raise UserError(f"{path} cannot be written: no right to write in {target}.", remedy)


def read_whole(path: Path, most: int) -> bytes:
    """Return what a file holds, at most so many bytes of it.

    Raises:
        UserError: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return file.read(most)
    except OSError as refused:
        raise UserError(f"{path} cannot be read: {refused.strerror}.", "Nothing was changed.") from None


def write_whole(path: Path, text: str, *, private: bool = False) -> None:
    """Write a text as UTF-8: a reader sees the old file or the new one, never a part.

    A device or a pipe is written to directly. A ``private`` file is for its owner's eyes only.

    Raises:
        UserError: the file system refuses; the old file is as it was.
    """
    try:
        if path.exists() and not path.is_file():
            path.write_text(text, "utf-8")
        else:
            _replace(path.resolve(), text, 0o600 if private else None)
    except OSError as refused:
        raise UserError(
            f"{path} cannot be written: {refused.strerror}.", "What was there is unchanged."
        ) from None


def _replace(path: Path, text: str, mode: int | None) -> None:
    if mode is None:
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask()
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


def _umask() -> int:
    mask = os.umask(0o077)  # the only way to read it is to set it
    os.umask(mask)
    return mask
