"""Bringing things to the app: over the socket, or signed over HTTP; events again where nobody took them.

https://docs.slack.dev/apis/events-api and /authentication/verifying-requests-from-slack
"""

import hashlib
import hmac
import http.client
import itertools
import json
import threading
import time
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from tests.fakes.slack.model import Attempt, Delivery, Json
from tests.waiting import FUSE

if TYPE_CHECKING:
    from tests.fakes.slack import Slack


def sign(secret: str, body: bytes, at: float | None = None) -> dict[str, str]:
    """Return the headers by which an app knows Slack."""
    stamp = str(int(time.time() if at is None else at))
    digest = hmac.new(secret.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}"}


def encoded(delivery: Delivery) -> tuple[str, bytes]:
    """Return a delivery as it goes over HTTP: its content type and body."""
    if delivery.kind == "events_api":
        return "application/json", json.dumps(delivery.payload).encode()
    fields = delivery.payload
    if delivery.kind == "interactive":
        fields = {"payload": json.dumps(delivery.payload)}
    return "application/x-www-form-urlencoded", urlencode(fields).encode()


class Courier:
    """Knows how the app is reached; ``under_way`` counts deliveries whose tries are not over."""

    def __init__(self, slack: "Slack") -> None:
        self._slack = slack
        self._condition = threading.Condition()
        self.under_way = 0
        self.all: list[Delivery] = []

    def later(self, delivery: Delivery) -> Delivery:
        """Deliver an event, with its retries, in a thread of its own."""
        with self._condition:
            self.under_way += 1
            self.all.append(delivery)
        threading.Thread(target=self._run, args=(delivery,), daemon=True).start()
        return delivery

    def now(self, delivery: Delivery) -> Attempt:
        """Deliver a command or an interaction: once, while the person waits."""
        with self._condition:
            self.all.append(delivery)
        return self.attempt(delivery, 0)

    def settle(self, seconds: float = FUSE) -> None:
        """Wait until nothing is under way."""
        with self._condition:
            over = self._condition.wait_for(lambda: not self.under_way, seconds)
        assert over, "deliveries are still under way"

    def _run(self, delivery: Delivery) -> None:
        try:
            for number, pause in enumerate(itertools.chain((0.0,), self._slack.retry_after)):
                if self._slack.release.wait(pause) and number:
                    return
                attempt = self.attempt(delivery, number)
                if attempt.acknowledged or attempt.body.get("no_retry"):
                    return
        finally:
            with self._condition:
                self.under_way -= 1
                self._condition.notify_all()

    def attempt(self, delivery: Delivery, number: int) -> Attempt:
        """Try once more; ``number`` is 0 for the first time, as in x-slack-retry-num."""
        url = self._slack.events_url  # which a test may change meanwhile
        made = self._http(url, delivery, number) if url else self._socket(delivery, number)
        delivery.attempts.append(made)
        return made

    def _socket(self, delivery: Delivery, number: int) -> Attempt:
        acknowledged, answer, problem = self._slack.sockets.send(
            delivery.kind, delivery.payload, number, self._slack.ack_seconds
        )
        body = answer if isinstance(answer, dict) else {"text": answer} if answer else {}
        return Attempt(number, "socket", acknowledged, 200 if acknowledged else 0, body, problem)

    def _http(self, url: str, delivery: Delivery, number: int) -> Attempt:
        kind, content = encoded(delivery)
        headers = {"Content-Type": kind, **sign(self._slack.signing_secret, content)}
        if number:
            reason = delivery.attempts[-1].problem if delivery.attempts else ""
            told = "http_timeout" if reason == "timeout" else "http_error"
            headers |= {"x-slack-retry-num": str(number), "x-slack-retry-reason": told}
        return post(url, content, headers, self._slack.ack_seconds, number)


def post(url: str, content: bytes, headers: dict[str, str], seconds: float, number: int = 0) -> Attempt:
    """Post to the app as Slack does, waiting so long for its answer."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=seconds)
    try:
        connection.request("POST", parts.path or "/", content, {**headers, "User-Agent": "Slackbot 1.0"})
        answer = connection.getresponse()
        text = answer.read().decode()
    except TimeoutError:
        return Attempt(number, "http", problem="timeout")
    except (OSError, http.client.HTTPException) as failed:
        return Attempt(number, "http", problem=type(failed).__name__)
    finally:
        connection.close()
    body = _answered(text)
    taken = 200 <= answer.status < 300
    if not taken and answer.getheader("x-slack-no-retry") == "1":
        body["no_retry"] = True
    return Attempt(number, "http", taken, answer.status, body, "" if taken else f"status {answer.status}")


def _answered(text: str) -> Json:
    try:
        found = json.loads(text) if text else {}
    except ValueError:
        return {"text": text}
    return found if isinstance(found, dict) else {"text": str(found)}
