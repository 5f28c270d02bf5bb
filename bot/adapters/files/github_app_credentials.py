"""Storing a GitHub App's credentials in two files: the service's variables, and next to it the App's key.

Only their owner can read them (mode 0600, new folders 0700). A killed process leaves either the old file or
the new one. The key is written first, so that no variable ever names a key that doesn't exist.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.adapters.files.env_files import EnvFile, write_private
from bot.domain.setup import env_file
from bot.errors import UserError
from bot.ports.github_app import MadeApp, StoredApp

APP, KEY = "SENSEI_GITHUB_APP_ID", "SENSEI_GITHUB_PRIVATE_KEY"
SECRET, API = "SENSEI_GITHUB_WEBHOOK_SECRET", "SENSEI_GITHUB_API_URL"

_SLUG = re.compile(r"[a-z0-9-]{1,100}")
_PEM = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----\n[A-Za-z0-9+/=\n]+-----END [A-Z ]*PRIVATE KEY-----\n?")


@dataclass(frozen=True)
class GitHubAppCredentials:
    """``api`` is stored unless it is github.com's. ``replace`` allows overwriting another App."""

    file: Path
    api: str | None = None
    replace: bool = False

    def stored(self) -> Mapping[str, str]:
        """Return the variables in the file, or an empty mapping if there is no file.

        Raises:
            UserError: the file cannot be read.
        """
        return self._variables.stored()

    def check(self) -> None:
        """Check that an App can be stored, by writing a temporary file."""
        self._variables.check()
        taken = sorted({APP, KEY, SECRET} & set(self.stored()))
        if taken and not self.replace:
            raise UserError(
                f"{self.file} already sets {', '.join(taken)}, but does not describe a complete App.",
                "Nothing was created or written. Use --replace to overwrite them.",
            )
        self._variables.prepare()

    def keep(self, made: MadeApp, secret: str) -> StoredApp:
        """Store an App: its key first, then the variables that name it."""
        if not _SLUG.fullmatch(made.slug) or not _PEM.fullmatch(made.private_key):
            raise UserError(
                "GitHub's reply does not contain a valid App name and key.", "Nothing was written."
            )
        if not env_file.is_plain(secret):
            raise UserError(
                "A shell, systemd and docker would not all read the webhook's secret in the same way.",
                "Nothing was written.",
            )
        key = self._key_file(made)
        values = {APP: str(made.id), KEY: str(key), SECRET: secret}
        if self.api is not None:
            values[API] = self.api
        text = env_file.merged(self._variables.text(), values)
        try:
            self.file.parent.mkdir(0o700, parents=True, exist_ok=True)
            write_private(key, made.private_key)
            write_private(self._variables.target, text)
        except OSError as refused:
            raise UserError(
                f"{refused.filename or self.file} cannot be written: {refused.strerror}.",
                "Make it writable, then reload the page.",
            ) from None
        return StoredApp(made.id, self.file, key)

    def _key_file(self, made: MadeApp) -> Path:
        """Return the path for the key file.

        Another App's key is never overwritten, because it may still be in use.
        """
        key = self.file.parent / f"{made.slug}.private-key.pem"
        ours = not key.exists() or key.read_text("utf-8", "replace") == made.private_key  # left by an attempt
        return key if ours else self.file.parent / f"{made.slug}.{made.id}.private-key.pem"

    @property
    def _variables(self) -> EnvFile:
        return EnvFile(self.file)
