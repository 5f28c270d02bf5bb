"""Who may do what on a capstone's pull requests, in one table. Anything that it does not list is refused.

``docs/security.md`` shows the table to people; ``tests/security/test_strangers.py`` tests every line of it.
GitHub's own roles (owner, collaborator, contributor) say who may write to a repository, not whose capstone it
is, so they do not count here.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from bot.domain.pull_requests.records import ERASED, GHOST, Account, Capstone


class CapstoneRole(StrEnum):
    """The role of an account on a capstone.

    ``SENSEI``: the capstone's sensei, their deputy today, and the leads of its cohort. ``OTHER``: everybody
    else, whatever GitHub lets them do in the repository.
    """

    PARTICIPANT = "participant"
    SENSEI = "sensei"
    OTHER = "other"


class HostAction(StrEnum):
    """What an account does at the code host that may have an effect here."""

    PULL_REQUEST = "pull_request"
    """Opens a pull request that Sensei reads without a request, also after later pushes by anybody."""
    BASE = "base"
    """Changes the base of a pull request, so that Sensei reads it again."""
    RERUN = "rerun"
    """Requests a check again."""
    COMMAND = "command"
    """Gives a command in a comment; ``comment_commands.RULES`` has the outcome of each."""
    DISPUTE = "dispute"
    LINK = "link"
    ANSWER = "answer"
    """Writes in a question's thread, so that the question counts as answered."""
    GUIDANCE = "guidance"
    """Writes in a question's thread, so that Sensei posts nothing there unasked from then on."""
    SETTLEMENT = "settlement"
    """Resolves a question's thread, or reopens it."""


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
    """Say whether an act by somebody in a role counts."""
    return role in TABLE.get(act, frozenset())


def role_of(capstone: Capstone, account: Account) -> CapstoneRole:
    """Return an account's role by the capstone alone; a participant who is also the sensei is a participant.

    Accounts are compared by the host's ids: a login may change, and then belong to somebody else.
    """
    if not is_person(account):
        return CapstoneRole.OTHER
    if account.id == capstone.participant.id:
        return CapstoneRole.PARTICIPANT
    if capstone.sensei is not None and account.id == capstone.sensei.id:
        return CapstoneRole.SENSEI
    return CapstoneRole.OTHER


def is_person(account: Account) -> bool:
    """Say whether an account belongs to one person: not to a bot, and not a placeholder for deleted accounts.

    All deleted accounts share ``GHOST``, and everybody who was erased here shares ``ERASED``.
    """
    return not account.is_bot and account.id not in {GHOST.id, ERASED.id}
