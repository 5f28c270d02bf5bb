"""Hearing answers: the job that waits until a participant has finished, and the workflow ``hear``.

A participant may write several messages, or correct one, so Sensei hears them a moment after the last of
them. The model is asked outside of a transaction. Then one transaction reads everything again and decides; if
the messages have changed meanwhile, it decides nothing, and Sensei hears them again.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta

import structlog

from bot.domain.articulation.conversations import ConversationState, Stance
from bot.domain.articulation.guide import ArticulationRules
from bot.domain.articulation.heard_answers import HeardAnswer, LocatedPart, parse_answer
from bot.domain.articulation.slots import Slot
from bot.domain.pull_requests.records import QuestionState
from bot.domain.review.prompts import Prompt
from bot.ports.engine import Json, Steps
from bot.ports.jobs import Job
from bot.ports.metrics import Metrics, NoMetrics
from bot.ports.model import CallOutcome, Model
from bot.ports.store import Store, Tx
from bot.workflows.articulation.conversation_material import ConversationMaterial, load_material
from bot.workflows.articulation.heard_outcomes import OnLeft, OutcomeRecorder
from bot.workflows.articulation.hearing_requests import build_request
from bot.workflows.articulation.question_contexts import find_pull_request, load_context, name_place
from bot.workflows.articulation.waiting_questions import has_unheard_words
from bot.workflows.jobs.retry import attempt

log = structlog.get_logger(__name__)

ANSWER_PAUSE = timedelta(seconds=60)
"""How long after a message Sensei considers the answer. Each further message or edit restarts the wait."""

OpenModel = Callable[[int], AbstractContextManager[Model | None]]
"""Opens the model for the conversation about a repository (the host's number); None if none is configured."""


def hear_answer(tx: Tx, question: int, at: datetime) -> None:
    """Let Sensei consider the answers to a question soon, because one was written, changed or deleted.

    Call it in the transaction that stores the change. It opens the conversation if there is none.
    """
    asked = tx.questions.get(question)
    if asked is None:
        return
    tx.conversations.open(question, at)
    place = name_place(tx.capstones.get(asked.capstone), find_pull_request(tx, asked))
    prefix = f"hear:{place}:{question}:"
    identity = f"{prefix}{int(at.timestamp() * 1000)}"
    tx.jobs.replace(prefix, Job(identity, "hear", {"question": question}, at + ANSWER_PAUSE))


def hear_unheard(tx: Tx, question: int, at: datetime) -> None:
    """Count what a participant wrote while their question was disputed or settled, now that it is open."""
    context = load_context(tx, question)
    if context is None:
        return
    conversation = context.conversation or tx.conversations.open(question, at)
    if has_unheard_words(tx, conversation, context.capstone.participant.id):
        tx.questions.set_state(question, QuestionState.ANSWERED, at)
        hear_answer(tx, question, at)


@dataclass(frozen=True)
class AnswerHearing:
    """The workflow ``hear``.

    ``on_left`` is called, in the deciding transaction, with a question that Sensei leaves to the sensei.
    """

    store: Store
    rules: ArticulationRules
    prompt: Prompt
    model: OpenModel
    now: Callable[[], datetime]
    measures: Metrics = field(default_factory=NoMetrics)
    on_left: OnLeft | None = None

    def hear(self, steps: Steps, argument: Json) -> Json:
        """Hear the answers to a question, and decide once what follows."""
        question: int = argument["question"]
        begun = steps.tx("begin", lambda tx: _check_wanted(tx, question))
        if not begun["go"]:
            return {"outcome": "gone"}
        heard: Json = {"outcome": "not asked"}
        if begun["asks"]:
            heard = attempt(steps, "ask", lambda: self._ask(question))
        decided = steps.tx("decide", lambda tx: self._decide(tx, question, heard))
        if decided["refused"]:
            self.measures.count_refused_words("articulate", decided["refused"])
        return {"outcome": decided["outcome"]}

    def _ask(self, question: int) -> Json:
        """Return what the model heard, without a word of the participant; only where the words are."""
        with self.store.read() as tx:
            material = load_material(tx, question)
        if material is None or not material.messages:
            return {"heard": None}
        with self.model(material.capstone.repository) as model:
            if model is None:
                return {"heard": None}
            answer = model.ask(build_request(self.prompt, self.rules, material))
        if answer.outcome is not CallOutcome.ANSWERED or answer.document is None:
            log.warning("answer.not_heard", question=question, outcome=answer.outcome, why=answer.reason)
            return {"heard": None}
        heard = parse_answer(answer.document, material.messages)
        log.info("answer.heard", question=question, parts=len(heard.parts), dropped=dict(heard.dropped))
        return {"heard": asdict(heard), "digest": material.digest}

    def _decide(self, tx: Tx, question: int, result: Json) -> Json:
        material = load_material(tx, question)
        if material is None:
            return {"outcome": "gone", "refused": ""}
        heard = _read_heard(result)
        if heard is not None and result["digest"] != material.digest:
            # Words have changed since the model read them.
            hear_answer(tx, question, self.now())
            return {"outcome": "changed", "refused": ""}
        recorder = OutcomeRecorder(tx, self.rules, material, self.now(), self.on_left)
        move, refused = recorder.record(heard)
        return {"outcome": move.value, "refused": refused}


def _check_wanted(tx: Tx, question: int) -> Json:
    material = load_material(tx, question)
    return {"go": material is not None, "asks": material is not None and _needs_reading(tx, material)}


def _needs_reading(tx: Tx, material: ConversationMaterial) -> bool:
    """Return whether a model should read the messages: there are some, and something can still follow."""
    talk = material.conversation
    if not material.messages or not material.is_open or talk.state is ConversationState.RECORDED:
        return False
    return not talk.is_taken_back or has_unheard_words(tx, talk, material.capstone.participant.id)


def _read_heard(result: Json) -> HeardAnswer | None:
    """Return what the model heard from the step's record; None if it wasn't asked, or its call failed."""
    heard = result.get("heard")
    if heard is None:
        return None
    parts = tuple(
        LocatedPart(Slot(part["slot"]), part["message"], part["start"], part["end"])
        for part in heard["parts"]
    )
    slot = Slot(heard["probe_slot"]) if heard["probe_slot"] else None
    return HeardAnswer(Stance(heard["stance"]), parts, slot, heard["probe"], heard["dropped"])
