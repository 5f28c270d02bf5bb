"""Linking a GitHub account that the operator names, without a comment on GitHub.

The person is asked in Slack, as if the account had posted their code. Nothing is linked until they confirm.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.domain.dojo.people import EnrolmentState, Member
from bot.domain.pairing.records import OPERATOR
from bot.domain.pull_requests import link_codes
from bot.domain.pull_requests.link_codes import OneTimeCode
from bot.domain.pull_requests.records import Account
from bot.errors import UserError
from bot.ports.store import Tx
from bot.workflows.dojo.account_linking import ask_owner, replace_earlier_code
from bot.workflows.dojo.people_lookup import find_person


@dataclass(frozen=True, slots=True)
class AccountQuestion:
    """A question to a person about an account. ``repeated`` if it was already waiting for an answer."""

    name: str
    account: Account
    until: datetime
    repeated: bool = False


def read_login(text: str) -> str:
    """Return a login typed with or without ``@``; raise UserError if it can't be one."""
    login = link_codes.parse_login(text)
    if login is None:
        raise UserError(
            f"{text!r} is not a GitHub login.",
            "Nothing was changed. Write it as GitHub shows it, for example: octocat.",
        )
    return login


def check_person(tx: Tx, name: str) -> Member:
    """Return the person to ask, before anybody looks up the account.

    Raises:
        UserError: the name isn't clear, the person has no Slack account, or has already linked an account.
    """
    roles = tx.members.roles(find_person(tx, name))
    member = next((role for role in roles if role.chat and role.state is not EnrolmentState.LEFT), None)
    if member is None:
        raise UserError(
            f"{name} isn't in a dojo, or has no Slack account there, so Sensei can't ask them.",
            "Nothing was changed. They can join with `/dojo join`.",
        )
    if member.code:
        raise UserError(
            f"{member.name} has already linked the GitHub account {member.code}.",
            "Nothing was changed. `sensei people unlink` removes a link.",
        )
    return member


def ask_about_account(
    tx: Tx, name: str, account: Account, random: Callable[[int], int], at: datetime
) -> AccountQuestion:
    """Ask a person in Slack whether an account is theirs. This replaces an earlier code or question.

    Raises:
        UserError: as in ``check_person``, or the account is linked to someone else.
    """
    member = check_person(tx, name)
    _require_free(tx, member, account)
    earlier = tx.link_codes.by_person(member.person)
    if earlier and earlier.waits(at) and earlier.is_operators and earlier.account == account:
        return AccountQuestion(member.name, account, earlier.expires, repeated=True)
    replace_earlier_code(tx, member.person, at)
    until = at + link_codes.CONFIRMED_WITHIN
    code = _store_question(tx, member.person, account, random, until)
    tx.audit(OPERATOR, "people.link.asked", f"person:{member.person}")
    ask_owner(tx, code, at)
    return AccountQuestion(member.name, account, until)


def _require_free(tx: Tx, member: Member, account: Account) -> None:
    try:
        tx.members.check_proof(member.person, account)
    except UserError:
        owner = tx.members.by_host_account(account.id)
        roles = tx.members.roles(owner) if owner else ()
        whose = next((role.name for role in roles if role.name), "someone else")
        raise UserError(
            f"The GitHub account {account.login} (id {account.id}) already belongs to {whose}.",
            "Nothing was changed. If that is wrong, `sensei people unlink` removes the link.",
        ) from None


def _store_question(
    tx: Tx, person: str, account: Account, random: Callable[[int], int], until: datetime
) -> OneTimeCode:
    """Store the question as a code that nobody knows, so that no comment can use it."""
    bare = link_codes.find_code(link_codes.make_code(random(link_codes.BITS))) or ""
    tx.link_codes.issue(person, link_codes.digest_code(bare), until, account.login)
    code = tx.link_codes.by_person(person)
    if code is None:
        raise AssertionError("a code that was just stored must exist")
    tx.link_codes.mark_posted(code.id, account, None, False, until)
    return tx.link_codes.get(code.id) or code
