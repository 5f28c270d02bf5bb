"""The durable engine with all workflows: reading, publishing, pairing and chatting."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from bot.adapters.database.server_lock import ServerLease, hold_server_lease
from bot.adapters.engine.dbos import DurableEngine
from bot.adapters.engine.dead_letters import DbosDeadLetters
from bot.bootstrap import chat as chat_features
from bot.bootstrap import code_host_reading, wiring
from bot.bootstrap.command_service import CommandService
from bot.domain.rubrics.rubric import Library
from bot.domain.setup.github_app_manifest import web_address
from bot.ports.chat import Chat
from bot.ports.metrics import Metrics, NoMetrics
from bot.settings import Settings
from bot.workflows.chat.outbox import Outbox
from bot.workflows.dojo.app_home import HomePublisher
from bot.workflows.pairing.deputies import DeputyNotices
from bot.workflows.pairing.proposals import PairingWorkflows
from bot.workflows.pull_requests.command_replies import CommandReplies
from bot.workflows.pull_requests.reconciliation import Reconciliation
from bot.workflows.pull_requests.rounds import RoundWorkflow

STOP_SECONDS = 15
READING_SECONDS = 10  # Of these, for readings in progress when the process is told to stop.
# Maximum workflows in addition to those that read. Most wait for GitHub, whose rate limit can last an hour.
BESIDE_READINGS = 14


@contextmanager
def run_engine(
    settings: Settings,
    library: Library,
    service: CommandService,
    measures: Metrics | None = None,
    chat: Chat | None = None,
) -> Iterator[tuple[DurableEngine, Reconciliation, ServerLease]]:
    """Run workflows, and shut them down cleanly.

    Only one process may do so per database. Without ``chat``, the engine uses Slack as configured.

    Raises:
        AlreadyServedError: another process serves this database.
    """
    with hold_server_lease(service.database) as lease:
        counts = measures or NoMetrics()
        readings = code_host_reading.make_reading_processes(settings)
        reader = code_host_reading.make_reader(
            settings, library, service.host, measures=counts, readings=readings
        )
        rounds = RoundWorkflow(service.host, service.store, reader, service.inbox, wiring.now, counts)
        upkeep = Reconciliation(service.host, service.store, reader, service.inbox, wiring.now)
        engine = DurableEngine(
            service.database,
            wiring.tenant(settings),
            wiring.now,
            at_once=settings.reviews_at_once + BESIDE_READINGS,
            measures=counts,
        )
        engine.workflow("review", rounds.run)
        _register_upkeep(engine, upkeep)
        _register_replies(engine, CommandReplies(service.host, service.store, library, wiring.now))
        _register_pairing(engine, service)
        _register_messages(engine, settings, service, chat or wiring.connect_chat(settings))
        engine.start()
        try:
            yield engine, upkeep, lease
        finally:
            # A reading that is cut off starts again when the process next starts.
            cut_off = threading.Timer(READING_SECONDS, readings.stop)
            cut_off.daemon = True
            cut_off.start()
            engine.stop(STOP_SECONDS)
            cut_off.cancel()
            readings.stop()


def _register_upkeep(engine: DurableEngine, upkeep: Reconciliation) -> None:
    engine.workflow("baseline", upkeep.baseline)
    engine.workflow("reconcile", upkeep.reconcile)
    engine.workflow("sweep", upkeep.sweep)
    engine.workflow("questions", upkeep.questions)
    engine.workflow("conclude", upkeep.conclude)


def _register_replies(engine: DurableEngine, replies: CommandReplies) -> None:
    engine.workflow("answer", replies.answer)
    engine.workflow("ruling", replies.ruling)


def _register_pairing(engine: DurableEngine, service: CommandService) -> None:
    pairing = PairingWorkflows(service.store, wiring.now)
    engine.workflow("pairing.propose", pairing.propose)
    engine.workflow("pairing.settle", pairing.settle)
    engine.workflow("pairing.why", pairing.why)
    engine.workflow("pairing.away", DeputyNotices(service.store, wiring.now).away)


def _register_messages(
    engine: DurableEngine, settings: Settings, service: CommandService, chat: Chat | None
) -> None:
    features = chat_features.features_from_settings(settings)
    outbox = Outbox(chat, service.store, features.words, wiring.now)
    engine.workflow("message", outbox.message, talks=True)
    engine.workflow("rewrite", outbox.rewrite, talks=True)
    homes = HomePublisher(chat, service.store, web_address(settings.github_api_url), wiring.now)
    engine.workflow("home", homes.home, talks=True)


def bury_dead_letters(service: CommandService, upkeep: Reconciliation) -> None:
    """Record the rounds whose workflows failed for good."""
    if dead := DbosDeadLetters(service.database, wiring.now).all():
        with service.store.begin() as tx:
            upkeep.bury(tx, dead)
