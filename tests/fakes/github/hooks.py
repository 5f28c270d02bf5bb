"""Webhooks: signed deliveries, sent one after another, and never again unless somebody asks."""

import hashlib
import hmac
import http.client
import json
import queue
import threading
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.fakes.github.model import App, when

_DIRECTLY = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass(eq=False)
class Delivery:
    """One attempt to tell an App what happened. ``status`` is what it answered; 0: nobody did."""

    id: int
    app: App
    event: str
    payload: Mapping[str, Any]
    guid: str = field(default_factory=lambda: str(uuid.uuid4()))
    redelivery: bool = False
    status: int = 0
    answered: bool = False
    at: datetime = field(default_factory=lambda: datetime.now(UTC))
    duration: float = 0.0
    answer: str = ""

    @property
    def raw(self) -> bytes:
        return json.dumps(self.payload).encode()

    @property
    def action(self) -> str | None:
        return self.payload.get("action")

    @property
    def headers(self) -> dict[str, str]:
        secret, raw = self.app.webhook_secret.encode(), self.raw
        return {
            "User-Agent": "GitHub-Hookshot/fake",
            "Accept": "*/*",
            "Content-Type": "application/json",
            "X-GitHub-Delivery": self.guid,
            "X-GitHub-Event": self.event,
            "X-GitHub-Hook-ID": str(self.app.id),
            "X-GitHub-Hook-Installation-Target-ID": str(self.app.id),
            "X-GitHub-Hook-Installation-Target-Type": "integration",
            "X-Hub-Signature": f"sha1={hmac.new(secret, raw, hashlib.sha1).hexdigest()}",
            "X-Hub-Signature-256": f"sha256={hmac.new(secret, raw, hashlib.sha256).hexdigest()}",
        }

    def item(self) -> dict[str, Any]:
        said = {200: "OK", 202: "Accepted", 0: "failed to connect to host"}
        return {
            "id": self.id,
            "guid": self.guid,
            "delivered_at": when(self.at),
            "redelivery": self.redelivery,
            "duration": round(self.duration, 3),
            "status": said.get(self.status, "OK" if self.status < 400 else "Invalid HTTP Response"),
            "status_code": self.status,
            "event": self.event,
            "action": self.action,
            "installation_id": self.payload.get("installation", {}).get("id"),
            "repository_id": self.payload.get("repository", {}).get("id"),
            "throttled_at": None,
        }

    def full(self) -> dict[str, Any]:
        request = {"headers": self.headers, "payload": self.payload}
        response = {"headers": {}, "payload": self.answer}
        return {**self.item(), "url": self.app.webhook_url or "", "request": request, "response": response}


class Hooks:
    """The sender. ``held`` collects deliveries instead of sending them, for a test to send as it likes."""

    def __init__(self, next_id: Callable[[], int]) -> None:
        self.deliveries: list[Delivery] = []
        self.holding = False
        self.held: list[Delivery] = []
        self._queue: queue.Queue[Delivery | None] = queue.Queue()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._next_id = next_id

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._queue.put(None)
        self._thread.join(5)

    def make(self, app: App, event: str, payload: Mapping[str, Any]) -> Delivery:
        """Build a delivery without sending or recording it."""
        return Delivery(self._next_id(), app, event, payload)

    def tell(self, delivery: Delivery) -> None:
        """Send soon, or keep it while the test holds deliveries back; nothing where the hook is inactive."""
        if not delivery.app.hook_active:
            return
        if self.holding:
            self.held.append(delivery)
        else:
            self._queue.put(delivery)

    def redeliver(self, delivery: Delivery) -> Delivery:
        """Try again: another id, the same GUID."""
        again = Delivery(
            self._next_id(), delivery.app, delivery.event, delivery.payload, delivery.guid, redelivery=True
        )
        self.tell(again)
        return again

    def send(self, delivery: Delivery) -> int:
        """Send now, in this thread; sent twice, it is a duplicate. Return the status of the answer."""
        if delivery not in self.deliveries:
            self.deliveries.append(delivery)
        delivery.at, started = datetime.now(UTC), time.monotonic()
        if delivery.app.webhook_url:
            delivery.status, delivery.answer = _post(delivery.app.webhook_url, delivery)
        delivery.duration = time.monotonic() - started
        delivery.answered = True
        return delivery.status

    def settle(self) -> None:
        """Wait until everything so far has been sent."""
        self._queue.join()

    def _run(self) -> None:
        while True:
            delivery = self._queue.get()
            try:
                if delivery is None:
                    return
                self.send(delivery)
            finally:
                self._queue.task_done()


def _post(url: str, delivery: Delivery) -> tuple[int, str]:
    request = urllib.request.Request(url, delivery.raw, delivery.headers, method="POST")
    try:
        with _DIRECTLY.open(request, timeout=10) as response:
            return response.status, response.read().decode(errors="replace")
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, refused.read().decode(errors="replace")
    except (OSError, http.client.HTTPException):  # an answer may break off as well
        return 0, ""
