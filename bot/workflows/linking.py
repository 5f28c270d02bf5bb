"""Linking somebody's accounts: a one-time code from the chat, written in a comment at the code host."""

from collections.abc import Callable, Sequence
from datetime import datetime

import structlog

from bot.domain import linking
from bot.domain.commands import Answer, Said, Verb
from bot.domain.events import Commented
from bot.domain.permissions import Action
from bot.domain.tracking import Account
from bot.errors import UserError
from bot.ports.chat import Message
from bot.ports.dojo import OPERATOR, PairState
from bot.ports.engine import Json
from bot.ports.store import Tx
from bot.rendering.slack import linking as words
from bot.workflows import homes
from bot.workflows.acting import Actor, Clock, refusal
from bot.workflows.features import Feature, Letter, Subcommand
from bot.workflows.messaging import send

log = structlog.get_logger(__name__)

LINKED = "people.linked"


def prove(tx: Tx, event: Commented, said: Said, answer: Answer, at: datetime) -> Answer:
    """Link the account of whoever wrote a comment to the person whose code it holds; say what came of it.

    ``answer`` is what follows from the command alone. Tries are counted by the account, whatever they hold.
    """
    if answer not in {Answer.DONE, Answer.NO_CODE}:
        return answer
    tries = tx.commands.tried(event.author.id, Verb.LINK, event.at - linking.WITHIN, event.at)
    if tries >= linking.MOST_TRIES:
        log.warning("linking.too_often", author=event.author.id)
        return Answer.TOO_OFTEN if tries == linking.MOST_TRIES else Answer.SILENT
    bare = linking.as_written(said.argument)
    whose = tx.members.linking(linking.digest(bare), at) if bare else None
    if whose is None:
        return Answer.NO_CODE
    try:
        person = tx.members.prove(whose, event.author, at)
    except UserError:
        return Answer.TAKEN
    tx.audit(person, "people.link", f"person:{person}")
    for pair in tx.pairings.of_person(person):
        # Whoever was paired before has come to the capstones of that account only now.
        if pair.state is PairState.ACTIVE and pair.participant == person:
            tx.capstones.taught(pair.cohort, person, pair.sensei)
    # By the comment, which gives one command: a person may link again one day.
    place = "inline" if event.inline else "comment"
    send(tx, f"linked:{place}:{event.comment}", LINKED, {"person": person}, at)
    homes.refresh(tx, person, at)
    return Answer.DONE


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
    homes.refresh(tx, person, at)
    return gone


def feature(random: Callable[[int], int]) -> Feature:
    """Return ``/dojo link``. ``random`` gives so many random bits that nobody can guess."""

    def give(tx: Tx, actor: Actor, argument: str, clock: Clock) -> Message:
        """Answer with a new code, which is kept as its digest alone; an earlier one is none any more."""
        del argument
        if actor.person is None:
            raise refusal(actor)
        logins = {member.code for member in actor.members if member.code}
        if logins:
            raise UserError(
                f"Your GitHub account is linked: {', '.join(sorted(logins))}.",
                "If it is not yours any more, ask whoever runs Sensei.",
            )
        code = linking.code(random(linking.BITS))
        bare = linking.as_written(code)
        if bare is None:
            raise AssertionError("a code can be read")
        until = clock() + linking.LASTS
        tx.members.code_for_link(actor.person, linking.digest(bare), until)
        tx.audit(actor.person, "people.code", f"person:{actor.person}")
        return words.code(code, until)

    return Feature(
        commands=[
            Subcommand("link", Action.LINK, "prove which GitHub account is yours", answer=give),
        ],
        words={LINKED: _linked},
    )


def _linked(tx: Tx, about: Json) -> Letter | None:
    person: str = about["person"]
    login = next((member.code for member in tx.members.roles(person) if member.code), None)
    return Letter((person,), words.linked(login)) if login else None
