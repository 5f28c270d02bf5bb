"""Who may read the metrics, and when the process says that it is not ready."""

import http.client
import json
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.adapters.database import open_store
from bot.adapters.database.server_lock import hold_server_lease
from bot.bootstrap.service import LeaseWatcher
from bot.entrypoints.scheduler import Scheduler
from bot.entrypoints.web_app import MetricsEndpoint
from tests import databases
from tests.entrypoints.webhooks import Webhook, listening
from tests.waiting import FUSE

TOKEN = "-".join(["a", "token", "for", "tests", "only"])


def asked(it: Webhook, address: str = "127.0.0.1", **headers: str) -> tuple[int, str, str]:
    """Ask for the metrics; return the status, what was said, and what the client should prove."""
    connection = http.client.HTTPConnection(address, it.port, timeout=FUSE)
    try:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request("GET", "/metrics", headers=named)
        answer = connection.getresponse()
        return answer.status, answer.read().decode(), answer.headers.get("WWW-Authenticate", "")
    finally:
        connection.close()


@pytest.fixture(name="database")
def a_database(tmp_path: Path) -> Iterator[sa.Engine]:
    with open_store(databases.migrated_file(tmp_path / "sensei.db")) as made:
        yield made


def own_address() -> str | None:
    """An address of this machine by which it is asked as from elsewhere; None where it has none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # nothing is sent
        except OSError:
            return None
        found: str = probe.getsockname()[0]
    return None if found.startswith("127.") else found


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Host": "localhost:1"}, 200),
        ({"Host": "[::1]:1"}, 200),
        ({"Authorization": "Bearer whatever"}, 200),
        ({"X_Forwarded_For": "127.0.0.1"}, 403),
        ({"X_Forwarded_For": "203.0.113.9"}, 403),
        ({"X_Forwarded_Proto": "https"}, 403),
        ({"Forwarded": "for=127.0.0.1"}, 403),
        ({"Via": "1.1 proxy"}, 403),
        ({"X_Real_IP": "127.0.0.1"}, 403),
        ({"Host": "dojo.example"}, 403),
        ({"Host": "127.0.0.1.dojo.example"}, 403),
        ({"Host": "dojo.example@127.0.0.1"}, 403),
        ({"Host": "["}, 403),
        ({"Host": ""}, 403),
    ],
)
def test_without_a_token_only_this_machine_reads_and_nobody_through_a_proxy(
    database: sa.Engine, headers: dict[str, str], status: int
) -> None:
    with listening(database, scrapes=MetricsEndpoint(lambda: b"figure 1\n")) as it:
        answered, text, _ = asked(it, **headers)
    assert answered == status
    assert (text == "figure 1\n") == (status == 200)
    assert ("SENSEI_METRICS_TOKEN" in text) == (status == 403)


def test_without_a_token_nobody_reads_from_elsewhere(database: sa.Engine) -> None:
    address = own_address()
    if address is None:
        pytest.skip("this machine has no address but its loopback")
    with listening(database, scrapes=MetricsEndpoint(lambda: b"figure 1\n"), host="0.0.0.0") as it:
        # The name that is asked for is the client's own to choose; its address is not.
        assert asked(it, address, Host="127.0.0.1")[0] == 403
        assert asked(it)[0] == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Authorization": f"Bearer {TOKEN}"}, 200),
        ({"Authorization": f"Bearer {TOKEN}", "X_Forwarded_For": "203.0.113.9", "Host": "dojo.example"}, 200),
        ({}, 401),
        ({"Authorization": f"Bearer {TOKEN}x"}, 401),
        ({"Authorization": f"Bearer {TOKEN[:-1]}"}, 401),
        ({"Authorization": TOKEN}, 401),
        ({"Authorization": f"Basic {TOKEN}"}, 401),
        ({"Authorization": "Bearer é"}, 401),
    ],
)
def test_with_a_token_whoever_brings_it_reads(
    database: sa.Engine, headers: dict[str, str], status: int
) -> None:
    with listening(database, scrapes=MetricsEndpoint(lambda: b"figure 1\n", TOKEN)) as it:
        answered, text, prove = asked(it, **headers)
    assert answered == status
    assert (text == "figure 1\n") == (status == 200)
    assert prove.startswith("Bearer") == (status == 401)
    assert TOKEN not in text


def test_the_token_is_not_in_what_is_printed_of_it() -> None:
    assert TOKEN not in repr(MetricsEndpoint(lambda: b"", TOKEN))


def ready(it: Webhook) -> tuple[int, str | None]:
    connection = http.client.HTTPConnection("127.0.0.1", it.port, timeout=FUSE)
    try:
        connection.request("GET", "/readyz")
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())["why"]
    finally:
        connection.close()


def until(it: Webhook, status: int) -> str | None:
    last = time.monotonic() + FUSE
    while (found := ready(it))[0] != status:
        assert time.monotonic() < last, found
        time.sleep(0.02)
    return found[1]


def test_a_pump_that_moves_nothing_is_not_ready_until_it_does(database: sa.Engine) -> None:
    works = threading.Event()
    works.set()

    def pump() -> int:
        if not works.is_set():
            raise RuntimeError("planted")
        return 0

    worker = Scheduler(pump, [lambda _: None], 3600, silence=1.5)
    worker.start()
    try:
        with listening(database, ready=worker.why_not) as it:
            until(it, 200)
            works.clear()
            assert "the pump, which starts due work, has made no progress for" in (until(it, 503) or "")
            works.set()
            until(it, 200)
    finally:
        worker.stop()


def test_a_pump_that_hangs_or_has_ended_is_not_ready(database: sa.Engine) -> None:
    goes_on = threading.Event()

    def pump() -> int:
        goes_on.wait(FUSE)
        return 0

    worker = Scheduler(pump, [lambda _: None], 3600, silence=0.5)
    worker.start()
    try:
        with listening(database, ready=worker.why_not) as it:
            assert "the pump, which starts due work, has made no progress for" in (until(it, 503) or "")
    finally:
        goes_on.set()
        worker.stop()
    with listening(database, ready=worker.why_not) as it:
        assert ready(it) == (503, "the pump, which starts due work, has stopped")


def test_who_has_lost_the_right_to_serve_is_not_ready(tmp_path: Path) -> None:
    with databases.fresh() as url:
        address = sa.make_url(url).set(drivername="postgresql+psycopg")
        made, other = sa.create_engine(address), sa.create_engine(address)
        told: list[str] = []
        with (
            open_store(databases.migrated_file(tmp_path / "sensei.db")) as database,
            hold_server_lease(made) as right,
        ):
            keeper = LeaseWatcher(right, lambda: told.append("lost"))
            with listening(database, ready=keeper.why_not) as it:
                keeper.keep()
                assert ready(it) == (200, None)
                with other.connect() as connection:
                    connection.execute(
                        sa.text(
                            "SELECT pg_terminate_backend(pid, 9000) FROM pg_locks WHERE locktype = 'advisory'"
                        )
                    )
                with hold_server_lease(other):
                    keeper.keep()
                assert ready(it) == (503, "another process now serves this database")
        assert told == ["lost"]
        assert keeper.lost is not None
        made.dispose()
        other.dispose()
