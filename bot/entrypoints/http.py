"""The web server's one application: webhooks in, health and metrics out.

A delivery's signature is checked over its raw bytes before anything of it is parsed, and it is acknowledged
once it is kept. What anybody may make us hold is bounded: nothing is read of what cannot be a delivery,
nobody may take long, and all large bodies together fit a budget.
https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
"""

import asyncio
import hashlib
import hmac
import ipaddress
import json
import re
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import structlog
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.ports.store import Delivery
from bot.workflows.receiving import Receiver

log = structlog.get_logger(__name__)

MOST_BYTES = 25 * 1024 * 1024
"""GitHub sends no more: https://docs.github.com/en/webhooks/webhook-events-and-payloads"""

_SMALL = 128 * 1024
"""Bytes of each body that the budget does not count, so that large ones keep no usual delivery away."""

METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"
"""https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format"""

_FORWARDED = frozenset({"forwarded", "via", "x-real-ip"})
_HERE = re.compile(r"(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?")
_GUID = re.compile(r"[A-Za-z0-9-]{1,64}\Z")
_EVENT = re.compile(r"[a-z_]{1,60}\Z")
_SIGNATURE = re.compile(r"sha256=[0-9a-f]{64}\Z")


@dataclass(frozen=True, slots=True)
class Limits:
    """What all senders together may take: ``seconds`` for a body, ``held`` bytes of large bodies at a time.

    GitHub itself gives up after ten seconds, and is asked later to bring again what was refused.
    """

    seconds: float = 10.0
    held: int = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Scrapes:
    """The page of metrics, and the token that its readers bring; None: only this machine reads it."""

    page: Callable[[], bytes]
    token: str | None = field(default=None, repr=False)


class _Refused(Exception):  # noqa: N818 - unwinds to the answer
    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


class _Budget:
    """Bytes of bodies in hand. All on one event loop, so nothing is locked."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._held = 0

    @contextmanager
    def share(self) -> Iterator[Callable[[int], None]]:
        """Let one body take bytes, until it is done with."""
        taken = 0

        def take(more: int) -> None:
            nonlocal taken
            counted = max(0, taken + more - _SMALL) - max(0, taken - _SMALL)
            if counted and self._held + counted > self._most:
                raise _Refused(503, "too many large ones")
            taken += more
            self._held += counted

        try:
            yield take
        finally:
            self._held -= max(0, taken - _SMALL)


def app(
    receiver: Receiver,
    secret: bytes,
    ready: Callable[[], str | None],
    limits: Limits | None = None,
    scrapes: Scrapes | None = None,
) -> Starlette:
    """Return the application. ``ready`` says why this process cannot work now, or None."""
    if not secret:
        raise ValueError("without a secret everybody could send deliveries")
    bounds = limits or Limits()
    budget = _Budget(bounds.held)

    async def webhook(request: Request) -> Response:
        try:
            with budget.share() as take:
                delivery = await _delivery(request, secret, take, bounds.seconds)
                new = await run_in_threadpool(receiver.receive, delivery)
        except _Refused as refused:
            receiver.refuse(refused.reason)
            return JSONResponse({"refused": refused.reason}, refused.status)
        except ClientDisconnect:
            return Response(status_code=400)
        return JSONResponse({"received": delivery.guid, "new": new}, 202)

    async def healthz(_request: Request) -> Response:
        return JSONResponse({"alive": True})

    async def readyz(_request: Request) -> Response:
        why = await run_in_threadpool(ready)
        return JSONResponse({"ready": why is None, "why": why}, 200 if why is None else 503)

    routes = [
        Route("/github/webhook", webhook, methods=["POST"]),
        Route("/healthz", healthz, methods=["GET"]),
        Route("/readyz", readyz, methods=["GET"]),
    ]
    if scrapes is not None:
        routes.append(Route("/metrics", _metrics(scrapes), methods=["GET"]))
    return Starlette(routes=routes)


def _metrics(scrapes: Scrapes) -> Callable[[Request], Awaitable[Response]]:
    async def metrics(request: Request) -> Response:
        if scrapes.token is not None:
            given = request.headers.get("authorization", "").encode("utf-8", "surrogateescape")
            if not hmac.compare_digest(given, b"Bearer " + scrapes.token.encode()):
                headers = {"WWW-Authenticate": 'Bearer realm="metrics"'}
                return JSONResponse({"refused": "the token is not SENSEI_METRICS_TOKEN"}, 401, headers)
        elif not _from_here(request):
            return JSONResponse({"refused": "from elsewhere only with SENSEI_METRICS_TOKEN"}, 403)
        return Response(await run_in_threadpool(scrapes.page), media_type=METRICS_TYPE)

    return metrics


def _from_here(request: Request) -> bool:
    """Say whether a client of this machine asks, for itself.

    Behind a proxy on the same machine everybody seems to be here: most say so in a header, or pass on the
    name that was asked for. One that says neither cannot be told apart, and must not pass /metrics on.
    """
    if any(name in _FORWARDED or name.startswith("x-forwarded") for name in request.headers):
        return False
    asked = _HERE.fullmatch(request.headers.get("host", ""))
    return asked is not None and _is_loopback(request.client.host if request.client else "")


def _is_loopback(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address).is_loopback


async def _delivery(request: Request, secret: bytes, take: Callable[[int], None], seconds: float) -> Delivery:
    """Return a delivery that GitHub has signed."""
    guid, event, given = _head(request)
    try:
        async with asyncio.timeout(seconds):
            body, digest = await _body(request, secret, take)
    except TimeoutError:
        raise _Refused(408, "too slow") from None
    if not hmac.compare_digest(given, f"sha256={digest}"):
        raise _Refused(401, "forged")
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        raise _Refused(400, "not JSON") from None
    if not isinstance(document, dict):
        raise _Refused(400, "not an object")
    return Delivery(guid, event, body)


def _head(request: Request) -> tuple[str, str, str]:
    """Return a delivery's id, event and signature; refuse by its head what cannot be one."""
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > MOST_BYTES:
        raise _Refused(413, "too large")
    given = request.headers.get("x-hub-signature-256", "")
    if not given:
        raise _Refused(401, "unsigned")
    # A digest that is not one would make compare_digest raise.
    if not _SIGNATURE.match(given):
        raise _Refused(401, "forged")
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise _Refused(415, "not JSON by its type")
    guid, event = request.headers.get("x-github-delivery", ""), request.headers.get("x-github-event", "")
    if not _GUID.match(guid) or not _EVENT.match(event):
        raise _Refused(400, "no id or event")
    return guid, event, given


async def _body(request: Request, secret: bytes, take: Callable[[int], None]) -> tuple[bytes, str]:
    """Return a body and its digest, which is ready when its last byte is."""
    digest = hmac.new(secret, digestmod=hashlib.sha256)
    body = bytearray()
    async for part in request.stream():
        if len(body) + len(part) > MOST_BYTES:
            raise _Refused(413, "too large")
        take(len(part))
        digest.update(part)
        body += part
    return bytes(body), digest.hexdigest()
