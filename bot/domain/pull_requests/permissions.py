"""The table of permissions on a capstone's pull requests.

Anything that it doesn't list is refused. ``docs/security.md`` documents the table;
``tests/security/test_strangers.py`` tests every line of it. GitHub's own roles (owner, collaborator,
contributor) don't count here: they define who may write to a repository, not whose capstone it is.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from bot.domain.pull_requests.records import ERASED, GHOST, Account, Capstone


class CapstoneRole(StrEnum):
    """The role of an account on a capstone.

    ``SENSEI``: the capstone's sensei, their deputy today, and the leads of its cohort. ``OTHER``: everyone
    else, regardless of their rights in the repository.
    """

    PARTICIPANT = "participant"
    SENSEI = "sensei"
    OTHER = "other"


class HostAction(StrEnum):
    """An account's action at the code host that may have an effect here."""

    PULL_REQUEST = "pull_request"
    """Opens a pull request that Sensei reads without a request, even after others push to it."""
    BASE = "base"
    """Changes a pull request's base branch, so that Sensei reads it again."""
    RERUN = "rerun"
    """Requests a check again."""
    COMMAND = "command"
    """Gives a command in a comment; ``comment_commands.RULES`` defines the outcome of each."""
    DISPUTE = "dispute"
    LINK = "link"
    ANSWER = "answer"
    """Writes in a question's thread, so that the question counts as answered."""
    GUIDANCE = "guidance"
    """Writes in a question's thread, so that Sensei posts there only on request from then on."""
    SETTLEMENT = "settlement"
    """Resolves a question's thread, or reopens it."""
    DECISION = "decision"
    """Keeps or withdraws a question that waits for a sensei, or rules on a disputed one.

    Leads have the sensei's role here, but may not decide: ``CommandContext.decides`` leaves them out.
    """


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
        HostAction.DECISION: frozenset({_S}),
    }
)


def is_allowed(act: HostAction, role: CapstoneRole) -> bool:
    """Return whether an action counts if it is by a person with this role."""
    return role in TABLE.get(act, frozenset())


def role_of(capstone: Capstone, account: Account) -> CapstoneRole:
    """Return an account's role from the capstone alone.

    A participant who is also the sensei counts as a participant. Accounts are compared by the host's ids,
    since a login may change and later belong to someone else.
    """
    if not is_person(account):
        return CapstoneRole.OTHER
    if account.id == capstone.participant.id:
        return CapstoneRole.PARTICIPANT
    if capstone.sensei is not None and account.id == capstone.sensei.id:
        return CapstoneRole.SENSEI
    return CapstoneRole.OTHER


def is_person(account: Account) -> bool:
    """Return whether an account belongs to one person, rather than to a bot or to deleted accounts.

    All deleted accounts share ``GHOST``, and all people who were erased here share ``ERASED``.
    """
    return not account.is_bot and account.id not in {GHOST.id, ERASED.id}
