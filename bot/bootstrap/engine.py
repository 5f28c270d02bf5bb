"""The durable engine with all workflows: reading, publishing, pairing and chatting."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import cache

import sqlalchemy as sa

from bot.adapters.database.server_lock import ServerLease, hold_server_lease
from bot.adapters.engine.dbos import DurableEngine
from bot.adapters.engine.dead_letters import DbosDeadLetters
from bot.adapters.engine.unfinished_workflows import UnfinishedWorkflows
from bot.adapters.files import prompts
from bot.adapters.git.branches import GitBranches
from bot.bootstrap import chat as chat_features
from bot.bootstrap import code_host_reading, defences, digest, enquiries, one_to_ones, sources, wiring
from bot.bootstrap.check_in_asking import make_asking, register_check_ins
from bot.bootstrap.command_service import CommandService
from bot.domain.articulation.guide import ArticulationGuide, ArticulationRules
from bot.domain.jobs.backlog import PERIODIC_WORKFLOWS
from bot.domain.rubrics.rubric import Library
from bot.domain.setup.github_app_manifest import web_address
from bot.domain.sources.documents import FoundPassage
from bot.ports.chat import Chat
from bot.ports.metrics import Metrics, NoMetrics
from bot.ports.model import Model
from bot.ports.store import Store
from bot.settings import Settings
from bot.workflows.articulation import handovers
from bot.workflows.articulation.hearing import AnswerHearing
from bot.workflows.chat.outbox import Outbox
from bot.workflows.check_ins.home import describe_next
from bot.workflows.decisions.decision_files import DecisionFiles
from bot.workflows.decisions.export import DecisionExport
from bot.workflows.decisions.record_import import RecordFileImport
from bot.workflows.dojo.app_home import HomePublisher
from bot.workflows.enquiries.answering import Search
from bot.workflows.enquiries.ask_shortcut import ENQUIRY_FORM, FormQuestions
from bot.workflows.enquiries.pane import PANE, PanePrompts
from bot.workflows.milestones.report_sending import ReportSending
from bot.workflows.pairing import failed_work, unfinished_proposals
from bot.workflows.pairing.absence_news import DeputyNotices
from bot.workflows.pairing.proposals import PairingWorkflows
from bot.workflows.pull_requests.command_replies import CommandReplies
from bot.workflows.pull_requests.decision_announcements import DecisionAnnouncements
from bot.workflows.pull_requests.pull_request_fetch import PullRequestFetch
from bot.workflows.pull_requests.reconciliation import Reconciliation
from bot.workflows.pull_requests.rounds import RoundWorkflow
from bot.workflows.pull_requests.sensei_marks import SenseiMarks
from bot.workflows.pull_requests.thread_turns import ThreadTurns
from bot.workflows.triage.appeal_features import words_of
from bot.workflows.triage.capstone_ledgers import LedgerLoader
from bot.workflows.triage.waiting_rulings import triage_counter

STOP_SECONDS = 15
READING_SECONDS = 10  # Of these, for readings in progress when the process is told to stop.
# Maximum workflows in addition to those that read. Most wait for GitHub, whose rate limit can last an hour.
BESIDE_READINGS = 14


@contextmanager
def run_engine(  # noqa: PLR0913, PLR0917 - its parts, which others may replace
    settings: Settings,
    library: Library,
    service: CommandService,
    measures: Metrics | None = None,
    chat: Chat | None = None,
    prepare: Callable[[Reconciliation], None] | None = None,
) -> Iterator[tuple[DurableEngine, Reconciliation, ServerLease]]:
    """Run workflows, and shut them down cleanly.

    Only one process may do so per database. Without ``chat``, the engine uses Slack as configured.
    ``prepare`` is called just before the engine continues what an earlier process left unfinished.

    Raises:
        AlreadyServedError: another process serves this database.
    """
    with hold_server_lease(service.database) as lease:
        counts = measures or NoMetrics()
        readings = code_host_reading.make_reading_processes(settings)
        reader = code_host_reading.make_reader(
            settings, library, service.host, measures=counts, readings=readings
        )
        articulation = wiring.load_articulation(library)
        rounds = RoundWorkflow(
            service.host, service.store, reader, service.inbox, wiring.now, counts, articulation.guide
        )
        records = RecordFileImport(service.host, service.store, articulation, wiring.now)
        upkeep = Reconciliation(service.host, service.store, reader, service.inbox, wiring.now, records)
        engine = DurableEngine(
            service.database,
            wiring.tenant(settings),
            wiring.now,
            at_once=settings.reviews_at_once + BESIDE_READINGS,
            measures=counts,
        )
        engine.workflow("review", rounds.run)
        _register_upkeep(engine, upkeep)
        engine.workflow("hear", _make_hearing(settings, articulation, service.store, counts).hear)
        _register_replies(engine, settings, service, library, articulation.guide)
        _register_pairing(engine, service)
        register_check_ins(engine, make_asking(settings, library, service, counts))
        chat = chat or wiring.connect_chat(settings)
        digest.register_digests(engine, settings, service.store, chat)
        one_to_ones.register_one_to_ones(engine, settings, service.store)
        defences.register_defences(engine, settings, library, service.host, service.store, counts)
        index = wiring.search_index(settings)
        sources.register_sources(engine, settings, service.host, service.store, index)
        search = sources.make_search(settings, library, service.store, index)
        enquiries.register_enquiries(engine, settings, library, service.store, chat, search, counts)
        _register_messages(engine, settings, service, chat, library, search)
        if prepare is not None:
            prepare(upkeep)
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


def _make_hearing(
    settings: Settings, rules: ArticulationRules, store: Store, measures: Metrics
) -> AnswerHearing:
    def open_model(repository: int) -> AbstractContextManager[Model | None]:
        return code_host_reading.open_model(settings, repository, measures)

    prompt = prompts.load("articulation/articulate")
    return AnswerHearing(store, rules, prompt, open_model, wiring.now, measures, handovers.hand_over)


def _register_upkeep(engine: DurableEngine, upkeep: Reconciliation) -> None:
    engine.workflow("baseline", upkeep.baseline)
    engine.workflow("reconcile", upkeep.reconcile)
    engine.workflow("sweep", upkeep.sweep)
    engine.workflow("questions", upkeep.questions)
    engine.workflow("conclude", upkeep.conclude)
    engine.workflow("fetch", PullRequestFetch(upkeep.host, upkeep.store, upkeep.now).run)


def _register_replies(
    engine: DurableEngine,
    settings: Settings,
    service: CommandService,
    library: Library,
    guide: ArticulationGuide,
) -> None:
    host, store = service.host, service.store
    replies = CommandReplies(host, store, library, wiring.now, guide)
    engine.workflow("answer", replies.answer)
    engine.workflow("ruling", replies.ruling)
    engine.workflow("read_by_sensei", SenseiMarks(host, store, wiring.now).run)
    engine.workflow("say", ThreadTurns(host, store, guide, wiring.now).say)
    branches = GitBranches(wiring.clone_cache(settings))
    files = DecisionFiles(host, store, branches, web_address(settings.github_api_url), wiring.now)
    engine.workflow("decided", DecisionAnnouncements(host, store, wiring.now, files).decided)
    engine.workflow("export", DecisionExport(files).run)


def _register_pairing(engine: DurableEngine, service: CommandService) -> None:
    pairing = PairingWorkflows(service.store, wiring.now)
    engine.workflow("pairing.propose", pairing.propose)
    engine.workflow("pairing.settle", pairing.settle)
    engine.workflow("pairing.remind", pairing.remind)
    engine.workflow("pairing.why", pairing.why)
    engine.workflow("pairing.away", DeputyNotices(service.store, wiring.now).away)


def _register_messages(  # noqa: PLR0913, PLR0917 - what the workflows are made of
    engine: DurableEngine,
    settings: Settings,
    service: CommandService,
    chat: Chat | None,
    library: Library,
    search: Search,
) -> None:
    load_ledgers = cache(lambda: LedgerLoader(library))
    features = chat_features.features_from_settings(settings, load_ledgers=load_ledgers)
    outbox = Outbox(chat, service.store, features.words, wiring.now, digest.make_kept_days().is_kept)
    engine.workflow("message", outbox.message)
    engine.workflow("rewrite", outbox.rewrite)
    web, counter = web_address(settings.github_api_url), triage_counter(load_ledgers)
    words = words_of(load_ledgers)
    homes = HomePublisher(chat, service.store, web, wiring.now, counter, words, describe_next)
    reports = ReportSending(chat, service.store, load_ledgers, wiring.now)
    engine.workflow("report", reports.run)
    engine.workflow("home", homes.home)

    def find_public(enrolment: int, question: str) -> Sequence[FoundPassage]:
        return search.find(enrolment, question, public=True)

    prompts_of_pane = PanePrompts(chat, service.store, lambda: library.rubric, wiring.now, find_public)
    engine.workflow(PANE, prompts_of_pane.run)
    engine.workflow(ENQUIRY_FORM, FormQuestions(chat, service.store, wiring.now).run)


def bury_dead_letters(service: CommandService, upkeep: Reconciliation) -> None:
    """Record the rounds whose workflows failed for good."""
    if dead := DbosDeadLetters(service.database, wiring.now).all():
        with service.store.begin() as tx:
            upkeep.bury(tx, dead)


def replace_unfinished_looks(service: CommandService, upkeep: Reconciliation) -> None:
    """Start a new search for missed changes, instead of continuing those of earlier processes.

    Call it before the engine starts.
    """
    unfinished = UnfinishedWorkflows(service.database)
    found = unfinished.list_ids(sorted(PERIODIC_WORKFLOWS))
    with service.store.begin() as tx:
        replaced = upkeep.add_periodic_jobs(tx, wiring.now(), found, starting=True)
    unfinished.cancel(replaced)


def tell_of_failed_work(database: sa.Engine, store: Store) -> None:
    """Tell the people concerned about work on pairs that failed for good."""
    if dead := DbosDeadLetters(database, wiring.now).all():
        with store.begin() as tx:
            failed_work.tell_people(tx, dead, wiring.now())


def retry_proposals(database: sa.Engine, store: Store) -> None:
    """Tell the leads about proposals whose workflows failed, and retry each a few times."""
    letters = DbosDeadLetters(database, wiring.now)
    dead = letters.all()
    if not dead:
        return
    with store.begin() as tx:
        retried = unfinished_proposals.bury(tx, dead, wiring.now())
    for identity in retried:
        letters.retry(identity)
