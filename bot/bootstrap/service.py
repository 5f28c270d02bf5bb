"""``sensei serve``: answering webhooks, reading pull requests and publishing."""

import os
import signal
import socket
import sys
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from types import FrameType

from prometheus_client.core import Metric
from starlette.applications import Starlette

from bot.adapters import metrics
from bot.adapters.database.jobs.backlog import read_backlog
from bot.adapters.database.server_lock import AlreadyServedError, ServerLease
from bot.adapters.database.write_probe import WriteProbe
from bot.adapters.engine.dbos import TALKING_WORKFLOWS, DurableEngine
from bot.adapters.engine.dead_letters import DbosDeadLetters
from bot.adapters.engine.workflow_records import DbosWorkflowRecords
from bot.bootstrap import chat as chat_features
from bot.bootstrap import digest, dojo, one_to_ones, slack_listening, sources, wiring
from bot.bootstrap.command_service import CommandService, open_for_command
from bot.bootstrap.engine import (
    bury_dead_letters,
    replace_unfinished_looks,
    retry_proposals,
    run_engine,
    tell_of_failed_work,
)
from bot.domain.rubrics.rubric import Library
from bot.entrypoints import web_app, web_server
from bot.entrypoints.scheduler import Scheduler
from bot.errors import TransientError, UserError
from bot.settings import Settings
from bot.workflows.chat.token_watch import TokenWatch
from bot.workflows.check_ins.schedule import CheckInSchedule
from bot.workflows.digest.snapshots import add_snapshot_jobs
from bot.workflows.enquiries.handovers import HandoverDeliveries, refresh_forgotten
from bot.workflows.jobs.dead_letter_retry import TURN_SECONDS, DeadLetterRetry
from bot.workflows.jobs.dispatch import JobDispatcher
from bot.workflows.milestones.baselines import add_milestone_baselines
from bot.workflows.privacy.retention import Retention, RetentionPeriods
from bot.workflows.pull_requests.reconciliation import Reconciliation
from bot.workflows.pull_requests.webhook_intake import WebhookIntake
from bot.workflows.setup.github_app_checks import LEAST_SECRET
from bot.workflows.triage.capstone_ledgers import LedgerLoader
from bot.workflows.triage.deliveries import OverlookedDeliveries

KEEP_SECONDS = 5
TELL_SECONDS = 30

# After how many seconds a thread that computes lets another one run. With Python's own 5 ms, a transaction of
# twenty statements waits for a tenth of a second if one thread computes beside it, and keeps others waiting.
_SWITCH_SECONDS = 0.0005


def serve(settings: Settings, library: Library, on_ready: Callable[[str], None]) -> None:
    """Answer webhooks until the process is told to stop, then let running work finish.

    Raises:
        UserError: a setting is missing, the port is taken, or another process serves this database.
    """
    secret = _webhook_secret(settings)
    sys.setswitchinterval(_SWITCH_SECONDS)
    slack_listening.check_slack_settings(settings)
    counts = metrics.PrometheusMetrics()
    # Before anyone opens a form: loading it takes long, and longer still if eight people do so at once.
    vocabulary, rules = dojo.make_vocabulary(library), wiring.load_articulation(library)
    ledgers = LedgerLoader(library)
    chat = wiring.connect_chat(settings)
    with (
        open_for_command(settings, lambda: vocabulary, lambda: rules) as service,
        run_engine(settings, library, service, counts, chat, partial(replace_unfinished_looks, service)) as (
            engine,
            upkeep,
            lease,
        ),
    ):
        token_watch = TokenWatch(chat) if chat else None

        def held() -> Collection[str]:
            return TALKING_WORKFLOWS if token_watch and token_watch.is_paused() else ()

        dispatcher = JobDispatcher(service.store, engine, service.inbox, wiring.now, counts, held)
        look_round = (
            *make_look_round(settings, service, engine, upkeep),
            sources.source_keeper(library, service.store, wiring.search_index(settings)),
        )
        scheduler = Scheduler(dispatcher.pump, look_round, settings.look_round_seconds)
        receiver = WebhookIntake(service.store, wiring.now, scheduler.wake, counts)
        scheduler.also(receiver.flush, 10)
        dead_letter_retry = _make_dead_letter_retry(settings, service)
        scheduler.also(dead_letter_retry.take_turn, min(TURN_SECONDS, settings.calm_seconds))
        scheduler.also(partial(tell_of_failed_work, service.database, service.store), TELL_SECONDS)
        lease_watcher = LeaseWatcher(lease, lambda: os.kill(os.getpid(), signal.SIGTERM))
        scheduler.also(lease_watcher.keep, KEEP_SECONDS)
        scheduler.also(engine.rest, KEEP_SECONDS)
        if token_watch:
            scheduler.also(token_watch.look, KEEP_SECONDS)
        receiver.start()
        scheduler.start()
        ledgers = LedgerLoader(library)
        features = chat_features.features_from_settings(
            settings, lambda: vocabulary, lambda: rules, lambda: ledgers
        )
        slack = slack_listening.start_listening(settings, service.store, receiver, features, chat)
        if slack:
            scheduler.also(slack.look, KEEP_SECONDS)
        counts.watch(lambda: _read_gauges(settings, service, scheduler, slack, token_watch))
        probe = WriteProbe(service.database)

        def why_not() -> str | None:
            return lease_watcher.why_not() or probe.why_not() or scheduler.why_not()

        token = settings.metrics_token.get_secret_value() if settings.metrics_token else None
        try:
            application = web_app.app(
                receiver,
                secret.encode(),
                why_not,
                scrapes=web_app.MetricsEndpoint(counts.page, token),
                slack=web_app.SlackStatus(slack.why_not, slack.endpoint) if slack else None,
            )
            _listen(settings, application, receiver.refuse, on_ready)
        finally:
            probe.close()
            if slack:
                slack.stop()
            scheduler.stop()
            receiver.stop()
        if lease_watcher.lost:
            raise lease_watcher.lost


def _webhook_secret(settings: Settings) -> str:
    secret = settings.github_webhook_secret.get_secret_value() if settings.github_webhook_secret else ""
    if not secret:
        raise UserError(
            "SENSEI_GITHUB_WEBHOOK_SECRET is not set.",
            "`sensei setup github` creates an App with one. If you already have an App, use its "
            "webhook's secret. Without a secret, anyone could send deliveries.",
        )
    if len(secret) < LEAST_SECRET:
        raise UserError(
            f"SENSEI_GITHUB_WEBHOOK_SECRET is shorter than {LEAST_SECRET} characters, so it can be guessed.",
            "Choose a longer secret, for example with `openssl rand -hex 32`. Set it in this variable and as "
            "the webhook's secret on the App's page.",
        )
    return secret


def make_look_round(
    settings: Settings, service: CommandService, engine: DurableEngine, upkeep: Reconciliation
) -> Sequence[Callable[[bool], None]]:
    """Return the periodic tasks: find missed events, retry stopped work, plan messages, delete old data."""
    retention = Retention(
        service.store,
        engine,
        wiring.now,
        RetentionPeriods(
            deliveries=timedelta(days=settings.keep_deliveries_days),
            answers=timedelta(days=settings.keep_model_answers_days),
            ended=timedelta(days=settings.keep_ended_capstones_days),
            refusals=timedelta(days=settings.keep_refusals_days),
        ),
        DbosWorkflowRecords(service.database),
        wiring.clone_cache(settings),
        on_forgetting=refresh_forgotten,
    )

    def bury(_starting: bool) -> None:
        bury_dead_letters(service, upkeep)
        retry_proposals(service.database, service.store)

    def look_for_changes(starting: bool) -> None:
        if starting:
            return  # replace_unfinished_looks has already done this
        running = engine.going_on()
        with service.store.begin() as tx:
            upkeep.add_periodic_jobs(tx, wiring.now(), running)

    def prepare_milestones(_starting: bool) -> None:
        with service.store.begin() as tx:
            add_milestone_baselines(tx, wiring.now())

    def retry_jobs(starting: bool) -> None:
        if starting:  # this version may have workflows that the last one lacked
            with service.store.begin() as tx:
                tx.jobs.retry_all(wiring.now())

    def deliver_overlooked(_starting: bool) -> None:
        OverlookedDeliveries(service.store, wiring.now).look()
        HandoverDeliveries(service.store, wiring.now).look()

    digests = digest.make_schedule(service.store)
    check_ins = CheckInSchedule(service.store, wiring.now)

    def schedule_messages(_starting: bool) -> None:
        with service.store.begin() as tx:
            add_snapshot_jobs(tx, wiring.now())
        digests.keep()
        check_ins.keep()

    def tidy(_starting: bool) -> None:
        retention.tidy()

    return (
        bury,
        look_for_changes,
        prepare_milestones,
        retry_jobs,
        deliver_overlooked,
        schedule_messages,
        one_to_ones.schedule_keeper(service.store),
        tidy,
    )


def _make_dead_letter_retry(settings: Settings, service: CommandService) -> DeadLetterRetry:
    letters = DbosDeadLetters(service.database, wiring.now)
    return DeadLetterRetry(letters, wiring.now, wiring.now(), timedelta(seconds=settings.calm_seconds))


@dataclass
class LeaseWatcher:
    """Checks regularly that this process may serve. Calls ``on_lost`` if another process has taken over."""

    lease: ServerLease
    on_lost: Callable[[], None]
    lost: AlreadyServedError | None = None
    _unsure: str | None = field(default=None, init=False)

    def keep(self) -> None:
        """Check that this process may serve. Renew the lease if its connection was lost."""
        try:
            self.lease.keep()
        except AlreadyServedError as served:
            self.lost = served
            self.on_lost()
        except TransientError as failed:
            self._unsure = str(failed)
            raise
        else:
            self._unsure = None

    def why_not(self) -> str | None:
        """Return the known reason why this process may not serve, or None if it may."""
        if self.lost:
            return "another process now serves this database"
        return (
            (f"this process can't confirm that it may still serve the database: {self._unsure}")
            if self._unsure
            else None
        )


def _read_gauges(
    settings: Settings,
    service: CommandService,
    scheduler: Scheduler,
    slack: slack_listening.SlackListening | None,
    token_watch: TokenWatch | None,
) -> Iterable[Metric]:
    """Read the metrics that are states rather than counts, at each scrape."""
    yield from metrics.backlog_gauges(lambda: read_backlog(service.database, wiring.now()))
    yield from metrics.gauge("model_day_budget_usd", "Daily budget in US dollars.", settings.day_budget_usd)
    yield from metrics.gauge(
        "github_requests_left",
        "Remaining GitHub requests of the installation that has the fewest left.",
        service.host.app.requests_left(),
    )
    if slack is not None:
        ready = float(slack.why_not() is None)
        yield from metrics.gauge(
            "slack_ready", "1 if connected to Slack in a known workspace, else 0.", ready
        )
    if token_watch is not None:
        yield from metrics.gauge(
            "slack_paused",
            "1 while Slack rejects the bot token and messages wait, else 0.",
            float(token_watch.is_paused()),
        )
    yield from metrics.gauge(
        "pump_idle_seconds",
        "Seconds since the pump, which starts due work, last completed a turn. It makes one every second.",
        scheduler.idle(),
    )


def _listen(
    settings: Settings, application: Starlette, refuse: Callable[[str], None], on_ready: Callable[[str], None]
) -> None:
    class Server(web_server.WebServer):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started:
                on_ready(f"http://{settings.host}:{settings.port}")

        def handle_exit(self, sig: int, frame: FrameType | None) -> None:
            """Shut down cleanly.

            uvicorn's own handler would raise the signal again while work is stopping.
            """
            del sig, frame
            self.should_exit = True

    server = Server(web_server.make_configuration(application, refuse, timeout_graceful_shutdown=10))
    # Bound here, because on failure uvicorn would log its own event and end the process.
    try:
        listening = socket.create_server(
            (settings.host, settings.port),
            family=socket.AF_INET6 if ":" in settings.host else socket.AF_INET,
            backlog=2048,
        )
    except OSError as refused:
        raise UserError(
            f"Sensei cannot listen on {settings.host}:{settings.port}: {os.strerror(refused.errno or 0)}.",
            "Set SENSEI_HOST and SENSEI_PORT to a free address.",
        ) from None
    with listening:
        server.run(sockets=[listening])
