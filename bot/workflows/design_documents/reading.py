"""The workflow ``design_document``: reads a document once, and tells the participant and their sensei.

The text of a file is read and quoted within one step, and only what is quoted is stored. Repeating the step
changes nothing: a model's answer is recorded, so it isn't paid for again.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from bot.domain.design_documents.document_answers import ReadableDocument, parse_document_answer
from bot.domain.design_documents.document_checks import list_document_checks
from bot.domain.design_documents.document_files import find_design_documents
from bot.domain.design_documents.records import (
    DesignDocument,
    DocumentProblem,
    DocumentReading,
    DocumentSource,
    DocumentState,
)
from bot.domain.review.prompts import Prompt
from bot.domain.text.storable_text import make_storable
from bot.ports.checkout import Branches, CloneRequest
from bot.ports.code_host import CodeHost
from bot.ports.engine import Json, Steps
from bot.ports.metrics import Metrics, NoMetrics
from bot.ports.model import CallOutcome, Model
from bot.ports.store import Store, Tx
from bot.workflows.design_documents.document_requests import build_document_request
from bot.workflows.design_documents.giving import read_soon
from bot.workflows.design_documents.messages import tell_of_document
from bot.workflows.jobs.retry import insist
from bot.workflows.review.head_files import read_head_files
from bot.workflows.triage.capstone_ledgers import LedgerLoader

log = structlog.get_logger(__name__)

MOST_BYTES = 120_000
"""Maximum size of a file. A design document is a few pages."""
PAUSES = (timedelta(hours=1), timedelta(hours=6), timedelta(hours=24))
"""When the model is asked again if it didn't answer: an outage or a day's budget is over by then."""
OpenModel = Callable[[int], AbstractContextManager[Model | None]]
"""Opens the model for a repository (the host's number); yields None if none is configured."""


@dataclass(frozen=True)
class _Found:
    """A document's text with its path and commit, or why there is none."""

    text: str = ""
    path: str = ""
    head: str = ""
    problem: DocumentProblem | None = None
    paths: tuple[str, ...] = ()


@dataclass(frozen=True)
class DesignReading:
    """The workflow. ``make_loader`` loads the rubric on its first call."""

    host: CodeHost
    store: Store
    branches: Branches
    prompt: Prompt
    make_loader: Callable[[], LedgerLoader]
    model: OpenModel
    now: Callable[[], datetime]
    measures: Metrics = field(default_factory=NoMetrics)

    def run(self, steps: Steps, argument: Json) -> Json:
        """Read a document, and tell both about it."""
        number: int = argument["document"]
        begun = steps.tx("begin", lambda tx: {"go": _find_waiting(tx, number) is not None})
        if not begun["go"]:
            return {"outcome": "gone"}
        read = insist(steps, "read", lambda: self._read(number))
        outcome = read["result"] if read["outcome"] == "done" else DocumentProblem.NO_ACCESS.value
        steps.tx("tell", lambda tx: self._conclude(tx, argument, outcome))
        return {"outcome": outcome}

    def _read(self, number: int) -> Json:
        """Read the document and store what was found in it; return the problem, or "read"."""
        with self.store.read() as tx:
            document = _find_waiting(tx, number)
        if document is None:
            return {"result": "gone"}
        found = self._find_text(document)
        reading = None
        if found.problem is None:
            reading, problem = self._ask(document, found.text)
        else:
            problem = found.problem
        with self.store.begin() as tx:
            if _find_waiting(tx, number) is None:
                return {"result": "gone"}
            if reading is not None:
                tx.design_documents.save_reading(number, found.head, found.path, reading, self.now())
                return {"result": "read"}
            problem = problem or DocumentProblem.NOT_ANSWERED
            waits = problem in {DocumentProblem.NO_MODEL, DocumentProblem.NOT_ANSWERED}
            state = DocumentState.WAITING if waits else DocumentState.UNREADABLE
            if found.path and not document.path:
                tx.design_documents.choose(number, found.path)
            tx.design_documents.save_problem(number, state, problem, found.paths, found.head)
        return {"result": problem.value}

    def _find_text(self, document: DesignDocument) -> _Found:
        if document.source is DocumentSource.PASTED:
            return _Found(document.text)
        with self.store.read() as tx:
            capstone = tx.capstones.get(document.capstone)
        repository = self.host.repository(capstone)
        head = self.host.branch_head(repository, repository.default_branch)
        token = self.host.git_token(repository)
        request = CloneRequest(repository.id, repository.clone_url, token, None, head)

        def choose(paths: Sequence[str]) -> Sequence[str]:
            return [document.path] if document.path else find_design_documents(paths)

        files = read_head_files(self.branches, request, choose, MOST_BYTES)
        wanted = [path for path in choose(files.paths) if path in files.paths]
        if not document.path:
            wanted = [path for path in wanted if path not in files.ignored]
        if len(wanted) > 1:
            return _Found(problem=DocumentProblem.SEVERAL, paths=tuple(wanted))
        if not wanted:
            return _Found(problem=DocumentProblem.NOT_FOUND)
        if wanted[0] in files.ignored:
            return _Found(path=wanted[0], problem=DocumentProblem.IGNORED)
        if wanted[0] not in files.contents:
            return _Found(path=wanted[0], problem=DocumentProblem.TOO_LONG)
        return _decode(wanted[0], head, files.contents[wanted[0]])

    def _ask(
        self, document: DesignDocument, text: str
    ) -> tuple[DocumentReading | None, DocumentProblem | None]:
        with self.store.read() as tx:
            capstone = tx.capstones.get(document.capstone)
            rubric = self.make_loader().load(tx, [capstone.id])[capstone.id].rubric
        checks = [check for _, check in list_document_checks(rubric)]
        readable = ReadableDocument.of(text)
        with self.model(capstone.repository) as model:
            if model is None:
                return None, DocumentProblem.NO_MODEL
            answer = model.ask(build_document_request(self.prompt, rubric, checks, readable))
        if answer.outcome is not CallOutcome.ANSWERED or answer.document is None:
            log.warning("design.not_read", document=document.id, outcome=answer.outcome, why=answer.reason)
            return None, DocumentProblem.NOT_ANSWERED
        parsed = parse_document_answer(answer.document, readable, [check.id for check in checks])
        for reason in parsed.refused:
            self.measures.count_refused_words("design", reason)
        log.info(
            "design.read",
            document=document.id,
            findings=len(parsed.reading.findings),
            dropped=dict(parsed.dropped),
        )
        return parsed.reading, None

    def _conclude(self, tx: Tx, argument: Json, outcome: str) -> Json:
        """Tell both; if the model didn't answer, try again later, and in the end say that I've stopped."""
        document, attempt = tx.design_documents.find(argument["document"]), argument.get("attempt", 0)
        if document is None or outcome == "gone":
            return {}
        if outcome == DocumentProblem.NO_ACCESS:
            tx.design_documents.save_problem(document.id, DocumentState.UNREADABLE, DocumentProblem.NO_ACCESS)
        if outcome == DocumentProblem.NOT_ANSWERED and attempt < len(PAUSES):
            read_soon(tx, document, self.now() + PAUSES[attempt], attempt + 1)
            if attempt:
                return {}  # both know already that it waits
        elif outcome == DocumentProblem.NOT_ANSWERED:
            tx.design_documents.save_problem(
                document.id, DocumentState.UNREADABLE, DocumentProblem.GAVE_UP, head=document.head
            )
        tell_of_document(tx, document, self.now())
        return {}


def _find_waiting(tx: Tx, number: int) -> DesignDocument | None:
    """Return a document that is to be read, or None. Nothing of an ended capstone is read any more."""
    document = tx.design_documents.find(number)
    if document is None or document.state is not DocumentState.WAITING:
        return None
    capstone = tx.capstones.get(document.capstone)
    is_theirs = tx.members.by_host_account(capstone.participant.id) == document.person
    return document if is_theirs and not capstone.ended else None


def _decode(path: str, head: str, content: bytes) -> _Found:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return _Found(path=path, problem=DocumentProblem.NOT_TEXT)
    if not text.strip() or "\0" in text:
        return _Found(path=path, problem=DocumentProblem.NOT_TEXT)
    return _Found(make_storable(text), path, head)
