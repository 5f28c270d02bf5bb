"""Deliveries that wait for the same writer."""

from pathlib import Path

from bot.adapters.database.transaction import SqlStore
from bot.ports.deliveries import Delivery
from bot.workflows.pull_requests.webhook_intake import WebhookIntake
from tests import databases
from tests.entrypoints.webhooks import now


def test_deliveries_that_wait_are_written_together(tmp_path: Path) -> None:
    batches: list[None] = []
    with databases.opened("sqlite", tmp_path) as engine:
        receiver = WebhookIntake(SqlStore(engine, "github.com", now), now, lambda: batches.append(None))
        kept = [receiver.begin(Delivery(str(number), "push", b"{}")) for number in range(10)]
        receiver.start()
        receiver.stop()
    assert [each.result() for each in kept] == [True] * 10
    assert len(batches) == 1
