"""Reviews of pull requests requested in a shell, either printed there or published as the bot would."""

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.bootstrap import wiring
from bot.bootstrap.code_host_reading import make_reader
from bot.bootstrap.command_service import CommandService, open_for_command
from bot.bootstrap.local_reading import ReviewResult, subject_today
from bot.domain.rubrics.rubric import Library
from bot.ports.reading import Progress
from bot.settings import Settings
from bot.workflows.pull_requests import requested_review
from bot.workflows.pull_requests.requested_review import RoundEnd

if TYPE_CHECKING:
    from bot.adapters.engine.dbos import DurableEngine
    from bot.workflows.pull_requests.reconciliation import Reconciliation

_LOOK_SECONDS = 0.2  # Seconds between checks whether the round has ended.
_BURY_SECONDS = 2.0  # Seconds between checks whether its workflow has failed.


def read(
    settings: Settings, library: Library, name: str, progress: Progress, *, with_model: bool
) -> ReviewResult:
    """Read a pull request as the App, without posting on GitHub. It need not be in an enrolled repository.

    Raises:
        UserError: the App cannot see such a pull request.
        TransientError, PermanentError: see ``ports.code_host``.
        IncompleteReadingError: its head can no longer be fetched.
    """
    with open_for_command(settings) as service:
        request = requested_review.find_pull_request(service.host, name)
        reader = make_reader(settings, library, service.host, progress, with_model=with_model)
        reading = replace(reader, excerpts=True).change(request.repository, request.pull_request)
    return ReviewResult(reading.report, reader.asks, reading.notes, subject_today(request.name))


def publish(settings: Settings, library: Library, name: str) -> RoundEnd | None:
    """Read a capstone's pull request and publish the round.

    Return None if a running ``sensei serve`` does it.

    Raises:
        UserError: it is not an open pull request of a capstone.
    """
    from bot.adapters.database.server_lock import AlreadyServedError
    from bot.bootstrap.engine import run_engine

    with open_for_command(settings) as service:
        request = requested_review.find_pull_request(service.host, name)
        with service.store.begin() as tx:
            round_ = requested_review.request_round(tx, service.inbox, request)
        try:
            with run_engine(settings, library, service) as (engine, upkeep, _):
                return _run_until_ended(service, engine, upkeep, round_)
        except AlreadyServedError:
            return None


def _run_until_ended(
    service: CommandService, engine: "DurableEngine", upkeep: "Reconciliation", round_: str
) -> RoundEnd:
    """Start waiting jobs, as ``sensei serve`` does, until a round has ended."""
    from bot.bootstrap.engine import bury_dead_letters
    from bot.entrypoints.scheduler import Scheduler
    from bot.workflows.jobs.dispatch import JobDispatcher

    dispatcher = JobDispatcher(service.store, engine, service.inbox, wiring.now)
    scheduler = Scheduler(dispatcher.pump, [lambda _: bury_dead_letters(service, upkeep)], _BURY_SECONDS)
    scheduler.start()
    try:
        while True:
            with service.store.read() as tx:
                ended = requested_review.describe_round_end(tx, round_)
            if ended is not None:
                return ended
            time.sleep(_LOOK_SECONDS)
    finally:
        scheduler.stop()
