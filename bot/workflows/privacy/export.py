"""Exporting all data that Sensei has stored about a person."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.domain.privacy.third_parties import redact_accounts, redact_people
from bot.errors import UserError
from bot.ports.personal_data import Clones, Subject, WorkflowRecords
from bot.ports.store import Store, Tx
from bot.rendering.privacy.person_records import list_records

SCHEMA = "sensei.export/1"
_FOR_LEADS = ("pairing.propose:", "pairing.why:", "message:pairing.why:")


def find_person(tx: Tx, name: str) -> Subject:
    """Return the person with this login, account number, chat id, name or opaque id.

    Raises:
        UserError: nobody matches, or several people do.
    """
    found = tx.people.find(name)
    if not found:
        raise UserError(
            f"Sensei knows no one called {name!r}.",
            "Give the login or number of a GitHub account, the id of a Slack account, the name that the "
            "person goes by, or the id that `sensei export` shows.",
        )
    if len(found) > 1:
        raise UserError(
            f"{name!r} could be any of {len(found)} people: {list_records(found)}.",
            "Give the id or number of the person you mean.",
        )
    return found[0]


def find_namesakes(tx: Tx, person: Subject) -> tuple[Subject, ...]:
    """Return other people with a login or name of this person.

    Until someone has linked their accounts, Sensei may have two records of them under one name.
    """
    names = [*(account.login for account in person.accounts if account.login), *person.called]
    found = (other for name in names for other in tx.people.find(name))
    return tuple(dict.fromkeys(other for other in found if other != person))


@dataclass(frozen=True)
class PersonalExport:
    """Makes exports; ``document`` may be called while the bot runs."""

    store: Store
    engine: WorkflowRecords
    clones: Clones
    now: Callable[[], datetime]

    def document(self, name: str) -> dict[str, Any]:
        """Return all data about a person, as a ``sensei.export/1`` document.

        Raises:
            UserError: nobody is known by that name, or several people are.
        """
        with self.store.read() as tx:
            person = find_person(tx, name)
            document = tx.people.document(person)
            own = tx.people.own_scope(person)
            scopes = {
                capstone["id"]: tx.people.capstone_scope(capstone["id"]) for capstone in document["capstones"]
            }
        for capstone in document["capstones"]:
            records = [
                {"id": workflow.id, **workflow.record}
                for workflow in self.engine.by_scope(scopes[capstone["id"]])
            ]
            capstone["workflows"] = redact_accounts(records, person.numbers)
            capstone["cloned"] = self.clones.holds(capstone["repository_id"])
        records = [
            # Pairing results are for leads: they name the other candidates, and the reasons against them.
            {"id": workflow.id, **({} if workflow.id.startswith(_FOR_LEADS) else workflow.record)}
            for workflow in self.engine.by_scope(own)
        ]
        document["work"]["workflows"] = redact_people(redact_accounts(records, person.numbers), person.ids)
        return {"schema": SCHEMA, "made_at": self.now().isoformat(), **document}
