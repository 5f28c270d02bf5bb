"""Snoozed rows, weekly snapshots, and the digests that were made."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from bot.adapters.database.pull_requests.tables import CapstoneRow
from bot.adapters.database.triage.tables import CriterionSnapshotRow, DigestRow, SnoozeRow
from bot.adapters.database.upserts import insert_or_update
from bot.domain.digest.rows import parse_key
from bot.domain.triage.records import CriterionSnapshot
from bot.ports.triage import StoredDigest

_SNAPSHOT_KEY = ("capstone_id", "criterion", "week")


@dataclass
class SqlSnoozes:
    """The ``snooze`` table."""

    session: Session

    def set(self, person: str, item: str, until: date, at: datetime) -> None:
        """Leave an item out of a person's digests before the day ``until``."""
        row = self.session.get(SnoozeRow, (person, item))
        if row is None:
            self.session.add(SnoozeRow(person_id=person, item=item, until=until, at=at))
        else:
            row.until, row.at = until, at
        self.session.flush()

    def of(self, people: Collection[str]) -> Mapping[str, Mapping[str, date]]:
        """Return people's snoozes, by person and item."""
        found: dict[str, dict[str, date]] = {person: {} for person in people}
        for row in self.session.exec(select(SnoozeRow).where(col(SnoozeRow.person_id).in_(people))):
            found[row.person_id][row.item] = row.until
        return found

    def drop(self, capstone: int) -> None:
        """Delete everybody's snoozes of the rows about a capstone."""
        for snooze in self.session.exec(select(SnoozeRow)).all():
            if (parse_key(snooze.item) or ("", 0))[1] == capstone:
                self.session.delete(snooze)
        self.session.flush()

    def forget_over(self, day: date) -> int:
        """Delete snoozes that are over on a day; return how many."""
        over = sa.delete(SnoozeRow).where(col(SnoozeRow.until) <= day)
        return int(self.session.connection().execute(over).rowcount)


@dataclass
class SqlSnapshots:
    """The ``criterion_snapshot`` table.

    If a capstone has got another participant, snapshots of the former one's work are never returned.
    """

    session: Session

    def save(self, snapshots: Sequence[CriterionSnapshot]) -> None:
        """Store snapshots, replacing those of the same capstone, criterion and week."""
        if not snapshots:
            return
        participants = self._list_participants({snapshot.capstone for snapshot in snapshots})
        values = [_as_columns(snapshot, participants[snapshot.capstone]) for snapshot in snapshots]
        insert = insert_or_update(self.session, CriterionSnapshotRow)
        replaced = {name: insert.excluded[name] for name in values[0] if name not in _SNAPSHOT_KEY}
        self.session.connection().execute(
            insert.on_conflict_do_update(index_elements=list(_SNAPSHOT_KEY), set_=replaced), values
        )

    def of(self, capstones: Collection[int], since: date) -> Sequence[CriterionSnapshot]:
        """List the snapshots of some capstones from a week on, oldest first."""
        row = CriterionSnapshotRow
        query = (
            select(row)
            .join(CapstoneRow, col(CapstoneRow.id) == col(row.capstone_id))
            .where(row.participant_id == CapstoneRow.participant_id)
            .where(col(row.capstone_id).in_(capstones), row.week >= since)
            .order_by(col(row.week), col(row.capstone_id), col(row.criterion))
        )
        return [_as_snapshot(found) for found in self.session.exec(query)]

    def _list_participants(self, capstones: Collection[int]) -> dict[int | None, str]:
        query = select(CapstoneRow.id, CapstoneRow.participant_id).where(col(CapstoneRow.id).in_(capstones))
        return dict(self.session.exec(query).all())


@dataclass
class SqlDigests:
    """The ``digest`` table."""

    session: Session

    def add(  # noqa: PLR0913, PLR0917 - one row's columns
        self, cohort: int, person: str, role: str, week: str, rows: Sequence[str], at: datetime
    ) -> StoredDigest:
        """Store a digest, or return the one that was made for this week."""
        query = self._select(cohort, person, role).where(DigestRow.week == week)
        row = self.session.exec(query).first()
        if row is None:
            row = DigestRow(cohort_id=cohort, person_id=person, role=role, week=week, rows=list(rows), at=at)
            self.session.add(row)
            self.session.flush()
        return _as_digest(row)

    def find(self, digest: int) -> StoredDigest | None:
        """Return a digest, or None."""
        row = self.session.get(DigestRow, digest)
        return _as_digest(row) if row else None

    def newest(self, cohort: int, person: str, role: str) -> StoredDigest | None:
        """Return the last digest made for a person in a role, or None."""
        row = self.session.exec(self._select(cohort, person, role).order_by(col(DigestRow.id).desc())).first()
        return _as_digest(row) if row else None

    def recent(self, person: str, role: str, since: datetime) -> Sequence[StoredDigest]:
        """List the digests made for a person in a role after a moment, oldest first."""
        query = (
            select(DigestRow)
            .where(DigestRow.person_id == person, DigestRow.role == role, DigestRow.at > since)
            .order_by(col(DigestRow.id))
        )
        return [_as_digest(row) for row in self.session.exec(query)]

    def made_for(self, cohort: int, weeks: Collection[str]) -> Collection[tuple[str, str, str]]:
        """Return which digests of some weeks were made: person, role and week."""
        query = select(DigestRow.person_id, DigestRow.role, DigestRow.week).where(
            DigestRow.cohort_id == cohort, col(DigestRow.week).in_(weeks)
        )
        return frozenset(self.session.exec(query).all())

    def set_picture(self, digest: int, picture: str) -> None:
        """Store the id of a digest's picture in the chat."""
        self.session.get_one(DigestRow, digest).picture = picture
        self.session.flush()

    def drop_rows(self, role: str, capstone: int) -> None:
        """Delete the rows about a capstone from all digests for a role."""
        for digest in self.session.exec(select(DigestRow).where(DigestRow.role == role)):
            left = [key for key in digest.rows if (parse_key(key) or ("", 0))[1] != capstone]
            if left != digest.rows:
                digest.rows = left
        self.session.flush()

    def forget(self, before: datetime) -> int:
        """Delete digests from before a moment; return how many."""
        old = sa.delete(DigestRow).where(col(DigestRow.at) < before)
        return int(self.session.connection().execute(old).rowcount)

    def _select(self, cohort: int, person: str, role: str) -> SelectOfScalar[DigestRow]:
        return select(DigestRow).where(
            DigestRow.cohort_id == cohort, DigestRow.person_id == person, DigestRow.role == role
        )


def _as_columns(snapshot: CriterionSnapshot, participant: str) -> dict[str, object]:
    columns = asdict(snapshot)
    return {"capstone_id": columns.pop("capstone"), "participant_id": participant, **columns}


def _as_snapshot(row: CriterionSnapshotRow) -> CriterionSnapshot:
    return CriterionSnapshot(
        row.capstone_id,
        row.criterion,
        row.week,
        row.met,
        row.partly_met,
        row.contested,
        row.open,
        row.not_applicable,
        row.not_assessed,
        row.level,
    )


def _as_digest(row: DigestRow) -> StoredDigest:
    return StoredDigest(
        row.id or 0, row.cohort_id, row.person_id, row.role, row.week, tuple(row.rows), row.picture, row.at
    )
