"""What a reply is worth: an answer, or a reason why it is none."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

import pydantic_core

from bot.adapters.model.http_call import HttpReply
from bot.adapters.model.schema_conformity import find_misfit
from bot.ports.model import CallOutcome

_CUT = {
    "max_tokens": "reached the limit of its answer's length",
    "model_context_window_exceeded": "reached the end of its context window",
    "pause_turn": "paused",
}


@dataclass(frozen=True, slots=True)
class JudgedAnswer:
    """An outcome, with the document of an answer (or what could be parsed of one that was cut off)."""

    outcome: CallOutcome
    document: Mapping[str, Any] | None
    reason: str


def judge(reply: HttpReply, schema: Mapping[str, Any]) -> JudgedAnswer:
    """Judge a reply by why it stopped, then by its schema."""
    if reply.stop_reason == "refusal":
        why = f" ({reply.refusal})" if reply.refusal else ""
        return JudgedAnswer(CallOutcome.REFUSED, None, f"The model declined to answer{why}.")
    if reply.stop_reason in _CUT:
        reason = f"The model {_CUT[reply.stop_reason]} before it was done."
        return JudgedAnswer(CallOutcome.CUT_OFF, _partly(reply.text), reason)
    if reply.stop_reason != "end_turn":
        return JudgedAnswer(
            CallOutcome.MALFORMED, None, "The model stopped for a reason that makes no sense here."
        )
    document, fault = _parsed(reply.text, schema)
    if fault:
        return JudgedAnswer(CallOutcome.MALFORMED, None, f"The model's answer {fault}.")
    return JudgedAnswer(CallOutcome.ANSWERED, document, "")


def _parsed(text: str, schema: Mapping[str, Any]) -> tuple[Mapping[str, Any] | None, str]:
    try:
        document = json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError):
        return None, "is not JSON"
    if not isinstance(document, dict):
        return None, "is not a JSON object"
    found = find_misfit(document, schema)
    return document, f"does not fit its schema: {found}" if found else ""


def _partly(text: str) -> Mapping[str, Any] | None:
    try:
        document = pydantic_core.from_json(text, allow_partial=True)
    except ValueError:
        return None
    return document if isinstance(document, dict) else None


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
