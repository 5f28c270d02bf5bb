"""The service, put together: what answers webhooks, reads pull requests and publishes."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import FrameType
from urllib.parse import urlsplit

import platformdirs
import sqlalchemy as sa
import uvicorn
from starlette.applications import Starlette

from bot import bootstrap
from bot.adapters import prompts, store
from bot.adapters.dead_letters import DeadLetters
from bot.adapters.engine import DurableEngine
from bot.adapters.engine_records import EngineRecords
from bot.adapters.git.cache import CheckoutCache
from bot.adapters.github import App, GitHubHost
from bot.adapters.store.lock import Right, Served, serving
from bot.adapters.store.tx import SqlStore
from bot.domain.rubric import Library
from bot.entrypoints import http
from bot.entrypoints.worker import Worker
from bot.errors import UserError
from bot.ports import Progress
from bot.ports.host import Repository
from bot.settings import Settings
from bot.workflows.files import Limits
from bot.workflows.inbox import Inbox
from bot.workflows.model_reading import PROMPTS, ModelReading
from bot.workflows.pump import Pump
from bot.workflows.reading_hosts import HostReader
from bot.workflows.receiving import Receiver
from bot.workflows.rounds import Rounds
from bot.workflows.tidying import Keep, Tidying
from bot.workflows.upkeep import Upkeep

LEAST_SECRET = 16
STOP_SECONDS = 30
KEEP_SECONDS = 5
# Workflows that may go on beside those that read: most wait for GitHub, and a limit of its can last an hour.
BESIDE_READINGS = 14
# Far more than GitHub opens, far less than a process may have files: beyond it the answer is 503.
MOST_CONNECTIONS = 400


def now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


def tenant(settings: Settings) -> str:
    """Return the code host's name: what its numbers belong to."""
    host = urlsplit(settings.github_api_url).hostname or "github.com"
    return "github.com" if host == "api.github.com" else host


def app(settings: Settings) -> App:
    """Return the GitHub App that the settings name.

    Raises:
        UserError: its number or key is missing, or the key is none.
    """
    if settings.github_app_id is None or settings.github_private_key is None:
        raise UserError(
            "No GitHub App is set up.",
            "Set SENSEI_GITHUB_APP_ID and SENSEI_GITHUB_PRIVATE_KEY; docs/github.md says whence.",
        )
    return App(
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
class Office:
    """What a command needs of the service, without serving."""

    database: sa.Engine
    store: SqlStore
    host: GitHubHost
    inbox: Inbox


@contextmanager
def office(settings: Settings) -> Iterator[Office]:
    """Open the database, and GitHub as the App.

    Raises:
        UserError: one of them cannot be used.
    """
    made = app(settings)
    with store.open_store(bootstrap.database_url(settings)) as database:
        yield Office(
            database,
            SqlStore(database, tenant(settings), now),
            GitHubHost(made),
            Inbox(now, settings.quiet_seconds),
        )


@contextmanager
def records(settings: Settings) -> Iterator[SqlStore]:
    """Open the database alone.

    Raises:
        UserError: it cannot be used.
    """
    with store.open_store(bootstrap.database_url(settings)) as database:
        yield SqlStore(database, tenant(settings), now)


@contextmanager
def dead_letters(settings: Settings) -> Iterator[DeadLetters]:
    """Open what gave up; ``sensei serve`` may be running.

    Raises:
        UserError: the database cannot be used.
    """
    with store.open_store(bootstrap.database_url(settings)) as database:
        yield DeadLetters(database, now)


def clones(settings: Settings) -> CheckoutCache:
    """Return the clones of capstones."""
    folder = settings.checkouts or platformdirs.user_cache_path("sensei", appauthor=False) / "checkouts"
    return CheckoutCache(folder, settings.checkouts_max_bytes, settings.git_timeout, settings.max_scan_bytes)


def reader(
    settings: Settings,
    library: Library,
    host: GitHubHost,
    progress: Progress | None = None,
    *,
    with_model: bool = True,
) -> HostReader:
    """Return what reads pull requests, by signals alone where no model is set or wanted."""
    watching = progress or bootstrap.Unwatched()

    @contextmanager
    def model(repository: Repository) -> Iterator[ModelReading | None]:
        whose = f"{tenant(settings)}/{repository.id}"
        with bootstrap.model(settings, wanted=with_model, repository=whose) as port:
            if port is None:
                yield None
                return
            texts = {name: prompts.load(name) for name in PROMPTS}
            yield ModelReading(port, texts, settings.context_tokens, watching)

    return HostReader(
        host,
        clones(settings),
        library,
        Limits(settings.max_file_bytes, settings.max_scan_bytes, settings.review_timeout),
        bootstrap.Monotonic(),
        model,
        watching,
        threading.Semaphore(settings.reviews_at_once),
    )


@contextmanager
def engine(
    settings: Settings, library: Library, desk: Office
) -> Iterator[tuple[DurableEngine, Upkeep, Right]]:
    """Run workflows, and end them in good order. One process per database.

    Raises:
        Served: another process serves this database.
    """
    with serving(desk.database) as right:
        reads = reader(settings, library, desk.host)
        rounds = Rounds(desk.host, desk.store, reads, desk.inbox, now)
        upkeep = Upkeep(desk.host, desk.store, reads, desk.inbox, now)
        durable = DurableEngine(
            desk.database, tenant(settings), now, at_once=settings.reviews_at_once + BESIDE_READINGS
        )
        durable.workflow("review", rounds.run)
        durable.workflow("baseline", upkeep.baseline)
        durable.workflow("reconcile", upkeep.reconcile)
        durable.workflow("sweep", upkeep.sweep)
        durable.workflow("questions", upkeep.questions)
        durable.workflow("conclude", upkeep.conclude)
        durable.start()
        try:
            yield durable, upkeep, right
        finally:
            durable.stop(STOP_SECONDS)


def bury(desk: Office, upkeep: Upkeep) -> None:
    """Note the rounds that gave up."""
    dead = DeadLetters(desk.database, now).all()
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
            "Set it to the secret of the App's webhook: without it anybody could send deliveries.",
        )
    with office(settings) as desk, engine(settings, library, desk) as (durable, upkeep, right):
        pump = Pump(desk.store, durable, desk.inbox, now)
        tidying = Tidying(
            desk.store, durable, now, _kept(settings), EngineRecords(desk.database), clones(settings)
        )

        def look_round(starting: bool) -> None:
            bury(desk, upkeep)
            going_on = durable.going_on()
            with desk.store.begin() as tx:
                upkeep.look_round(tx, now(), going_on, starting=starting)
            tidying.tidy()

        worker = Worker(pump.pump, look_round, settings.look_round_seconds)
        receiver = Receiver(desk.store, now, worker.wake)
        worker.also(receiver.flush, 10)
        lost: list[Served] = []
        worker.also(lambda: _keep(right, lost), KEEP_SECONDS)
        receiver.start()
        worker.start()
        try:
            _listen(settings, http.app(receiver, secret.encode(), lambda: _why_not(desk)), on_ready)
        finally:
            worker.stop()
            receiver.stop()
        if lost:
            raise lost[0]


def _kept(settings: Settings) -> Keep:
    return Keep(
        deliveries=timedelta(days=settings.keep_deliveries_days),
        answers=timedelta(days=settings.keep_model_answers_days),
        ended=timedelta(days=settings.keep_ended_capstones_days),
        refusals=timedelta(days=settings.keep_refusals_days),
    )


def _keep(right: Right, lost: list[Served]) -> None:
    """See that this process may serve; end it in good order where another one does."""
    try:
        right.keep()
    except Served as by_another:
        lost.append(by_another)
        os.kill(os.getpid(), signal.SIGTERM)


def _why_not(desk: Office) -> str | None:
    """Say why nothing can be kept now, or None."""
    try:
        with desk.database.connect() as connection:
            connection.execute(sa.text("SELECT 1"))
    except sa.exc.SQLAlchemyError as failed:
        return f"the database does not answer ({type(failed).__name__})"
    return None


def _listen(settings: Settings, application: Starlette, on_ready: Callable[[str], None]) -> None:
    class Server(uvicorn.Server):
        async def startup(self, sockets: list[object] | None = None) -> None:  # type: ignore[override]
            await super().startup(sockets)  # type: ignore[arg-type]
            if self.started:
                on_ready(f"http://{settings.host}:{settings.port}")

        def handle_exit(self, sig: int, frame: FrameType | None) -> None:
            """Stop in good order; uvicorn's own raises the signal once more, while work is being ended."""
            del sig, frame
            self.should_exit = True

    server = Server(
        uvicorn.Config(
            application,
            host=settings.host,
            port=settings.port,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=10,
            limit_concurrency=MOST_CONNECTIONS,
        )
    )
    server.run()
    if not server.started:
        raise UserError(
            f"Nothing can listen on {settings.host}:{settings.port}.",
            "Is the port taken? SENSEI_PORT is another.",
        )
