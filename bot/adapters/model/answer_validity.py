"""Decide whether a model's reply counts as an answer, and if not, why."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

import pydantic_core

from bot.adapters.model.call_attempts import HttpReply
from bot.adapters.model.schema_conformity import find_misfit
from bot.ports.model import CallOutcome

_CUT = {
    "max_tokens": "reached the maximum length of an answer",
    "model_context_window_exceeded": "reached the end of its context window",
    "pause_turn": "paused",
}


@dataclass(frozen=True, slots=True)
class JudgedAnswer:
    """An outcome, with the answer's document, or what could be parsed of it if it was cut off."""

    outcome: CallOutcome
    document: Mapping[str, Any] | None
    reason: str


def judge_reply(reply: HttpReply, schema: Mapping[str, Any]) -> JudgedAnswer:
    """Judge a reply by its stop reason, then by whether it fits its schema."""
    if reply.stop_reason == "refusal":
        category = f" ({reply.refusal})" if reply.refusal else ""
        return JudgedAnswer(CallOutcome.REFUSED, None, f"The model declined to answer{category}.")
    if reply.stop_reason in _CUT:
        reason = f"The model {_CUT[reply.stop_reason]} before it had finished."
        return JudgedAnswer(CallOutcome.CUT_OFF, _parse_partly(reply.text), reason)
    if reply.stop_reason != "end_turn":
        return JudgedAnswer(CallOutcome.MALFORMED, None, "The model stopped for an unexpected reason.")
    document, fault = _parse(reply.text, schema)
    if fault:
        return JudgedAnswer(CallOutcome.MALFORMED, None, f"The model's answer {fault}.")
    return JudgedAnswer(CallOutcome.ANSWERED, document, "")


def _parse(text: str, schema: Mapping[str, Any]) -> tuple[Mapping[str, Any] | None, str]:
    try:
        document = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        return None, "is not JSON"
    if not isinstance(document, dict):
        return None, "is not a JSON object"
    misfit = find_misfit(document, schema)
    return document, f"does not fit its schema: {misfit}" if misfit else ""


def _parse_partly(text: str) -> Mapping[str, Any] | None:
    try:
        document = pydantic_core.from_json(text, allow_partial=True)
    except ValueError:
        return None
    return document if isinstance(document, dict) else None


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
