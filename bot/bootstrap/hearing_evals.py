"""Hearing the answers of the evaluation, each in a conversation of its own."""

from datetime import UTC, datetime

from bot.domain.articulation.conversations import Conversation, ConversationState, SpokenMessage
from bot.domain.articulation.guide import ArticulationRules
from bot.domain.articulation.heard_answers import HeardAnswer, parse_answer
from bot.domain.articulation.own_words import hear_messages
from bot.domain.articulation.slots import Slot
from bot.domain.evals.answers import AnswerCase, AskedFollowUp, Heard, HeardCase
from bot.domain.guardrails.conversation import refuse_probe
from bot.domain.pull_requests.records import (
    Account,
    AskedQuestion,
    Capstone,
    PublishPolicy,
    PullRequest,
    QuestionState,
)
from bot.domain.review.prompts import Prompt
from bot.errors import UserError
from bot.ports.model import Model, ModelRequest
from bot.workflows.articulation.conversation_material import ConversationMaterial
from bot.workflows.articulation.follow_ups import ABOUT_ANOTHER_PART, find_grounds, list_missing
from bot.workflows.articulation.hearing_requests import build_request

_AT = datetime(2026, 10, 5, 9, tzinfo=UTC)
_SAMPLE = Account(1, "sample")


def make_request(case: AnswerCase, prompt: Prompt, rules: ArticulationRules) -> ModelRequest:
    """Return the request with which a model hears a case."""
    return build_request(prompt, rules, _make_material(case))


def hear_case(case: AnswerCase, model: Model, prompt: Prompt, rules: ArticulationRules) -> HeardCase:
    """Let a model hear a case; return what it heard, and the follow-up that would be asked.

    Raises:
        UserError: the model gave no usable answer.
    """
    material = _make_material(case)
    answer = model.ask(build_request(prompt, rules, material))
    if answer.document is None:
        raise UserError(f"The model did not answer the case {case.id}: {answer.reason}", "Run it again.")
    heard = parse_answer(answer.document, material.messages)
    slots = tuple(slot for slot in Slot if any(part.slot is slot for part in heard.parts))
    located, dropped = len(heard.parts), sum(heard.dropped.values())
    follow_up = _choose_follow_up(rules, material, heard) if heard.stance.expects_follow_up else None
    return HeardCase(Heard(stance=heard.stance, slots=slots), located, dropped, follow_up)


def _choose_follow_up(
    rules: ArticulationRules, material: ConversationMaterial, heard: HeardAnswer
) -> AskedFollowUp | None:
    missing = list_missing(rules, material.question.check, heard)
    if not missing:
        return None
    refused = ""
    if heard.probe and heard.probe_slot not in missing:
        refused = ABOUT_ANOTHER_PART
    elif heard.probe:
        refused = refuse_probe(heard.probe, find_grounds(material, frozenset())) or ""
    if heard.probe_slot is None or not heard.probe or refused:
        return AskedFollowUp(
            missing[0], rules.guide.probe(missing[0], material.question.text), False, refused
        )
    return AskedFollowUp(heard.probe_slot, heard.probe, True, "")


def _make_material(case: AnswerCase) -> ConversationMaterial:
    question = AskedQuestion(
        id=1,
        round="review:1#1:1",
        check=case.check,
        text=case.question,
        fingerprint="",
        path=case.path,
        side="head",
        line_start=1,
        line_end=case.quote.count("\n") + 1,
        quote=case.quote,
        inline=True,
        state=QuestionState.ANSWERED,
        comment=1,
    )
    conversation = Conversation(
        id=1,
        question=1,
        private=False,
        state=ConversationState.WAITING,
        turn=0,
        stance=None,
        probe_slot=None,
        probe="",
        refused="",
        quotes=(),
        decision=None,
        heard_at=None,
        created_at=_AT,
        updated_at=_AT,
    )
    pull_request = PullRequest(1, 1, 1, "open", False, _SAMPLE, "", "main", False, False, None, _AT)
    capstone = Capstone(
        1, 1, 1, "sample", "capstone", "main", 1, _SAMPLE, None, PublishPolicy.AUTOMATIC, False, False
    )
    spoken = [SpokenMessage(f"thread:{n}", text, _AT) for n, text in enumerate(case.messages, start=1)]
    messages = hear_messages(spoken, [case.question])
    return ConversationMaterial(conversation, question, pull_request, capstone, messages, None)
