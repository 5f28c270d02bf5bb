"""Creates and installs the GitHub App in stages. Completed stages are skipped the next time."""

import hmac
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from bot.domain.setup.github_app_manifest import GitHubAppManifest, settings_page
from bot.errors import PermanentError, TransientError, UserError
from bot.ports.github_app import AppCredentials, MadeApp, OwnApp, Registrar, StoredApp
from bot.ports.reading import Clock

LOOK_SECONDS = 3.0
"""Seconds between checks whether the App is installed. Far below GitHub's 5,000 requests an hour."""

Taken = Literal["kept", "already", "forged", "unknown", "later", "refused", "unwritten"]


@dataclass
class Registration:
    """The registration of one App. The browser returns with a code, which is exchanged for the App's key.

    The App is stored before the browser gets its response. If it could not be stored, it remains in memory so
    that a reload can try again, because GitHub gives its key only once.
    """

    offer: GitHubAppManifest
    registrar: Registrar
    vault: AppCredentials
    state: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    done: threading.Event = field(default_factory=threading.Event)
    made: MadeApp | None = None
    kept: StoredApp | None = None
    secret: str = field(default="", repr=False)
    problem: str = ""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, code: str, state: str) -> Taken:
        """Handle the code sent by the browser. Return the outcome; ``problem`` says why it failed."""
        if not hmac.compare_digest(state.encode(), self.state.encode()):
            return "forged"
        with self._lock:
            outcome: Taken
            self.problem = ""
            if self.kept is not None:
                return "already"
            try:
                return self._exchange(code)
            except TransientError as failed:
                outcome, self.problem = "later", str(failed)
            except PermanentError as refused:
                outcome, self.problem = "refused", f"{refused.what} {refused.remedy}".strip()
            except UserError as unwritten:
                outcome, self.problem = "unwritten", f"{unwritten.what} {unwritten.remedy}".strip()
            return outcome

    def _exchange(self, code: str) -> Taken:
        if self.made is None:
            self.made = self.registrar.convert(code)
        if self.made is None:
            return "unknown"
        # GitHub may create no secret if there is no webhook.
        self.secret = self.made.webhook_secret or self.secret or secrets.token_hex(32)
        self.kept = self.vault.keep(self.made, self.secret)
        self.done.set()
        return "kept"

    def lost(self) -> str:
        """Describe an App that exists on GitHub but could not be stored, or return an empty text."""
        if self.made is None or self.kept is not None:
            return ""
        page = settings_page(self.offer.web, self.made.slug, self.made.organisation)
        return (
            f"GitHub has created the App {self.made.slug}, but its key could not be stored: "
            f"{self.problem} On {page}, delete the App or generate another key."
        )


@dataclass(frozen=True, slots=True)
class WaitLimit:
    """Waiting with a time limit, in seconds."""

    clock: Clock
    pause: Callable[[float], None]
    limit: float

    def until(self, holds: Callable[[], bool]) -> str | None:
        """Wait until a condition holds.

        Return None if it does, otherwise the last failure or an empty text.
        """
        end = self.clock.monotonic() + self.limit
        while True:
            why = ""
            try:
                if holds():
                    return None
            except TransientError as failed:
                why = str(failed)
            left = end - self.clock.monotonic()
            if left <= 0:
                return why
            self.pause(min(LOOK_SECONDS, left))


def installed(app: OwnApp, repository: str | None) -> bool:
    """Return whether the App is installed on a repository, or anywhere if ``repository`` is None."""
    return app.is_installed_on(repository) if repository else bool(app.accounts())
