"""Implement the model port: look for a recorded answer, else record an intent, call, and record the result.

A request whose answer is recorded is never sent again. In two cases a request may still be paid for twice:

- A process dies during a call. The call is made again, and the first row remains an intent.
- Two processes make the same request, and the first one gives no heartbeat for ``CallLimits.silence`` seconds
  (because its machine slept, or the clocks differ) or needs longer than ``CallLimits.seconds``.
"""

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import anthropic
from sqlalchemy.exc import SQLAlchemyError

from bot.adapters.database import AttemptTakenError, ModelCallRow, ModelCallState, SqlModelCalls
from bot.adapters.model import call_attempts, call_records
from bot.adapters.model.answer_validity import JudgedAnswer, judge_reply
from bot.adapters.model.budget import BudgetError, BudgetTracker
from bot.adapters.model.deadlines import Timing, run_within
from bot.adapters.model.sdk_client import Client, Provider
from bot.errors import UnstorableError
from bot.ports.model import CallOutcome, ModelAnswer, ModelRequest, Usage

_POLL = 1.0  # seconds between checks on another process's call


@dataclass(frozen=True, slots=True)
class CallLimits:
    """Limits of one request.

    - ``seconds``: the time for all calls and waits together.
    - ``tries``: the number of calls.
    - ``longest_wait``: the longest ``Retry-After`` that Sensei waits for, in seconds.
    - ``unanswered``: the maximum number of calls a day that cost something without an answer.
    - ``silence``: the seconds without a heartbeat after which another process's call counts as dead.
    - ``heartbeat``: the seconds between heartbeats.
    """

    seconds: float = 300.0
    tries: int = 4
    longest_wait: float = 60.0
    unanswered: int = 5
    silence: float = 20.0
    heartbeat: float = 5.0


@dataclass(frozen=True, slots=True)
class RecordedModel:
    """Implements ``ports.model.Model`` for one review. Threads may share an instance.

    ``repository`` is the one with the code, as ``host/number``; None for a folder on this machine.
    """

    client: Client
    provider: Provider
    id: str
    calls: SqlModelCalls
    budget: BudgetTracker
    limits: CallLimits = field(default_factory=CallLimits)
    timing: Timing = field(default_factory=Timing)
    address: str | None = None
    repository: str | None = None

    @property
    def _source(self) -> str:
        """The source of answers, as a part of the key. Another address counts as another source."""
        return f"{self.provider} at {self.address}" if self.address else self.provider

    def ask(self, request: ModelRequest) -> ModelAnswer:
        """Return the recorded answer to this exact request, or else ask, record the answer and return it."""
        totals = call_records.CallTotals()
        try:
            return self._ask(request, totals)
        except BudgetError as over:
            return totals.answer(JudgedAnswer(CallOutcome.OVER_BUDGET, None, str(over)))
        except SQLAlchemyError:
            return totals.answer(
                _make_failure("Sensei can't record calls to the model, so it made none. Check the database.")
            )

    def _ask(self, request: ModelRequest, totals: call_records.CallTotals) -> ModelAnswer:
        schema = anthropic.transform_schema(dict(request.schema))
        parameters = call_attempts.request_body(request, self.id, schema)
        key = call_records.request_key(request, self._source, self.id, self.repository)
        until: float | None = None
        while True:
            earlier = self._wait_for_others(key)
            if answer := call_records.find_answered_row(earlier):
                return totals.reuse(answer)
            until = until or self.timing.monotonic() + self.limits.seconds
            if stopped := self._give_up(earlier):
                return totals.answer(stopped)
            row = call_records.intent_row(request, self.provider, self.id, earlier, self.calls.now())
            row.key, row.repository = key, self.repository
            row.usd = self.budget.estimate_highest_cost(parameters)
            try:
                self.budget.begin(self.calls, row)
            except AttemptTakenError:
                continue  # another process has made the call: wait for it
            result, seconds = self._call(row, parameters, until)
            if isinstance(result, call_attempts.HttpReply):
                return totals.answer(self._record_reply(row, result, seconds, schema, totals))
            self._record_failure(row, result, seconds, totals)
            if stopped := self._wait_to_retry(result, totals.calls, until):
                return totals.answer(stopped)

    def _wait_for_others(self, key: str) -> Sequence[ModelCallRow]:
        """Return a key's calls once no other process is making one, or once the time for a call is over."""
        patience = self.timing.monotonic() + self.limits.seconds
        while True:
            rows = self.calls.by_key(key)
            alive = self.calls.now() - timedelta(seconds=self.limits.silence)
            under_way = any(row.state == ModelCallState.INTENT and row.seen_at > alive for row in rows)
            if call_records.find_answered_row(rows) or not under_way or self.timing.monotonic() >= patience:
                return rows
            self.timing.sleep(_POLL)

    def _give_up(self, earlier: Sequence[ModelCallRow]) -> JudgedAnswer | None:
        """Refuse a request whose calls cost money without an answer, until the first of them is a day old."""
        since = self.calls.now() - timedelta(days=1)
        unanswered = [
            row
            for row in earlier
            if row.started_at > since and call_records.may_have_cost_without_answer(row)
        ]
        if len(unanswered) < self.limits.unanswered:
            return None
        retry = _say_when(unanswered[-self.limits.unanswered].started_at + timedelta(days=1))
        return _make_failure(
            f"Sensei sent this request to the model {len(unanswered)} times within a day, but got no answer. "
            f"{retry}"
        )

    def _call(
        self, row: ModelCallRow, parameters: Mapping[str, Any], until: float
    ) -> tuple[call_attempts.HttpReply | call_attempts.HttpFailure, float]:
        began = self.timing.monotonic()
        left = max(until - began, 0.0)
        result = run_within(
            left,
            lambda stop: call_attempts.send(self.client, parameters, left, stop),
            lambda: self._send_heartbeat(row),
            self.limits.heartbeat,
        )
        late = call_attempts.HttpFailure("took too long", retryable=False, billed=left > 0)
        return result or late, self.timing.monotonic() - began

    def _send_heartbeat(self, row: ModelCallRow) -> None:
        with contextlib.suppress(
            SQLAlchemyError
        ):  # without this mark, another process may make the same call
            self.calls.seen(_require_id(row))

    def _record_reply(
        self,
        row: ModelCallRow,
        reply: call_attempts.HttpReply,
        seconds: float,
        schema: Mapping[str, Any],
        totals: call_records.CallTotals,
    ) -> JudgedAnswer:
        judged = judge_reply(reply, schema)
        usd = None if self.budget.price is None else self.budget.price.usd(reply.usage)
        self.budget.settle(row.usd, usd)
        totals.add(reply.usage, usd)
        self._complete(
            row,
            ModelCallState(judged.outcome.value),
            reply.usage,
            seconds,
            usd=usd,
            stop_reason=reply.stop_reason,
            request_id=reply.request_id,
            answer=reply.text if judged.outcome is CallOutcome.ANSWERED else None,
            error=judged.reason,
        )
        return judged

    def _record_failure(
        self,
        row: ModelCallRow,
        failure: call_attempts.HttpFailure,
        seconds: float,
        totals: call_records.CallTotals,
    ) -> None:
        usd = row.usd if failure.billed else 0.0
        self.budget.settle(row.usd, usd)
        totals.add(failure.usage, usd)
        error = f"The provider {failure.problem}."
        self._complete(
            row,
            ModelCallState.FAILED,
            failure.usage,
            seconds,
            usd=usd,
            request_id=failure.request_id,
            error=error,
        )

    def _complete(
        self, row: ModelCallRow, state: ModelCallState, usage: Usage, seconds: float, **values: object
    ) -> None:
        # If the database has become unavailable, the answer is still useful, because it is paid for. The row
        # remains an intent.
        with contextlib.suppress(SQLAlchemyError, UnstorableError):
            self.calls.complete(
                _require_id(row),
                state,
                input_tokens=usage.input,
                output_tokens=usage.output,
                cache_read_tokens=usage.cache_read,
                cache_write_tokens=usage.cache_write,
                latency_ms=round(seconds * 1000),
                **values,
            )

    def _wait_to_retry(
        self, failure: call_attempts.HttpFailure, calls: int, until: float
    ) -> JudgedAnswer | None:
        """Wait before the next try, or return the reason for giving up."""
        reason = f"The provider {failure.problem}."
        if not failure.retryable:
            return _make_failure(reason)
        if calls >= self.limits.tries:
            return _make_failure(f"{reason} Sensei tried {calls} times.")
        wait = self.timing.backoff(calls) if failure.retry_after is None else failure.retry_after
        if wait > self.limits.longest_wait or self.timing.monotonic() + wait >= until:
            soonest = self.calls.now() + timedelta(seconds=wait)
            return _make_failure(reason if failure.retry_after is None else f"{reason} {_say_when(soonest)}")
        self.timing.sleep(wait)
        return None


def _make_failure(reason: str) -> JudgedAnswer:
    return JudgedAnswer(CallOutcome.FAILED, None, reason)


def _say_when(moment: datetime) -> str:
    return f"Try again after {moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC."


def _require_id(row: ModelCallRow) -> int:
    if row.id is None:
        raise AssertionError("the row must be stored before it is completed")
    return row.id
