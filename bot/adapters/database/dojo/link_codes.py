"""One-time codes that people use to prove that an account at the code host is theirs."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from bot.adapters.database.dojo.tables import LinkCodeRow
from bot.adapters.database.upserts import insert_or_update
from bot.domain.pull_requests.link_codes import CodeState, OneTimeCode
from bot.domain.pull_requests.records import Account


@dataclass
class SqlLinkCodes:
    """The ``link_code`` table."""

    session: Session

    def issue(self, person: str, digest: str, expires: datetime, login: str | None = None) -> None:
        """Store the digest of a new code, replacing the person's earlier one."""
        given = {"id": uuid.uuid4().hex, "digest": digest, "state": CodeState.GIVEN, "login": login}
        posted = {"account_id": None, "account_login": None, "comment_id": None, "inline": False}
        values = {**given, **posted, "expires_at": expires}
        statement = (
            insert_or_update(self.session, LinkCodeRow)
            .values(person_id=person, **values)
            .on_conflict_do_update(index_elements=["person_id"], set_=values)
        )
        self.session.connection().execute(statement)
        self.session.expire_all()

    def get(self, id_: str) -> OneTimeCode | None:
        """Return the code with this id."""
        return self._find(LinkCodeRow.id == id_)

    def by_digest(self, digest: str) -> OneTimeCode | None:
        """Return the code with this digest."""
        return self._find(LinkCodeRow.digest == digest)

    def by_person(self, person: str) -> OneTimeCode | None:
        """Return the last code given to a person."""
        return self._find(LinkCodeRow.person_id == person)

    def by_comment(self, comment: int, *, inline: bool) -> OneTimeCode | None:
        """Return the code that was posted in a comment."""
        return self._find(LinkCodeRow.comment_id == comment, col(LinkCodeRow.inline).is_(inline))

    def mark_posted(
        self, id_: str, account: Account, comment: int | None, inline: bool, expires: datetime
    ) -> None:
        """Store which account posted a code, and the deadline for its owner to confirm."""
        row = self._get_row(id_)
        row.state, row.expires_at = CodeState.POSTED, expires
        row.account_id, row.account_login = account.id, account.login
        row.comment_id, row.inline = comment, inline
        self.session.flush()

    def close(self, id_: str, state: CodeState) -> None:
        """Store a code's final state."""
        self._get_row(id_).state = state
        self.session.flush()

    def forget_expired(self, before: datetime) -> int:
        """Delete the codes that expired before a given time; return how many."""
        statement = sa.delete(LinkCodeRow).where(col(LinkCodeRow.expires_at) < before)
        return int(self.session.connection().execute(statement).rowcount)

    def _get_row(self, id_: str) -> LinkCodeRow:
        return self.session.exec(select(LinkCodeRow).where(LinkCodeRow.id == id_)).one()

    def _find(self, *conditions: Any) -> OneTimeCode | None:
        row = self.session.exec(select(LinkCodeRow).where(*conditions)).first()
        if row is None:
            return None
        is_posted = row.account_id is not None
        return OneTimeCode(
            id=row.id,
            person=row.person_id,
            state=CodeState(row.state),
            expires=row.expires_at,
            login=row.login,
            account=Account(row.account_id or 0, row.account_login or "") if is_posted else None,
            comment=row.comment_id,
            inline=row.inline,
        )
