"""Runs all checks at once. A check that hangs or raises does not affect the others."""

import threading
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath

from bot.domain.setup.findings import Finding
from bot.errors import IncompleteReadingError, PermanentError, TransientError, UserError

LONGEST = 30.0  # Seconds. A request to GitHub may take twenty.


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """A check: the group it is shown in, its name, its function, and its time limit in seconds."""

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
    """Run all checks at the same time. Return the findings with their groups, in order."""
    runs = [_Run(check) for check in checks]
    # Daemon threads, so that a hanging check does not stop the process from ending.
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
        f"The check '{check.name}' got no answer within {check.seconds:g} s.",
        "Check that the service is up and that this machine can reach it.",
    )


def _describe_failure(name: str, error: Exception) -> Finding:
    match error:
        case UserError() | PermanentError():
            return Finding(name, "bad", error.what, error.remedy)
        case TransientError():
            return Finding(name, "bad", str(error), "The check could not be completed. Try again later.")
        case IncompleteReadingError():
            return Finding(name, "bad", str(error))
        case _:
            # Without the error's message, which may quote the data being read.
            frame = traceback.extract_tb(error.__traceback__)[-1]
            place = f"{PurePath(frame.filename).name}:{frame.lineno} in {frame.name}"
            return Finding(
                name,
                "bad",
                f"The check '{name}' itself failed ({type(error).__name__}, {place}).",
                "This is a bug in Sensei. Please report it with this line.",
            )
