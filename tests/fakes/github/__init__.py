"""A GitHub on loopback: stateful, on real git repositories, with signed webhooks and faults on demand."""

import shutil
import tempfile
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.fakes.github.accounts import EVENTS, PERMISSIONS
from tests.fakes.github.faults import (
    Cuts,
    Fails,
    Fault,
    Hangs,
    Loses,
    Rule,
    missing,
    primary_limit,
    revoked,
    secondary_limit,
    too_many,
)
from tests.fakes.github.hooks import Delivery
from tests.fakes.github.model import Effect
from tests.fakes.github.people import People
from tests.fakes.github.server import Recorded, Server

__all__ = [
    "EVENTS",
    "PERMISSIONS",
    "Cuts",
    "Delivery",
    "Effect",
    "Fails",
    "GitHub",
    "Hangs",
    "Loses",
    "Recorded",
    "missing",
    "primary_limit",
    "revoked",
    "secondary_limit",
    "too_many",
]


class GitHub(People):
    """The server at ``url``. Tests act through the methods of ``People`` and read what came of it.

    Leaving it fails the test if the fake itself failed.
    """

    def __init__(self, root: Path | None = None) -> None:
        self._own = root is None
        super().__init__(root or Path(tempfile.mkdtemp(prefix="github-")))
        self.requests: list[Recorded] = []
        self.problems: list[str] = []
        self.clock_ahead = 0.0  # seconds by which its answers' dates are ahead of this machine's clock
        self.release = threading.Event()  # lets go of what hangs
        self._rules: list[Rule] = []
        self._server = Server(self)
        self.url = f"http://localhost:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self.hooks.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release.set()
        self.hooks.stop()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        if self._own:
            shutil.rmtree(self.root, ignore_errors=True)
        if error is None:
            assert self.problems == []

    def fault(self, fault: Fault, method: str = "*", pattern: str = "*", times: int = 1) -> None:
        """Let the next requests fail whose route (``/repos/{owner}/…``) or path (with ``*``) fits."""
        with self.lock:
            self._rules.append(Rule(fault, method, pattern, times))

    def unmet(self) -> list[Rule]:
        """Return the faults that no request has met yet."""
        with self.lock:
            return [rule for rule in self._rules if rule.times > 0]

    def meet(self, recorded: Recorded) -> Fault | None:
        """Record a request and find the fault that waits for it."""
        with self.lock:
            self.requests.append(recorded)
            for rule in self._rules:
                if rule.meets(recorded.method, recorded.path, recorded.template):
                    rule.times -= 1
                    return rule.fault
        return None

    def asked(self, method: str, pattern: str) -> list[Recorded]:
        """Return the requests so far that fit, oldest first."""
        rule = Rule(Cuts(), method, pattern, 1)
        with self.lock:
            return [it for it in self.requests if rule.meets(it.method, it.path, it.template)]

    def done(self, kind: str = "") -> list[Effect]:
        """Return what Apps' requests have changed: all, or one kind such as ``review.submitted``."""
        with self.lock:
            return [effect for effect in self.effects if kind in {"", effect.kind}]

    @property
    def deliveries(self) -> list[Delivery]:
        """All attempts to deliver so far, once those under way are over."""
        self.hooks.settle()
        return list(self.hooks.deliveries)
