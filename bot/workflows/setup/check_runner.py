"""Looking at everything at once: no look may hang the others, and none may raise."""

import threading
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath

from bot.domain.setup.findings import Finding
from bot.errors import IncompleteReadingError, PermanentError, TransientError, UserError

LONGEST = 30.0  # seconds; a request to GitHub has twenty


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """One look: the group it is shown in, its name, what it does, and the seconds that it may take."""

    group: str
    name: str
    look: Callable[[], Sequence[Finding]]
    seconds: float = LONGEST


@dataclass(slots=True)
class _Looking:
    check: HealthCheck
    found: list[Finding] = field(default_factory=list)

    def run(self) -> None:
        try:
            self.found = list(self.check.look())
        except Exception as raised:  # noqa: BLE001 - a look that fails is a finding like any other
            self.found = [_meaning(self.check.name, raised)]


def run_checks(checks: Sequence[HealthCheck]) -> list[tuple[str, Finding]]:
    """Do all checks at the same time; return what they found, in their order, each with its group."""
    looks = [_Looking(check) for check in checks]
    # Daemons: one that hangs is left behind, and keeps nobody from ending.
    threads = [threading.Thread(target=look.run, name=look.check.name, daemon=True) for look in looks]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    found = []
    for look, thread in zip(looks, threads, strict=True):
        thread.join(max(began + look.check.seconds - time.monotonic(), 0.0))
        findings = [_silent(look.check)] if thread.is_alive() else look.found
        found += [(look.check.group, each) for each in findings]
    return found


def _silent(check: HealthCheck) -> Finding:
    return Finding(
        check.name,
        "bad",
        f"No answer within {check.seconds:g} s.",
        "Nothing is known of it now. Is it up, and the way there free?",
    )


def _meaning(name: str, raised: Exception) -> Finding:
    match raised:
        case UserError() | PermanentError():
            return Finding(name, "bad", raised.what, raised.remedy)
        case TransientError():
            return Finding(name, "bad", str(raised), "Nothing is known of it now. Try again later.")
        case IncompleteReadingError():
            return Finding(name, "bad", str(raised))
        case _:
            # Not its words: they may hold what was being read.
            frame = traceback.extract_tb(raised.__traceback__)[-1]
            place = f"{PurePath(frame.filename).name}:{frame.lineno} in {frame.name}"
            return Finding(
                name,
                "bad",
                f"The check itself failed ({type(raised).__name__}, {place}).",
                "This is a bug in Sensei. Please report it with this line.",
            )
