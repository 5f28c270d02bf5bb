"""The names of people and their accounts in the chat, for whoever may see them."""

from collections.abc import Collection, Mapping

from bot.domain.dojo.app_home import ShownPerson
from bot.ports.store import Tx

_UNKNOWN = ShownPerson("someone who has left")


def show_people(tx: Tx, cohort: int, people: Collection[str]) -> Mapping[str, ShownPerson]:
    """Return people of a cohort by their opaque ids, in one query."""
    found = dict.fromkeys(people, _UNKNOWN)
    for member in tx.members.of(cohort, people=people) if people else ():
        found[member.person] = ShownPerson(member.name, member.chat)
    return found
