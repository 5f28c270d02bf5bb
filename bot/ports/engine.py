"""What goes on after a crash: workflows made of steps, each done once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar

from bot.ports.store import Tx

Json = dict[str, Any]

AGAIN = "#"
"""Stands in a step's name between what is done and which attempt at it this is."""
RETRIED = "~"
"""Stands in a workflow's id between the id that gave up and what tells one retry of it from another."""

T = TypeVar("T")


class Steps(Protocol):
    """All that a workflow sees. What a step returned is recorded, and returned again after a crash.

    Steps return JSON-native values. A step that talks to the outside writes no row, a step that writes rows
    talks to nobody (docs/reliability.md says why).
    """

    def step(self, name: str, do: Callable[[], T]) -> T:
        """Do something outside. It may be done again if the process dies before its record is written."""

    def tx(self, name: str, do: Callable[[Tx], T]) -> T:
        """Write rows and the step's record in one transaction: done once, or not at all."""

    def sleep(self, name: str, seconds: float) -> None:
        """Wait; after a crash only for what is left."""


Workflow = Callable[[Steps, Json], Json]


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A workflow that gave up: its id, its name, and the error as a sentence."""

    id: str
    name: str
    error: str


class Engine(Protocol):
    """Runs workflows. One process per database; a second is refused at start."""

    def workflow(self, name: str, do: Workflow) -> None:
        """Register a workflow before ``start``; a name that is taken is a bug."""

    def run(self, name: str, id_: str, argument: Json) -> None:
        """Begin a workflow in the background; nothing if this id has begun before."""

    def going_on(self, names: Sequence[str] | None = None) -> Sequence[str]:
        """List the ids of what has begun, or waits for its turn, and has not ended; of some names, or all."""

    def forget(self, names: Sequence[str], before: datetime) -> int:
        """Forget workflows of some names that ended before a moment, however they did; return how many."""


class DeadLetters(Protocol):
    """What gave up, whether or not an engine runs."""

    def all(self) -> Sequence[DeadLetter]:
        """List what gave up and waits for a person; what was set going again is not among it."""

    def retry(self, id_: str) -> bool:
        """Let one go on from the step that did not work; False if there is none of this id."""
