"""The App's own identity, and tokens of its installations: of one repository, with the least permissions."""

import functools
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

import jwt
import requests
import structlog
from github import Auth, Github, GithubIntegration

from bot.adapters.github.failures import TokenRejectedError, translate_errors
from bot.errors import PermanentError, TransientError

log = structlog.get_logger(__name__)

# What publishing needs; contents to read branches' tips and the pull request's files.
SPEAKS = {"checks": "write", "contents": "read", "metadata": "read", "pull_requests": "write"}
READS = {"contents": "read", "metadata": "read"}
_EARLY = 300.0  # seconds: a token is renewed before it ends in mid-run
_ALGORITHM = "RS256"  # what GitHub takes an App's claims by
_TIMEOUT = 20  # seconds of silence on one request

Permissions = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Token:
    value: str
    ends: float


@functools.lru_cache(maxsize=4)
def _loaded(private_key: str) -> Any:
    """Return a key that can sign; checking one takes 60 ms of a processor, so each is checked once."""
    return jwt.get_algorithm_by_name(_ALGORITHM).prepare_key(private_key)


@dataclass
class GitHubApp:
    """A GitHub App. ``api`` is the API's address, for GitHub Enterprise Server ``https://host/api/v3``.

    ``between_writes`` are seconds: GitHub asks for one between requests that create content.
    """

    app_id: int
    private_key: str
    api: str = "https://api.github.com"
    between_writes: float = 1.0
    clock: Callable[[], float] = time.time
    _tokens: dict[tuple[int, int | None, bool], _Token] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _write: threading.Lock = field(default_factory=threading.Lock)
    _wrote: float = 0.0
    _slug: str = ""
    _left: dict[int, tuple[int, float]] = field(default_factory=dict)

    @contextmanager
    def itself(self, what: str) -> Iterator[GithubIntegration]:
        """Speak as the App, by its key."""
        integration = GithubIntegration(
            auth=Auth.AppAuth(self.app_id, sign_func=self._sign),
            base_url=self.api,
            timeout=_TIMEOUT,
            retry=None,
            seconds_between_requests=None,
            seconds_between_writes=None,
        )
        try:
            with translate_errors(what):
                yield integration
        except TokenRejectedError:
            raise PermanentError(
                f"{what}: GitHub does not know this App.", "Check SENSEI_GITHUB_APP_ID and its private key."
            ) from None
        finally:
            integration.close()

    def _sign(self, claims: dict[str, Any]) -> str:
        return jwt.encode(claims, _loaded(self.private_key), algorithm=_ALGORITHM)

    @property
    def slug(self) -> str:
        """Return the App's name in logins: its bot is ``<slug>[bot]``."""
        if not self._slug:
            with self.itself("Asking who the App is") as integration:
                self._slug = integration.get_app().slug
        return self._slug

    def time(self) -> tuple[float, float]:
        """Return GitHub's time and this machine's at the same moment, in seconds since 1970.

        Raises:
            TransientError: GitHub does not answer, or not with the time.
        """
        began = self.clock()
        try:
            # Asked by nobody in particular: it needs no key that a wrong clock would make invalid. Whatever
            # the answer is, its head says when it was given.
            answer = requests.get(f"{self.api}/rate_limit", timeout=_TIMEOUT, allow_redirects=False)
            said = parsedate_to_datetime(answer.headers.get("Date", "")).timestamp()
        except requests.RequestException as failed:
            raise TransientError(f"GitHub did not answer at {self.api} ({type(failed).__name__}).") from None
        except ValueError:
            raise TransientError(f"What answers at {self.api} does not say the time.") from None
        return said, (began + self.clock()) / 2

    @contextmanager
    def repository(
        self, what: str, installation: int | None, repository: int | None, *, reads_only: bool = False
    ) -> Iterator[Github]:
        """Speak as an installation, on one repository (None: on all of its).

        PyGithub's own retries repeat a POST whose answer was lost, so there are none; workflows decide.
        """
        if installation is None:
            raise PermanentError(
                f"{what}: the App is not installed on this repository.",
                "Its owner installs it; then everything goes on by itself.",
            )
        token = self.token(installation, repository, reads_only=reads_only)
        github = Github(
            auth=Auth.Token(token),
            base_url=self.api,
            timeout=_TIMEOUT,
            per_page=100,
            retry=None,
            seconds_between_requests=None,
            seconds_between_writes=None,
            lazy=True,
        )
        try:
            with translate_errors(what):
                yield github
        except TokenRejectedError:
            self._forget(installation)
            raise TransientError(
                f"{what}: the installation's token was refused; a new one is asked for."
            ) from None
        except TransientError as failed:
            log.warning("github.later", what=str(failed), retry_in=failed.retry_in)
            raise
        finally:
            self._note_limit(installation, github)
            github.close()

    def _note_limit(self, installation: int, github: Github) -> None:
        """Keep what the last answer said of the installation's limit; nothing is asked for it."""
        left, _ = github.requester.rate_limiting
        if left >= 0:
            with self._lock:
                self._left[installation] = left, float(github.requester.rate_limiting_resettime)

    def requests_left(self) -> int | None:
        """Return how many requests the installation that has the fewest may still make; None if unknown."""
        with self._lock:
            known = [left for left, resets in self._left.values() if resets > self.clock()]
        return min(known, default=None)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Take turns with every other write of this process, at GitHub's pace."""
        with self._write:
            left = self._wrote + self.between_writes - time.monotonic()
            if left > 0:
                time.sleep(left)
            try:
                yield
            finally:
                self._wrote = time.monotonic()

    def token(self, installation: int, repository: int | None, *, reads_only: bool) -> str:
        """Return a token of an installation, for one repository; PyGithub cannot ask for such a one."""
        key = (installation, repository, reads_only)
        with self._lock:
            known = self._tokens.get(key)
            if known and known.ends - _EARLY > self.clock():
                return known.value
        asked: dict[str, Any] = {"permissions": READS if reads_only else SPEAKS}
        if repository is not None:
            asked["repository_ids"] = [repository]
        with self.itself(f"Asking for a token of installation {installation}") as integration:
            _, data = integration.requester.requestJsonAndCheck(
                "POST", f"/app/installations/{installation}/access_tokens", input=asked
            )
        token = _Token(data["token"], datetime.fromisoformat(data["expires_at"]).timestamp())
        with self._lock:
            self._tokens[key] = token
        return token.value

    def _forget(self, installation: int) -> None:
        with self._lock:
            for key in [key for key in self._tokens if key[0] == installation]:
                del self._tokens[key]
