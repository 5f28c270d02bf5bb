"""Shows a design document to its participant or to their sensei: states and quotes, no levels."""

from urllib.parse import quote

from bot.domain.design_documents.document_checks import list_document_checks
from bot.domain.design_documents.records import DesignDocument
from bot.domain.design_documents.shown import ShownCheck, ShownDocument
from bot.domain.pull_requests.records import PublishPolicy
from bot.domain.review.paths import to_git
from bot.ports.store import Tx
from bot.workflows.articulation.question_contexts import find_capstone_sensei, find_name
from bot.workflows.triage.capstone_ledgers import LedgerLoader


def show_document(
    tx: Tx, loader: LedgerLoader, document: DesignDocument, web: str, *, is_own: bool
) -> ShownDocument:
    """Return a document with what it says about each check, in the rubric's order.

    Checks that the rubric no longer has are left out. ``web`` is the code host's web address. If its reader
    gave it (``is_own``), the model's questions are left out where a sensei sees questions first.
    """
    capstone = tx.capstones.get(document.capstone)
    address = ""
    if document.head:
        address = f"{web}/{capstone.full_name}/blob/{document.head}/{quote(to_git(document.path))}"
    checks: tuple[ShownCheck, ...] = ()
    questions: tuple[str, ...] = ()
    if document.reading is not None:
        rubric = loader.load(tx, [capstone.id])[capstone.id].rubric
        found = {finding.check: finding for finding in document.reading.findings}
        asked = set(document.reading.asked)
        checks = tuple(
            ShownCheck(criterion.title, check.ask, found.get(check.id))
            for criterion, check in list_document_checks(rubric)
            if check.id in asked
        )
        if not is_own or capstone.publish is PublishPolicy.AUTOMATIC:
            questions = document.reading.questions
    name = find_name(tx, document.person)
    has_sensei = find_capstone_sensei(tx, capstone, document.person) is not None
    return ShownDocument(document, name, capstone.full_name, address, checks, questions, has_sensei)
