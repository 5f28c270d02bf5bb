"""What is counted, as Prometheus reads it. docs/doctor.md lists every metric.

Counters begin anew with the process, as Prometheus expects; how the work stands is read from the database at
each scrape, and so survives it. No label holds a name of a person, a repository or a text.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import structlog
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from bot.domain.jobs.backlog import Backlog
from bot.domain.pull_requests.records import RoundState
from bot.ports.engine import AGAIN
from bot.ports.metrics import Kind, Metrics, Stage
from bot.ports.model import Model, ModelAnswer, ModelRequest

log = structlog.get_logger(__name__)

# Seconds: a step is one request or a few, a reading minutes, what waits for GitHub's limit an hour.
_BUCKETS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600)


class PrometheusMetrics:
    """``ports.measuring.Metrics`` for Prometheus, with a registry of its own."""

    def __init__(self) -> None:
        # Else a series more for each, of the moment when it was made.
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self._registry = it = CollectorRegistry()
        ProcessCollector(registry=it)
        self._received = Counter(
            "sensei_deliveries_received", "Deliveries that were acknowledged.", ["outcome"], registry=it
        )
        self._refused = Counter(
            "sensei_deliveries_refused", "Requests that were no deliveries.", ["reason"], registry=it
        )
        self._handled = Counter(
            "sensei_deliveries_handled",
            "Deliveries that were handled, or met a bug.",
            ["outcome"],
            registry=it,
        )
        self._stage = Histogram(
            "sensei_reading_stage_seconds",
            "How long each stage of a reading took.",
            ["kind", "stage"],
            buckets=_BUCKETS,
            registry=it,
        )
        self._step = Histogram(
            "sensei_step_seconds",
            "How long each step outside the database took.",
            ["workflow", "step"],
            buckets=_BUCKETS,
            registry=it,
        )
        self._again = Counter(
            "sensei_step_retries",
            "Steps that did not work and are tried again.",
            ["workflow", "step"],
            registry=it,
        )
        self._answers = Counter(
            "sensei_model_answers", "What the model answered.", ["model", "purpose", "outcome"], registry=it
        )
        self._model = Histogram(
            "sensei_model_seconds",
            "How long one question to the model took, retries included.",
            ["model", "purpose"],
            buckets=_BUCKETS,
            registry=it,
        )
        self._tokens = Counter(
            "sensei_model_tokens", "Tokens, as the provider counts them.", ["model", "kind"], registry=it
        )
        self._usd = Counter(
            "sensei_model_cost_usd", "US dollars that calls have cost.", ["model"], registry=it
        )

    def received(self, *, new: bool) -> None:
        """Count a delivery that was kept, or came before."""
        self._received.labels("new" if new else "again").inc()

    def refused(self, reason: str) -> None:
        """Count a request that was no delivery."""
        self._refused.labels(reason).inc()

    def handled(self, *, well: bool) -> None:
        """Count a delivery that was handled, or met a bug."""
        self._handled.labels("handled" if well else "failed").inc()

    def took(self, kind: Kind, stage: Stage, seconds: float) -> None:
        """Note how long a stage of a reading took."""
        self._stage.labels(kind, stage).observe(max(seconds, 0.0))

    def stepped(self, workflow: str, step: str, seconds: float, *, again: bool) -> None:
        """Note a step that was done, and whether it will be tried again."""
        # Attempts and pull requests are numbered in a step's name: ``closed.12``, ``submit.0#3``.
        name = step.partition(AGAIN)[0].partition(".")[0]
        self._step.labels(workflow, name).observe(seconds)
        if again:
            self._again.labels(workflow, name).inc()

    def answered(self, model: str, request: ModelRequest, answer: ModelAnswer, seconds: float) -> None:
        """Note what a model answered, and what that cost."""
        outcome = "reused" if answer.reused else answer.outcome.value
        self._answers.labels(model, request.purpose, outcome).inc()
        if answer.reused:
            return
        self._model.labels(model, request.purpose).observe(seconds)
        used = answer.usage
        for kind, count in (
            ("input", used.input),
            ("output", used.output),
            ("cache_read", used.cache_read),
            ("cache_write", used.cache_write),
        ):
            self._tokens.labels(model, kind).inc(count)
        self._usd.labels(model).inc(answer.usd or 0.0)

    def watch(self, look: Callable[[], Iterable[Metric]]) -> None:
        """Add what is looked up at each scrape."""
        self._registry.register(_Scrape(look))

    def page(self) -> bytes:
        """Return all of it in Prometheus' text format."""
        return generate_latest(self._registry)


@dataclass(frozen=True)
class _Scrape(Collector):
    look: Callable[[], Iterable[Metric]]

    def collect(self) -> Iterable[Metric]:
        return self.look()

    def describe(self) -> Iterable[Metric]:
        """Say nothing beforehand: else the registry would look at once, before anything is there."""
        return []


def gauge(name: str, help_: str, value: float | None) -> list[Metric]:
    """Return one gauge; none where there is no value."""
    return [] if value is None else [GaugeMetricFamily(f"sensei_{name}", help_, value)]


def backlog_gauges(read: Callable[[], Backlog]) -> Iterable[Metric]:
    """Read how the work stands; where the database does not answer, say that and nothing else."""
    up = "Whether the database answered this scrape."
    try:
        it = read()
    except SQLAlchemyError as failed:
        log.warning("metrics.no_database", why=type(failed).__name__)
        return gauge("database_up", up, 0)
    rounds = GaugeMetricFamily("sensei_rounds", "Rounds by their state.", labels=["state"])
    for state in RoundState:
        rounds.add_metric([state.value], it.rounds.get(state, 0))
    return [
        *gauge("database_up", up, 1),
        *gauge("deliveries_waiting", "Deliveries that nobody has handled yet.", it.waiting),
        *gauge("deliveries_deferred", "Deliveries that wait for a question's comment.", it.deferred),
        *gauge("deliveries_failed", "Deliveries that met a bug, and are kept.", it.failed),
        *gauge("delivery_oldest_seconds", "Age of the oldest that waits.", it.age(it.oldest_delivery)),
        *gauge("jobs_overdue", "Jobs that are due and have not begun.", it.overdue),
        *gauge("job_oldest_seconds", "For how long the first of them has been due.", it.age(it.oldest_job)),
        rounds,
        *gauge("dead_letters", "Workflows that gave up and wait for a person.", it.dead_letters),
        *gauge("model_spent_today_usd", "US dollars since midnight UTC, at most.", it.spent_today),
    ]


@dataclass(frozen=True)
class MeasuredModel:
    """``ports.Model`` whose answers are counted."""

    model: Model
    measures: Metrics

    @property
    def provider(self) -> str:
        """The provider's name."""
        return self.model.provider

    @property
    def id(self) -> str:
        """The model's id."""
        return self.model.id

    def ask(self, request: ModelRequest) -> ModelAnswer:
        """Ask, and count what came of it."""
        began = time.monotonic()
        answer = self.model.ask(request)
        self.measures.answered(self.model.id, request, answer, time.monotonic() - began)
        return answer
