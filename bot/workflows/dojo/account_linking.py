"""Linking a Slack account and a GitHub account, with a one-time code.

A person asks for a code in Slack and posts it in a comment on GitHub. The comment's author is the GitHub
account to link. Sensei then asks the person in a direct message whether that account is theirs. It links
nothing until they confirm.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

import structlog

from bot.domain.chat.events import Acted, Click
from bot.domain.dojo.people import MERGED
from bot.domain.dojo.permissions import Action
from bot.domain.pairing.records import OPERATOR
from bot.domain.pull_requests import link_codes
from bot.domain.pull_requests.comment_command_rules import CommandOutcome, ParsedCommand, Verb
from bot.domain.pull_requests.link_codes import CodeState, OneTimeCode
from bot.domain.pull_requests.records import Account
from bot.domain.pull_requests.webhook_events import CommentChanged
from bot.errors import UserError
from bot.ports.chat import OutgoingMessage
from bot.ports.engine import Json
from bot.ports.jobs import Job
from bot.ports.store import Tx
from bot.rendering.dojo import slack_account_linking
from bot.workflows.chat.actors import Actor, Clock, refusal, require_permission
from bot.workflows.chat.features import AddressedMessage, Button, Feature, Subcommand
from bot.workflows.chat.home_refresh import refresh_home, refresh_homes_with_leads
from bot.workflows.chat.outbox import rewrite_message, send_message
from bot.workflows.dojo import paired_capstones
from bot.workflows.dojo.people_lookup import find_person

log = structlog.get_logger(__name__)

LINKED = "people.linked"
LINK_ASKED = "link.asked"
LINK_TAKEN = "link.taken"
HOST = "github"
"""The audit trail's actor for what a GitHub account did while its owner is unknown."""


# -- a comment with a code


def take_code(
    tx: Tx, event: CommentChanged, command: ParsedCommand, answer: CommandOutcome, at: datetime
) -> CommandOutcome:
    """Handle a comment that may contain a code: ask the code's owner about the account that posted it.

    ``answer`` is the outcome of the command itself; return the outcome for the code. Every attempt by an
    account counts, whether or not it contains a code.
    """
    if answer not in {CommandOutcome.DONE, CommandOutcome.NO_CODE}:
        return answer
    attempts = tx.commands.count_tries(event.author.id, Verb.LINK, event.at - link_codes.WITHIN, event.at)
    if attempts >= link_codes.MOST_TRIES:
        log.warning("linking.too_often", author=event.author.id)
        return CommandOutcome.TOO_OFTEN if attempts == link_codes.MOST_TRIES else CommandOutcome.SILENT
    bare = link_codes.find_code(command.argument)
    code = tx.link_codes.by_digest(link_codes.digest_code(bare)) if bare else None
    if code is not None and code.state is CodeState.VOID:
        return CommandOutcome.VOID
    if code is None or not code.is_open(at):
        return CommandOutcome.NO_CODE
    if not code.is_for(event.author):
        tx.audit(HOST, "people.link.other", f"person:{code.person}")
        return CommandOutcome.OTHER_ACCOUNT
    handle_posting = _handle_second_posting if code.account else _handle_first_posting
    return handle_posting(tx, code, event, at)


def _handle_first_posting(tx: Tx, code: OneTimeCode, event: CommentChanged, at: datetime) -> CommandOutcome:
    """Ask the code's owner about the first account that posted it, if that account may be theirs.

    If it can't be theirs, the code stays valid, and the owner is told once. Otherwise a bystander could
    invalidate the code, and the owner would wait for an answer that never arrives.
    """
    try:
        tx.members.check_proof(code.person, event.author)
    except UserError:
        tx.audit(HOST, "people.link.taken", f"person:{code.person}")
        send_message(tx, f"{LINK_TAKEN}:{code.id}", LINK_TAKEN, _message_content(code), at)
        return CommandOutcome.TAKEN
    until = at + link_codes.CONFIRMED_WITHIN
    tx.link_codes.mark_posted(code.id, event.author, event.comment, event.inline, until)
    tx.audit(HOST, "people.link.posted", f"person:{code.person}")
    ask_owner(tx, code, at)
    return CommandOutcome.DONE


def ask_owner(tx: Tx, code: OneTimeCode, at: datetime) -> None:
    """Ask a code's owner whether the account that posted it, or that the operator named, is theirs."""
    send_message(tx, _message_key(code), LINK_ASKED, _message_content(code), at)


def _handle_second_posting(tx: Tx, code: OneTimeCode, event: CommentChanged, at: datetime) -> CommandOutcome:
    """Handle a code posted again before its owner confirmed. If a different account posted it, end the "
    "code."""
    if code.account and code.account.id == event.author.id:
        return CommandOutcome.DONE
    _end_code(tx, code, CodeState.VOID, HOST, at)
    first = tx.commands.by_comment(code.comment or 0, inline=code.inline)
    pull_request = _name_pull_request(tx, first.pull_request) if first and not first.deleted else ""
    if first and pull_request:
        argument = {"command": first.id, "void": True}
        tx.jobs.add(Job(f"answer:{pull_request}:{first.id}:void", "answer", argument, at))
    return CommandOutcome.VOID


def _name_pull_request(tx: Tx, pull_request: int) -> str:
    """Return a pull request's repository and number, or an empty string if Sensei doesn't post there."""
    record = tx.pull_requests.get(pull_request)
    capstone = tx.capstones.get(record.capstone)
    return f"{capstone.repository}#{record.number}" if capstone.speaks else ""


def withdraw_code(tx: Tx, comment: int, at: datetime, *, inline: bool) -> None:
    """Withdraw the code of a deleted comment, unless its owner has confirmed it."""
    code = tx.link_codes.by_comment(comment, inline=inline)
    if code is not None and code.state is CodeState.POSTED:
        _end_code(tx, code, CodeState.WITHDRAWN, HOST, at)


def _end_code(tx: Tx, code: OneTimeCode, state: CodeState, by: str, at: datetime) -> None:
    tx.link_codes.close(code.id, state)
    tx.audit(by, f"people.link.{state}", f"person:{code.person}")
    rewrite_message(tx, _message_key(code), LINK_ASKED, _message_content(code), at)


def _message_key(code: OneTimeCode) -> str:
    return f"link.asked:{code.id}"


def _message_content(code: OneTimeCode) -> Json:
    return {"code": code.id, "person": code.person}


# -- the owner's answer


def _find_waiting_code(tx: Tx, actor: Actor, click: Acted, clock: Clock) -> OneTimeCode:
    """Return the code that a button is about.

    Raises:
        UserError: the code is someone else's or no longer needs an answer.
    """
    code_id = click.value if isinstance(click, Click) and isinstance(click.value, str) else ""
    code = tx.link_codes.get(code_id)
    if code is not None:
        require_permission(tx, actor, Action.LINK, clock, code.person)
    if code is None or not code.waits(clock()):
        raise UserError(
            "This question no longer needs an answer: it was answered or replaced, or it has expired.",
            "Nothing was changed. `/dojo link` gives you a new code.",
        )
    return code


def _check_answer(tx: Tx, actor: Actor, click: Click, clock: Clock) -> None:
    _find_waiting_code(tx, actor, click, clock)


def _link_account(tx: Tx, actor: Actor, acted: Acted, clock: Clock) -> None:
    code, at = _find_waiting_code(tx, actor, acted, clock), clock()
    if code.account is None:
        raise AssertionError("a code that needs an answer has no account")
    previous = tx.members.by_host_account(code.account.id)
    try:
        person = tx.members.prove(code.person, code.account, at)
    except UserError:  # meanwhile, one of the two accounts was linked to a different one
        _end_code(tx, code, CodeState.TAKEN, code.person, at)
        return
    if previous not in {None, person}:
        tx.audit(person, MERGED, f"person:{person}", was=previous)
    tx.link_codes.close(code.id, CodeState.LINKED)
    tx.audit(person, "people.link", f"person:{person}")
    paired_capstones.set_senseis(tx, person)
    rewrite_message(tx, _message_key(code), LINK_ASKED, _message_content(code), at)
    send_message(tx, f"linked:{code.id}", LINKED, {"person": person}, at)
    _refresh_homes(tx, person, at)


def _refresh_homes(tx: Tx, person: str, at: datetime) -> None:
    """Update the App Homes that show a person's capstone and questions, and whether they have linked."""
    people = [person, *paired_capstones.list_partners(tx, person)]
    for cohort in dict.fromkeys(member.cohort for member in tx.members.roles(person)):
        refresh_homes_with_leads(tx, cohort, people, at)


def _decline_account(tx: Tx, actor: Actor, acted: Acted, clock: Clock) -> None:
    code = _find_waiting_code(tx, actor, acted, clock)
    _end_code(tx, code, CodeState.DECLINED, code.person, clock())


# -- asking for a code, and removing a link


def unlink(tx: Tx, name: str, at: datetime) -> Sequence[Account]:
    """Remove a person's links to GitHub accounts; return those accounts.

    For people who have lost an account, or have someone else's account linked to them.

    Raises:
        UserError: the name matches nobody or several people, or the person has no linked account.
    """
    person = find_person(tx, name)
    removed = tx.members.disprove(person, at)
    if not removed:
        raise UserError(f"{name} hasn't linked a GitHub account.", "Nothing was changed.")
    tx.audit(OPERATOR, "people.unlink", f"person:{person}")
    refresh_home(tx, person, at)
    return removed


def feature(random: Callable[[int], int]) -> Feature:
    """Return ``/dojo link``. ``random`` returns an unguessable number with the given number of bits."""

    def give_code(tx: Tx, actor: Actor, argument: str, clock: Clock) -> OutgoingMessage:
        """Answer with a new code, which replaces any earlier one. Only its digest is stored."""
        if actor.person is None:
            raise refusal(actor)
        logins = {member.code for member in actor.members if member.code}
        if logins:
            raise UserError(
                f"Your GitHub account is already linked: {', '.join(sorted(logins))}.",
                "If it's no longer yours, ask the person who runs Sensei to unlink it.",
            )
        login, at = _read_login(argument), clock()
        replace_earlier_code(tx, actor.person, at)
        code = link_codes.make_code(random(link_codes.BITS))
        bare = link_codes.find_code(code)
        if bare is None:
            raise AssertionError("a new code cannot be read back")
        until = at + link_codes.LASTS
        tx.link_codes.issue(actor.person, link_codes.digest_code(bare), until, login)
        tx.audit(actor.person, "people.code", f"person:{actor.person}")
        return slack_account_linking.code_given(code, until, login)

    about = "get a one-time code to link your GitHub account"
    return Feature(
        commands=[
            Subcommand(
                "link", Action.LINK, about, "[LOGIN]", answer=give_code, answer_writes=True, takes_text=True
            ),
        ],
        buttons={
            slack_account_linking.YES: Button(
                Action.LINK, do=_link_account, check=_check_answer, does="link the account"
            ),
            slack_account_linking.NO: Button(
                Action.LINK, do=_decline_account, check=_check_answer, does="save your answer"
            ),
        },
        words={LINKED: _write_linked, LINK_ASKED: _write_question, LINK_TAKEN: _write_taken},
    )


def _read_login(argument: str) -> str | None:
    if not argument.strip():
        return None
    login = link_codes.parse_login(argument)
    if login is None:
        raise UserError(
            "That is not a GitHub login.",
            "Nothing was changed. Write it as GitHub shows it: `/dojo link octocat`.",
        )
    return login


def replace_earlier_code(tx: Tx, person: str, at: datetime) -> None:
    """Edit the message about an earlier code or question to say that it no longer needs an answer."""
    earlier = tx.link_codes.by_person(person)
    if earlier is not None and earlier.waits(at):
        rewrite_message(
            tx, _message_key(earlier), LINK_ASKED, {**_message_content(earlier), "replaced": True}, at
        )


def _write_linked(tx: Tx, about: Json) -> AddressedMessage | None:
    person: str = about["person"]
    login = next((member.code for member in tx.members.roles(person) if member.code), None)
    return AddressedMessage((person,), slack_account_linking.account_linked(login)) if login else None


def _write_question(tx: Tx, about: Json) -> AddressedMessage | None:
    """Ask the code's owner, or report the outcome; return None if the code no longer exists."""
    if about.get("replaced"):
        return AddressedMessage((about["person"],), slack_account_linking.code_replaced())
    code = tx.link_codes.get(about["code"])
    if code is None or code.account is None:
        return None
    return AddressedMessage((code.person,), slack_account_linking.link_question(code))


def _write_taken(tx: Tx, about: Json) -> AddressedMessage | None:
    """Tell a code's owner that another person's account posted it; return None if they have linked since."""
    code = tx.link_codes.get(about["code"])
    if code is None or any(member.code for member in tx.members.roles(code.person)):
        return None
    return AddressedMessage((code.person,), slack_account_linking.code_posted_by_another(code.expires))
