"""Linking somebody's accounts: a one-time code from the chat, a comment with it at the code host, a yes.

The comment says which account it is; the person who asked for the code says whether it is theirs, in a direct
message that nobody else sees. Nothing is linked before both.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

import structlog

from bot.domain.chat.events import Acted, Click
from bot.domain.dojo.people import MERGED
from bot.domain.dojo.permissions import Action
from bot.domain.pairing.records import OPERATOR
from bot.domain.pairing.states import PairState
from bot.domain.pull_requests import link_codes
from bot.domain.pull_requests.comment_commands import CommandOutcome, ParsedCommand, Verb
from bot.domain.pull_requests.link_codes import CodeState, OneTimeCode
from bot.domain.pull_requests.records import Account
from bot.domain.pull_requests.webhook_events import CommentChanged
from bot.errors import UserError
from bot.ports.chat import OutgoingMessage
from bot.ports.engine import Json
from bot.ports.store import Job, Tx
from bot.rendering.dojo import slack_account_linking as words
from bot.workflows.chat.actors import Actor, Clock, refusal, require_permission
from bot.workflows.chat.features import AddressedMessage, Button, Feature, Subcommand
from bot.workflows.chat.home_refresh import refresh_home
from bot.workflows.chat.outbox import rewrite_message, send_message

log = structlog.get_logger(__name__)

LINKED = "people.linked"
ASKED = "link.asked"
HOST = "github"
"""Who is named in the audit trail for what an account did whose owner is not known yet."""


# -- a comment with a code


def take_code(
    tx: Tx, event: CommentChanged, said: ParsedCommand, answer: CommandOutcome, at: datetime
) -> CommandOutcome:
    """Take a comment that may hold a code: ask the code's owner whose account this is; say what came of it.

    ``answer`` is what follows from the command alone. Tries are counted by the account, whatever they hold.
    """
    if answer not in {CommandOutcome.DONE, CommandOutcome.NO_CODE}:
        return answer
    tries = tx.commands.tried(event.author.id, Verb.LINK, event.at - link_codes.WITHIN, event.at)
    if tries >= link_codes.MOST_TRIES:
        log.warning("linking.too_often", author=event.author.id)
        return CommandOutcome.TOO_OFTEN if tries == link_codes.MOST_TRIES else CommandOutcome.SILENT
    bare = link_codes.find_code(said.argument)
    code = tx.members.code_written(link_codes.digest_code(bare)) if bare else None
    if code is not None and code.state is CodeState.VOID:
        return CommandOutcome.VOID
    if code is None or not code.is_open(at):
        return CommandOutcome.NO_CODE
    if not code.is_for(event.author):
        tx.audit(HOST, "people.link.other", f"person:{code.person}")
        return CommandOutcome.OTHER_ACCOUNT
    return _again(tx, code, event, at) if code.account else _first(tx, code, event, at)


def _first(tx: Tx, code: OneTimeCode, event: CommentChanged, at: datetime) -> CommandOutcome:
    """Ask the code's owner about the first account that has written it and may be theirs.

    One that cannot be theirs leaves the code as it was: else a bystander could end it, and its owner would
    not hear of that.
    """
    try:
        tx.members.may_prove(code.person, event.author)
    except UserError:
        tx.audit(HOST, "people.link.taken", f"person:{code.person}")
        return CommandOutcome.TAKEN
    until = at + link_codes.CONFIRMED_WITHIN
    tx.members.code_posted(code.id, event.author, event.comment, event.inline, until)
    tx.audit(HOST, "people.link.posted", f"person:{code.person}")
    send_message(tx, _key(code), ASKED, _about(code), at)
    return CommandOutcome.DONE


def _again(tx: Tx, code: OneTimeCode, event: CommentChanged, at: datetime) -> CommandOutcome:
    """Handle a code that already waits for its owner: if another account posted it, it no longer works."""
    if code.account and code.account.id == event.author.id:
        return CommandOutcome.DONE
    _end(tx, code, CodeState.VOID, HOST, at)
    first = tx.commands.of(code.comment or 0, inline=code.inline)
    capstone = _place(tx, first.pull_request) if first and not first.deleted else ""
    if first and capstone:
        argument = {"command": first.id, "void": True}
        tx.jobs.add(Job(f"answer:{capstone}:{first.id}:void", "answer", argument, at))
    return CommandOutcome.VOID


def _place(tx: Tx, pull_request: int) -> str:
    """Return the repository and number of a pull request, nothing where nothing is said."""
    it = tx.pull_requests.get(pull_request)
    capstone = tx.capstones.get(it.capstone)
    return f"{capstone.repository}#{it.number}" if capstone.speaks else ""


def withdraw_code(tx: Tx, comment: int, at: datetime, *, inline: bool) -> None:
    """Withdraw the code of a deleted comment, unless its owner has confirmed it."""
    code = tx.members.code_in(comment, inline=inline)
    if code is not None and code.state is CodeState.POSTED:
        _end(tx, code, CodeState.WITHDRAWN, HOST, at)


def _end(tx: Tx, code: OneTimeCode, state: CodeState, by: str, at: datetime) -> None:
    tx.members.code_ended(code.id, state)
    tx.audit(by, f"people.link.{state}", f"person:{code.person}")
    rewrite_message(tx, _key(code), ASKED, _about(code), at)


def _key(code: OneTimeCode) -> str:
    return f"link.asked:{code.id}"


def _about(code: OneTimeCode) -> Json:
    return {"code": code.id, "person": code.person}


# -- its owner's answer


def _may_answer(tx: Tx, actor: Actor, click: Acted, clock: Clock) -> OneTimeCode:
    """Return the code that a button is about.

    Raises:
        UserError: it is somebody else's, or does not wait any more.
    """
    named = click.value if isinstance(click, Click) and isinstance(click.value, str) else ""
    code = tx.members.code_named(named)
    if code is not None:
        require_permission(tx, actor, Action.LINK, clock, code.person)
    if code is None or not code.waits(clock()):
        raise UserError(
            "This code no longer waits for an answer: it was answered or replaced, or it is too old.",
            "Nothing was changed. `/dojo link` gives you a new one.",
        )
    return code


def _check(tx: Tx, actor: Actor, click: Click, clock: Clock) -> None:
    _may_answer(tx, actor, click, clock)


def _yes(tx: Tx, actor: Actor, acted: Acted, clock: Clock) -> None:
    code, at = _may_answer(tx, actor, acted, clock), clock()
    if code.account is None:
        raise AssertionError("a code that waits was written by an account")
    before = tx.members.by_code(code.account.id)
    try:
        person = tx.members.prove(code.person, code.account, at)
    except UserError:  # one of the two was linked to another one meanwhile
        _end(tx, code, CodeState.TAKEN, code.person, at)
        return
    if before not in {None, person}:
        tx.audit(person, MERGED, f"person:{person}", was=before)
    tx.members.code_ended(code.id, CodeState.LINKED)
    tx.audit(person, "people.link", f"person:{person}")
    for pair in tx.pairings.of_person(person):
        # Whoever was paired before has come to the capstones of that account only now.
        if pair.state is PairState.ACTIVE and pair.participant == person:
            tx.capstones.taught(pair.cohort, person, pair.sensei)
    rewrite_message(tx, _key(code), ASKED, _about(code), at)
    send_message(tx, f"linked:{code.id}", LINKED, {"person": person}, at)
    refresh_home(tx, person, at)


def _no(tx: Tx, actor: Actor, acted: Acted, clock: Clock) -> None:
    code = _may_answer(tx, actor, acted, clock)
    _end(tx, code, CodeState.DECLINED, code.person, clock())


# -- asking for a code, and taking a link back


def unlink(tx: Tx, name: str, at: datetime) -> Sequence[Account]:
    """Take back a link: for whom somebody else has linked, or who has lost an account.

    Raises:
        UserError: it is not known who is meant, or they have linked none.
    """
    found = [who for who in tx.people.find(name) if who.id]
    if len(found) != 1 or not found[0].id:
        raise UserError(
            f"{'Several people are' if found else 'Nobody is'} known here as {name!r}.",
            "Nothing was changed. `sensei people list` shows who there is: a Slack user id names one.",
        )
    person = found[0].id
    gone = tx.members.disprove(person, at)
    if not gone:
        raise UserError(f"{name} has linked no GitHub account.", "Nothing was changed.")
    tx.audit(OPERATOR, "people.unlink", f"person:{person}")
    refresh_home(tx, person, at)
    return gone


def feature(random: Callable[[int], int]) -> Feature:
    """Return ``/dojo link``. ``random`` gives so many random bits that nobody can guess."""

    def give(tx: Tx, actor: Actor, argument: str, clock: Clock) -> OutgoingMessage:
        """Answer with a new code, which is kept as its digest alone; an earlier one is none any more."""
        if actor.person is None:
            raise refusal(actor)
        logins = {member.code for member in actor.members if member.code}
        if logins:
            raise UserError(
                f"Your GitHub account is linked: {', '.join(sorted(logins))}.",
                "If it is not yours any more, ask the person who runs Sensei.",
            )
        login, at = _login(argument), clock()
        _replace(tx, actor.person, at)
        code = link_codes.make_code(random(link_codes.BITS))
        bare = link_codes.find_code(code)
        if bare is None:
            raise AssertionError("a code can be read")
        until = at + link_codes.LASTS
        tx.members.code_for_link(actor.person, link_codes.digest_code(bare), until, login)
        tx.audit(actor.person, "people.code", f"person:{actor.person}")
        return words.code(code, until, login)

    about = "link your GitHub account: gives a one-time code"
    return Feature(
        commands=[Subcommand("link", Action.LINK, about, "[LOGIN]", answer=give)],
        buttons={
            words.YES: Button(Action.LINK, do=_yes, check=_check),
            words.NO: Button(Action.LINK, do=_no, check=_check),
        },
        words={LINKED: _linked, ASKED: _asked},
    )


def _login(argument: str) -> str | None:
    if not argument.strip():
        return None
    login = link_codes.login_in(argument)
    if login is None:
        raise UserError(
            "That is not a GitHub login.",
            "Nothing was changed. Write it as GitHub shows it: `/dojo link octocat`.",
        )
    return login


def _replace(tx: Tx, person: str, at: datetime) -> None:
    """Let the message about an earlier code say that it counts no longer."""
    earlier = tx.members.code_of(person)
    if earlier is not None and earlier.waits(at):
        rewrite_message(tx, _key(earlier), ASKED, {**_about(earlier), "replaced": True}, at)


def _linked(tx: Tx, about: Json) -> AddressedMessage | None:
    person: str = about["person"]
    login = next((member.code for member in tx.members.roles(person) if member.code), None)
    return AddressedMessage((person,), words.linked(login)) if login else None


def _asked(tx: Tx, about: Json) -> AddressedMessage | None:
    """Ask, or say what became of it; nothing where the code is not known any more."""
    if about.get("replaced"):
        return AddressedMessage((about["person"],), words.replaced())
    code = tx.members.code_named(about["code"])
    if code is None or code.account is None:
        return None
    return AddressedMessage((code.person,), words.asked(code))
