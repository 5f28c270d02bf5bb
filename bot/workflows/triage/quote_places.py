"""Where the quotes of a criterion's evidence are from: code, a pull request's text, a thread, a decision."""

import re
from collections.abc import Iterable, Mapping
from urllib.parse import quote

from bot.domain.ledger.evidence import Entry, Statement
from bot.domain.pull_requests.records import Capstone
from bot.domain.review.report import Citation
from bot.domain.text.numbers import parse_number
from bot.domain.triage.criterion_evidence import CriterionEvidence
from bot.ports.store import Tx
from bot.rendering.triage.slack_evidence import EntryKey, QuotePlace
from bot.workflows.articulation.question_contexts import load_context

_PULL_REQUEST = re.compile(r"#(\d+)")
_SHA = re.compile(r"[0-9a-f]{7,64}")


def find_places(
    tx: Tx, evidence: CriterionEvidence, capstone: Capstone, web: str
) -> Mapping[EntryKey, QuotePlace]:
    """Return the place of each quote. ``web`` is the code host's web address."""
    page = f"{web}/{capstone.full_name}"
    return {entry.key: _find_place(tx, entry, page) for entry in _list_entries(evidence)}


def _list_entries(evidence: CriterionEvidence) -> Iterable[Entry]:
    for check in evidence.checks:
        yield from (*check.supports, *check.weakens)


def _find_place(tx: Tx, entry: Entry, page: str) -> QuotePlace:
    if isinstance(entry.citation, Statement):
        return _place_statement(tx, entry.citation, page)
    if entry.citation.source == "text":
        return _place_text(entry, page)
    return _place_lines(entry.citation, page)


def _place_lines(citation: Citation, page: str) -> QuotePlace:
    first, last = citation.line_start, citation.line_end
    words = f"{citation.path}, {f'line {first}' if first == last else f'lines {first}–{last}'}"
    if not _SHA.fullmatch(citation.commit):
        return QuotePlace(words)
    lines = f"L{first}" if first == last else f"L{first}-L{last}"
    return QuotePlace(words, f"{page}/blob/{citation.commit}/{quote(citation.path)}#{lines}")


def _place_text(entry: Entry, page: str) -> QuotePlace:
    """Return the pull request in whose title, description or commit message something stands."""
    found = _PULL_REQUEST.search(entry.change or "")
    if found is None:
        return QuotePlace("the text of a change")
    return QuotePlace(f"the text of pull request {found[1]}", f"{page}/pull/{found[1]}")


def _place_document(tx: Tx, number: int, page: str) -> QuotePlace:
    document = tx.design_documents.find(number)
    if document is None or not document.head:
        return QuotePlace("their design document, which they pasted")
    return QuotePlace(
        f"their design document, {document.path}", f"{page}/blob/{document.head}/{quote(document.path)}"
    )


def _place_statement(tx: Tx, statement: Statement, page: str) -> QuotePlace:
    number = parse_number(statement.reference)
    if statement.source == "decision":
        decision = tx.decisions.find(number) if number else None
        return QuotePlace(f"their decision {decision.number}" if decision else "a decision of theirs")
    if statement.source == "document":
        return _place_document(tx, number or 0, page)
    context = load_context(tx, number) if number else None
    if context is None:
        return QuotePlace("their answer to a question")
    if context.is_private or context.pull_request is None:
        return QuotePlace("what they told me in private")
    address = f"{page}/pull/{context.pull_request.number}"
    anchor = f"#discussion_r{context.question.comment}" if context.question.comment else ""
    return QuotePlace(
        f"their answer in a thread of pull request {context.pull_request.number}", address + anchor
    )
