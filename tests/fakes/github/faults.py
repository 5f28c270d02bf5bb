"""What may go wrong on demand: each fault meets the requests that its rule names, so many times."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from tests.fakes.github.errors import Refused


@dataclass(frozen=True)
class Fails:
    """Refuses before any work is done."""

    status: int
    message: str = "Server Error"
    headers: Mapping[str, str] = field(default_factory=dict)

    def refusal(self) -> Refused:
        return Refused(self.status, self.message, self.headers)


@dataclass(frozen=True)
class Loses:
    """Does the work, then answers with an error: the caller cannot know that it was done."""

    status: int = 502


@dataclass(frozen=True)
class Hangs:
    """Says nothing for so long (or until ``GitHub.release``), before or after the work."""

    seconds: float = 60
    worked: bool = False


@dataclass(frozen=True)
class Cuts:
    """Closes the connection without an answer, before or after the work."""

    worked: bool = False


Fault = Fails | Loses | Hangs | Cuts


@dataclass
class Rule:
    fault: Fault
    method: str
    pattern: str
    times: int

    def meets(self, method: str, path: str, template: str) -> bool:
        if self.times < 1 or self.method not in {"*", method}:
            return False
        return self.pattern == template or fnmatchcase(path, self.pattern)


def secondary_limit(retry_after: int | None = 60, status: int = 403) -> Fails:
    message = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
    return Fails(status, message, {} if retry_after is None else {"Retry-After": str(retry_after)})


def too_many(retry_after: int | None = 60) -> Fails:
    return secondary_limit(retry_after, 429)


def primary_limit(reset_in: int = 3600) -> Fails:
    headers = {
        "X-RateLimit-Limit": "5000",
        "X-RateLimit-Remaining": "0",
        "X-RateLimit-Used": "5000",
        "X-RateLimit-Reset": str(int(time.time()) + reset_in),
        "X-RateLimit-Resource": "core",
    }
    return Fails(403, "API rate limit exceeded for installation.", headers)


def revoked() -> Fails:
    return Fails(401, "Bad credentials")


def missing() -> Fails:
    return Fails(404, "Not Found")
