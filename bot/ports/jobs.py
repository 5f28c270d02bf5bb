"""Jobs that are due, and effects outside the database."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Job:
    """A workflow that is due. ``kind`` is the workflow's name, ``id`` its id and ``argument`` its input."""

    id: str
    kind: str
    argument: dict[str, Any]
    due_at: datetime


class Effects(Protocol):
    """Things done outside the database, recorded so that none is done twice."""

    def begin(self, key: str, at: datetime) -> None:
        """Record that something is about to be done. Nothing changes if it was begun before."""

    def finish(self, key: str, external_id: str, at: datetime) -> None:
        """Store the external id of what was done."""

    def find(self, key: str) -> tuple[bool, str | None]:
        """Return whether an effect was begun, and the external id of what was done if it is known."""

    def find_all(self, keys: Collection[str]) -> Mapping[str, str | None]:
        """Return the external ids of the effects that were begun, by key; None if it isn't known."""

    def find_key(self, prefix: str, external_id: str) -> str | None:
        """Return the key of the effect with this external id, among those that start with ``prefix``."""

    def find_by_prefix(self, prefix: str) -> Mapping[str, str | None]:
        """Return the external ids of the effects whose keys start with ``prefix``, in the keys' order."""


class Jobs(Protocol):
    """Workflows that are due."""

    def add(self, job: Job) -> None:
        """Add a job. A job with the same id that has not begun is moved to the new time."""

    def replace(self, prefix: str, job: Job, *, keep_place: bool = False) -> None:
        """Add a job and delete all others that have not begun and whose ids start with ``prefix``.

        With ``keep_place``, the job is due no later than those that it replaces.
        """

    def list_waiting(self, prefix: str) -> Sequence[str]:
        """List the ids of jobs that have not begun and whose ids start with ``prefix``."""

    def due(
        self, at: datetime, most: int, *, without: Collection[str] = (), without_prefix: str = ""
    ) -> Sequence[Job]:
        """List at most ``most`` jobs that are due and have not begun, the longest due first.

        Leave out the kinds in ``without``, and ids that start with ``without_prefix``.
        """

    def due_with_prefix(self, prefix: str, at: datetime, most: int) -> Sequence[Job]:
        """List at most ``most`` such jobs whose ids start with ``prefix``."""

    def due_of_kind(self, kind: str, at: datetime, most: int, *, first: str) -> Sequence[Job]:
        """List at most ``most`` jobs of a kind that are due and have not begun.

        Jobs whose argument has a value called ``first`` come first; otherwise the longest due come first.
        """

    def find_due_time(self, job: str) -> datetime | None:
        """Return when a job is or was due, or None if there is no such job."""

    def find_due_times(self, jobs: Collection[str]) -> Mapping[str, datetime | None]:
        """Return when jobs are due, by id: None if one has begun. Those that don't exist are left out."""

    def mark_begun(self, job: str, at: datetime) -> None:
        """Store when a job began, unless another job has replaced it meanwhile."""

    def postpone(self, job: str, until: datetime, error: str) -> None:
        """Store why a job could not be started, and when it is due again."""

    def list_failed(self) -> Sequence[tuple[str, str]]:
        """List the ids and errors of jobs that could not be started, the longest due first."""

    def retry(self, job: str, at: datetime) -> bool:
        """Make a job that could not be started due; return False if no such job has this id."""

    def retry_all(self, at: datetime) -> None:
        """Make all jobs that could not be started due."""

    def begin_times_since(self, prefix: str, moment: datetime) -> Sequence[datetime]:
        """List when jobs whose ids start with ``prefix`` began after a moment, earliest first."""

    def list_begun_since(self, prefix: str, moment: datetime) -> Sequence[str]:
        """List the ids of jobs that began after a moment and whose ids start with ``prefix``."""

    def forget(self, kinds: Sequence[str], before: datetime) -> int:
        """Delete the jobs of the given kinds that began before a moment; return how many."""
