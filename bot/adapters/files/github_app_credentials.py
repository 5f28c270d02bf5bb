"""``ports.app.Vault`` in two files: the variables that the service reads, and the App's key beside them.

Both are for their owner alone (0600, a new folder 0700). A process that is killed leaves the old file or the
new one: the key is written first, so that no variable ever names a key that is not there.
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
    """``api`` is written where it is not github.com's; ``replace`` lets another App take the place of one."""

    file: Path
    api: str | None = None
    replace: bool = False

    def stored(self) -> Mapping[str, str]:
        """Return the variables of the file; none where there is no file.

        Raises:
            UserError: it cannot be read.
        """
        return self._variables.stored()

    def check(self) -> None:
        """See that an App can be kept, by writing what is not kept."""
        self._variables.check()
        taken = sorted({APP, KEY, SECRET} & set(self.stored()))
        if taken and not self.replace:
            raise UserError(
                f"{self.file} sets {', '.join(taken)} already, and no whole App.",
                "Nothing was made or written. With --replace they are written anew.",
            )
        self._variables.prepare()

    def keep(self, made: MadeApp, secret: str) -> StoredApp:
        """Keep an App: its key first, then the variables that name it."""
        if not _SLUG.fullmatch(made.slug) or not _PEM.fullmatch(made.private_key):
            raise UserError("What GitHub has sent is no App's name and key.", "Nothing was written.")
        if not env_file.is_plain(secret):
            raise UserError(
                "The webhook's secret cannot be written for a shell, systemd and docker alike.",
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
                "See that it can, and load the page again.",
            ) from None
        return StoredApp(made.id, self.file, key)

    def _key_file(self, made: MadeApp) -> Path:
        """Return where the key goes: never over another App's, whose owner may still want it."""
        key = self.file.parent / f"{made.slug}.private-key.pem"
        ours = not key.exists() or key.read_text("utf-8", "replace") == made.private_key  # of an earlier try
        return key if ours else self.file.parent / f"{made.slug}.{made.id}.private-key.pem"

    @property
    def _variables(self) -> EnvFile:
        return EnvFile(self.file)
