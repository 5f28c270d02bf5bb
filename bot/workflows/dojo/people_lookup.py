"""Finding the one person that an operator names, and listing the people they may have meant."""

from collections.abc import Sequence
from difflib import get_close_matches

from bot.domain.dojo.people import EnrolmentState, Member
from bot.errors import UserError
from bot.ports.store import Tx
from bot.rendering.privacy.person_records import list_records
from bot.rendering.text.safe_text import one_line

_MOST_SHOWN = 5
_LIKENESS = 0.6  # of difflib's measure from 0 to 1
_MOST_COMPARED = 80  # characters


def find_person(tx: Tx, name: str, *, changes: bool = True) -> str:
    """Return the person with a name, a login or an account.

    ``changes`` says whether the command would have changed something, so that the error says that it hasn't.

    Raises:
        UserError: the name matches nobody or several people. It lists the people that may be meant.
    """
    found = [person for person in tx.people.find(name) if person.id]
    if len(found) == 1 and found[0].id:
        return found[0].id
    unchanged = "Nothing was changed. " if changes else ""
    if found:
        raise UserError(
            f"Sensei knows several people called {name!r}: {list_records(found)}.",
            f"{unchanged}Use the person's Slack user id, or Sensei's id for them.",
        )
    near = list_near(tx, name)
    raise UserError(
        f"Sensei knows no one called {name!r}.{f' Did you mean {near}?' if near else ''}",
        f"{unchanged}Use the person's Slack user id, which `sensei people list` shows.",
    )


def list_near(tx: Tx, name: str) -> str:
    """Return the names most like a name, with accounts; empty if none is like it."""
    wanted = name.strip().removeprefix("@").casefold()[:_MOST_COMPARED]
    people: dict[str, Member] = {}
    for cohort in tx.cohorts.all():
        for member in tx.members.of(cohort.id):
            if member.state is not EnrolmentState.LEFT:
                people.setdefault(member.person, member)
    words = {word: member for member in people.values() for word in _list_words(member)}
    close = [word for word in words if len(wanted) > 1 and word.startswith(wanted)]
    close += get_close_matches(wanted, list(words), _MOST_SHOWN, _LIKENESS)
    members = list({words[word].person: words[word] for word in close}.values())
    return " or ".join(_describe(member) for member in members[:_MOST_SHOWN])


def _list_words(member: Member) -> Sequence[str]:
    name = member.name.casefold()[:_MOST_COMPARED]
    return [word for word in (name, *name.split(), (member.code or "").casefold()) if word]


def _describe(member: Member) -> str:
    accounts = [*([f"Slack {member.chat}"] if member.chat else []), *([member.code] if member.code else [])]
    return one_line(f"{member.name} ({', '.join(accounts)})" if accounts else member.name)
