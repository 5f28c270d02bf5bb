"""The periodic tasks of the service."""

import structlog

from bot.entrypoints.scheduler import Scheduler


def test_a_task_that_fails_stops_no_other() -> None:
    called: list[tuple[str, bool]] = []

    def fail(starting: bool) -> None:
        called.append(("first", starting))
        raise ZeroDivisionError

    scheduler = Scheduler(lambda: 0, [fail, lambda starting: called.append(("second", starting))], 3600)
    with structlog.testing.capture_logs() as logs:
        scheduler.start()
        scheduler.stop()
    assert called == [("first", True), ("second", True)]
    assert [entry["event"] for entry in logs] == ["worker.failed"]
