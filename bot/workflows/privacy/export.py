"""Showing somebody all that is kept of them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.domain.privacy.third_parties import without_others, without_people
from bot.errors import UserError
from bot.ports.personal_data import Clones, Subject, WorkflowRecords
from bot.ports.store import Store, Tx

SCHEMA = "sensei.export/1"
_FOR_LEADS = ("pairing.propose:", "pairing.why:", "message:pairing.why:")


def find_person(tx: Tx, name: str) -> Subject:
    """Return who is meant by a login, an account's number or id in the chat, a name, or an opaque id.

    Raises:
        UserError: nobody, or several.
    """
    found = tx.people.find(name)
    if not found:
        raise UserError(
            f"Nobody is known here as {name!r}.",
            "Give the login or number of a GitHub account, the id of a Slack account, the name that somebody "
            "goes by, or the id that `sensei export` shows.",
        )
    if len(found) > 1:
        meant = "; ".join(
            f"{who.id or 'in no cohort'} ({', '.join([*(one.login for one in who.accounts), *who.called])})"
            for who in found
        )
        raise UserError(f"{name!r} may be any of {len(found)} people: {meant}.", "Give one's id or number.")
    return found[0]


@dataclass(frozen=True)
class PersonalExport:
    """``document`` may be called beside the running bot."""

    store: Store
    engine: WorkflowRecords
    clones: Clones
    now: Callable[[], datetime]

    def document(self, name: str) -> dict[str, Any]:
        """Return all that is kept of somebody, as a ``sensei.export/1``.

        Raises:
            UserError: nobody is known by that name, or several people are.
        """
        with self.store.begin() as tx:
            who = find_person(tx, name)
            document = tx.people.document(who)
            own = tx.people.own(who)
            scopes = {one["id"]: tx.people.scope_of(one["id"]) for one in document["capstones"]}
        for one in document["capstones"]:
            records = [{"id": each.id, **each.record} for each in self.engine.of(scopes[one["id"]])]
            one["workflows"] = without_others(records, who.numbers)
            one["cloned"] = self.clones.holds(one["repository_id"])
        records = [
            # What pairing has worked out is for leads: who else there was, and what stands against whom.
            {"id": each.id, **({} if each.id.startswith(_FOR_LEADS) else each.record)}
            for each in self.engine.of(own)
        ]
        document["work"]["workflows"] = without_people(without_others(records, who.numbers), who.ids)
        return {"schema": SCHEMA, "made_at": self.now().isoformat(), **document}
