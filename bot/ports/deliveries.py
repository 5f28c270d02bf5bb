"""The inbox of webhook deliveries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


def unknown_pull_request(number: int) -> int:
    """Return what a delivery waits for whose pull request isn't stored yet. No row has a negative id.

    Pull requests of several repositories may have the same number, so it may be woken too early.
    """
    return -number


@dataclass(frozen=True, slots=True)
class Delivery:
    """A webhook delivery as it was received. Its payload is parsed only after its signature was verified."""

    guid: str
    event: str
    payload: bytes


class Deliveries(Protocol):
    """The inbox of webhook deliveries."""

    def receive(self, delivery: Delivery, at: datetime) -> bool:
        """Store a delivery; return False if its id was received before."""

    def list_waiting(self, most: int) -> Sequence[str]:
        """List the ids of deliveries that can be handled now, oldest first, and the chat's events last."""

    def defer(self, guid: str, pull_request: int) -> None:
        """Make a delivery wait until ``wake`` is called for a pull request, known or not."""

    def deferred_pull_requests(self) -> set[int]:
        """Return the known pull requests for which deliveries wait."""

    def wake(self, pull_request: int) -> None:
        """Make the deliveries that wait for a pull request ready to be handled, in the order they arrived."""

    def get(self, guid: str) -> Delivery | None:
        """Return a delivery that has not been handled, or None."""

    def find_known(self, guids: Sequence[str]) -> set[str]:
        """Return those of the given ids that were ever received."""

    def close(self, guid: str, state: str, error: str = "") -> None:
        """Store how a delivery ended: ``handled``, ``ignored``, or ``failed``, which keeps the payload."""

    def get_error(self, guid: str) -> str:
        """Return the error that a delivery was closed with; empty if there was none."""

    def list_failed(self) -> Sequence[tuple[str, str]]:
        """List the deliveries that failed, oldest first: their ids and errors."""

    def retry(self, guid: str) -> bool:
        """Make a failed delivery ready to be handled again; return False if no failed one has this id."""

    def count_refused(self, reason: str, count: int, at: datetime) -> None:
        """Count requests that were refused as deliveries. Nothing else about them is stored."""

    def forget(self, before: datetime) -> int:
        """Delete handled and ignored deliveries received before a moment; return how many."""

    def forget_refusals(self, before: datetime) -> None:
        """Delete the counts of refused requests for days before a moment."""
