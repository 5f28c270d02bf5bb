"""The service, put together: what answers webhooks, reads pull requests and publishes."""

import os
import signal
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import FrameType
from urllib.parse import urlsplit

import platformdirs
import sqlalchemy as sa
from prometheus_client.core import Metric
from starlette.applications import Starlette

from bot import bootstrap
from bot.adapters import metrics
from bot.adapters.clock import Monotonic
from bot.adapters.database import open_store, require_database
from bot.adapters.database.jobs.backlog import read_backlog
from bot.adapters.database.server_lock import AlreadyServedError, ServerLease, hold_server_lease
from bot.adapters.database.transaction import SqlStore
from bot.adapters.database.write_probe import WriteProbe
from bot.adapters.engine.dbos import DurableEngine
from bot.adapters.engine.dead_letters import DbosDeadLetters
from bot.adapters.engine.workflow_records import DbosWorkflowRecords
from bot.adapters.git.clone_cache import CheckoutCache
from bot.adapters.github import GitHubApp, GitHubHost
from bot.adapters.reading_process.supervisor import ReadingProcesses
from bot.bootstrap import chat as chats
from bot.bootstrap import dojo
from bot.domain.privacy.personal_traces import web_address
from bot.domain.rubrics.rubric import Library
from bot.entrypoints import web_app, web_server
from bot.entrypoints.scheduler import Scheduler
from bot.errors import TransientError, UserError
from bot.ports.chat import Chat
from bot.ports.code_host import HostRepository
from bot.ports.metrics import Metrics, NoMetrics
from bot.ports.model import Model
from bot.ports.reading import Progress
from bot.ports.reading_process import Readings
from bot.settings import Settings
from bot.workflows.chat.dispatch import ChatDispatch
from bot.workflows.chat.features import Features
from bot.workflows.chat.outbox import Outbox
from bot.workflows.dojo.app_home import HomePublisher
from bot.workflows.jobs.dispatch import JobDispatcher
from bot.workflows.pairing.deputies import DeputyNotices
from bot.workflows.pairing.proposals import PairingWorkflows
from bot.workflows.privacy.retention import Retention, RetentionPeriods
from bot.workflows.pull_requests.code_host_reading import HostReader
from bot.workflows.pull_requests.command_replies import CommandReplies
from bot.workflows.pull_requests.event_handling import EventHandler
from bot.workflows.pull_requests.reconciliation import Reconciliation
from bot.workflows.pull_requests.rounds import RoundWorkflow
from bot.workflows.pull_requests.webhook_intake import WebhookIntake
from bot.workflows.setup.github_app_checks import LEAST_SECRET

STOP_SECONDS = 15
READING_SECONDS = 10  # of these, for a reading that goes on when the process is told to stop
KEEP_SECONDS = 5
# Workflows that may go on beside those that read: most wait for GitHub, and a limit of its can last an hour.
BESIDE_READINGS = 14


def now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


def tenant(settings: Settings) -> str:
    """Return the code host's name: what its numbers belong to."""
    host = urlsplit(settings.github_api_url).hostname or "github.com"
    return "github.com" if host == "api.github.com" else host


def app(settings: Settings) -> GitHubApp:
    """Return the GitHub App that the settings name.

    Raises:
        UserError: its number or key is missing, or the key is none.
    """
    if settings.github_app_id is None or settings.github_private_key is None:
        raise UserError(
            "No GitHub App is set up.",
            "`sensei setup github` makes one. If you already have one, set SENSEI_GITHUB_APP_ID and "
            "SENSEI_GITHUB_PRIVATE_KEY.",
        )
    return GitHubApp(
        settings.github_app_id,
        _key(settings.github_private_key.get_secret_value()),
        settings.github_api_url.rstrip("/"),
        settings.github_write_seconds,
    )


def _key(given: str) -> str:
    if given.lstrip().startswith("-----BEGIN"):
        return given.replace("\\n", "\n")
    try:
        text = Path(given).expanduser().read_text("ascii")
    except (OSError, ValueError):
        raise UserError(
            "SENSEI_GITHUB_PRIVATE_KEY is neither a private key nor the path of a file that can be read.",
            "GitHub gives the key as a .pem file, on the App's page.",
        ) from None
    if not text.lstrip().startswith("-----BEGIN"):
        raise UserError(
            "The file that SENSEI_GITHUB_PRIVATE_KEY names holds no private key.",
            "It is the App's .pem file.",
        )
    return text


@dataclass(frozen=True)
class CommandService:
    """What a command needs of the service, without serving."""

    database: sa.Engine
    store: SqlStore
    host: GitHubHost
    inbox: EventHandler


@contextmanager
def open_for_command(settings: Settings) -> Iterator[CommandService]:
    """Open the database, and GitHub as the App.

    Raises:
        UserError: one of them cannot be used.
    """
    made = app(settings)
    with open_store(bootstrap.database_url(settings)) as database:
        yield CommandService(
            database,
            SqlStore(database, tenant(settings), now),
            GitHubHost(made),
            EventHandler(now, settings.quiet_seconds, ChatDispatch(features(settings), now)),
        )


def features(settings: Settings) -> Features:
    """Return what can be done in the chat."""
    return chats.features(
        web_address(settings.github_api_url), dojo.features(dojo.vocabulary_loader(settings))
    )


@contextmanager
def records(settings: Settings) -> Iterator[SqlStore]:
    """Open the database alone.

    Raises:
        UserError: it cannot be used, or there is none.
    """
    require_database(bootstrap.database_url(settings))
    with open_store(bootstrap.database_url(settings)) as database:
        yield SqlStore(database, tenant(settings), now)


@contextmanager
def dead_letters(settings: Settings) -> Iterator[DbosDeadLetters]:
    """Open what gave up; ``sensei serve`` may be running.

    Raises:
        UserError: the database cannot be used, or there is none.
    """
    require_database(bootstrap.database_url(settings))
    with open_store(bootstrap.database_url(settings)) as database:
        yield DbosDeadLetters(database, now)


def reader(  # noqa: PLR0913 - what is read, by what rules, and who watches
    settings: Settings,
    library: Library,
    host: GitHubHost,
    progress: Progress | None = None,
    *,
    with_model: bool = True,
    measures: Metrics | None = None,
    readings: Readings | None = None,
) -> HostReader:
    """Return what reads pull requests, by signals alone where no model is set or wanted."""
    watching, counts = progress or bootstrap.Unwatched(), measures or NoMetrics()

    @contextmanager
    def model(repository: HostRepository) -> Iterator[Model | None]:
        whose = f"{tenant(settings)}/{repository.id}"
        with bootstrap.connect_model(settings, wanted=with_model, repository=whose) as port:
            yield None if port is None else metrics.MeasuredModel(port, counts)

    return HostReader(
        host,
        clones(settings),
        readings or reading_processes(settings),
        bootstrap.reading_rules(settings, library, with_model=with_model),
        Monotonic(),
        model,
        watching,
        threading.Semaphore(settings.reviews_at_once),
        counts,
    )


def reading_processes(settings: Settings) -> ReadingProcesses:
    """Return what reads. Its scanner keeps its compiled rules beside the clones, where the bot may write."""
    return ReadingProcesses(compiled=_checkouts(settings).parent / "kingfisher")


def _checkouts(settings: Settings) -> Path:
    return settings.checkouts or platformdirs.user_cache_path("sensei", appauthor=False) / "checkouts"


def clones(settings: Settings) -> CheckoutCache:
    """Return the clones of capstones."""
    return CheckoutCache(
        _checkouts(settings), settings.checkouts_max_bytes, settings.git_timeout, settings.max_scan_bytes
    )


@contextmanager
def engine(
    settings: Settings,
    library: Library,
    desk: CommandService,
    measures: Metrics | None = None,
    chat: Chat | None = None,
) -> Iterator[tuple[DurableEngine, Reconciliation, ServerLease]]:
    """Run workflows, and end them in good order. One process per database. ``chat`` None: as is set.

    Raises:
        Served: another process serves this database.
    """
    with hold_server_lease(desk.database) as right:
        counts = measures or NoMetrics()
        readings = reading_processes(settings)
        reads = reader(settings, library, desk.host, measures=counts, readings=readings)
        rounds = RoundWorkflow(desk.host, desk.store, reads, desk.inbox, now, counts)
        upkeep = Reconciliation(desk.host, desk.store, reads, desk.inbox, now)
        durable = DurableEngine(
            desk.database,
            tenant(settings),
            now,
            at_once=settings.reviews_at_once + BESIDE_READINGS,
            measures=counts,
        )
        durable.workflow("review", rounds.run)
        durable.workflow("baseline", upkeep.baseline)
        durable.workflow("reconcile", upkeep.reconcile)
        durable.workflow("sweep", upkeep.sweep)
        durable.workflow("questions", upkeep.questions)
        durable.workflow("conclude", upkeep.conclude)
        answering = CommandReplies(desk.host, desk.store, library, now)
        durable.workflow("answer", answering.answer)
        durable.workflow("ruling", answering.ruling)
        pairing = PairingWorkflows(desk.store, now)
        durable.workflow("pairing.propose", pairing.propose)
        durable.workflow("pairing.settle", pairing.settle)
        durable.workflow("pairing.why", pairing.why)
        durable.workflow("pairing.away", DeputyNotices(desk.store, now).away)
        talking = chat or chats.connect_chat(settings)
        messaging = Outbox(talking, desk.store, features(settings).words, now)
        durable.workflow("message", messaging.message, talks=True)
        durable.workflow("rewrite", messaging.rewrite, talks=True)
        homes = HomePublisher(talking, desk.store, web_address(settings.github_api_url), now)
        durable.workflow("home", homes.home, talks=True)
        durable.start()
        try:
            yield durable, upkeep, right
        finally:
            # What is read then begins again at the next start.
            ending = threading.Timer(READING_SECONDS, readings.stop)
            ending.daemon = True
            ending.start()
            durable.stop(STOP_SECONDS)
            ending.cancel()
            readings.stop()


def bury_dead_letter(desk: CommandService, upkeep: Reconciliation) -> None:
    """Note the rounds that gave up."""
    dead = DbosDeadLetters(desk.database, now).all()
    with desk.store.begin() as tx:
        upkeep.bury(tx, dead)


def serve(settings: Settings, library: Library, on_ready: Callable[[str], None]) -> None:
    """Answer webhooks until the process is told to stop; then let what runs come to an end.

    Raises:
        UserError: a setting is missing, the port is taken, or another process serves this database.
    """
    secret = settings.github_webhook_secret.get_secret_value() if settings.github_webhook_secret else ""
    if len(secret) < LEAST_SECRET:
        raise UserError(
            f"SENSEI_GITHUB_WEBHOOK_SECRET is missing, or shorter than {LEAST_SECRET} characters.",
            "`sensei setup github` makes an App with one; or set it to the secret of the App's webhook. "
            "Without it anybody could send deliveries.",
        )
    chats.require_complete_settings(settings)
    counts = metrics.PrometheusMetrics()
    chat = chats.connect_chat(settings)
    with (
        open_for_command(settings) as desk,
        engine(settings, library, desk, counts, chat) as (durable, upkeep, right),
    ):
        pump = JobDispatcher(desk.store, durable, desk.inbox, now, counts)
        tidying = Retention(
            desk.store, durable, now, _kept(settings), DbosWorkflowRecords(desk.database), clones(settings)
        )

        def look_round(starting: bool) -> None:
            bury_dead_letter(desk, upkeep)
            going_on = durable.going_on()
            with desk.store.begin() as tx:
                upkeep.look_round(tx, now(), going_on, starting=starting)
            tidying.tidy()

        worker = Scheduler(pump.pump, look_round, settings.look_round_seconds)
        receiver = WebhookIntake(desk.store, now, worker.wake, counts)
        worker.also(receiver.flush, 10)
        keeper = LeaseWatcher(right, lambda: os.kill(os.getpid(), signal.SIGTERM))
        worker.also(keeper.keep, KEEP_SECONDS)
        receiver.start()
        worker.start()
        slack = chats.start_listening(settings, desk.store, receiver, features(settings), chat, now)
        if slack:
            worker.also(slack.look, KEEP_SECONDS)
        counts.watch(lambda: _looked(settings, desk, worker, slack))
        probe = WriteProbe(desk.database)

        def why_not() -> str | None:
            return keeper.why_not() or probe.why_not() or worker.why_not()

        token = settings.metrics_token.get_secret_value() if settings.metrics_token else None
        scrapes = web_app.MetricsEndpoint(counts.page, token)
        try:
            application = web_app.app(
                receiver,
                secret.encode(),
                why_not,
                scrapes=scrapes,
                slack=web_app.SlackStatus(slack.why_not, slack.door) if slack else None,
            )
            _listen(settings, application, receiver.refuse, on_ready)
        finally:
            probe.close()
            if slack:
                slack.stop()
            worker.stop()
            receiver.stop()
        if keeper.lost:
            raise keeper.lost


def _kept(settings: Settings) -> RetentionPeriods:
    return RetentionPeriods(
        deliveries=timedelta(days=settings.keep_deliveries_days),
        answers=timedelta(days=settings.keep_model_answers_days),
        ended=timedelta(days=settings.keep_ended_capstones_days),
        refusals=timedelta(days=settings.keep_refusals_days),
    )


@dataclass
class LeaseWatcher:
    """Sees now and then that this process may serve; ``on_lost`` is called where another one does."""

    right: ServerLease
    on_lost: Callable[[], None]
    lost: AlreadyServedError | None = None
    _unsure: str | None = field(default=None, init=False)

    def keep(self) -> None:
        """See that this process may serve, and take the right again where its connection was cut."""
        try:
            self.right.keep()
        except AlreadyServedError as by_another:
            self.lost = by_another
            self.on_lost()
        except TransientError as failed:
            self._unsure = str(failed)
            raise
        else:
            self._unsure = None

    def why_not(self) -> str | None:
        """Say why this process may not serve, as far as it knows, or None."""
        if self.lost:
            return "another process serves this database now"
        return f"the right to serve could not be confirmed: {self._unsure}" if self._unsure else None


def _looked(
    settings: Settings, desk: CommandService, worker: Scheduler, slack: chats.SlackListening | None
) -> Iterable[Metric]:
    """Look up at a scrape how the work stands."""
    yield from metrics.backlog_gauges(lambda: read_backlog(desk.database, now()))
    yield from metrics.gauge(
        "model_day_budget_usd", "US dollars that a day may cost.", settings.day_budget_usd
    )
    yield from metrics.gauge(
        "github_requests_left",
        "Requests left to the installation with the fewest.",
        desk.host.app.requests_left(),
    )
    if slack is not None:
        ready = float(slack.why_not() is None)
        yield from metrics.gauge("slack_ready", "1 while Slack is listened to and known, else 0.", ready)
    yield from metrics.gauge("pump_idle_seconds", "Seconds since the pump last went well.", worker.idle())


def _listen(
    settings: Settings, application: Starlette, refuse: Callable[[str], None], on_ready: Callable[[str], None]
) -> None:
    class Server(web_server.WebServer):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started:
                on_ready(f"http://{settings.host}:{settings.port}")

        def handle_exit(self, sig: int, frame: FrameType | None) -> None:
            """Stop in good order; uvicorn's own raises the signal once more, while work is being ended."""
            del sig, frame
            self.should_exit = True

    server = Server(web_server.configuration(application, refuse, timeout_graceful_shutdown=10))
    # Bound here: uvicorn would log what went wrong as an event of its own, and end the process.
    try:
        listening = socket.create_server(
            (settings.host, settings.port),
            family=socket.AF_INET6 if ":" in settings.host else socket.AF_INET,
            backlog=2048,
        )
    except OSError as refused:
        raise UserError(
            f"Nothing can listen on {settings.host}:{settings.port}: {os.strerror(refused.errno or 0)}.",
            "SENSEI_HOST and SENSEI_PORT name another place.",
        ) from None
    with listening:
        server.run(sockets=[listening])
