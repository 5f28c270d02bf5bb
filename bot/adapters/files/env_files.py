"""A file of variables that is for its owner alone (0600, a new folder 0700), written whole or not at all."""

import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.domain.setup import env_file
from bot.errors import UserError

_MOST_BYTES = 1024 * 1024
_ELSEWHERE = "Nothing was made or written. Name another file with --env-file."


@dataclass(frozen=True)
class EnvFile:
    """What a shell, systemd and docker read. Every method may raise UserError, which names the file."""

    file: Path

    @property
    def target(self) -> Path:
        """Return where it really is: a link stays one."""
        return self.file.resolve()

    def stored(self) -> Mapping[str, str]:
        """Return the variables that are set; none where there is no file."""
        return env_file.read(self.text())

    def text(self) -> str:
        """Return the file as it is; nothing where there is none."""
        try:
            if not self.file.exists():
                return ""
            if not self.file.is_file() or self.file.stat().st_size > _MOST_BYTES:
                raise UserError(f"{self.file} is no file of variables.", _ELSEWHERE)
            return self.file.read_text("utf-8")
        except (OSError, UnicodeDecodeError):
            raise UserError(f"{self.file} cannot be read.", _ELSEWHERE) from None

    def check(self) -> None:
        """Refuse a path that is not a file's, or that those who load it would read differently."""
        if not env_file.is_plain(str(self.file)):
            raise UserError(
                f"The path {self.file} holds characters that a shell, systemd and docker read differently.",
                _ELSEWHERE,
            )
        if self.file.is_dir():
            raise UserError(f"{self.file} is a folder.", _ELSEWHERE)

    def prepare(self) -> None:
        """See that the file can be written, by writing what is not kept."""
        try:
            self.file.parent.mkdir(0o700, parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(prefix=".sensei-", dir=self.target.parent):
                pass
        except OSError as refused:
            raise UserError(f"{self.file} cannot be written: {refused.strerror}.", _ELSEWHERE) from None

    def set(self, values: Mapping[str, str]) -> None:
        """Set variables, and leave every other line as it was.

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
    """Write a file that its owner alone may read: a reader sees the old one or the new one.

    Raises:
        OSError: the file system refuses; the old file is as it was.
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
