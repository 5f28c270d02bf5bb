"""What may go wrong on demand, by the name of a method."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase


@dataclass(frozen=True)
class Fails:
    """Refuses before any work is done: ``{"ok": false, "error": …}``, or no JSON where ``error`` is empty."""

    error: str
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Loses:
    """Does the work, then cuts the connection: the caller cannot know that it was done."""


@dataclass(frozen=True)
class Cuts:
    """Closes the connection before any work is done."""


@dataclass(frozen=True)
class Hangs:
    """Says nothing for so long (or until the fake ends), before or after the work."""

    seconds: float = 60
    worked: bool = False


Fault = Fails | Loses | Cuts | Hangs


@dataclass
class Rule:
    fault: Fault
    method: str
    times: int

    def meets(self, method: str) -> bool:
        return self.times > 0 and fnmatchcase(method, self.method)


def ratelimited(seconds: int | None = 30) -> Fails:
    headers = {} if seconds is None else {"Retry-After": str(seconds)}
    return Fails("ratelimited", 429, headers)


def outage(status: int = 503) -> Fails:
    return Fails("", status)
