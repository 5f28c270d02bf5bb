"""The question after a one-to-one: was the hour worth it, and what was decided?

Each of the two gets one message with two buttons, which shows what both have said. Nobody else sees it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.domain.chat.events import Acted, Submission
from bot.domain.dojo.permissions import Action
from bot.domain.one_to_ones.records import OneToOne, OneToOneNote, OneToOneState, Worth
from bot.domain.text.numbers import parse_number
from bot.errors import UserError
from bot.ports.chat import View
from bot.ports.engine import Json
from bot.ports.store import Tx
from bot.rendering.one_to_ones import slack_afterwards as ids
from bot.workflows.chat.actors import Actor, Clock
from bot.workflows.chat.features import AddressedMessage, Button, Feature, Form
from bot.workflows.decisions.access import list_own_capstones
from bot.workflows.decisions.messages import send_changed
from bot.workflows.decisions.records import draft_from_words
from bot.workflows.dojo.form_submissions import require_submission
from bot.workflows.dojo.home_one_to_ones import show_person
from bot.workflows.dojo.member_messages import find_name
from bot.workflows.dojo.one_to_one_parties import find_attendee
from bot.workflows.one_to_ones.brief_messages import find_other
from bot.workflows.one_to_ones.message_keys import AFTER, refresh_questions

_ACTION = Action.ONE_TO_ONE_PLAN


@dataclass(frozen=True)
class Afterwards:
    """The message, its buttons and their forms."""

    now: Clock

    def feature(self) -> Feature:
        """Return the buttons, the forms and the kind of message."""
        return Feature(
            buttons={
                ids.WORTH: Button(_ACTION, opens=ids.WORTH),
                ids.DECIDED: Button(_ACTION, opens=ids.DECIDED),
            },
            forms={
                ids.WORTH: Form(_ACTION, _open_worth, _save_worth, _check_worth, does="save your answer"),
                ids.DECIDED: Form(
                    _ACTION, _open_decided, _save_decided, _check_decided, does="save what was decided"
                ),
            },
            words={AFTER: self.write},
        )

    def write(self, tx: Tx, about: Json) -> AddressedMessage | None:
        """Return the question to one of the two, or None if the one-to-one was cancelled or moved."""
        meeting, person = tx.one_to_ones.find(about["one_to_one"]), str(about["person"])
        if meeting is None or meeting.at > self.now() or person not in list_parties(tx, meeting):
            return None
        other = show_person(tx, find_other(tx, meeting, person))
        notes = [_show_note(tx, note, person) for note in list_notes(tx, meeting)]
        return AddressedMessage((person,), ids.afterwards_message(meeting.id, other, meeting.at, notes))


def list_parties(tx: Tx, meeting: OneToOne) -> tuple[str, ...]:
    """Return the two who met: the participant and the sensei, or the deputy of that day."""
    attendee = find_attendee(tx, meeting) if meeting.state is OneToOneState.PLANNED else None
    return (meeting.participant, attendee) if attendee else ()


def list_notes(tx: Tx, meeting: OneToOne) -> list[OneToOneNote]:
    """Return what the two have said, the participant first."""
    parties = list_parties(tx, meeting)
    notes = [note for note in tx.one_to_ones.notes(meeting.id) if note.person in parties]
    return sorted(notes, key=lambda note: parties.index(note.person))


def _show_note(tx: Tx, note: OneToOneNote, reader: str) -> ids.ShownNote:
    name = "" if note.person == reader else find_name(tx, note.person)
    return ids.ShownNote(name, note.worth, note.decided)


def _open_worth(tx: Tx, actor: Actor, argument: str, clock: Clock) -> View:
    meeting, person = _require_meeting(tx, actor, argument, clock)
    note = _find_note(tx, meeting, person)
    other = show_person(tx, find_other(tx, meeting, person))
    return ids.worth_form(other, note.worth if note else None, str(meeting.id))


def _check_worth(tx: Tx, actor: Actor, sent: Submission, clock: Clock) -> Mapping[str, str]:
    _require_meeting(tx, actor, sent.metadata, clock)
    return {} if sent.text(ids.ANSWER) in set(Worth) else {ids.ANSWER: "Choose one."}


def _save_worth(tx: Tx, actor: Actor, acted: Acted, clock: Clock) -> None:
    sent = require_submission(acted)
    meeting, person = _require_meeting(tx, actor, sent.metadata, clock)
    tx.one_to_ones.set_worth(meeting.id, person, Worth(sent.text(ids.ANSWER)), clock())
    tx.audit(person, ids.WORTH, f"one_to_one:{meeting.id}")
    refresh_questions(tx, meeting, clock())


def _open_decided(tx: Tx, actor: Actor, argument: str, clock: Clock) -> View:
    meeting, person = _require_meeting(tx, actor, argument, clock)
    note = _find_note(tx, meeting, person)
    other = show_person(tx, find_other(tx, meeting, person))
    can_keep = _find_capstone(tx, actor, meeting) is not None
    was_kept = note is not None and note.draft is not None
    text = note.decided if note else ""
    return ids.decided_form(other, text, str(meeting.id), can_keep=can_keep and not was_kept)


def _check_decided(tx: Tx, actor: Actor, sent: Submission, clock: Clock) -> Mapping[str, str]:
    _require_meeting(tx, actor, sent.metadata, clock)
    text = sent.text(ids.TEXT)
    if not text and sent.chosen(ids.KEEP):
        return {ids.TEXT: "Write what was decided, or untick the draft decision."}
    if len(text) > ids.MOST_OF_A_TEXT:
        return {ids.TEXT: f"This has {len(text)} characters; the maximum is {ids.MOST_OF_A_TEXT}."}
    return {}


def _save_decided(tx: Tx, actor: Actor, acted: Acted, clock: Clock) -> None:
    sent, at = require_submission(acted), clock()
    meeting, person = _require_meeting(tx, actor, sent.metadata, clock)
    text = sent.text(ids.TEXT)
    tx.one_to_ones.set_decided(meeting.id, person, text, at)
    tx.audit(person, ids.DECIDED, f"one_to_one:{meeting.id}")
    capstone = _find_capstone(tx, actor, meeting)
    if capstone is not None and sent.chosen(ids.KEEP):
        _keep_as_draft(tx, meeting, capstone, person, at)
    refresh_questions(tx, meeting, at)


def _keep_as_draft(tx: Tx, meeting: OneToOne, capstone: int, person: str, at: datetime) -> None:
    """Draft a decision from a person's words, unless one was drafted of this one-to-one before."""
    note = _find_note(tx, meeting, person)
    if note is None or note.draft is not None or not note.decided:
        return
    draft = draft_from_words(tx, capstone, person, note.decided, at)
    tx.one_to_ones.note_draft(meeting.id, person, draft.id)
    send_changed(tx, draft, "drafted", at)


def _find_capstone(tx: Tx, actor: Actor, meeting: OneToOne) -> int | None:
    """Return the capstone for a draft decision of the participant; None for their sensei."""
    if actor.person != meeting.participant:
        return None
    capstones = (found for found in list_own_capstones(tx, actor) if found.cohort == meeting.cohort)
    return next((capstone.id for capstone in capstones), None)


def _find_note(tx: Tx, meeting: OneToOne, person: str) -> OneToOneNote | None:
    return next((note for note in tx.one_to_ones.notes(meeting.id) if note.person == person), None)


def _require_meeting(tx: Tx, actor: Actor, value: str, clock: Clock) -> tuple[OneToOne, str]:
    """Return a one-to-one that has begun, and the actor, who must be one of the two.

    Raises:
        UserError: it isn't theirs, it was cancelled, or it is still to come. The error doesn't reveal which.
    """
    meeting = tx.one_to_ones.find(parse_number(value) or 0)
    if meeting is None or meeting.at > clock() or actor.person not in list_parties(tx, meeting):
        raise UserError(
            "I can't find this one-to-one among those you've had. Nothing was saved.",
            "`/dojo one-to-one` shows those to come.",
        )
    return meeting, actor.person or ""
