"""A pull request that somebody names in a shell: read for them alone, or published as the bot would."""

import time

from bot.adapters.database.server_lock import AlreadyServedError
from bot.adapters.engine.dbos import DurableEngine
from bot.bootstrap import ReviewResult, service
from bot.domain.rubrics.rubric import Library
from bot.entrypoints.scheduler import Scheduler
from bot.ports.reading import Progress
from bot.settings import Settings
from bot.workflows.jobs.dispatch import JobDispatcher
from bot.workflows.pull_requests import requested_review
from bot.workflows.pull_requests.reconciliation import Reconciliation
from bot.workflows.pull_requests.requested_review import RoundEnd

_LOOK_SECONDS = 0.2  # between two looks at whether the round has ended
_BURY_SECONDS = 2.0  # between two looks at whether it has given up


def read(
    settings: Settings, library: Library, name: str, progress: Progress, *, with_model: bool
) -> ReviewResult:
    """Read a pull request as the App; nothing is said at GitHub, and no enrolment is needed.

    Raises:
        UserError: it is no pull request that the App may see. TransientError, PermanentError: as
        ``ports.host.Host``. Incomplete: its head cannot be fetched any more.
    """
    with service.open_for_command(settings) as desk:
        named = requested_review.find_pull_request(desk.host, name)
        reads = service.reader(settings, library, desk.host, progress, with_model=with_model)
        found = reads.change(named.repository, named.pull_request)
    return ReviewResult(found.report, reads.asks, found.notes)


def publish(settings: Settings, library: Library, name: str) -> RoundEnd | None:
    """Read a pull request of a capstone and publish it; None where ``sensei serve`` runs and does it.

    Raises:
        UserError: it is no open pull request of a capstone.
    """
    with service.open_for_command(settings) as desk:
        named = requested_review.find_pull_request(desk.host, name)
        with desk.store.begin() as tx:
            round_ = requested_review.request_round(tx, desk.inbox, named)
        try:
            with service.engine(settings, library, desk) as (durable, upkeep, _):
                return _until_ended(desk, durable, upkeep, round_)
        except AlreadyServedError:
            return None


def _until_ended(
    desk: service.CommandService, durable: DurableEngine, upkeep: Reconciliation, round_: str
) -> RoundEnd:
    """Move what waits, as ``sensei serve`` does, until a round has ended."""
    pump = JobDispatcher(desk.store, durable, desk.inbox, service.now)
    worker = Scheduler(pump.pump, lambda _: service.bury_dead_letter(desk, upkeep), _BURY_SECONDS)
    worker.start()
    try:
        while True:
            with desk.store.begin() as tx:
                ended = requested_review.how_round_ended(tx, round_)
            if ended is not None:
                return ended
            time.sleep(_LOOK_SECONDS)
    finally:
        worker.stop()
