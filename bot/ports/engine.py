"""Durable workflows, which continue after a crash and do each step once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol, TypeVar

from bot.ports.store import Tx

Json = dict[str, Any]

ATTEMPT_SEPARATOR = "#"
"""Separator between a step's name and the number of the attempt."""
RETRY_SEPARATOR = "~"
"""Separator between a failed workflow's id and the suffix of its retry."""
OWN_RETRY_MARK = "calm"
"""The start of that suffix if Sensei retried the workflow by itself."""

T = TypeVar("T")


class UnknownWorkflowError(Exception):
    """No workflow with this name is registered: an older or a newer version of Sensei made the job."""


class Steps(Protocol):
    """The operations of a workflow. A step's result is recorded, and returned again after a crash.

    Steps return JSON-native values. A step either makes requests or writes rows, never both
    (docs/reliability.md explains why).
    """

    def step(self, name: str, do: Callable[[], T]) -> T:
        """Do something outside the database.

        If the process dies before the result is recorded, it is done again.
        """

    def tx(self, name: str, do: Callable[[Tx], T]) -> T:
        """Write rows and the step's record in one transaction, so the step is done once or not at all."""

    def sleep(self, name: str, seconds: float) -> None:
        """Wait. After a crash, wait only for the remaining time."""


Workflow = Callable[[Steps, Json], Json]


class GiveUpCause(StrEnum):
    """Why a workflow was given up.

    ``CRASHES``: its process died each time. ``REFUSED``: another service refused it, and a person must act.
    ``FAILED``: it raised an error.
    """

    CRASHES = "crashes"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A workflow that failed for good, with its error as a sentence, and when it was given up."""

    id: str
    name: str
    error: str
    ended_at: datetime
    cause: GiveUpCause = GiveUpCause.FAILED

    @property
    def retried_by_sensei(self) -> bool:
        """Whether it was already a retry that Sensei had started by itself."""
        return self.id.rpartition(RETRY_SEPARATOR)[2].startswith(OWN_RETRY_MARK)


class Engine(Protocol):
    """Runs workflows. Each database has one such process; a second one refuses to start."""

    def workflow(self, name: str, do: Workflow) -> None:
        """Register a workflow before the engine starts. Each name may be registered once."""

    def run(self, name: str, id_: str, argument: Json) -> None:
        """Start a workflow in the background. If this id has already been started, do nothing.

        Raises:
            UnknownWorkflowError: no workflow with this name is registered.
        """

    def going_on(self, names: Sequence[str] | None = None) -> Sequence[str]:
        """List the ids of queued or running workflows, either all or only those with the given names."""

    def forget(self, names: Sequence[str], before: datetime) -> int:
        """Delete workflows with the given names that ended before a given time, with or without an error.

        Return how many were deleted.
        """


class DeadLetters(Protocol):
    """Failed workflows. They can be listed and retried without a running engine."""

    def all(self) -> Sequence[DeadLetter]:
        """List workflows that failed for good and have not been retried since."""

    def retry(self, id_: str, *, by_sensei: bool = False) -> bool:
        """Continue a workflow from the step that failed. Return False if no failed workflow has this id.

        ``by_sensei`` is recorded in the id of the retry (``DeadLetter.retried_by_sensei``).
        """
