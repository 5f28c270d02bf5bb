"""Whoever reaches the port may keep nobody else waiting; and whatever the database does, all are answered."""

import asyncio
import contextlib
import errno
import http.client
import json
import logging
import os
import re
import socket
import statistics
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import make_url
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from uvicorn.server import ServerState

from bot.adapters.database import open_store
from bot.entrypoints import connection_limits
from bot.entrypoints.connection_limits import ConnectionLimits
from bot.entrypoints.web_app import MetricsEndpoint, RequestLimits, SlackEndpoint, SlackStatus
from bot.entrypoints.web_server import make_configuration
from bot.ports.deliveries import Delivery
from tests import databases
from tests.entrypoints.webhooks import Webhook, listening, signed
from tests.fakes.slack import sign
from tests.security.doors import (
    PATIENCE,
    SLOW,
    Valve,
    answer,
    connected,
    held_open,
    in_threads,
    is_ended,
    locked,
    readiness,
)
from tests.serving import SECRET as SERVED_SECRET
from tests.serving import serving
from tests.setting_up import ask, setting_up
from tests.waiting import FUSE, wait_for

BODY = b'{"zen": "Keep it logically awesome."}'
FORWARDED = {
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Proto": "https",
    "Forwarded": "host=evil.example",
}
SLACKS_SECRET = "-".join(["a", "signing", "secret", "of", "tests"])


@pytest.fixture(name="database")
def a_database(tmp_path: Path) -> Iterator[sa.Engine]:
    with open_store(databases.migrated_file(tmp_path / "sensei.db")) as made:
        yield made


@pytest.fixture(name="it", scope="module")
def an_endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Webhook]:
    file = tmp_path_factory.mktemp("doors") / "sensei.db"
    metrics = MetricsEndpoint(lambda: b"figure 1\n")
    with open_store(databases.migrated_file(file)) as made, listening(made, scrapes=metrics) as it:
        yield it


def head(
    *headers: str, first: str = "POST /github/webhook HTTP/1.1", end: str = "\r\n", guid: str = "malformed"
) -> bytes:
    """A signed delivery's head, and what a test adds to it: what would be kept, were it not for that."""
    own = (
        "Host: it",
        "Content-Type: application/json",
        "X-GitHub-Event: ping",
        f"X-GitHub-Delivery: {guid}",
        f"X-Hub-Signature-256: {signed(BODY)}",
    )
    return end.join((first, *own, *headers, "", "")).encode()


def chunked(*lines: str) -> bytes:
    return head("Transfer-Encoding: chunked") + "".join(lines).encode()


LENGTH = f"Content-Length: {len(BODY)}"
TEXT = BODY.decode()
CHUNK = f"{len(BODY):x}\r\n{TEXT}\r\n"
CHUNKS = f"{CHUNK}0\r\n\r\n".encode()
MALFORMED: dict[str, bytes] = {
    "a length and chunks": head(LENGTH, "Transfer-Encoding: chunked") + CHUNKS,
    "chunks and a length": head("Transfer-Encoding: chunked", "Content-Length: 0") + CHUNKS,
    "two lengths": head(LENGTH, "Content-Length: 1") + BODY,
    "the same length twice": head(LENGTH, LENGTH) + BODY,
    "a list of lengths": head(f"{LENGTH}, {len(BODY)}") + BODY,
    "a signed length": head(f"Content-Length: +{len(BODY)}") + BODY,
    "a negative length": head("Content-Length: -1") + BODY,
    "a length with a blank before its colon": head(f"Content-Length : {len(BODY)}") + BODY,
    "an endless length": head("Content-Length: " + "9" * 30) + BODY,
    "chunks twice": head("Transfer-Encoding: chunked", "Transfer-Encoding: chunked") + CHUNKS,
    "another encoding": head("Transfer-Encoding: gzip, chunked") + CHUNKS,
    "an encoding that only ends in chunked": head("Transfer-Encoding: xchunked") + CHUNKS,
    "identity": head("Transfer-Encoding: identity", LENGTH) + BODY,
    "chunks in HTTP/1.0": head("Transfer-Encoding: chunked", first="POST /github/webhook HTTP/1.0") + CHUNKS,
    "a version to come": head(first="GET /healthz HTTP/1.2"),
    "a header that goes on in the next line": head("X-Long: a\r\n b", LENGTH) + BODY,
    "a header that goes on after a tab": head("X-Long: a\r\n\tContent-Length: 0", LENGTH) + BODY,
    "lines that end in LF": head(LENGTH, end="\n") + BODY,
    "one line that ends in LF": head(f"X-A: b\nX-C: d\r\n{LENGTH}") + BODY,
    "a CR within a header": head(f"X-A: b\rX-C: d\r\n{LENGTH}") + BODY,
    "NUL in a header": head(f"X-A: b\0\r\n{LENGTH}") + BODY,
    "an escape in a header": head(f"X-A: \x1b[2J\r\n{LENGTH}") + BODY,
    "two hosts": head("Host: other", LENGTH) + BODY,
    "no host": b"GET /healthz HTTP/1.1\r\n\r\n",
    "a head without end": b"GET /healthz HTTP/1.1\r\nHost: it\r\nX-Long: " + b"a" * 40_000,
    "a large head": b"GET /healthz HTTP/1.1\r\nHost: it\r\nX-Long: " + b"a" * 20_000 + b"\r\n\r\n",
    "a hundred headers": head(*(f"X-{n}: {n}" for n in range(100)), LENGTH) + BODY,
    "what is TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "an extension of a chunk": chunked(f"{len(BODY):x};a=b\r\n{TEXT}\r\n0\r\n\r\n"),
    "a long extension of a chunk": chunked(f"{len(BODY):x};{'a' * 9000}"),
    "a blank after a chunk's length": chunked(f"{len(BODY):x} \r\n{TEXT}\r\n0\r\n\r\n"),
    "a chunk's length that ends in LF": chunked(f"{len(BODY):x}\n{TEXT}\r\n0\r\n\r\n"),
    "a chunk of a length too long": chunked(f"{'0' * 12}1\r\n"),
    "a chunk of no length": chunked("\r\n\r\n"),
    "a chunk longer than it says": chunked(f"1\r\n{TEXT}\r\n0\r\n\r\n"),
    "a trailer": chunked(f"{CHUNK}0\r\nX-Late: 1\r\n\r\n"),
    "a trailer that ends in LF": chunked(f"{CHUNK}0\r\n\n"),
    "two thousand chunks of a byte": chunked("1\r\n \r\n" * 2000),
}


def test_a_request_that_could_be_read_in_two_ways_is_refused(it: Webhook, subtests: pytest.Subtests) -> None:
    for name, sent in MALFORMED.items():
        with subtests.test(name):
            status, said = answer(it.port, sent)
            assert status == 400
            assert b"text/plain" in said  # refused as a request, not as a delivery
    assert it.kept() == []


@pytest.mark.parametrize(
    "sent",
    [
        head(LENGTH) + BODY,
        head("transfer-encoding: Chunked") + CHUNKS,
        chunked(*(f"1\r\n{letter}\r\n" for letter in TEXT), "0\r\n\r\n"),
        head(LENGTH, "X-Tab: a\tb", "X-Word: caf\u00e9") + BODY,
    ],
)
def test_what_a_proxy_may_make_of_a_delivery_is_taken(database: sa.Engine, sent: bytes) -> None:
    with listening(database) as it:
        status, said = answer(it.port, sent)
        assert status == 202, said
        assert len(it.kept()) == 1


def test_a_second_request_on_a_connection_is_read_as_strictly(it: Webhook) -> None:
    hidden = head(LENGTH, "Transfer-Encoding: chunked", guid="hidden") + CHUNKS
    for first in (
        head(LENGTH, guid="first") + BODY,
        # Refused by its head, so that what follows is read after the answer.
        b"POST /github/webhook HTTP/1.1\r\nHost: it\r\nContent-Length: 2\r\n\r\n{}",
    ):
        with connected(it.port, first + hidden) as connection:
            said = b""
            while said.count(b"HTTP/1.1 ") < 2 and (part := connection.recv(65536)):
                said += part
        assert said.rpartition(b"HTTP/1.1 ")[2].startswith(b"400"), said
    assert "hidden" not in it.kept()


def test_of_a_body_that_is_refused_no_more_is_read(it: Webhook) -> None:
    sent = head(f"Content-Length: {200 * 1024 * 1024}")
    piece = b" " * 1024 * 1024
    with connected(it.port, sent) as connection:
        assert connection.recv(65536).startswith(b"HTTP/1.1 413")
        taken = 0
        with contextlib.suppress(OSError):
            for taken in range(1, 101):  # noqa: B007 - how far it came
                connection.sendall(piece)
        assert taken < 50  # megabytes, most of which the operating system holds


class Reset(socket.socket):
    """A socket whose other end resets the connection after the answer was sent, and before it is shut."""

    def shutdown(self, _how: int) -> None:
        raise OSError(errno.ENOTCONN, os.strerror(errno.ENOTCONN))


@pytest.mark.parametrize("sent", [b"GET /healthz HTTP/1.2\r\n\r\n", head(f"Content-Length: {2**40}")])
def test_a_reset_in_the_middle_of_a_refusal_is_no_error_and_the_connection_ends(
    sent: bytes, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(connection_limits, "_DISCARD_SECONDS", 0.01)
    refusals: list[str] = []
    settings = make_configuration(Starlette(routes=[Route("/", PlainTextResponse())]), refusals.append)
    settings.load()

    async def exchanged() -> bytes:
        ours, theirs = socket.socketpair()
        theirs.setblocking(False)
        with theirs:
            state, loop = ServerState(), asyncio.get_running_loop()
            made = partial(settings.http_protocol_class, settings, state, {})  # type: ignore[call-arg]
            await loop.connect_accepted_socket(made, Reset(fileno=ours.detach()))
            await loop.sock_sendall(theirs, sent)
            said = b""
            async with asyncio.timeout(FUSE):
                while part := await loop.sock_recv(theirs, 65536):
                    said += part
            assert not state.connections
            return said

    with caplog.at_level(logging.ERROR):
        assert re.match(rb"HTTP/1.1 4", asyncio.run(exchanged()))
    assert caplog.messages == []


@pytest.mark.parametrize("end", ["%0A", "%0a", "%0D", "%00", "%7F", "%C2%85"])
def test_a_path_with_a_control_character_leads_nowhere(it: Webhook, end: str) -> None:
    for path in ("/healthz", "/readyz", "/metrics"):
        asked = f"GET {path}{end} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
        assert answer(it.port, asked.encode())[0] == 404
    sent = head(LENGTH, first=f"POST /github/webhook{end} HTTP/1.1", guid="beside") + BODY
    assert answer(it.port, sent)[0] == 404
    assert "beside" not in it.kept()


def test_large_bodies_that_are_never_finished_keep_no_large_delivery_away(database: sa.Engine) -> None:
    large, some = json.dumps({"zen": "x" * 400_000}).encode(), b" " * 700_000
    with (
        listening(database, RequestLimits(FUSE, held=2 * 1024 * 1024)) as it,
        contextlib.ExitStack() as begun,
    ):
        forged = [begun.enter_context(closing(it.begun(20 * 1024 * 1024, some))) for _ in range(9)]
        assert in_threads(4, lambda: it.send(large, str(threading.get_ident()))) == [202] * 4
        assert forged[0].getresponse().status == 503  # it had kept us waiting longest
        assert it.refusals()["too many large ones"] >= 6


def test_a_large_body_that_has_arrived_makes_room_for_none(database: sa.Engine) -> None:
    goes_on, begun = threading.Event(), threading.Event()

    def handle(_body: str, _headers: object) -> tuple[int, str, str]:
        begun.set()
        goes_on.wait(FUSE)
        return 200, "", "text/plain"

    large = json.dumps({"zen": "x" * 1_000_000}).encode()
    door = SlackStatus(lambda: None, SlackEndpoint(SLACKS_SECRET.encode(), handle))
    with (
        listening(database, RequestLimits(FUSE, slack=FUSE, held=1024 * 1024), slack=door) as it,
        ThreadPoolExecutor(1) as other,
    ):
        try:
            whole = other.submit(from_slack, it, large)
            assert begun.wait(FUSE)
            assert it.send(large) == 503
        finally:
            goes_on.set()
        assert whole.result() == 200
        assert it.send(large) == 202


@pytest.mark.parametrize("kind", SLOW)
def test_a_request_that_is_never_finished_is_ended(database: sa.Engine, kind: str) -> None:
    with (
        listening(database, RequestLimits(0.3), bounds=ConnectionLimits(seconds=0.4)) as it,
        connected(it.port, SLOW[kind]) as slow,
    ):
        assert is_ended(slow)


@pytest.mark.parametrize("kind", ["half a head", "less than its length", "a body after its answer"])
def test_bytes_now_and_then_win_no_time(database: sa.Engine, kind: str) -> None:
    with (
        listening(database, bounds=ConnectionLimits(seconds=0.5)) as it,
        connected(it.port, SLOW[kind]) as slow,
    ):
        over = threading.Event()

        def trickle() -> None:
            try:
                while not over.wait(0.05):
                    slow.sendall(b"a")
            except OSError:
                return

        thread = threading.Thread(target=trickle)
        thread.start()
        try:
            assert is_ended(slow)
        finally:
            over.set()
            thread.join()


def test_slow_connections_push_out_each_other_and_keep_nobody_waiting(database: sa.Engine) -> None:
    with listening(database, bounds=ConnectionLimits(most=20, seconds=FUSE)) as it:
        with held_open(it.port, 60) as slow:
            assert it.send(BODY, "among-them") == 202
            assert answer(it.port, b"GET /healthz HTTP/1.1\r\nHost: it\r\n\r\n")[0] == 200
            assert is_ended(slow[0])
        assert it.kept() == ["among-them"]
        assert it.refusals()["too many connections"] >= 40


def test_a_request_that_is_whole_is_never_pushed_out(database: sa.Engine) -> None:
    goes_on = threading.Event()

    def ready() -> str | None:
        goes_on.wait(FUSE)
        return None

    limits = RequestLimits(FUSE, ready=FUSE)
    with listening(database, limits, ready=ready, bounds=ConnectionLimits(most=4, seconds=FUSE)) as it:
        whole = [connected(it.port, b"GET /readyz HTTP/1.1\r\nHost: it\r\n\r\n") for _ in range(3)]
        try:
            # Answered behind the others, so they have been read.
            assert answer(it.port, b"GET /healthz HTTP/1.1\r\nHost: it\r\n\r\n")[0] == 200
            with held_open(it.port, 30):
                assert it.send(BODY) == 202
                goes_on.set()
                assert [one.recv(15) for one in whole] == [b"HTTP/1.1 200 OK"] * 3
        finally:
            goes_on.set()
            for one in whole:
                one.close()


def _named(name: str) -> int:
    return sum(thread.name == name for thread in threading.enumerate())


@pytest.mark.contract
@pytest.mark.parametrize("count", [450, 2000])
@pytest.mark.parametrize("kind", ["all", *SLOW])
def test_hundreds_of_slow_connections_keep_no_webhook_waiting_for_a_second(
    tmp_path: Path, count: int, kind: str
) -> None:
    kinds = SLOW if kind == "all" else {kind: SLOW[kind]}
    headers = {
        "Content-Type": "application/json",
        "X-GitHub-Event": "ping",
        "X-Hub-Signature-256": signed(BODY, SERVED_SECRET.encode()),
    }
    with serving(tmp_path, slack_signing_secret=SLACKS_SECRET, slack_bot_token="xo" + "xb-none") as bot:
        bot.start()
        with held_open(bot.port, count, kinds):
            assert bot.get("/healthz") == 200  # all that waited to be let in have been
            took = []
            for number in range(20):
                began = time.monotonic()
                with closing(http.client.HTTPConnection("127.0.0.1", bot.port, timeout=PATIENCE)) as one:
                    one.request(
                        "POST", "/github/webhook", BODY, {**headers, "X-GitHub-Delivery": str(number)}
                    )
                    assert one.getresponse().status == 202
                took.append(time.monotonic() - began)
            assert bot.get("/healthz") == 200
        assert statistics.median(took) < 1.0, took  # a busy machine may hold one up


def test_a_check_that_hangs_is_answered_in_time_and_costs_one_thread(database: sa.Engine) -> None:
    goes_on, begun = threading.Event(), []

    def ready() -> str | None:
        begun.append(1)
        goes_on.wait(FUSE)
        return None

    assert RequestLimits().ready < 2
    with listening(database, ready=ready) as it:
        try:
            for answered in in_threads(8, lambda: readiness(it.port)):
                assert answered[0] == 503
                assert "the database has not answered for" in answered[1]["why"]
            assert readiness(it.port)[0] == 503
            assert answer(it.port, b"GET /healthz HTTP/1.1\r\nHost: it\r\n\r\n")[0] == 200
            assert (len(begun), _named("readiness")) == (1, 1)
        finally:
            goes_on.set()
        wait_for(lambda: readiness(it.port)[0] == 200)


def test_a_webhook_before_a_locked_database_is_refused_in_time(tmp_path: Path) -> None:
    file = tmp_path / "sensei.db"
    with (
        open_store(databases.migrated_file(file)) as database,
        listening(database, RequestLimits(0.5)) as it,
    ):
        with locked(file):
            began = time.monotonic()
            assert in_threads(12, lambda: it.send(BODY, "in-hand")) == [503] * 12
            assert it.send(b'{"large": 1}', "waited") == 503
            assert time.monotonic() - began < PATIENCE
            assert answer(it.port, b"GET /healthz HTTP/1.1\r\nHost: it\r\n\r\n")[0] == 200
        # What was being written is kept, and known when GitHub brings it again; what only waited is not.
        wait_for(lambda: it.send(BODY, "after") == 202)
        assert it.send(BODY, "in-hand") == 202
        assert it.kept() == ["after", "in-hand"]
        assert it.refusals()["the database does not answer"] >= 13


def from_slack(it: Webhook, body: bytes) -> int:
    with closing(http.client.HTTPConnection("127.0.0.1", it.port, timeout=PATIENCE)) as connection:
        headers = {"Content-Type": "application/json", **sign(SLACKS_SECRET, body)}
        connection.request("POST", "/slack/events", body, headers)
        return connection.getresponse().status


def test_slack_before_a_database_that_hangs_is_refused_in_time(database: sa.Engine) -> None:
    goes_on, begun = threading.Event(), []

    def handle(_body: str, _headers: object) -> tuple[int, str, str]:
        begun.append(1)
        goes_on.wait(FUSE)
        return 200, "", "text/plain"

    door = SlackStatus(lambda: None, SlackEndpoint(SLACKS_SECRET.encode(), handle))
    with listening(database, RequestLimits(FUSE, slack=0.3), slack=door) as it:
        try:
            assert in_threads(40, lambda: from_slack(it, b"{}")) == [503] * 40
            assert len(begun) == _named("slack-request") == 16
            assert it.send(BODY) == 202
        finally:
            goes_on.set()
        wait_for(lambda: from_slack(it, b"{}") == 200)
        assert len(begun) < 40  # what had not begun never does


def test_what_slack_was_told_is_not_kept_is_not_kept_later(database: sa.Engine) -> None:
    goes_on, over = threading.Event(), threading.Event()

    def handle(_body: str, _headers: object) -> tuple[int, str, str]:
        goes_on.wait(FUSE)  # a query that comes back after all
        try:
            it.receiver.receive(Delivery("late", "slack.event", b"{}"))
        finally:
            over.set()
        return 200, "", "text/plain"

    door = SlackStatus(lambda: None, SlackEndpoint(SLACKS_SECRET.encode(), handle))
    with listening(database, RequestLimits(FUSE, slack=0.2), slack=door) as it:
        assert from_slack(it, b"{}") == 503
        goes_on.set()
        assert over.wait(FUSE)
        assert it.kept() == []


def test_metrics_of_a_database_that_hangs_are_refused_in_time(database: sa.Engine) -> None:
    goes_on = threading.Event()

    def page() -> bytes:
        goes_on.wait(FUSE)
        return b"figure 1\n"

    with listening(database, RequestLimits(FUSE, page=0.3), scrapes=MetricsEndpoint(page)) as it:
        asked = b"GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
        try:
            assert [answer(it.port, asked)[0] for _ in range(3)] == [503] * 3
            assert _named("metrics") == 1
        finally:
            goes_on.set()
        wait_for(lambda: answer(it.port, asked)[0] == 200)


def test_a_locked_database_is_not_ready_and_is_again_afterwards(tmp_path: Path) -> None:
    with serving(tmp_path) as bot:
        bot.start()
        wait_for(lambda: readiness(bot.port)[0] == 200)
        with locked(tmp_path / "sensei.db"):
            wait_for(lambda: readiness(bot.port)[0] == 503)
            assert "kept others from writing" in readiness(bot.port)[1]["why"]
        wait_for(lambda: readiness(bot.port)[0] == 200)


@pytest.mark.contract
def test_a_postgresql_that_hangs_is_not_ready_and_is_again_afterwards(tmp_path: Path) -> None:
    with databases.migrated() as url:
        valve = Valve(make_url(url))
        address = make_url(url).set(host="127.0.0.1", port=valve.port, query={})
        with serving(tmp_path, address.render_as_string(hide_password=False)) as bot:
            try:
                bot.start()
                wait_for(lambda: readiness(bot.port)[0] == 200)
                valve.close()
                wait_for(lambda: readiness(bot.port)[0] == 503)
                before = valve.connections
                for _ in range(10):
                    began = time.monotonic()
                    status, found = readiness(bot.port)
                    assert (status, time.monotonic() - began < PATIENCE) == (503, True), found
                assert valve.connections - before <= 3
                began = time.monotonic()
                signature = {"X-Hub-Signature-256": signed(BODY, SERVED_SECRET.encode())}
                sent = Webhook(bot.port, None, None, None)  # type: ignore[arg-type]
                assert sent.send(BODY, headers=signature) == 503
                assert time.monotonic() - began < 10
                assert bot.get("/healthz") == 200
                valve.open()
                wait_for(lambda: readiness(bot.port)[0] == 200)
                assert sent.send(BODY, headers=signature) == 202
            finally:
                valve.open()
                bot.end(9)
                valve.end()


@pytest.mark.parametrize("path", ["/healthz/", "/github/webhook/", "//evil.example/healthz", "/readyz/?a=b"])
def test_nobody_is_led_to_the_host_that_a_request_names(it: Webhook, path: str) -> None:
    named = "\r\n".join(
        f"{name}: evil.example"
        for name in ("Host", "X-Forwarded-Host", "X-Original-Host", "Forwarded", "X-Forwarded-Server")
    )
    for method in ("GET", "POST"):
        sent = f"{method} {path} HTTP/1.1\r\n{named}\r\nContent-Length: 0\r\n\r\n"
        status, said = answer(it.port, sent.encode())
        assert status == 404
        assert b"location:" not in said.lower()
        assert b"evil" not in said


def test_the_page_of_a_set_up_leads_nobody_to_the_host_that_a_request_names(tmp_path: Path) -> None:
    with setting_up(tmp_path) as it:
        page = it.page(it.start("--org", "guild"))
        for host in ("localhost:1", "127.0.0.1:1"):
            led = ask("GET", f"{page}/", None, Host=host, **FORWARDED)
            assert (led.status, led.headers.get("location")) == (404, None)
        assert ask("GET", f"{page}/", Host="evil.example").status == 400
        # A name that was bent to this address is still that name.
        for host in ("evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "127.0.0.1@evil"):
            assert ask("GET", page, Host=host).status == 400, host
        told = ask("GET", page, None, **FORWARDED)
        assert told.status == 200
        assert "evil" not in told.text
