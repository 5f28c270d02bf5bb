"""A model that says what a test wants; implements ``ports.model.Model``."""

from collections.abc import Callable, Mapping
from typing import Any

from bot.ports.model import CallOutcome, ModelAnswer, ModelRequest, Usage

Reply = Mapping[str, Any] | CallOutcome | Callable[[ModelRequest], Mapping[str, Any]]


def keep_all(request: ModelRequest) -> Mapping[str, Any]:
    """Keep every item, as a second reader who finds nothing wrong."""
    items = request.items.count("\n{")
    verdicts = [{"n": n + 1, "because": "sound", "verdict": "keep", "reworded": ""} for n in range(items)]
    return {"verdicts": verdicts, "best": None}


class Scripted:
    """Answers by purpose; a purpose without a reply is refused. ``requests`` are all that it was asked."""

    provider = "scripted"
    id = "scripted-1"

    def __init__(self, **replies: Reply) -> None:
        self._replies: dict[str, Reply] = {"challenge": keep_all, **replies}
        self.requests: list[ModelRequest] = []

    def ask(self, request: ModelRequest) -> ModelAnswer:
        self.requests.append(request)
        reply = self._replies.get(request.purpose, CallOutcome.REFUSED)
        if isinstance(reply, CallOutcome):
            return ModelAnswer(reply, None, f"the model's answer was {reply}", Usage(100, 5), 0.01, False, 1)
        document = reply(request) if callable(reply) else reply
        return ModelAnswer(CallOutcome.ANSWERED, document, "", Usage(100, 50, 900, 0), 0.02, False, 1)
