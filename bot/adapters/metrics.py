"""Metrics for Prometheus. docs/doctor.md lists them all.

Counters start at zero with the process, as Prometheus expects. The backlog is read from the database at each
scrape, so it survives a restart. Labels never contain texts or names of people or repositories.
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
from bot.ports.engine import ATTEMPT_SEPARATOR
from bot.ports.metrics import Kind, Metrics, Stage
from bot.ports.model import Model, ModelAnswer, ModelRequest

log = structlog.get_logger(__name__)

# Seconds. A step makes a few requests, a reading takes minutes, and GitHub's rate limit can last an hour.
_BUCKETS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600)


class PrometheusMetrics:
    """A ``ports.metrics.Metrics`` for Prometheus, with its own registry."""

    def __init__(self) -> None:
        # Otherwise each metric gets an extra series with its creation time.
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self._registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        self._received = Counter(
            "sensei_deliveries_received", "Deliveries that were acknowledged.", ["outcome"], registry=registry
        )
        self._refused = Counter(
            "sensei_deliveries_refused",
            "Requests refused because they were not valid deliveries.",
            ["reason"],
            registry=registry,
        )
        self._handled = Counter(
            "sensei_deliveries_handled",
            "Deliveries that were handled or that failed because of a bug.",
            ["outcome"],
            registry=registry,
        )
        self._stage = Histogram(
            "sensei_reading_stage_seconds",
            "How long each stage of a reading took.",
            ["kind", "stage"],
            buckets=_BUCKETS,
            registry=registry,
        )
        self._step = Histogram(
            "sensei_step_seconds",
            "How long each step outside the database took.",
            ["workflow", "step"],
            buckets=_BUCKETS,
            registry=registry,
        )
        self._retries = Counter(
            "sensei_step_retries",
            "Steps that failed and are retried.",
            ["workflow", "step"],
            registry=registry,
        )
        self._answers = Counter(
            "sensei_model_answers",
            "Outcomes of model calls.",
            ["model", "purpose", "outcome"],
            registry=registry,
        )
        self._model = Histogram(
            "sensei_model_seconds",
            "How long one call to the model took, including retries.",
            ["model", "purpose"],
            buckets=_BUCKETS,
            registry=registry,
        )
        self._tokens = Counter(
            "sensei_model_tokens",
            "Tokens, as counted by the provider.",
            ["model", "kind"],
            registry=registry,
        )
        self._usd = Counter(
            "sensei_model_cost_usd", "Cost of calls in US dollars.", ["model"], registry=registry
        )
        self._refused_words = Counter(
            "sensei_model_words_refused",
            "Questions that a model proposed in a conversation and Sensei refused to ask.",
            ["purpose", "reason"],
            registry=registry,
        )

    def count_received(self, *, new: bool) -> None:
        """Count a received delivery: ``new`` if it was not already stored."""
        self._received.labels("new" if new else "again").inc()

    def count_refused(self, reason: str) -> None:
        """Count a request refused because it was not a valid delivery."""
        self._refused.labels(reason).inc()

    def count_handled(self, *, well: bool) -> None:
        """Count a finished delivery: ``well`` if it was handled, otherwise it failed because of a bug."""
        self._handled.labels("handled" if well else "failed").inc()

    def record_stage(self, kind: Kind, stage: Stage, seconds: float) -> None:
        """Record how long a stage of a reading took."""
        self._stage.labels(kind, stage).observe(max(seconds, 0.0))

    def record_step(self, workflow: str, step: str, seconds: float, *, again: bool) -> None:
        """Record how long a step took. ``again`` means that it failed and will be retried."""
        # A step's name may contain the number of an attempt or pull request: ``closed.12``, ``submit.0#3``.
        name = step.partition(ATTEMPT_SEPARATOR)[0].partition(".")[0]
        self._step.labels(workflow, name).observe(seconds)
        if again:
            self._retries.labels(workflow, name).inc()

    def record_answer(self, model: str, request: ModelRequest, answer: ModelAnswer, seconds: float) -> None:
        """Record a model's answer: its outcome, duration, tokens and cost."""
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

    def count_refused_words(self, purpose: str, reason: str) -> None:
        """Count a model's words that the guard of conversations refused."""
        self._refused_words.labels(purpose, reason).inc()

    def watch(self, look_up: Callable[[], Iterable[Metric]]) -> None:
        """Add metrics whose values are read at each scrape."""
        self._registry.register(_Scrape(look_up))

    def page(self) -> bytes:
        """Return all metrics in Prometheus' text format."""
        return generate_latest(self._registry)


@dataclass(frozen=True)
class _Scrape(Collector):
    look_up: Callable[[], Iterable[Metric]]

    def collect(self) -> Iterable[Metric]:
        return self.look_up()

    def describe(self) -> Iterable[Metric]:
        """Describe nothing. Otherwise the registry would read metrics before there are any."""
        return []


def gauge(name: str, help_: str, value: float | None) -> list[Metric]:
    """Yield one gauge, or none if there is no value."""
    return [] if value is None else [GaugeMetricFamily(f"sensei_{name}", help_, value)]


def backlog_gauges(read: Callable[[], Backlog]) -> Iterable[Metric]:
    """Return the gauges of the backlog, or only ``database_up`` if the database does not answer."""
    up = "Whether the database answered during this scrape."
    try:
        backlog = read()
    except SQLAlchemyError as failed:
        log.warning("metrics.no_database", why=type(failed).__name__)
        return gauge("database_up", up, 0)
    rounds = GaugeMetricFamily(
        "sensei_rounds",
        "Rounds (readings of a pull request, with their comments) by state.",
        labels=["state"],
    )
    for state in RoundState:
        rounds.add_metric([state.value], backlog.rounds.get(state, 0))
    return [
        *gauge("database_up", up, 1),
        *gauge("deliveries_waiting", "Deliveries not handled yet.", backlog.waiting),
        *gauge(
            "deliveries_deferred",
            "Deliveries about a question that wait until Sensei knows the question's comment on GitHub.",
            backlog.deferred,
        ),
        *gauge("deliveries_failed", "Stored deliveries that failed because of a bug.", backlog.failed),
        *gauge(
            "delivery_oldest_seconds",
            "Age of the oldest waiting delivery.",
            backlog.age(backlog.oldest_delivery),
        ),
        *gauge("jobs_overdue", "Jobs that are due but have not started.", backlog.overdue),
        *gauge(
            "job_oldest_seconds",
            "How long the oldest overdue job has been due.",
            backlog.age(backlog.oldest_job),
        ),
        *gauge("jobs_failed", "Jobs that could not be started.", backlog.failed_jobs),
        rounds,
        *gauge(
            "dead_letters",
            "Workflows that failed and stopped, including those that Sensei will retry later.",
            backlog.dead_letters,
        ),
        *gauge(
            "model_spent_today_usd",
            "Upper bound on the amount spent since midnight UTC, in US dollars.",
            backlog.spent_today,
        ),
    ]


@dataclass(frozen=True)
class MeasuredModel:
    """A ``ports.model.Model`` that records metrics of another model's answers."""

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
        """Ask the model, and record its answer."""
        began = time.monotonic()
        answer = self.model.ask(request)
        self.measures.record_answer(self.model.id, request, answer, time.monotonic() - began)
        return answer
