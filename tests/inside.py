"""The service inside of the test's own process, over the dojo of ``tests.serving``."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import structlog

from bot.adapters.database.transaction import SqlStore
from bot.adapters.engine.dead_letters import DbosDeadLetters
from bot.bootstrap import wiring
from bot.bootstrap.command_service import open_for_command
from bot.bootstrap.engine import run_engine
from bot.ports.deliveries import Delivery
from bot.settings import Settings
from bot.workflows.jobs.dispatch import JobDispatcher
from bot.workflows.pull_requests.reconciliation import Reconciliation
from tests.serving import Serving

_PREFIX = "SENSEI_"


@dataclass(frozen=True)
class Inside:
    """What runs; ``deliver`` brings what the fake GitHub holds back."""

    dojo: Serving
    store: SqlStore
    upkeep: Reconciliation
    letters: DbosDeadLetters
    pump: JobDispatcher

    def deliver(self) -> None:
        """Bring the webhooks so far, and begin what they call for."""
        with self.store.begin() as tx:
            for held in self.dojo.github.hooks.held:
                tx.deliveries.receive(Delivery(held.guid, held.event, held.raw), wiring.now())
        self.pump.pump()

    def wait(self, until: Callable[[], Any]) -> None:
        """Wait until something holds, while work goes on."""

        def holds() -> Any:
            self.pump.pump()
            return until()

        self.dojo.wait(holds)


@contextmanager
def running(dojo: Serving) -> Iterator[Inside]:
    """Run the workflows, with nobody listening: the fake's webhooks are held back."""
    given: dict[str, Any] = {
        name.removeprefix(_PREFIX).lower(): value
        for name, value in dojo.environment.items()
        if name.startswith(_PREFIX)
    }
    settings = Settings(**given)
    dojo.github.hooks.holding = True
    with (
        # Rendered without the settings of ``sensei serve`` an exception's frames take a minute.
        structlog.testing.capture_logs(),
        open_for_command(settings) as desk,
        run_engine(settings, wiring.load_library(settings), desk) as (durable, upkeep, _),
    ):
        letters = DbosDeadLetters(desk.database, wiring.now)
        yield Inside(
            dojo, desk.store, upkeep, letters, JobDispatcher(desk.store, durable, desk.inbox, wiring.now)
        )
