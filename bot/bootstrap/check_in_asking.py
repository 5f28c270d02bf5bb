"""Building what asks check-ins, and what reminds of them."""

from contextlib import AbstractContextManager

from bot.adapters.files import prompts
from bot.adapters.git.commit_files import GitCommitReader
from bot.bootstrap import code_host_reading, digest, wiring
from bot.bootstrap.command_service import CommandService
from bot.domain.rubrics.rubric import Library
from bot.ports.engine import Engine
from bot.ports.metrics import Metrics, NoMetrics
from bot.ports.model import Model
from bot.settings import Settings
from bot.workflows.check_ins.asking import CheckInAsking
from bot.workflows.check_ins.question_wording import QuestionWording
from bot.workflows.check_ins.reminders import JOB, CheckInReminders
from bot.workflows.check_ins.running import CheckInWorkflow
from bot.workflows.check_ins.schedule import CHECK_IN
from bot.workflows.check_ins.topic_rows import TopicRows
from bot.workflows.triage.capstone_ledgers import LedgerLoader


def make_asking(
    settings: Settings,
    library: Library,
    service: CommandService,
    measures: Metrics | None = None,
) -> CheckInAsking:
    """Return what chooses a check-in's question and asks it."""
    counts = measures or NoMetrics()

    def open_model(repository: int) -> AbstractContextManager[Model | None]:
        return code_host_reading.open_model(settings, repository, counts)

    prompt, version = prompts.load("check_ins/question"), library.rubric.version
    return CheckInAsking(
        service.host,
        service.store,
        GitCommitReader(wiring.clone_cache(settings)),
        TopicRows(LedgerLoader(library)),
        QuestionWording(prompt, open_model, version, counts),
        wiring.now,
    )


def register_check_ins(engine: Engine, asking: CheckInAsking) -> None:
    """Register the workflows ``check_in`` and ``check_in_reminder``."""
    is_kept = digest.make_kept_days().is_kept
    engine.workflow(CHECK_IN, CheckInWorkflow(asking, wiring.now, is_kept).run)
    engine.workflow(JOB, CheckInReminders(wiring.now, is_kept).run)
