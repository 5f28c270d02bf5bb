"""Files of environment variables that only their owner can read (mode 0600, new folders 0700)."""

import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.domain.setup import env_file
from bot.errors import UserError

_MOST_BYTES = 1024 * 1024
_ELSEWHERE = "Nothing was created or written. Name another file with --env-file."


@dataclass(frozen=True)
class EnvFile:
    """A file of variables for a shell, systemd and docker. All methods may raise a UserError."""

    file: Path

    @property
    def target(self) -> Path:
        """Return the target if the path is a link, so that writing does not replace the link."""
        return self.file.resolve()

    def stored(self) -> Mapping[str, str]:
        """Return the variables in the file, or an empty mapping if there is no file."""
        return env_file.read(self.text())

    def text(self) -> str:
        """Return the text of the file, or an empty text if there is no file."""
        try:
            if not self.file.exists():
                return ""
            if not self.file.is_file() or self.file.stat().st_size > _MOST_BYTES:
                raise UserError(f"{self.file} is not a file of environment variables.", _ELSEWHERE)
            return self.file.read_text("utf-8")
        except (OSError, UnicodeDecodeError):
            raise UserError(f"{self.file} cannot be read.", _ELSEWHERE) from None

    def check(self) -> None:
        """Check that the path is not a folder, and that a shell, systemd and docker all read it alike."""
        if not env_file.is_plain(str(self.file)):
            raise UserError(
                f"The path {self.file} contains characters that a shell, systemd and docker read "
                f"differently.",
                _ELSEWHERE,
            )
        if self.file.is_dir():
            raise UserError(f"{self.file} is a folder.", _ELSEWHERE)

    def prepare(self) -> None:
        """Check that the file can be written, by writing a temporary one."""
        try:
            self.file.parent.mkdir(0o700, parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(prefix=".sensei-", dir=self.target.parent):
                pass
        except OSError as refused:
            raise UserError(f"{self.file} cannot be written: {refused.strerror}.", _ELSEWHERE) from None

    def set(self, values: Mapping[str, str]) -> None:
        """Set variables, and leave all other lines unchanged.

        Raises:
            ValueError: a value is not plain (``env_file.is_plain``).
        """
        text = env_file.merged(self.text(), values)
        self.prepare()
        try:
            write_private(self.target, text)
        except OSError as refused:
            raise UserError(f"{self.file} cannot be written: {refused.strerror}.", _ELSEWHERE) from None


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read. Readers see either the old file or the new one.

    Raises:
        OSError: the file system refuses. The old file remains unchanged.
    """
    handle, name = tempfile.mkstemp(prefix=f".{path.name[:40]}.", suffix=".tmp", dir=path.parent)  # 0600
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
