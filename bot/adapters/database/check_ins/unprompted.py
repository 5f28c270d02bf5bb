"""The budget of one unprompted message a day."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

import sqlalchemy as sa
from sqlmodel import Session, col, select

from bot.adapters.database.check_ins.tables import UnpromptedMessageRow
from bot.adapters.database.transaction_reads import read_once
from bot.adapters.database.upserts import insert_or_update

# Made once, since it is asked so often that making it takes longer than the database's answer.
_OF_PERSON = sa.select(
    col(UnpromptedMessageRow.day), col(UnpromptedMessageRow.feature), col(UnpromptedMessageRow.message)
).where(col(UnpromptedMessageRow.person_id) == sa.bindparam("person"))


@dataclass
class SqlUnprompted:
    """The ``unprompted_message`` table. A deciding transaction runs alone, so no day is taken twice."""

    session: Session

    def take(self, person: str, day: date, feature: str, message: str = "") -> bool:
        """Take a person's day for a message; return False if another message has it."""
        known, digest = self._find(person, day), _digest(message)
        if known == (feature, digest):
            return True
        if known is not None and known != (feature, ""):
            return False
        taken = {"feature": feature, "message": digest}
        statement = insert_or_update(self.session, UnpromptedMessageRow)
        statement = statement.values(person_id=person, day=day, **taken)
        self.session.connection().execute(
            statement.on_conflict_do_update(index_elements=["person_id", "day"], set_=taken)
        )
        return True

    def taken(self, person: str, day: date) -> str | None:
        """Return the feature that has a person's day, or None if it is free."""
        known = self._find(person, day)
        return known[0] if known else None

    def has_message(self, person: str, day: date) -> bool:
        """Return whether a person's day has its message."""
        known = self._find(person, day)
        return known is not None and bool(known[1])

    def taken_by(self, people: Collection[str], since: date) -> Mapping[tuple[str, date], str]:
        """Return the features that have days of some people from a day on."""
        if len(people) == 1:
            [person] = people
            known = self._list_days(person)
            return {(person, day): feature for day, (feature, _) in known.items() if day >= since}
        query = select(UnpromptedMessageRow).where(
            col(UnpromptedMessageRow.person_id).in_(people), UnpromptedMessageRow.day >= since
        )
        return {(row.person_id, row.day): row.feature for row in self.session.exec(query)}

    def _find(self, person: str, day: date) -> tuple[str, str] | None:
        """Return the feature that has a person's day, and the digest of its message; None for a free day."""
        return self._list_days(person).get(day)

    def _list_days(self, person: str) -> Mapping[date, tuple[str, str]]:
        """Return a person's days that are taken. These are few, since past ones are soon forgotten."""

        def load() -> Mapping[date, tuple[str, str]]:
            rows = self.session.execute(_OF_PERSON, {"person": person})
            return {day: (feature, message) for day, feature, message in rows}

        return read_once(self.session, ("unprompted", person), (UnpromptedMessageRow,), load)

    def give_back(self, person: str, day: date, feature: str) -> None:
        """Free a day that a feature has taken without a message."""
        kept = (
            col(UnpromptedMessageRow.person_id) == person,
            col(UnpromptedMessageRow.day) == day,
            col(UnpromptedMessageRow.feature) == feature,
            col(UnpromptedMessageRow.message) == "",
        )
        self.session.connection().execute(sa.delete(UnpromptedMessageRow).where(*kept))

    def forget(self, before: date) -> int:
        """Delete what is known of days before a date; return how many."""
        statement = sa.delete(UnpromptedMessageRow).where(col(UnpromptedMessageRow.day) < before)
        return int(self.session.connection().execute(statement).rowcount)


def _digest(message: str) -> str:
    """Return the digest of a message's key, which may contain others' ids; empty for none."""
    return sha256(message.encode()).hexdigest() if message else ""
