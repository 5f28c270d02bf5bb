"""What people can do with design documents in the chat: give one, choose its file, see what was found."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.domain.chat.events import Acted, Click, Submission
from bot.domain.design_documents.document_files import is_markdown, tidy_path
from bot.domain.design_documents.records import DesignDocument
from bot.domain.dojo.permissions import Action, Relation, is_allowed
from bot.domain.text.numbers import parse_number
from bot.domain.text.storable_text import make_storable
from bot.errors import UserError
from bot.ports.chat import View
from bot.ports.store import Tx
from bot.rendering.design_documents import slack_giving_form as form
from bot.rendering.design_documents.slack_document import FILE, SEE, document_view
from bot.workflows.articulation.question_contexts import find_capstone_sensei
from bot.workflows.chat.actors import Actor, Clock
from bot.workflows.chat.features import Button, Feature, Form, Subcommand
from bot.workflows.design_documents.giving import (
    MOST_OF_A_DOCUMENT,
    choose_file,
    give_document,
    list_own_capstones,
    require_own_capstone,
)
from bot.workflows.design_documents.messages import CHOOSE, READ, TOLD, DocumentMessages, show_choice
from bot.workflows.design_documents.showing import show_document
from bot.workflows.triage.capstone_ledgers import LedgerLoader
from bot.workflows.triage.responsibilities import find_role

_LEAST = 200
"""Minimum characters of a pasted document: less is not a design."""


def design_document_features(
    make_loader: Callable[[], LedgerLoader], web: str, now: Callable[[], datetime]
) -> tuple[Feature, ...]:
    """Return the features. ``make_loader`` loads the rubric on its first call, ``web`` is the host's page."""
    messages = DocumentMessages(make_loader, web, now)
    return (DesignDocumentFeature(make_loader, web, messages).feature(),)


@dataclass(frozen=True)
class DesignDocumentFeature:
    """``/dojo design``, its form, the page with what was found, and the messages."""

    make_loader: Callable[[], LedgerLoader]
    web: str
    messages: DocumentMessages

    def feature(self) -> Feature:
        """Return the command, the buttons, the forms and the messages.

        The form is answered at once, so that no delivery keeps the text.
        """
        give, see = Action.DESIGN_GIVE, Action.DESIGN_SEE
        return Feature(
            commands=(Subcommand("design", give, "give me your design document to read", opens=form.GIVE),),
            buttons={
                form.MORE: Button(give, redraws=_add_part),
                FILE: Button(give, do=_choose, does="take this file"),
                SEE: Button(see, opens=SEE),
            },
            forms={
                form.GIVE: Form(
                    give, _open, _submit_nothing, _check, answers=_save, does="save your design document"
                ),
                SEE: Form(see, self._open_page, _submit_nothing),
            },
            words={
                READ: self.messages.write_read,
                CHOOSE: self.messages.write_choose,
                TOLD: self.messages.write_told,
            },
        )

    def _open_page(self, tx: Tx, actor: Actor, argument: str, clock: Clock) -> View:
        document = _find_document(tx, actor, argument, clock)
        is_own = document.person == actor.person
        shown = show_document(tx, self.make_loader(), document, self.web, is_own=is_own)
        return document_view(shown, is_own=is_own)


def _open(tx: Tx, actor: Actor, _argument: str, _clock: Clock) -> View:
    return form.giving_form(_list_capstones(tx, actor), has_sensei=_has_sensei(tx, actor))


def _add_part(tx: Tx, actor: Actor, click: Click, _clock: Clock) -> View:
    parts = parse_number(click.value) if isinstance(click.value, str) else None
    shown = min(max(parts or 1, 1), form.MOST_PARTS)
    return form.giving_form(_list_capstones(tx, actor), shown, has_sensei=_has_sensei(tx, actor))


def _has_sensei(tx: Tx, actor: Actor) -> bool:
    """Return whether a participant has a sensei for any of their capstones."""
    own = list_own_capstones(tx, actor)
    return any(find_capstone_sensei(tx, capstone, actor.person) is not None for capstone in own)


def _list_capstones(tx: Tx, actor: Actor) -> Mapping[str, str]:
    own = list_own_capstones(tx, actor)
    if not own:
        raise UserError(
            "Your repository isn't enrolled yet, so I can't take a design document.",
            "Ask the person who runs Sensei to enrol it.",
        )
    return {str(capstone.id): capstone.full_name for capstone in own}


def _check(tx: Tx, actor: Actor, sent: Submission, _clock: Clock) -> Mapping[str, str]:
    require_own_capstone(tx, actor, _read_capstone(sent))
    path, text = tidy_path(sent.text(form.PATH)), _read_text(sent)
    if path and text:
        return {form.PATH: "Give me a path or a text, not both."}
    if path and not is_markdown(path):
        return {form.PATH: "This isn't a Markdown file. Its name must end in .md."}
    if len(text) > MOST_OF_A_DOCUMENT:
        most = f"{MOST_OF_A_DOCUMENT:,}"
        return {form.name_part(1): f"The text has {len(text):,} characters; the maximum is {most}."}
    if text and len(text) < _LEAST:
        return {form.name_part(1): f"This is too short to be a design: write at least {_LEAST} characters."}
    return {}


def _save(tx: Tx, actor: Actor, sent: Submission, clock: Clock) -> View:
    capstone = require_own_capstone(tx, actor, _read_capstone(sent))
    path, text = tidy_path(sent.text(form.PATH)), _read_text(sent)
    give_document(tx, capstone, actor.person or "", path, make_storable(text), clock())
    return form.given_view(
        [
            "Saved. I'll tell you in a direct message what comes of it.",
            "You can give me a newer version at any time; the newest one counts.",
        ]
    )


def _read_capstone(sent: Submission) -> int | None:
    named, _, _ = sent.metadata.partition(":")
    return parse_number(named or sent.text(form.CAPSTONE))


def _read_text(sent: Submission) -> str:
    parts = (sent.text(form.name_part(number)) for number in range(1, form.MOST_PARTS + 1))
    return "\n".join(part for part in parts if part.strip())


def _choose(tx: Tx, actor: Actor, acted: Acted, clock: Clock) -> None:
    value = acted.value if isinstance(acted, Click) and isinstance(acted.value, str) else ""
    named, _, number = value.partition(":")
    document = tx.design_documents.find(parse_number(named) or 0)
    if document is None or document.person != actor.person:
        raise _not_found()
    require_own_capstone(tx, actor, document.capstone)
    chosen = parse_number(number)
    choose_file(tx, document, -1 if chosen is None else chosen, clock())
    show_choice(tx, document.id, clock())


def _find_document(tx: Tx, actor: Actor, argument: str, clock: Clock) -> DesignDocument:
    """Return a document that the actor may see: their own, or their participant's.

    Raises:
        UserError: they may not, or it doesn't exist. The words are the same.
    """
    document = tx.design_documents.find(parse_number(argument) or 0)
    if document is None or actor.person is None:
        raise _not_found()
    capstone = tx.capstones.get(document.capstone)
    is_current = tx.members.by_host_account(capstone.participant.id) == document.person
    if document.person == actor.person:
        allowed = is_allowed(Action.DESIGN_SEE, actor.roles(capstone.cohort), Relation.OWN)
    else:
        role = find_role(tx, actor.person, Action.DESIGN_SEE, capstone.id, clock())
        allowed = is_current and role is not None
    if not allowed:
        raise _not_found()
    return document


def _not_found() -> UserError:
    return UserError(
        "I can't find this design document among those that you may see. Nothing was changed.",
        "To give me yours, use `/dojo design`.",
    )


def _submit_nothing(_tx: Tx, _actor: Actor, _acted: Acted, _clock: Clock) -> None:
    """Do nothing: the form is answered at once, and nobody can submit the page."""
