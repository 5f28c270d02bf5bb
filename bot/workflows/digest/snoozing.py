"""Putting a row of a digest off: the form, its checks, and the message without the row."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from bot.domain.chat.events import Acted, Submission
from bot.domain.digest.rows import parse_key
from bot.domain.digest.shown import RowState, ShownRow
from bot.domain.dojo.local_days import day_in
from bot.domain.dojo.permissions import Action, Relation, is_allowed
from bot.domain.text.numbers import parse_number
from bot.errors import UserError
from bot.ports.chat import View
from bot.ports.store import Tx
from bot.ports.triage import StoredDigest
from bot.rendering.digest.slack_sensei import SNOOZE
from bot.rendering.digest.slack_snooze import UNTIL, snooze_form
from bot.workflows.chat.actors import Actor, Clock, refusal
from bot.workflows.chat.digest_refresh import refresh_digest
from bot.workflows.chat.features import Button, Form
from bot.workflows.chat.working_hours import find_hours
from bot.workflows.digest.sensei_digests import SenseiDigestMessages

LONGEST_SNOOZE = timedelta(days=56)
"""How far ahead a row can be put off."""


@dataclass(frozen=True)
class Snoozing:
    """The button and the form. ``digests`` shows which rows are still open."""

    digests: SenseiDigestMessages

    def buttons(self) -> dict[str, Button]:
        """Return the button by its name."""
        return {SNOOZE: Button(Action.DIGEST_SEE, opens=SNOOZE)}

    def forms(self) -> dict[str, Form]:
        """Return the form by its name."""
        return {SNOOZE: Form(Action.DIGEST_SEE, self._open, self._save, self._check, does="snooze the row")}

    def _open(self, tx: Tx, actor: Actor, argument: str, clock: Clock) -> View:
        digest, row = self._require_open_row(tx, actor, argument)
        today = _find_today(tx, digest, clock)
        next_monday = today + timedelta(days=7 - today.weekday())
        return snooze_form(row.kind, row.name, next_monday, argument)

    def _check(self, tx: Tx, actor: Actor, sent: Submission, clock: Clock) -> Mapping[str, str]:
        """Return what is wrong with the day."""
        digest, _ = self._require_open_row(tx, actor, sent.metadata)
        today, until = _find_today(tx, digest, clock), _read_day(sent)
        if until is None or until <= today:
            return {UNTIL: "Choose a day after today."}
        if until > today + LONGEST_SNOOZE:
            return {UNTIL: "Choose a day within the next eight weeks."}
        return {}

    def _save(self, tx: Tx, actor: Actor, acted: Acted, clock: Clock) -> None:
        if not isinstance(acted, Submission):
            return
        if faults := self._check(tx, actor, acted, clock):
            raise UserError(next(iter(faults.values())), "I haven't snoozed the item.")
        digest, row = self._require_open_row(tx, actor, acted.metadata)
        until = _read_day(acted)
        if until is not None:
            tx.snoozes.set(digest.person, row.key, until, clock())
            refresh_digest(tx, digest.person, clock())

    def _require_open_row(self, tx: Tx, actor: Actor, argument: str) -> tuple[StoredDigest, ShownRow]:
        """Return the actor's own digest and a row of it that is still open.

        Raises:
            UserError: it isn't theirs, or nothing is left to do about the row.
        """
        number, _, key = argument.partition(" ")
        digest = tx.digests.find(parse_number(number) or 0)
        if digest is None or digest.person != actor.person or parse_key(key) is None:
            raise refusal(actor)
        if not is_allowed(Action.DIGEST_SEE, actor.roles(digest.cohort), Relation.OWN):
            raise refusal(actor)
        shown = self.digests.show(tx, digest).rows
        row = next((row for row in shown if row.key == key), None)
        if row is None or row.state in {RowState.DONE, RowState.GONE}:
            raise UserError("There's nothing left to do about this item, so there's nothing to snooze.")
        return digest, row


def _find_today(tx: Tx, digest: StoredDigest, clock: Clock) -> date:
    return day_in(find_hours(tx, digest.person, digest.cohort).time_zone, clock())


def _read_day(sent: Submission) -> date | None:
    try:
        return date.fromisoformat(sent.text(UNTIL))
    except ValueError:
        return None
