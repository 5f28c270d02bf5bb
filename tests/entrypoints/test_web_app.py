"""What anybody may send to the webhook's address, and what comes of it."""

import http.client
import json
import random
import select
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from bot.adapters.database import open_store
from bot.entrypoints.web_app import MOST_BYTES, RequestLimits
from tests import databases
from tests.entrypoints.webhooks import Webhook, listening, signed
from tests.waiting import FUSE

BODY = json.dumps({"zen": "Keep it logically awesome."}).encode()


@pytest.fixture(name="it")
def an_endpoint(tmp_path: Path) -> Iterator[Webhook]:
    with open_store(databases.migrated_file(tmp_path / "sensei.db")) as database, listening(database) as it:
        yield it


def test_a_signed_delivery_is_kept_before_it_is_acknowledged(it: Webhook) -> None:
    assert it.send(BODY, "72d3162e-cc78-11e3-81ab-4c9367dc0958") == 202
    assert it.kept() == ["72d3162e-cc78-11e3-81ab-4c9367dc0958"]


def test_a_delivery_that_comes_again_is_acknowledged_and_changes_nothing(it: Webhook) -> None:
    other = json.dumps({"zen": "Another text under the same id."}).encode()
    assert [it.send(BODY, "1"), it.send(BODY, "1"), it.send(other, "1")] == [202, 202, 202]
    with it.store.begin() as tx:
        delivery = tx.deliveries.get("1")
    assert delivery is not None
    assert delivery.payload == BODY


@pytest.mark.parametrize(
    ("body", "headers", "status", "reason"),
    [
        (BODY, {"X-Hub-Signature-256": None}, 401, "unsigned"),
        (BODY, {"X-Hub-Signature-256": signed(BODY, b"another secret")}, 401, "forged"),
        (BODY, {"X-Hub-Signature-256": signed(BODY + b" ")}, 401, "forged"),
        (BODY, {"X-Hub-Signature-256": "sha256=é".encode().decode("latin-1")}, 401, "forged"),
        (BODY, {"X-Hub-Signature-256": "sha1=" + "0" * 40}, 401, "forged"),
        (b"{", {}, 400, "not JSON"),
        (b"[" * 100_000, {}, 400, "not JSON"),
        (b"[]", {}, 400, "not an object"),
        (b"\xff\xfe{}", {}, 400, "not JSON"),
        (BODY, {"Content-Type": "application/x-www-form-urlencoded"}, 415, "not JSON by its type"),
        (BODY, {"Content-Type": None}, 415, "not JSON by its type"),
        (BODY, {"X-GitHub-Delivery": None}, 400, "no id or event"),
        (BODY, {"X-GitHub-Delivery": "a" * 65}, 400, "no id or event"),
        (BODY, {"X-GitHub-Event": "../../etc"}, 400, "no id or event"),
    ],
)
def test_what_is_no_delivery_is_refused_and_only_counted(
    it: Webhook, body: bytes, headers: dict[str, str | None], status: int, reason: str
) -> None:
    assert it.send(body, headers=headers) == status
    assert it.kept() == []
    assert it.refusals() == {reason: 1}


def test_a_body_that_is_too_large_is_refused_whether_or_not_it_says_so(it: Webhook) -> None:
    # Refused by what it declares, before any of it is sent.
    connection = http.client.HTTPConnection("127.0.0.1", it.port, timeout=FUSE)
    connection.putrequest("POST", "/github/webhook")
    connection.putheader("Content-Length", str(MOST_BYTES + 1))
    connection.endheaders()
    assert connection.getresponse().status == 413
    connection.close()
    # And by what comes, where nothing is declared.
    connection = http.client.HTTPConnection("127.0.0.1", it.port, timeout=FUSE)
    connection.putrequest("POST", "/github/webhook")
    connection.putheader("Transfer-Encoding", "chunked")
    for name, value in it.headers(BODY).items():
        connection.putheader(name, value)
    connection.endheaders()
    chunk = b" " * (1024 * 1024)
    status = 0
    try:
        for _ in range(MOST_BYTES // len(chunk) + 1):
            connection.send(b"%x\r\n%s\r\n" % (len(chunk), chunk))
        connection.send(b"0\r\n\r\n")
        status = connection.getresponse().status
    except OSError:
        status = 413  # the connection was closed on us
    assert status == 413
    connection.close()
    assert it.kept() == []
    assert it.refusals() == {"too large": 2}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"X-Hub-Signature-256": None}, 401),
        ({"X-Hub-Signature-256": "sha256=0"}, 401),
        ({"Content-Type": "text/plain"}, 415),
        ({"X-GitHub-Delivery": None}, 400),
    ],
)
def test_of_what_cannot_be_a_delivery_nothing_is_read(
    it: Webhook, headers: dict[str, str | None], status: int
) -> None:
    with closing(it.begun(MOST_BYTES, headers=headers)) as connection:
        assert connection.getresponse().status == status  # though not one byte has come


def test_large_bodies_share_a_budget_and_keep_no_usual_delivery_away(tmp_path: Path) -> None:
    limits = RequestLimits(seconds=FUSE, held=1024 * 1024)
    with (
        open_store(databases.migrated_file(tmp_path / "sensei.db")) as database,
        listening(database, limits) as it,
        ExitStack() as stack,
    ):
        most = b" " * 900 * 1024
        both = [stack.enter_context(closing(it.begun(len(most) + 1, most))) for _ in range(2)]
        [answered], _, _ = select.select([one.sock for one in both], [], [], FUSE)
        refused, other = both if answered is both[0].sock else both[::-1]
        assert refused.getresponse().status == 503
        assert it.send(BODY) == 202
        other.send(b" ")
        assert other.getresponse().status == 401
        third = stack.enter_context(closing(it.begun(len(most), most)))
        assert third.getresponse().status == 401  # there is room again
        assert it.refusals() == {"too many large ones": 1, "forged": 2}


def test_who_takes_too_long_is_refused(tmp_path: Path) -> None:
    with (
        open_store(databases.migrated_file(tmp_path / "sensei.db")) as database,
        listening(database, RequestLimits(seconds=0.2)) as it,
        closing(it.begun(100, b"{")) as connection,
    ):
        assert connection.getresponse().status == 408
        assert it.refusals() == {"too slow": 1}


def test_a_sender_who_hangs_up_in_the_middle_leaves_nothing(it: Webhook) -> None:
    connection = it.begun(1000, b'{"half": ')
    connection.close()
    assert it.send(BODY) == 202
    assert it.kept() == ["1"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/github/webhook", 405),
        ("POST", "/", 404),
        ("GET", "/healthz", 200),
        ("GET", "/readyz", 200),
    ],
)
def test_other_addresses(it: Webhook, method: str, path: str, status: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", it.port, timeout=FUSE)
    connection.request(method, path)
    assert connection.getresponse().status == status
    connection.close()


@pytest.mark.parametrize("many", [2_000, pytest.param(10_000, marks=pytest.mark.contract)])
def test_bodies_of_any_kind_never_make_a_server_error(it: Webhook, many: int) -> None:
    """Half of them are signed, so that they are parsed; some are JSON, so that they are kept."""
    chance = random.Random(20261126)
    statuses: Counter[int] = Counter()
    with closing(http.client.HTTPConnection("127.0.0.1", it.port, timeout=FUSE)) as connection:
        for number in range(many):
            body = _body(chance)
            connection.request("POST", "/github/webhook", body, _headers(chance, number, body))
            answer = connection.getresponse()
            answer.read()
            statuses[answer.status] += 1
    assert sum(statuses.values()) == many
    assert all(status < 500 for status in statuses), statuses
    assert statuses[202] == len(it.kept()) > 0


def _headers(chance: random.Random, number: int, body: bytes) -> dict[str, str | bytes]:
    return {
        "Content-Type": chance.choice(["application/json"] * 3 + ["", "application/json; charset=x"]),
        "X-GitHub-Delivery": chance.choice([str(number)] * 3 + ["", "../" * 9, "é"]).encode("utf-8"),
        "X-GitHub-Event": chance.choice(["push", "pull_request", "", "\x7f", "x" * 99]),
        "X-Hub-Signature-256": chance.choice([signed(body)] * 3 + ["sha256=", "x" * 3000]),
    }


def _body(chance: random.Random) -> bytes:
    kind = chance.randrange(6)
    if kind == 0:
        return chance.randbytes(chance.randrange(200))
    if kind == 1:
        return b"[" * chance.randrange(3000)
    if kind == 2:
        return b'{"a":' * chance.randrange(3000)
    whole = json.dumps(
        {"action": chance.choice(["opened", 7, None]), "number": chance.choice([1, -1, 2**70, "x", 1e400])}
    ).encode()
    if kind == 3:
        cut = chance.randrange(len(whole))
        return whole[:cut] + chance.randbytes(2) + whole[cut + 2 :]
    return whole


def test_many_at_once_are_all_kept(it: Webhook) -> None:
    statuses: list[int] = []

    def send(start: int) -> None:
        statuses.extend(it.send(BODY, str(number)) for number in range(start, 200, 8))

    threads = [threading.Thread(target=send, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [202] * 200
    assert len(it.kept()) == 200
