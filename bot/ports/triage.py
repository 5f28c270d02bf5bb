"""Stored rulings, exemptions, appeals, snoozes, snapshots and digests."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from bot.domain.milestones.growth import CountedDecision, RaisedQuestion, TouchedCheck
from bot.domain.triage.records import (
    Appeal,
    AppealState,
    CriterionRuling,
    CriterionSnapshot,
    ExemptSubject,
    GrantedExemption,
    Milestone,
    NewRuling,
    RulingLock,
)


class Rulings(Protocol):
    """Rulings on criteria. They are only ever added: the newest on a criterion counts.

    If a capstone has got another participant, the rulings on the former one's work are never returned, nor
    are the appeals against them.
    """

    def add(self, ruling: NewRuling, at: datetime) -> CriterionRuling:
        """Store a ruling.

        Raises:
            ValueError: its appeal has a ruling already.
        """

    def find(self, ruling: int) -> CriterionRuling | None:
        """Return a ruling, or None."""

    def of(self, capstone: int) -> Sequence[CriterionRuling]:
        """List all rulings on a capstone, oldest first, without those about a former participant."""

    def latest(self, capstones: Collection[int]) -> Mapping[int, Mapping[str, CriterionRuling]]:
        """Return the newest ruling on each criterion, by capstone and criterion, in one query.

        Rulings about a former participant of a capstone are left out.
        """

    def for_milestone(
        self, capstones: Collection[int], milestone: Milestone
    ) -> Mapping[int, Mapping[str, CriterionRuling]]:
        """Return the newest ruling for a milestone on each criterion, by capstone, in one query.

        A second sensei's ruling is for the milestone of the ruling that it replaces, whenever they rule.
        """

    def by_sensei(self, sensei: str, since: datetime) -> Sequence[CriterionRuling]:
        """List a sensei's rulings after a moment, oldest first."""

    def lock(  # noqa: PLR0913, PLR0917 - one row's columns
        self, capstone: int, criterion: str, sensei: str, basis: str, at: datetime, until: datetime
    ) -> RulingLock:
        """Return the lock on a criterion after trying to take it.

        It is taken if it is free, has ended or is the sensei's own; then it has the new ``basis`` and
        ``until``. Otherwise the other sensei's lock is returned unchanged.
        """

    def find_lock(self, capstone: int, criterion: str, at: datetime) -> RulingLock | None:
        """Return the lock in force on a criterion, or None."""

    def unlock(self, capstone: int, criterion: str, sensei: str) -> None:
        """End a sensei's lock on a criterion, if it is theirs."""

    def forget_locks(self, before: datetime) -> int:
        """Delete locks that ended before a moment; return how many."""


class Exemptions(Protocol):
    """Checks and criteria that senseis found not to apply to a capstone."""

    def grant(  # noqa: PLR0913, PLR0917 - one row's columns
        self, capstone: int, kind: ExemptSubject, subject: str, reason: str, sensei: str, at: datetime
    ) -> GrantedExemption:
        """Store an exemption. It ends an earlier one of the same check or criterion."""

    def find(self, exemption: int) -> GrantedExemption | None:
        """Return an exemption that is in force, or None."""

    def end(self, exemption: int, at: datetime) -> bool:
        """End an exemption; return False if there is none with this id, or it has ended already."""

    def of(self, capstones: Collection[int]) -> Sequence[GrantedExemption]:
        """List the exemptions in force of some capstones, oldest first, in one query."""


class Appeals(Protocol):
    """Participants' appeals against rulings. A ruling can be appealed once."""

    def ask(self, ruling: int, person: str, reason: str, at: datetime) -> Appeal | None:
        """Store an appeal; return None if the ruling has one already."""

    def find(self, appeal: int) -> Appeal | None:
        """Return an appeal, or None."""

    def by_ruling(self, rulings: Collection[int]) -> Mapping[int, Appeal]:
        """Return the appeals against rulings, by ruling, in one query."""

    def of_cohort(self, cohort: int, states: Collection[AppealState]) -> Sequence[Appeal]:
        """List the appeals of a cohort's active capstones in these states, oldest first.

        Those by a former participant of a capstone are left out.
        """

    def assign(self, appeal: int, second: str, at: datetime) -> None:
        """Store the second sensei whom a lead named, in place of any earlier one."""

    def unassign(self, appeal: int, at: datetime) -> None:
        """Remove the second sensei, so that a lead must name another."""

    def set_state(self, appeal: int, state: AppealState, at: datetime) -> None:
        """Store an appeal's state."""


class Snoozes(Protocol):
    """Digest rows that people don't want to see before a day."""

    def set(self, person: str, item: str, until: date, at: datetime) -> None:
        """Leave an item out of a person's digests before the day ``until``."""

    def of(self, people: Collection[str]) -> Mapping[str, Mapping[str, date]]:
        """Return people's snoozes, by person and item, in one query."""

    def drop(self, capstone: int) -> None:
        """Delete everybody's snoozes of the rows about a capstone: it has got another participant."""

    def forget_over(self, day: date) -> int:
        """Delete snoozes that are over on a day; return how many."""


class Snapshots(Protocol):
    """The states of checks, week by week. Those of a capstone's former participant are never returned."""

    def save(self, snapshots: Sequence[CriterionSnapshot]) -> None:
        """Store snapshots, replacing those of the same capstone, criterion and week."""

    def of(self, capstones: Collection[int], since: date) -> Sequence[CriterionSnapshot]:
        """List the snapshots of some capstones from a week on, oldest first, in one query."""


@dataclass(frozen=True, slots=True)
class StoredDigest:
    """A digest that was made. ``rows`` are keys, never words. ``picture`` is an id in the chat, or None."""

    id: int
    cohort: int
    person: str
    role: str
    week: str
    rows: tuple[str, ...]
    picture: str | None
    at: datetime


class Digests(Protocol):
    """Digests that were made: one for each person, cohort, role (``sensei`` or ``lead``) and ISO week."""

    def add(  # noqa: PLR0913, PLR0917 - one row's columns
        self, cohort: int, person: str, role: str, week: str, rows: Sequence[str], at: datetime
    ) -> StoredDigest:
        """Store a digest, or return the one that was made for this week."""

    def find(self, digest: int) -> StoredDigest | None:
        """Return a digest, or None."""

    def newest(self, cohort: int, person: str, role: str) -> StoredDigest | None:
        """Return the last digest made for a person in a role, or None."""

    def recent(self, person: str, role: str, since: datetime) -> Sequence[StoredDigest]:
        """List the digests made for a person in a role after a moment, oldest first."""

    def made_for(self, cohort: int, weeks: Collection[str]) -> Collection[tuple[str, str, str]]:
        """Return which digests of some weeks were made: person, role and week. Runs one query."""

    def set_picture(self, digest: int, picture: str) -> None:
        """Store the id of a digest's picture in the chat."""

    def drop_rows(self, role: str, capstone: int) -> None:
        """Delete the rows about a capstone from all digests for a role: it has got another participant."""

    def forget(self, before: datetime) -> int:
        """Delete digests from before a moment; return how many."""


class GrowthRecords(Protocol):
    """What participants decided and were asked about, without a word of it. Each method runs one query."""

    def decisions(self, capstones: Collection[int]) -> Sequence[CountedDecision]:
        """List the confirmed decisions of some capstones, in the order in which they were confirmed."""

    def questions(self, capstones: Collection[int]) -> Sequence[RaisedQuestion]:
        """List the questions that were posted about checks of some capstones, oldest first."""

    def touched(self, capstones: Collection[int]) -> Sequence[TouchedCheck]:
        """List the checks that the merged pull requests of some capstones moved, each once.

        Quiet pull requests are left out.
        """
