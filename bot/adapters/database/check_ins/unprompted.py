"""The budget of one unprompted message a day."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

import sqlalchemy as sa
from sqlmodel import Session, col, select

from bot.adapters.database.check_ins.tables import UnpromptedMessageRow


@dataclass
class SqlUnprompted:
    """The ``unprompted_message`` table. A deciding transaction runs alone, so no day is taken twice."""

    session: Session

    def take(self, person: str, day: date, feature: str, message: str = "") -> bool:
        """Take a person's day for a message; return False if another message has it."""
        row, digest = self.session.get(UnpromptedMessageRow, (person, day)), _digest(message)
        if row is None:
            row = UnpromptedMessageRow(person_id=person, day=day, feature=feature, message=digest)
            self.session.add(row)
        elif row.feature == feature and not row.message:
            row.message = digest
        elif (row.feature, row.message) != (feature, digest):
            return False
        self.session.flush()
        return True

    def taken(self, person: str, day: date) -> str | None:
        """Return the feature that has a person's day, or None if it is free."""
        row = self.session.get(UnpromptedMessageRow, (person, day))
        return row.feature if row else None

    def has_message(self, person: str, day: date) -> bool:
        """Return whether a person's day has its message."""
        row = self.session.get(UnpromptedMessageRow, (person, day))
        return row is not None and bool(row.message)

    def taken_by(self, people: Collection[str], since: date) -> Mapping[tuple[str, date], str]:
        """Return the features that have days of some people from a day on."""
        query = select(UnpromptedMessageRow).where(
            col(UnpromptedMessageRow.person_id).in_(people), UnpromptedMessageRow.day >= since
        )
        return {(row.person_id, row.day): row.feature for row in self.session.exec(query)}

    def give_back(self, person: str, day: date, feature: str) -> None:
        """Free a day that a feature has taken without a message."""
        row = self.session.get(UnpromptedMessageRow, (person, day))
        if row is not None and (row.feature, row.message) == (feature, ""):
            self.session.delete(row)
            self.session.flush()

    def forget(self, before: date) -> int:
        """Delete what is known of days before a date; return how many."""
        statement = sa.delete(UnpromptedMessageRow).where(col(UnpromptedMessageRow.day) < before)
        return int(self.session.connection().execute(statement).rowcount)


def _digest(message: str) -> str:
    """Return the digest of a message's key, which may contain others' ids; empty for none."""
    return sha256(message.encode()).hexdigest() if message else ""
