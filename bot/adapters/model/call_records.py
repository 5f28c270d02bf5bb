"""Between a request and the rows that record its calls."""

import dataclasses
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.adapters.database import ModelCallRow, ModelCallState
from bot.adapters.model.answer_validity import JudgedAnswer
from bot.ports.model import CallOutcome, ModelAnswer, ModelRequest, Usage


def request_key(request: ModelRequest, provider: str, model: str, repository: str | None = None) -> str:
    """Return the SHA-256 of all that makes a request this one, its sample and the model included.

    ``provider`` names the address too, where it is not the provider's own. ``repository`` is whose code is
    asked about: nobody is given an answer about somebody else's code, even where it is the same.
    """
    whole = {"provider": provider, "model": model, **dataclasses.asdict(request)}
    if repository is not None:
        whole["repository"] = repository
    return hashlib.sha256(json.dumps(whole, separators=(",", ":")).encode()).hexdigest()


def intent_row(
    request: ModelRequest, provider: str, model: str, earlier: Sequence[ModelCallRow], now: datetime
) -> ModelCallRow:
    """Return the row of the call that is about to be made, after the earlier ones for the same key."""
    return ModelCallRow(
        key=request_key(request, provider, model),
        attempt=earlier[-1].attempt + 1 if earlier else 1,
        sample=request.sample,
        purpose=request.purpose,
        prompt=request.prompt,
        prompt_version=request.prompt_version,
        prompt_sha256=request.prompt_sha256,
        rubric_version=request.rubric_version,
        provider=provider,
        model=model,
        started_at=now,
        seen_at=now,
    )


def complete_row(rows: Sequence[ModelCallRow]) -> ModelCallRow | None:
    """Return the row that holds the answer, if there is one."""
    return next((row for row in rows if row.state == ModelCallState.ANSWERED), None)


def cost_without_answer(row: ModelCallRow) -> bool:
    """Whether a call may have been paid and brought no answer; not if the provider turned it away."""
    turned_away = row.state == ModelCallState.FAILED and row.usd == 0.0
    return row.state not in {ModelCallState.ANSWERED, ModelCallState.FORGOTTEN} and not turned_away


@dataclass(slots=True)
class CallTotals:
    """What one ask has used so far, over all of its calls."""

    usage: Usage = field(default_factory=Usage)
    usd: float | None = 0.0
    calls: int = 0

    def add(self, usage: Usage, usd: float | None) -> None:
        """Count one more call."""
        mine, more = dataclasses.astuple(self.usage), dataclasses.astuple(usage)
        self.usage = Usage(*(one + other for one, other in zip(mine, more, strict=True)))
        self.usd = None if self.usd is None or usd is None else self.usd + usd
        self.calls += 1

    def answer(self, judged: JudgedAnswer) -> ModelAnswer:
        """Return an answer that cost all this."""
        return ModelAnswer(
            judged.outcome, judged.document, judged.reason, self.usage, self.usd, False, self.calls
        )

    def reused(self, row: ModelCallRow) -> ModelAnswer:
        """Return a recorded answer; its tokens are those it once took, unless some were used just now."""
        used = Usage(row.input_tokens, row.output_tokens, row.cache_read_tokens, row.cache_write_tokens)
        document = json.loads(row.answer or "")
        usage = self.usage if self.calls else used
        return ModelAnswer(CallOutcome.ANSWERED, document, "", usage, self.usd, True, self.calls)
