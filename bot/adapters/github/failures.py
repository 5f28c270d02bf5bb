"""What an answer of GitHub's means: try again, somebody must act, or it will never be taken."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import requests
from github import GithubException

from bot.errors import PermanentError, TransientError
from bot.ports.code_host import HostRejectedError

# Without a header that says when, GitHub asks for at least a minute after a secondary limit.
# https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api
_SECONDARY_WAIT = 60.0
# Limits are reset within the hour; to be told a longer wait is a mistake.
_LONGEST_WAIT = 3700.0


class TokenRejectedError(Exception):
    """The token is not taken any more: it was revoked, or its installation has gone."""


class NotFoundError(PermanentError):
    """What was asked for is not there, or not to be seen."""


@contextmanager
def translate_errors(what: str) -> Iterator[None]:
    """Turn what PyGithub and requests raise into what the workflows know; ``what`` names the undertaking.

    Raises:
        TransientError, PermanentError, Rejected: as ``ports.host.Host`` says. TokenRefused: on 401.
    """
    try:
        yield
    except requests.RequestException as failed:
        raise TransientError(f"{what}: GitHub did not answer ({type(failed).__name__}).") from None
    except GithubException as refused:
        raise _meaning(what, refused) from None


def _meaning(what: str, refused: GithubException) -> Exception:
    status, message = refused.status, _message(refused.data)
    headers = {key.lower(): str(value) for key, value in (refused.headers or {}).items()}
    if status == 401:
        return TokenRejectedError(what)
    if status == 429 or (status == 403 and _is_limit(message, headers)):
        return TransientError(f"{what}: GitHub's rate limit was reached.", _wait(headers))
    if status >= 500 or status in {0, 408}:
        return TransientError(f"{what}: GitHub answered {status}.")
    if status == 403:
        return PermanentError(
            f"{what}: GitHub does not allow it ({message or 'no reason given'}).",
            "Look at the App's permissions and whether its installation is suspended.",
        )
    if status in {404, 410}:
        return NotFoundError(
            f"{what}: it is gone, or the App may not see it.", "Is the App installed on this repository?"
        )
    return HostRejectedError(message or f"GitHub answered {status}")


def _message(data: Any) -> str:
    if not isinstance(data, Mapping):
        return ""
    errors = data.get("errors")
    details = [
        str(each.get("message", "")) if isinstance(each, Mapping) else str(each)
        for each in (errors if isinstance(errors, list) else [])
    ]
    return "; ".join(part for part in (str(data.get("message", "")), *details) if part)


def _is_limit(message: str, headers: Mapping[str, str]) -> bool:
    return (
        "rate limit" in message.lower()
        or "abuse" in message.lower()
        or headers.get("x-ratelimit-remaining") == "0"
        or "retry-after" in headers
    )


def _wait(headers: Mapping[str, str]) -> float:
    """Return the seconds that GitHub asks for: Retry-After, else until the limit is reset."""
    if (after := headers.get("retry-after", "")).isdigit():
        return min(float(after), _LONGEST_WAIT)
    reset = headers.get("x-ratelimit-reset", "")
    if headers.get("x-ratelimit-remaining") == "0" and reset.isdigit():
        return min(max(1.0, float(reset) - time.time() + 1), _LONGEST_WAIT)
    return _SECONDARY_WAIT
