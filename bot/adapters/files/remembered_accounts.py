"""Slack accounts that were looked up within the last day, so that the next import doesn't ask Slack again.

The file contains digests instead of e-mail addresses. Without it, an import only takes longer, so a file that
can't be read or written is no error.
"""

import hashlib
import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bot.adapters.files.atomic_write import read_at_most, write_whole
from bot.errors import UserError
from bot.ports.chat import ChatUser

LASTS = timedelta(days=1)
"""How long an answer counts. An address rarely gets another account, but people leave and move."""

_MOST_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True)
class RememberedAccounts:
    """``ports.chat.AccountMemory`` in a file that only its owner can read."""

    file: Path
    now: Callable[[], datetime]

    def recall(self, workspace: str, words: Collection[str]) -> dict[str, ChatUser]:
        """Return the accounts that are still remembered, without their names."""
        entries = self._read()
        found = {word: entries.get(_digest(workspace, word)) for word in words}
        return {
            word: ChatUser(entry["user"], "", entry["time_zone"], is_bot=False, gone=False)
            for word, entry in found.items()
            if entry is not None
        }

    def remember(self, workspace: str, users: Mapping[str, ChatUser]) -> None:
        """Remember accounts, and forget those that were looked up more than a day ago."""
        at = self.now().isoformat()
        added = {
            _digest(workspace, word): {"user": user.id, "time_zone": user.time_zone, "at": at}
            for word, user in users.items()
        }
        try:
            self.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_whole(self.file, json.dumps(self._read() | added) + "\n", private=True)
        except (OSError, UserError):
            return

    def forget(self) -> None:
        """Forget all accounts.

        Raises:
            UserError: the file can't be deleted.
        """
        try:
            self.file.unlink(missing_ok=True)
        except OSError as refused:
            raise UserError(
                f"{self.file} cannot be deleted: {refused.strerror}.",
                "Nothing was erased. The file contains Slack user ids; delete it yourself, then try again.",
            ) from None

    def _read(self) -> dict[str, dict[str, str]]:
        """Return the entries that still count, by digest."""
        try:
            entries = json.loads(read_at_most(self.file, _MOST_BYTES)) if self.file.is_file() else {}
            return {digest: entry for digest, entry in entries.items() if self._is_fresh(entry)}
        except (OSError, UserError, ValueError, AttributeError):
            return {}

    def _is_fresh(self, entry: Any) -> bool:
        """Return whether an entry is complete, and at most a day old."""
        try:
            age = self.now() - datetime.fromisoformat(entry["at"])
            return isinstance(entry["user"], str) and isinstance(entry["time_zone"], str) and age < LASTS
        except (KeyError, TypeError, ValueError):
            return False


def _digest(workspace: str, word: str) -> str:
    return hashlib.sha256(f"{workspace} {word}".encode()).hexdigest()
