"""Durable workflows: they continue after a crash, and their steps are done once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar

from bot.ports.store import Tx

Json = dict[str, Any]

ATTEMPT_SEPARATOR = "#"
"""Separates a step's name from the number of the attempt."""
RETRY_SEPARATOR = "~"
"""Separates the id of a workflow that gave up from the suffix of its retry."""

T = TypeVar("T")


class Steps(Protocol):
    """Everything that a workflow can do. The result of a step is recorded, and returned again after a crash.

    Steps return JSON-native values. A step that makes requests writes no rows, and a step that writes rows
    makes no requests (docs/reliability.md says why).
    """

    def step(self, name: str, do: Callable[[], T]) -> T:
        """Do something outside the database. If the process dies before it is recorded, it is done again."""

    def tx(self, name: str, do: Callable[[Tx], T]) -> T:
        """Write rows and the step's record in one transaction, so it is done once or not at all."""

    def sleep(self, name: str, seconds: float) -> None:
        """Wait. After a crash, only the remaining time is waited for."""


Workflow = Callable[[Steps, Json], Json]


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A workflow that gave up, with its error as a sentence."""

    id: str
    name: str
    error: str


class Engine(Protocol):
    """Runs workflows. A database has one such process; a second one is refused at start."""

    def workflow(self, name: str, do: Workflow) -> None:
        """Register a workflow before the engine starts. Each name may be registered once."""

    def run(self, name: str, id_: str, argument: Json) -> None:
        """Start a workflow in the background. If this id was started before, nothing happens."""

    def going_on(self, names: Sequence[str] | None = None) -> Sequence[str]:
        """List the ids of workflows that are queued or running, of the given names or of all."""

    def forget(self, names: Sequence[str], before: datetime) -> int:
        """Delete workflows of the given names that ended before a moment, with or without an error.

        Return how many there were.
        """


class DeadLetters(Protocol):
    """Workflows that gave up. They can be listed and retried without a running engine."""

    def all(self) -> Sequence[DeadLetter]:
        """List the workflows that gave up and were not retried since."""

    def retry(self, id_: str) -> bool:
        """Continue a workflow from the step that failed; return False if none has this id."""
