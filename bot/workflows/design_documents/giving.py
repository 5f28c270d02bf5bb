"""A participant gives Sensei a design document: a file of their capstone, or a pasted text."""

from datetime import datetime

from bot.domain.design_documents.records import DesignDocument, DocumentSource, DocumentState
from bot.domain.dojo.permissions import Action, Relation, is_allowed
from bot.domain.pull_requests.records import Capstone
from bot.errors import UserError
from bot.ports.jobs import Job
from bot.ports.store import Tx
from bot.workflows.chat.actors import Actor

KIND = "design_document"
"""The kind of the job, and the name of the workflow."""
MOST_OF_A_DOCUMENT = 20_000
"""Maximum characters of a pasted document."""


def list_own_capstones(tx: Tx, actor: Actor) -> list[Capstone]:
    """List the actor's active capstones, in the cohorts where they are a participant."""
    return [
        capstone
        for capstone in (tx.capstones.by_participant(actor.person) if actor.person else ())
        if not capstone.ended and is_allowed(Action.DESIGN_GIVE, actor.roles(capstone.cohort), Relation.OWN)
    ]


def require_own_capstone(tx: Tx, actor: Actor, capstone: int | None) -> Capstone:
    """Return one of the actor's own capstones.

    Raises:
        UserError: it isn't theirs, or has ended.
    """
    found = next((own for own in list_own_capstones(tx, actor) if own.id == capstone), None)
    if found is None:
        raise UserError(
            "I can take a design document only for your own capstone, so I haven't saved one.",
            "`/dojo design` shows yours.",
        )
    return found


def give_document(  # noqa: PLR0913, PLR0917 - what is stored of it
    tx: Tx, capstone: Capstone, person: str, path: str, text: str, at: datetime
) -> DesignDocument:
    """Store a document and let it be read. Without ``text``, it is a file; without ``path``, one to find."""
    source = DocumentSource.PASTED if text else DocumentSource.FILE
    document = tx.design_documents.add(
        capstone.id, person, source=source, path="" if text else path, text=text, at=at
    )
    read_soon(tx, document, at)
    tx.audit(person, "design.give", f"capstone:{capstone.id}", document=document.id, source=source.value)
    return document


def choose_file(tx: Tx, document: DesignDocument, number: int, at: datetime) -> None:
    """Store which of several files is the document, and let it be read.

    Raises:
        UserError: it has been chosen already, or there is no such file.
    """
    if document.state is not DocumentState.UNREADABLE or not 0 <= number < len(document.paths):
        raise UserError(
            "I've already got this document, so nothing was changed.",
            "To give another one, use `/dojo design`.",
        )
    tx.design_documents.choose(document.id, document.paths[number])
    read_soon(tx, document, at)


def read_soon(tx: Tx, document: DesignDocument, at: datetime, attempt: int = 0) -> None:
    """Add the job that reads a document at a moment."""
    identity = f"design:{document.id}:{int(at.timestamp() * 1000)}"
    tx.jobs.add(Job(identity, KIND, {"document": document.id, "attempt": attempt}, at))
