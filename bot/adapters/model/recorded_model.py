"""The model port: look, write down what is about to be done, call, write down what came of it.

A request whose answer was recorded is never sent again. What remains: a call in flight when its process dies
may be paid and is made again, and its row stays an intent and shows it; and two processes that ask the same
both pay if the one that called first gave no sign of life for ``CallLimits.silent`` seconds (a machine that
slept, clocks so far apart), or needs longer than ``CallLimits.seconds``.
"""

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import anthropic
from sqlalchemy.exc import SQLAlchemyError

from bot.adapters.database import AttemptTakenError, ModelCallRow, ModelCallState, SqlModelCalls
from bot.adapters.model import call_records, http_call
from bot.adapters.model.answer_validity import JudgedAnswer, judge
from bot.adapters.model.budget import BudgetError, BudgetTracker
from bot.adapters.model.client import Client, Provider
from bot.adapters.model.deadlines import Timing, run_within
from bot.errors import UnstorableError
from bot.ports.model import CallOutcome, ModelAnswer, ModelRequest, Usage

_POLL = 1.0  # seconds between looks at somebody else's call


@dataclass(frozen=True, slots=True)
class CallLimits:
    """Bounds of one ask.

    ``seconds``: all calls and waits together. ``tries``: calls. ``longest_wait``: seconds; a longer
    ``Retry-After`` is not waited for. ``vain``: calls a day for one request that cost something and brought
    no answer. ``silent``: seconds without a sign of life after which somebody else's call is given up;
    ``beat``: seconds between ours.
    """

    seconds: float = 300.0
    tries: int = 4
    longest_wait: float = 60.0
    vain: int = 5
    silent: float = 20.0
    beat: float = 5.0


@dataclass(frozen=True, slots=True)
class RecordedModel:
    """Implements ``ports.Model``. One instance is one review's; threads may share it.

    ``repository`` is whose code is asked about, as ``host/number``; None for a folder on this machine.
    """

    client: Client
    provider: Provider
    id: str
    calls: SqlModelCalls
    purse: BudgetTracker
    limits: CallLimits = field(default_factory=CallLimits)
    pace: Timing = field(default_factory=Timing)
    address: str | None = None
    repository: str | None = None

    @property
    def _source(self) -> str:
        """Who answers, for the key: another address under a provider's name is another source."""
        return f"{self.provider} at {self.address}" if self.address else self.provider

    def ask(self, request: ModelRequest) -> ModelAnswer:
        """Return the recorded answer to this very request, else ask, record and return it."""
        spent = call_records.CallTotals()
        try:
            return self._ask(request, spent)
        except BudgetError as over:
            return spent.answer(JudgedAnswer(CallOutcome.OVER_BUDGET, None, str(over)))
        except SQLAlchemyError:
            return spent.answer(
                _no("Calls to the model cannot be recorded, so none is made. Is the database there?")
            )

    def _ask(self, request: ModelRequest, spent: call_records.CallTotals) -> ModelAnswer:
        schema = anthropic.transform_schema(dict(request.schema))
        parameters = http_call.request_body(request, self.id, schema)
        key = call_records.request_key(request, self._source, self.id, self.repository)
        until: float | None = None
        while True:
            earlier = self._settled(key)
            if answer := call_records.complete_row(earlier):
                return spent.reused(answer)
            until = until or self.pace.monotonic() + self.limits.seconds
            if stopped := self._given_up(earlier):
                return spent.answer(stopped)
            row = call_records.intent_row(request, self.provider, self.id, earlier, self.calls.now())
            row.key, row.repository = key, self.repository
            row.usd = self.purse.most(parameters)
            try:
                self.purse.begin(self.calls, row)
            except AttemptTakenError:
                continue  # somebody else was quicker, and is waited for
            result, seconds = self._call(row, parameters, until)
            if isinstance(result, http_call.HttpReply):
                return spent.answer(self._replied(row, result, seconds, schema, spent))
            self._failed(row, result, seconds, spent)
            if stopped := self._wait(result, spent.calls, until):
                return spent.answer(stopped)

    def _settled(self, key: str) -> Sequence[ModelCallRow]:
        """List a key's calls once none is under way elsewhere, or was waited for as long as one may take."""
        patience = self.pace.monotonic() + self.limits.seconds
        while True:
            rows = self.calls.of(key)
            alive = self.calls.now() - timedelta(seconds=self.limits.silent)
            under_way = any(row.state == ModelCallState.INTENT and row.seen_at > alive for row in rows)
            if call_records.complete_row(rows) or not under_way or self.pace.monotonic() >= patience:
                return rows
            self.pace.sleep(_POLL)

    def _given_up(self, earlier: Sequence[ModelCallRow]) -> JudgedAnswer | None:
        """Stop asking what costs money and brings nothing, until the first of those calls is a day old."""
        since = self.calls.now() - timedelta(days=1)
        vain = [row for row in earlier if row.started_at > since and call_records.cost_without_answer(row)]
        if len(vain) < self.limits.vain:
            return None
        again = _again(vain[-self.limits.vain].started_at + timedelta(days=1))
        return _no(f"The model was asked this {len(vain)} times within a day and gave no answer. {again}")

    def _call(
        self, row: ModelCallRow, parameters: Mapping[str, Any], until: float
    ) -> tuple[http_call.HttpReply | http_call.HttpFailure, float]:
        began = self.pace.monotonic()
        left = max(until - began, 0.0)
        result = run_within(
            left,
            lambda stop: http_call.send(self.client, parameters, left, stop),
            lambda: self._seen(row),
            self.limits.beat,
        )
        late = http_call.HttpFailure("took too long", again=False, billed=left > 0)
        return result or late, self.pace.monotonic() - began

    def _seen(self, row: ModelCallRow) -> None:
        with contextlib.suppress(SQLAlchemyError):  # the call goes on; at worst somebody else asks as well
            self.calls.seen(_id(row))

    def _replied(
        self,
        row: ModelCallRow,
        reply: http_call.HttpReply,
        seconds: float,
        schema: Mapping[str, Any],
        spent: call_records.CallTotals,
    ) -> JudgedAnswer:
        judged = judge(reply, schema)
        usd = None if self.purse.price is None else self.purse.price.usd(reply.usage)
        self.purse.settle(row.usd, usd)
        spent.add(reply.usage, usd)
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

    def _failed(
        self,
        row: ModelCallRow,
        failure: http_call.HttpFailure,
        seconds: float,
        spent: call_records.CallTotals,
    ) -> None:
        usd = row.usd if failure.billed else 0.0
        self.purse.settle(row.usd, usd)
        spent.add(failure.usage, usd)
        error = f"The provider {failure.says}."
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
        # If the database has gone in the meantime, the answer is still worth having, since it is paid; the
        # row stays an intent and shows it.
        with contextlib.suppress(SQLAlchemyError, UnstorableError):
            self.calls.complete(
                _id(row),
                state,
                input_tokens=usage.input,
                output_tokens=usage.output,
                cache_read_tokens=usage.cache_read,
                cache_write_tokens=usage.cache_write,
                latency_ms=round(seconds * 1000),
                **values,
            )

    def _wait(self, failure: http_call.HttpFailure, calls: int, until: float) -> JudgedAnswer | None:
        """Wait before the next try, or say why there is none."""
        said = f"The provider {failure.says}."
        if not failure.again:
            return _no(said)
        if calls >= self.limits.tries:
            return _no(f"{said} It was asked {calls} times.")
        wait = self.pace.backoff(calls) if failure.after is None else failure.after
        if wait > self.limits.longest_wait or self.pace.monotonic() + wait >= until:
            soonest = self.calls.now() + timedelta(seconds=wait)
            return _no(said if failure.after is None else f"{said} {_again(soonest)}")
        self.pace.sleep(wait)
        return None


def _no(reason: str) -> JudgedAnswer:
    return JudgedAnswer(CallOutcome.FAILED, None, reason)


def _again(moment: datetime) -> str:
    return f"It may be tried again after {moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC."


def _id(row: ModelCallRow) -> int:
    if row.id is None:
        raise AssertionError("only a written row is completed")
    return row.id
