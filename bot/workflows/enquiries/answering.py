"""Answering what people ask: the workflow ``enquiry``.

The record of a step holds no words, since these are deleted with the question. A step that is repeated after
a crash finds what it did: the model's recorded answer, the row of the answer, and the message in the chat.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Protocol

import structlog

from bot.domain.enquiries.answering import (
    Asked,
    NoModelReason,
    WrittenAnswer,
    write_answer,
    write_passages,
    write_sensitive,
)
from bot.domain.enquiries.records import AnswerSource, AnswerState, Kind
from bot.domain.sources.documents import FoundPassage
from bot.errors import PermanentError, TransientError, UserError
from bot.ports.engine import RETRY_SEPARATOR, Json, Steps
from bot.ports.jobs import Job
from bot.ports.metrics import Metrics, NoMetrics
from bot.ports.model import CallOutcome, Model
from bot.ports.store import Store, Tx
from bot.workflows.enquiries.answer_requests import AnswerRequests
from bot.workflows.enquiries.hearing import DELETION, ENQUIRY, is_answered
from bot.workflows.enquiries.material import EnquiryMaterial, load_material
from bot.workflows.enquiries.showing import AnswerShowing
from bot.workflows.jobs.retry import PAUSED, RefusedError, attempt, insist

log = structlog.get_logger(__name__)

OpenModel = Callable[[int], AbstractContextManager[Model | None]]
"""Opens the model for what an enrolment asks; None if none is configured."""
NOT_SEARCHED = (
    "I couldn't search my sources just now. Please send your question again in a few minutes, or ask a "
    "person."
)
_CLOCKS_DIFFER = timedelta(minutes=5)
_REASONS: Mapping[CallOutcome, NoModelReason] = MappingProxyType(
    {CallOutcome.OVER_BUDGET: NoModelReason.OVER_BUDGET, CallOutcome.REFUSED: NoModelReason.REFUSED}
)


class Search(Protocol):
    """Searches what a person may read."""

    def find(self, enrolment: int, question: str, *, public: bool = False) -> Sequence[FoundPassage]:
        """Return the passages that fit a question, best first. ``public`` leaves out their own documents."""


@dataclass(frozen=True)
class EnquiryAnswering:
    """The workflows ``enquiry`` and ``enquiry_deletion``."""

    store: Store
    search: Search
    requests: AnswerRequests
    model: OpenModel
    showing: AnswerShowing
    now: Callable[[], datetime]
    measures: Metrics = field(default_factory=NoMetrics)

    def run(self, steps: Steps, argument: Json) -> Json:
        """Answer a message once. While the chat rejects the token, put its job back."""
        message: int = argument["message"]
        again = bool(argument.get("again"))
        begun = steps.tx("begin", lambda tx: self._begin(tx, argument))
        if not begun["go"]:
            return {"outcome": "left"}
        if not again:
            attempt(steps, "status", lambda: self.showing.show_status(message))
        written = insist(steps, "write", lambda: self._write(message))
        if written["outcome"] != "done":
            raise RefusedError(f"write: {written.get('why', written['outcome'])}")
        answer: int | None = written["answer"]
        if answer is None:
            return {"outcome": "left"}
        # When the first attempt began, maybe before a pause.
        first: str = argument.get("since") or begun["at"]
        since = datetime.fromisoformat(first) - _CLOCKS_DIFFER
        shown = insist(steps, "show", lambda: self.showing.show(answer, since))
        if shown["outcome"] == PAUSED:
            steps.tx("wait", lambda tx: self._put_back(tx, f"{ENQUIRY}:{message}", ENQUIRY, argument, first))
        return {"outcome": shown["outcome"]}

    def delete(self, steps: Steps, argument: Json) -> Json:
        """Delete an answer from the chat, because its question was deleted."""
        answer: int = argument["answer"]
        deleted = insist(steps, "delete", lambda: self.showing.delete(answer))
        if deleted["outcome"] == PAUSED:
            steps.tx("wait", lambda tx: self._put_back(tx, f"{DELETION}:{answer}", DELETION, argument))
        return {"outcome": deleted["outcome"]}

    def _begin(self, tx: Tx, argument: Json) -> Json:
        """Say whether there is something to do. ``again``: to show the answer again, and to write none.

        A message that was edited since has another job, which answers its newest words.
        """
        message: int = argument["message"]
        again = bool(argument.get("again"))
        material = load_material(tx, message)
        if material is not None and material.message.revision > argument.get(
            "revision", material.message.revision
        ):
            return {"go": False}
        answer = tx.enquiries.answer_to(message)
        is_done = (
            answer is not None
            and material is not None
            and answer.revision >= material.message.revision
            and answer.state is AnswerState.SHOWN
        )
        return {"go": material is not None and is_done is again, "at": self.now().isoformat()}

    def _put_back(self, tx: Tx, identity: str, kind: str, argument: Json, since: str | None = None) -> None:
        """Add the job again under another id, since each id runs only once."""
        at = self.now()
        again = f"{identity}{RETRY_SEPARATOR}{int(at.timestamp() * 1000)}"
        tx.jobs.add(Job(again, kind, {**argument, "since": since} if since else argument, at))

    def _write(self, message: int) -> Json:
        """Write and store the answer, and return its id; None if the message gets none any more."""
        with self.store.read() as tx:
            material = load_material(tx, message)
            known = tx.enquiries.answer_to(message)
        if material is None:
            return {"answer": None}
        if known is not None and known.revision >= material.message.revision:
            return {"answer": known.id}
        written = self._compose(material)
        if written.refused:
            self.measures.count_refused_words("enquiry", written.refused)
        with self.store.begin() as tx:
            return {"answer": self._keep(tx, material, written)}

    def _compose(self, material: EnquiryMaterial) -> WrittenAnswer:
        if material.is_sensitive:
            return write_sensitive()
        enrolment = material.enquiry.enrolment
        try:
            passages = self.search.find(enrolment, material.search_words, public=material.is_public)
        except (TransientError, PermanentError, UserError) as failed:
            log.warning("enquiry.not_searched", why=str(failed))
            fixed = AnswerSource.FIXED
            return WrittenAnswer(Kind.FACT, None, fixed, NOT_SEARCHED, (), "", covered=False)
        try:
            with self.model(enrolment) as model:
                if model is None:
                    return write_passages(passages, NoModelReason.NO_MODEL)
                answer = model.ask(self.requests.build(material.asked, passages))
        except UserError as failed:  # a setting of the model can't be used
            log.warning("enquiry.no_model", why=str(failed))
            return write_passages(passages, NoModelReason.NO_ANSWER)
        if answer.outcome is not CallOutcome.ANSWERED or answer.document is None:
            log.warning("enquiry.no_answer", outcome=answer.outcome, why=answer.reason)
            return write_passages(passages, _REASONS.get(answer.outcome, NoModelReason.NO_ANSWER))
        return _write_safely(answer.document, material.asked, passages)

    def _answer_anew(self, tx: Tx, material: EnquiryMaterial) -> None:
        """Answer a message again, because an earlier one in the thread has changed."""
        at, message = self.now(), material.message.id
        about = {"message": message, "enrolment": material.enquiry.enrolment}
        tx.jobs.add(Job(f"{ENQUIRY}:{message}:changed:{int(at.timestamp() * 1000)}", ENQUIRY, about, at))

    def _keep(self, tx: Tx, material: EnquiryMaterial, written: WrittenAnswer) -> int | None:
        """Store an answer, unless the thread has changed since: then another job answers it.

        What a model said about words that were deleted or edited meanwhile is forgotten.
        """
        message = material.message
        now = load_material(tx, message.id)
        if now is None or now.message.revision != message.revision:
            tx.erasures.forget_enquiry_answers(material.enquiry.enrolment)
            return None
        if now.asked.messages != material.asked.messages:
            tx.erasures.forget_enquiry_answers(material.enquiry.enrolment)
            self._answer_anew(tx, material)
            return None
        if is_answered(tx, message):
            known = tx.enquiries.answer_to(message.id)
            return known.id if known else None
        kept = tx.enquiries.keep_answer(
            message.id,
            message.revision,
            written.kind,
            written.rung,
            written.source,
            written.text,
            written.citations,
            written.refused,
            self.now(),
        )
        return kept.id


def _write_safely(
    document: Mapping[str, Any], asked: Asked, passages: Sequence[FoundPassage]
) -> WrittenAnswer:
    """Write an answer from a model's. If that fails on something odd in it, show the passages."""
    try:
        return write_answer(document, asked, passages)
    except Exception as failed:  # noqa: BLE001 - nothing that a model says may lose the answer
        # Only the name: the message may have words of the asker's.
        log.error("enquiry.not_written", why=type(failed).__name__)  # noqa: TRY400
        return write_passages(passages, NoModelReason.REFUSED)
