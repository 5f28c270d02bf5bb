"""How a message names the records of people, so that an operator can tell them apart."""

from collections.abc import Sequence

from bot.domain.privacy.third_parties import CHAT_USER
from bot.ports.personal_data import Subject
from bot.rendering.text.safe_text import one_line


def list_records(people: Sequence[Subject]) -> str:
    """List people with Sensei's own id, their accounts and their names."""
    return "; ".join(f"{person.id or 'in no cohort'} ({_describe(person)})" for person in people)


def describe_namesakes(people: Sequence[Subject]) -> str:
    """Say who else has the name of an erased person; empty if nobody has."""
    if not people:
        return ""
    if len(people) == 1:
        return (
            f"Sensei has another record with the same name: {list_records(people)}. If it is about the same "
            "person, erase it too."
        )
    return (
        f"Sensei has {len(people)} other records with the same name: {list_records(people)}. Also erase "
        "those that are about the same person."
    )


def _describe(person: Subject) -> str:
    accounts = [f"GitHub {account.login or account.id}" for account in person.accounts]
    chats = [f"Slack {user}" for user in person.elsewhere if CHAT_USER.fullmatch(user)]
    return one_line(", ".join([*accounts, *chats, *(f"“{name}”" for name in person.called)]))
