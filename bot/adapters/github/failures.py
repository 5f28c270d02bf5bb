"""Translating GitHub's errors: try again, someone must act, or GitHub will never accept the request."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import requests
from github import GithubException

from bot.errors import PermanentError, TransientError
from bot.ports.code_host import HostRejectedError

# After a secondary limit, GitHub asks clients to wait at least a minute unless a header says how long.
# https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api
_SECONDARY_WAIT = 60.0
# Limits reset within an hour, so a longer wait must be an error.
_LONGEST_WAIT = 3700.0


class TokenRejectedError(Exception):
    """GitHub no longer accepts the token: it was revoked, or its installation no longer exists."""


class NotFoundError(PermanentError):
    """The requested object does not exist, or the App cannot see it."""


@contextmanager
def translate_errors(action: str) -> Iterator[None]:
    """Translate exceptions by PyGithub and requests into Sensei's own; ``action`` is the attempted action.

    Raises:
        TransientError, PermanentError, HostRejectedError: as ``CodeHost`` says.
        TokenRejectedError: on status 401.
    """
    try:
        yield
    except requests.RequestException as failed:
        raise TransientError(f"{action}: GitHub did not answer ({type(failed).__name__}).") from None
    except GithubException as refused:
        raise _translate(action, refused) from None


def _translate(action: str, refused: GithubException) -> Exception:
    status, message = refused.status, _join_messages(refused.data)
    headers = {key.lower(): str(value) for key, value in (refused.headers or {}).items()}
    if status == 401:
        return TokenRejectedError(action)
    if status == 429 or (status == 403 and _is_limit(message, headers)):
        return TransientError(f"{action}: GitHub's rate limit was reached.", _seconds_to_wait(headers))
    if status >= 500 or status in {0, 408}:
        return TransientError(f"{action}: GitHub answered {status}.")
    if status == 403:
        return PermanentError(
            f"{action}: GitHub refused permission ({message or 'no reason given'}).",
            "Check the App's permissions, and that its installation is not suspended.",
        )
    if status in {404, 410}:
        return NotFoundError(
            f"{action}: GitHub did not find it, or the App has no access to it.",
            "Check that the App is installed on this repository.",
        )
    return HostRejectedError(message or f"GitHub answered {status}")


def _join_messages(data: Any) -> str:
    if not isinstance(data, Mapping):
        return ""
    errors = data.get("errors")
    details = [
        str(error.get("message", "")) if isinstance(error, Mapping) else str(error)
        for error in (errors if isinstance(errors, list) else [])
    ]
    return "; ".join(part for part in (str(data.get("message", "")), *details) if part)


def _is_limit(message: str, headers: Mapping[str, str]) -> bool:
    return (
        "rate limit" in message.lower()
        or "abuse" in message.lower()
        or headers.get("x-ratelimit-remaining") == "0"
        or "retry-after" in headers
    )


def _seconds_to_wait(headers: Mapping[str, str]) -> float:
    """Return the seconds that GitHub asks to wait: Retry-After, or else until the limit resets."""
    if (after := headers.get("retry-after", "")).isdigit():
        return min(float(after), _LONGEST_WAIT)
    reset = headers.get("x-ratelimit-reset", "")
    if headers.get("x-ratelimit-remaining") == "0" and reset.isdigit():
        return min(max(1.0, float(reset) - time.time() + 1), _LONGEST_WAIT)
    return _SECONDARY_WAIT
