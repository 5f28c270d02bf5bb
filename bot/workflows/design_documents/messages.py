"""Messages about design documents: to the participant what came of it, to their sensei that there is one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.domain.design_documents.records import DesignDocument, DocumentProblem, DocumentState
from bot.domain.dojo.working_moments import next_working_moment
from bot.ports.engine import Json
from bot.ports.store import Tx
from bot.rendering.design_documents.slack_document import choice_message, reading_message, sensei_message
from bot.workflows.articulation.question_contexts import find_capstone_duty
from bot.workflows.chat.features import AddressedMessage
from bot.workflows.chat.outbox import is_on_its_way, rewrite_message, send_message
from bot.workflows.chat.unprompted import Feature, send_unprompted
from bot.workflows.chat.working_hours import find_hours
from bot.workflows.design_documents.showing import show_document
from bot.workflows.triage.capstone_ledgers import LedgerLoader

READ, CHOOSE, TOLD = "design.read", "design.choose", "design.told"
"""The kinds of the messages: to the participant what came of it or which file it is, and to the sensei."""


def tell_of_document(tx: Tx, document: DesignDocument, at: datetime) -> None:
    """Tell the participant what came of their document; tell the sensei, in their hours, if it is to read."""
    stored = tx.design_documents.find(document.id) or document
    if stored.problem is DocumentProblem.SEVERAL:
        send_message(tx, f"{CHOOSE}:{document.id}", CHOOSE, {"document": document.id}, at)
        return
    stamp = int(at.timestamp() * 1000)
    send_message(tx, f"{READ}:{document.id}:{stamp}", READ, {"document": document.id}, at)
    if not _is_for_senseis(stored):
        return
    capstone = tx.capstones.get(document.capstone)
    duty, due = find_capstone_duty(tx, capstone, document.person, at), at
    if duty is not None:
        due = next_working_moment(find_hours(tx, duty.person, capstone.cohort), at)
        duty = find_capstone_duty(tx, capstone, document.person, due)  # a holiday may begin before
    if duty is not None:
        due = next_working_moment(find_hours(tx, duty.person, capstone.cohort), due)
        key = _make_key(document.id, duty.person)
        about: Json = {"document": document.id, "reader": duty.person}
        if is_on_its_way(tx, key, at):
            rewrite_message(tx, key, TOLD, about, at)  # it has been read meanwhile
        else:
            send_unprompted(tx, Feature.DESIGN, key, TOLD, about, due)


def show_choice(tx: Tx, document: int, at: datetime) -> None:
    """Show in the message with the files which one the participant chose."""
    rewrite_message(tx, f"{CHOOSE}:{document}", CHOOSE, {"document": document}, at)


def _is_for_senseis(document: DesignDocument) -> bool:
    """Return whether there is something for a sensei to read: it was read, or waits for a person."""
    return document.state is DocumentState.READ or document.problem in {
        DocumentProblem.NO_MODEL,
        DocumentProblem.NOT_ANSWERED,
        DocumentProblem.GAVE_UP,
    }


@dataclass(frozen=True)
class DocumentMessages:
    """Writes the messages. ``web`` is the code host's web address."""

    make_loader: Callable[[], LedgerLoader]
    web: str
    now: Callable[[], datetime]

    def write_read(self, tx: Tx, about: Json) -> AddressedMessage | None:
        """Tell a participant what came of their document."""
        document = tx.design_documents.find(about["document"])
        if document is None:
            return None
        shown = show_document(tx, self.make_loader(), document, self.web, is_own=True)
        return AddressedMessage((document.person,), reading_message(shown))

    def write_choose(self, tx: Tx, about: Json) -> AddressedMessage | None:
        """Ask a participant which file it is, or show what they chose."""
        document = tx.design_documents.find(about["document"])
        if document is None:
            return None
        shown = show_document(tx, self.make_loader(), document, self.web, is_own=True)
        return AddressedMessage((document.person,), choice_message(shown))

    def write_told(self, tx: Tx, about: Json) -> AddressedMessage | None:
        """Tell whoever is on duty when it's sent that there is a document, if it is still the newest.

        Once it was sent, it isn't rewritten for somebody else.
        """
        document = tx.design_documents.find(about["document"])
        if document is None or not _is_for_senseis(document):
            return None
        newest = tx.design_documents.newest(document.capstone)
        capstone = tx.capstones.get(document.capstone)
        duty = find_capstone_duty(tx, capstone, document.person, self.now())
        if newest is None or newest.id != document.id or capstone.ended:
            return None
        if duty is None or _is_anothers(tx, about, duty.person, self.now()):
            return None
        shown = show_document(tx, self.make_loader(), document, self.web, is_own=False)
        return AddressedMessage((duty.person,), sensei_message(shown))


def _is_anothers(tx: Tx, about: Json, reader: str, at: datetime) -> bool:
    """Return whether the message is somebody else's: they got it, or this reader gets one of their own."""
    document, planned_for = about["document"], about["reader"]
    if reader == planned_for:
        return False
    _, sent = tx.effects.find(f"message:{_make_key(document, planned_for)}")
    return sent is not None or is_on_its_way(tx, _make_key(document, reader), at)


def _make_key(document: int, person: str) -> str:
    return f"{TOLD}:{document}:{person}"
