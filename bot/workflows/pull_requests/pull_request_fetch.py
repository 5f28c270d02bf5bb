"""Fetching a pull request that Sensei doesn't know yet, because someone commented a command on it.

The transaction that handles a delivery talks to no other service, so the command waits for this workflow. It
also waits no longer if an event or a reconciliation stores the pull request first.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.ports.code_host import CodeHost
from bot.ports.deliveries import unknown_pull_request
from bot.ports.engine import Json, Steps
from bot.ports.store import Store, Tx
from bot.workflows.jobs.retry import insist
from bot.workflows.pull_requests.snapshots import as_json, save_snapshot


@dataclass(frozen=True)
class PullRequestFetch:
    """The workflow ``fetch``. It schedules no round: an event or the next reconciliation does that."""

    host: CodeHost
    store: Store
    now: Callable[[], datetime]

    def run(self, steps: Steps, argument: Json) -> Json:
        """Store a pull request, and release the commands that wait for it."""
        capstone: int = argument["capstone"]
        number: int = argument["number"]
        fetched = insist(steps, "fetch", lambda: self._fetch(capstone, number))
        if fetched["outcome"] == "done":
            steps.tx("release", lambda tx: self._release(tx, argument, fetched["pull_request"]))
        else:
            steps.tx("release", lambda tx: self._give_up(tx, argument["delivery"], fetched.get("why", "")))
        return {"outcome": fetched["outcome"]}

    def _fetch(self, capstone: int, number: int) -> Json:
        """Return the pull request as GitHub shows it; None if it has been stored meanwhile."""
        with self.store.read() as tx:
            capstone_row = tx.capstones.get(capstone)
            if tx.pull_requests.find(capstone, number) is not None:
                return {"pull_request": None}
        found = self.host.pull_request(self.host.repository(capstone_row), number)
        return {"pull_request": as_json(found)}

    def _release(self, tx: Tx, argument: Json, snapshot: Json | None) -> Json:
        if snapshot is not None:
            save_snapshot(tx, argument["capstone"], snapshot)
        tx.deliveries.wake(unknown_pull_request(argument["number"]))
        return {}

    def _give_up(self, tx: Tx, delivery: str, why: str) -> Json:
        """Close a command that Sensei can't answer, because it has no access to the pull request."""
        if tx.deliveries.get(delivery) is not None:
            tx.deliveries.close(delivery, "ignored", why)
        return {}
