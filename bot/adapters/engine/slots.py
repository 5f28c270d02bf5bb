"""Slots for running workflows: how many start at once, and how many wait in a queue that is polled."""

import threading
from dataclasses import dataclass, field


@dataclass
class WorkflowSlots:
    """The slots of one queue.

    A workflow that is started directly doesn't wait for a poll, so the queue can be polled rarely while it is
    empty. But DBOS limits only the workflows that it takes from a queue. So half of the slots are for direct
    starts, which we count ourselves, and the rest for the queue. Workflows recovered after a crash count as
    well. What is queued never moves to a slot for direct starts, so with a smaller share for the queue, a
    burst of pull requests would be read by fewer processes than the settings allow.
    """

    at_once: int
    _running: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def queued(self) -> int:
        """The maximum number of running workflows that were taken from the queue."""
        return self.at_once - self.at_once // 2

    def take(self, id_: str) -> bool:
        """Take a slot for a workflow to be started directly.

        Return False if none is free, or if the workflow is running.
        """
        with self._lock:
            if id_ in self._running or len(self._running) >= self.at_once - self.queued:
                return False
            self._running.add(id_)
            return True

    def enter(self, id_: str) -> None:
        """Count a workflow that is running, however it was started."""
        with self._lock:
            self._running.add(id_)

    def leave(self, id_: str) -> None:
        """Free the slot of a workflow that has ended."""
        with self._lock:
            self._running.discard(id_)
