"""From no GitHub App to an enrolled repository, in stages of which each is found done the next time."""

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
"""Between two looks at whether the App was installed: far below GitHub's 5,000 requests an hour."""

Taken = Literal["kept", "already", "forged", "unknown", "later", "refused", "unwritten"]


@dataclass
class Registration:
    """The hand-over of one App: GitHub's browser brings a code, which is exchanged and kept.

    The App is kept before the browser hears of it. What was exchanged but could not be kept stays in memory,
    so that a reload tries again: GitHub gives a key out once.
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
        """Take what a browser brings, and say what came of it; ``problem`` then says why not."""
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
        # GitHub need not make a secret where there is no webhook.
        self.secret = self.made.webhook_secret or self.secret or secrets.token_hex(32)
        self.kept = self.vault.keep(self.made, self.secret)
        self.done.set()
        return "kept"

    def lost(self) -> str:
        """Say what is left at GitHub where an App was made and could not be kept; empty if none was."""
        if self.made is None or self.kept is not None:
            return ""
        page = settings_page(self.offer.web, self.made.slug, self.made.organisation)
        return (
            f"GitHub has made the App {self.made.slug}, and its key could not be kept: {self.problem} "
            f"Delete the App, or make another key, on {page}."
        )


@dataclass(frozen=True, slots=True)
class WaitLimit:
    """Waiting with a limit, in seconds."""

    clock: Clock
    pause: Callable[[float], None]
    limit: float

    def until(self, holds: Callable[[], bool]) -> str | None:
        """Wait until something holds. None: it does; else why it is not known to, or an empty string."""
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
    """Say whether the App is installed on a repository, or anywhere where none is named."""
    return app.reaches(repository) if repository else bool(app.accounts())
