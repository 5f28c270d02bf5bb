"""Runs all checks at once. No check can hang the others, and none can raise."""

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
    """One check: the group it is shown in, its name, the function that runs it, and its limit in seconds."""

    group: str
    name: str
    look: Callable[[], Sequence[Finding]]
    seconds: float = LONGEST


@dataclass(slots=True)
class _Run:
    check: HealthCheck
    found: list[Finding] = field(default_factory=list)

    def run(self) -> None:
        try:
            self.found = list(self.check.look())
        except Exception as error:  # noqa: BLE001 - a check that fails is a finding like any other
            self.found = [_describe_failure(self.check.name, error)]


def run_checks(checks: Sequence[HealthCheck]) -> list[tuple[str, Finding]]:
    """Run all checks at the same time. Return their findings in order, each with its group."""
    runs = [_Run(check) for check in checks]
    # Daemons, so that a check that hangs does not keep the process from ending.
    threads = [threading.Thread(target=run.run, name=run.check.name, daemon=True) for run in runs]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    found = []
    for run, thread in zip(runs, threads, strict=True):
        thread.join(max(began + run.check.seconds - time.monotonic(), 0.0))
        findings = [_describe_timeout(run.check)] if thread.is_alive() else run.found
        found += [(run.check.group, finding) for finding in findings]
    return found


def _describe_timeout(check: HealthCheck) -> Finding:
    return Finding(
        check.name,
        "bad",
        f"No answer within {check.seconds:g} s.",
        "Check that it is up and that this machine can reach it.",
    )


def _describe_failure(name: str, error: Exception) -> Finding:
    match error:
        case UserError() | PermanentError():
            return Finding(name, "bad", error.what, error.remedy)
        case TransientError():
            return Finding(name, "bad", str(error), "Its state is unknown. Try again later.")
        case IncompleteReadingError():
            return Finding(name, "bad", str(error))
        case _:
            # Without its message, which may quote what was being read.
            frame = traceback.extract_tb(error.__traceback__)[-1]
            place = f"{PurePath(frame.filename).name}:{frame.lineno} in {frame.name}"
            return Finding(
                name,
                "bad",
                f"The check itself failed ({type(error).__name__}, {place}).",
                "This is a bug in Sensei. Please report it with this line.",
            )
