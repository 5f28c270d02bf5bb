"""Who may do what on a capstone's pull requests: one table. What it does not list is refused.

``docs/security.md`` shows it to people; ``tests/security/test_strangers.py`` tries every line of it. What the
code host calls somebody (owner, collaborator, contributor) says who may write to a repository, not whose
capstone it is, so it counts for nothing here.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from bot.domain.pull_requests.records import ERASED, GHOST, Account, Capstone


class CapstoneRole(StrEnum):
    """What an account at the code host is to a capstone.

    ``SENSEI``: the capstone's sensei, whoever stands in for them today, and the leads of its cohort.
    ``OTHER``: everybody else, whatever they may do to the repository.
    """

    PARTICIPANT = "participant"
    SENSEI = "sensei"
    OTHER = "other"


class HostAction(StrEnum):
    """What an account does at the code host that may change something here."""

    PULL_REQUEST = "pull_request"
    """Opens a pull request that Sensei reads without being asked, also after any push by anybody."""
    BASE = "base"
    """Changes the base of a pull request that has been read, and it is read again."""
    RERUN = "rerun"
    """Asks for a check again."""
    COMMAND = "command"
    """Gives a command in a comment; ``commands.RULES`` says what follows from each."""
    DISPUTE = "dispute"
    LINK = "link"
    ANSWER = "answer"
    """Writes in a question's thread, and the question counts as answered."""
    GUIDANCE = "guidance"
    """Writes in a question's thread, and from then on Sensei says nothing there unasked."""
    SETTLEMENT = "settlement"
    """Resolves a question's thread, or opens it again."""


_P, _S, _O = CapstoneRole.PARTICIPANT, CapstoneRole.SENSEI, CapstoneRole.OTHER

TABLE: Mapping[HostAction, frozenset[CapstoneRole]] = MappingProxyType(
    {
        HostAction.PULL_REQUEST: frozenset({_P, _S}),
        HostAction.BASE: frozenset({_P, _S}),
        HostAction.RERUN: frozenset({_P, _S}),
        HostAction.COMMAND: frozenset({_P, _S}),
        HostAction.DISPUTE: frozenset({_P}),
        HostAction.LINK: frozenset({_P, _S, _O}),
        HostAction.ANSWER: frozenset({_P}),
        HostAction.GUIDANCE: frozenset({_S}),
        HostAction.SETTLEMENT: frozenset({_P, _S}),
    }
)


def is_allowed(act: HostAction, role: CapstoneRole) -> bool:
    """Say whether an act of somebody in a role counts."""
    return role in TABLE.get(act, frozenset())


def role_of(capstone: Capstone, account: Account) -> CapstoneRole:
    """Return what an account is by the capstone alone. A participant who is its sensei too is the former.

    Accounts are compared by the host's numbers. A login may change, and belong to somebody else afterwards.
    """
    if not is_person(account):
        return CapstoneRole.OTHER
    if account.id == capstone.participant.id:
        return CapstoneRole.PARTICIPANT
    if capstone.sensei is not None and account.id == capstone.sensei.id:
        return CapstoneRole.SENSEI
    return CapstoneRole.OTHER


def is_person(account: Account) -> bool:
    """Say whether an account is one person's: not a bot's, and not what is shown where an account is gone.

    Everybody who deletes their account shares ``GHOST``, and everybody who was erased here shares ``ERASED``.
    """
    return not account.is_bot and account.id not in {GHOST.id, ERASED.id}
