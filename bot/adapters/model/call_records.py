"""Convert between a request, its answer, and the rows that record its calls."""

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
    """Return the SHA-256 of everything that identifies a request, including its sample and the model.

    ``provider`` includes the address if it is not the provider's own. ``repository`` is the one with the
    code: an answer is never reused for another repository, even if the code is the same.
    """
    identity = {"provider": provider, "model": model, **dataclasses.asdict(request)}
    if repository is not None:
        identity["repository"] = repository
    return hashlib.sha256(json.dumps(identity, separators=(",", ":")).encode()).hexdigest()


def intent_row(
    request: ModelRequest, provider: str, model: str, earlier: Sequence[ModelCallRow], now: datetime
) -> ModelCallRow:
    """Return the row for the next call, given the earlier calls with the same key."""
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


def find_answered_row(rows: Sequence[ModelCallRow]) -> ModelCallRow | None:
    """Return the row with the answer, or None."""
    return next((row for row in rows if row.state == ModelCallState.ANSWERED), None)


def may_have_cost_without_answer(row: ModelCallRow) -> bool:
    """Return whether a call may have cost money without an answer. A rejected call has cost nothing."""
    rejected = row.state == ModelCallState.FAILED and row.usd == 0.0
    return row.state not in {ModelCallState.ANSWERED, ModelCallState.FORGOTTEN} and not rejected


@dataclass(slots=True)
class CallTotals:
    """The usage of all calls so far for one request."""

    usage: Usage = field(default_factory=Usage)
    usd: float | None = 0.0
    calls: int = 0

    def add(self, usage: Usage, usd: float | None) -> None:
        """Add a call."""
        total, added = dataclasses.astuple(self.usage), dataclasses.astuple(usage)
        self.usage = Usage(*(before + more for before, more in zip(total, added, strict=True)))
        self.usd = None if self.usd is None or usd is None else self.usd + usd
        self.calls += 1

    def answer(self, judged: JudgedAnswer) -> ModelAnswer:
        """Return the model's answer with these totals."""
        return ModelAnswer(
            judged.outcome, judged.document, judged.reason, self.usage, self.usd, False, self.calls
        )

    def reuse(self, row: ModelCallRow) -> ModelAnswer:
        """Return a recorded answer. Its usage is the recorded usage, unless this request also made calls."""
        recorded = Usage(row.input_tokens, row.output_tokens, row.cache_read_tokens, row.cache_write_tokens)
        document = json.loads(row.answer or "")
        usage = self.usage if self.calls else recorded
        return ModelAnswer(CallOutcome.ANSWERED, document, "", usage, self.usd, True, self.calls)
