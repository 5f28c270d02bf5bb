"""A burst of signed webhook deliveries before a running bot: how long until each is acknowledged.

``python -m benchmarks.ingress [--sizes 250,1000,4000]``: sixteen clients send that many deliveries at once to
``sensei serve``, on SQLite and on PostgreSQL. One table: milliseconds to the 202 (median, p99), deliveries a
second, and how many were not kept.
"""

import argparse
import hashlib
import hmac
import http.client
import json
import platform
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import sqlalchemy as sa

from tests import databases
from tests.serving import AFTER, SECRET, Serving, serving

CLIENTS = 16


def burst(it: Serving, body: bytes, count: int) -> tuple[list[float], float, int]:
    """Send deliveries from all clients; return the seconds of each and of all, and how many were lost."""
    signature = "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    took: list[float] = []
    together = threading.Barrier(CLIENTS + 1)

    def client(number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", it.port, timeout=60)
        together.wait()
        for each in range(number, count, CLIENTS):
            headers = {
                "Content-Type": "application/json",
                "X-GitHub-Event": "pull_request",
                "X-GitHub-Delivery": f"burst-{count}-{each}",
                "X-Hub-Signature-256": signature,
            }
            begun = time.perf_counter()
            connection.request("POST", "/github/webhook", body, headers)
            answer = connection.getresponse()
            answer.read()
            if answer.status == 202:
                took.append(time.perf_counter() - begun)
        connection.close()

    threads = [threading.Thread(target=client, args=(n,)) for n in range(CLIENTS)]
    for thread in threads:
        thread.start()
    together.wait()
    begun = time.perf_counter()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - begun
    with it.database.connect() as connection:
        query = sa.text("SELECT count(*) FROM delivery WHERE guid LIKE :these")
        kept = connection.execute(query, {"these": f"burst-{count}-%"}).scalar_one()
    return took, seconds, count - min(kept, len(took))


@contextmanager
def dojo(kind: str) -> Iterator[tuple[Serving, bytes]]:
    """A bot on one of the databases, and what GitHub says of a pull request that it has read."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = None
        if kind == "PostgreSQL":
            url = stack.enter_context(databases.fresh())
        it = stack.enter_context(serving(folder, url))
        if url:
            it.run("db", "upgrade")
        it.enrol()
        it.github.push(it.repository, "feature", AFTER)
        it.start(interpreter=True)
        pull = it.github.open_pull(it.repository, "feature", it.ada)
        it.wait(lambda: it.concluded(pull))
        payload = next(each.payload for each in it.github.deliveries if each.event == "pull_request")
        yield it, json.dumps(payload).encode()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="250,1000,4000")
    sizes = [int(size) for size in parser.parse_args().sizes.split(",")]
    print(f"{CLIENTS} clients, Python {platform.python_version()}, {platform.machine()}\n")
    print("| database | deliveries | to 202, ms: median | p99 | a second | lost | all handled after, s |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    for kind in ("SQLite", "PostgreSQL"):
        with databases.run(), dojo(kind) as (it, body):
            for size in sizes:
                took, seconds, lost = burst(it, body, size)
                median, p99 = statistics.median(took), statistics.quantiles(took, n=100)[98]
                begun = time.perf_counter()
                it.settle(600)
                handled = time.perf_counter() - begun
                print(
                    f"| {kind} | {size} | {median * 1000:.0f} | {p99 * 1000:.0f} | {size / seconds:.0f} |"
                    f" {lost} | {handled:.1f} |",
                    flush=True,
                )
    return 0


if __name__ == "__main__":
    sys.exit(main())
