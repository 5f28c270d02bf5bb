"""Requests as the App itself, and tokens of its installations for one repository with few permissions."""

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

# Permissions needed for publishing. ``contents`` is for reading branch heads and pull requests' files.
SPEAKS = {"checks": "write", "contents": "read", "metadata": "read", "pull_requests": "write"}
READS = {"contents": "read", "metadata": "read"}
# For pushing a branch with a decision record, where the owner grants it.
PUSHES = {"contents": "write", "metadata": "read"}
# What resolving a thread takes. Owners need not grant it.
WRITES = {**SPEAKS, "contents": "write"}
_EARLY = 300.0  # seconds before expiry at which a token is renewed, so that it doesn't expire in use
_ALGORITHM = "RS256"  # the algorithm that GitHub accepts for an App's claims
_TIMEOUT = 20  # seconds of silence on one request

Permissions = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Token:
    value: str
    ends: float


@functools.lru_cache(maxsize=4)
def _load_key(private_key: str) -> Any:
    """Return a key that can sign. Checking a key takes 60 ms of CPU time, so the result is cached."""
    return jwt.get_algorithm_by_name(_ALGORITHM).prepare_key(private_key)


@dataclass
class GitHubApp:
    """A GitHub App.

    ``api`` is the API's address; for GitHub Enterprise Server ``https://host/api/v3``. ``between_writes`` are
    the seconds between two writes: GitHub asks for one second between requests that create content.
    """

    app_id: int
    private_key: str
    api: str = "https://api.github.com"
    between_writes: float = 1.0
    clock: Callable[[], float] = time.time
    _tokens: dict[tuple[int, int | None, str], _Token] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _write: threading.Lock = field(default_factory=threading.Lock)
    _wrote: float = 0.0
    _slug: str = ""
    _left: dict[int, tuple[int, float]] = field(default_factory=dict)

    @contextmanager
    def itself(self, action: str) -> Iterator[GithubIntegration]:
        """Make requests as the App, with its private key; errors name the attempted ``action``."""
        integration = GithubIntegration(
            auth=Auth.AppAuth(self.app_id, sign_func=self._sign),
            base_url=self.api,
            timeout=_TIMEOUT,
            retry=None,
            seconds_between_requests=None,
            seconds_between_writes=None,
        )
        try:
            with translate_errors(action):
                yield integration
        except TokenRejectedError:
            raise PermanentError(
                f"{action}: GitHub does not know this App.", "Check SENSEI_GITHUB_APP_ID and its private key."
            ) from None
        finally:
            integration.close()

    def _sign(self, claims: dict[str, Any]) -> str:
        return jwt.encode(claims, _load_key(self.private_key), algorithm=_ALGORITHM)

    @property
    def slug(self) -> str:
        """Return the App's slug; the login of its bot is ``<slug>[bot]``."""
        if not self._slug:
            with self.itself("Reading the App's details") as integration:
                self._slug = integration.get_app().slug
        return self._slug

    def time(self) -> tuple[float, float]:
        """Return GitHub's time and this machine's at the same moment, in seconds since 1970.

        Raises:
            TransientError: GitHub does not answer, or its answer does not contain the time.
        """
        started = self.clock()
        try:
            # This request is anonymous, since a wrong clock would invalidate the App's claims. Any response
            # will do, as its header contains the time.
            answer = requests.get(f"{self.api}/rate_limit", timeout=_TIMEOUT, allow_redirects=False)
            server_time = parsedate_to_datetime(answer.headers.get("Date", "")).timestamp()
        except requests.RequestException as failed:
            raise TransientError(f"GitHub did not answer at {self.api} ({type(failed).__name__}).") from None
        except ValueError:
            raise TransientError(f"The server at {self.api} did not send the time.") from None
        return server_time, (started + self.clock()) / 2

    @contextmanager
    def repository(
        self,
        action: str,
        installation: int | None,
        repository: int | None,
        *,
        reads_only: bool = False,
        writes_contents: bool = False,
    ) -> Iterator[Github]:
        """Make requests as an installation, on one repository (None: on all of its repositories).

        With ``writes_contents``, GitHub refuses (``HostRejectedError``) unless the owner has granted that.

        PyGithub's retries are off: they would repeat a POST whose answer was lost. Workflows decide about
        retries instead.
        """
        if installation is None:
            raise PermanentError(
                f"{action}: the App is not installed on this repository.",
                "Ask the owner to install it; Sensei will then continue on its own.",
            )
        token = self.token(installation, repository, reads_only=reads_only, writes_contents=writes_contents)
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
            with translate_errors(action):
                yield github
        except TokenRejectedError:
            self._forget(installation)
            raise TransientError(
                f"{action}: GitHub refused the installation's token. Sensei will request a new one."
            ) from None
        except TransientError as failed:
            log.warning("github.later", what=str(failed), retry_in=failed.retry_in)
            raise
        finally:
            self._note_limit(installation, github)
            github.close()

    def _note_limit(self, installation: int, github: Github) -> None:
        """Store the rate limit from the last response; this makes no request."""
        left, _ = github.requester.rate_limiting
        if left >= 0:
            with self._lock:
                self._left[installation] = left, float(github.requester.rate_limiting_resettime)

    def requests_left(self) -> int | None:
        """Return the lowest number of remaining requests of any installation; None if unknown."""
        with self._lock:
            known = [left for left, resets in self._left.values() if resets > self.clock()]
        return min(known, default=None)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Wait for this process's other writes, and leave GitHub's required pause between writes."""
        with self._write:
            remaining = self._wrote + self.between_writes - time.monotonic()
            if remaining > 0:
                time.sleep(remaining)
            try:
                yield
            finally:
                self._wrote = time.monotonic()

    def token(
        self, installation: int, repository: int | None, *, reads_only: bool, writes_contents: bool = False
    ) -> str:
        """Return a token of an installation, for one repository; PyGithub cannot request such a token."""
        return self._token(
            installation, repository, READS if reads_only else WRITES if writes_contents else SPEAKS
        )

    def push_token(self, installation: int, repository: int) -> str:
        """Return a token that can push to one repository.

        Raises:
            HostRejectedError: the owner hasn't granted this.
        """
        return self._token(installation, repository, PUSHES)

    def _token(self, installation: int, repository: int | None, permissions: Permissions) -> str:
        key = (installation, repository, ",".join(f"{name}:{permissions[name]}" for name in permissions))
        with self._lock:
            cached = self._tokens.get(key)
            if cached and cached.ends - _EARLY > self.clock():
                return cached.value
        request: dict[str, Any] = {"permissions": dict(permissions)}
        if repository is not None:
            request["repository_ids"] = [repository]
        with self.itself(f"Requesting a token for installation {installation}") as integration:
            _, data = integration.requester.requestJsonAndCheck(
                "POST", f"/app/installations/{installation}/access_tokens", input=request
            )
        token = _Token(data["token"], datetime.fromisoformat(data["expires_at"]).timestamp())
        with self._lock:
            self._tokens[key] = token
        return token.value

    def _forget(self, installation: int) -> None:
        with self._lock:
            for key in [key for key in self._tokens if key[0] == installation]:
                del self._tokens[key]
