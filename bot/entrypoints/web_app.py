"""The web server's one application: webhooks and Slack's requests in, health and metrics out.

A delivery's signature is checked over its raw bytes before anything of it is parsed, and it is acknowledged
once it is kept. What anybody may make us hold is bounded: nothing is read of what cannot be a delivery,
nobody may take long, and all large bodies together fit a budget. Whatever the database does, everybody is
answered in time: nothing here waits for it on the event loop or in a thread that others need.

No address is ever built from a request: what it says of its host or its proxies leads nobody anywhere.
https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
https://docs.slack.dev/authentication/verifying-requests-from-slack
"""

import asyncio
import hashlib
import hmac
import ipaddress
import json
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from urllib.parse import parse_qs

import structlog
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.entrypoints.bounded_threads import BoundedThreads
from bot.entrypoints.readiness import Readiness
from bot.entrypoints.request_bodies import BodyBudget, BodyShare, RequestRefusedError, Take
from bot.errors import TransientError
from bot.ports.store import Delivery
from bot.workflows.pull_requests.webhook_intake import REFUSED_AT, WebhookIntake

log = structlog.get_logger(__name__)

MOST_BYTES = 25 * 1024 * 1024
"""GitHub sends no more: https://docs.github.com/en/webhooks/webhook-events-and-payloads"""

MOST_BYTES_OF_SLACK = 2 * 1024 * 1024
"""A form's whole view comes back with it, of which Slack takes 250 kB, and every byte may become three."""

LONGEST_AGO = 5 * 60
"""Seconds that a request of Slack's may be old: https://docs.slack.dev/authentication/verifying-requests-from-slack"""

METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"
"""https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format"""

_AT_ONCE_FROM_SLACK = 16
"""Requests of Slack's that are handled at a time; where the database hangs, so many threads hang with it."""

_NOT_KEPT = "the database does not answer"
_FORWARDED = frozenset({"forwarded", "via", "x-real-ip"})
_HERE = re.compile(r"(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?")
_GUID = re.compile(r"[A-Za-z0-9-]{1,64}\Z")
_EVENT = re.compile(r"[a-z_]{1,60}\Z")
_SLACKS_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}\Z")
_SLACKS_TIME = re.compile(r"[0-9]{1,12}\Z")
_SLACKS_TYPES = frozenset({"application/json", "application/x-www-form-urlencoded"})
_SIGNATURE = re.compile(r"sha256=[0-9a-f]{64}\Z")


@dataclass(frozen=True, slots=True)
class RequestLimits:
    """What a request may take until it is answered, in seconds, and all large bodies at a time, in bytes.

    GitHub gives up after ten seconds, and is asked later to bring again what was refused. Slack gives up
    after three, brings events again, and tells whoever clicked. ``page`` is for a scrape of the metrics,
    ``ready`` for readiness: Kubernetes and most proxies wait for one to five seconds.
    """

    seconds: float = 9.0
    slack: float = 2.5
    page: float = 5.0
    ready: float = 1.5
    held: int = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class MetricsEndpoint:
    """The page of metrics, and the token that its readers bring; None: only this machine reads it."""

    page: Callable[[], bytes]
    token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class SlackEndpoint:
    """``POST /slack/events``: the app's signing secret, and what handles what it has signed.

    ``handle`` takes a body and the headers that count, and returns status, body and the body's type.
    """

    secret: bytes = field(repr=False)
    handle: Callable[[str, Mapping[str, str]], tuple[int, str, str]]


@dataclass(frozen=True, slots=True)
class SlackStatus:
    """Slack where it is set up. ``why_not`` says why it does not work now, or None; it is told by ``readyz``.

    But what comes from GitHub is taken all the same. Without a ``door`` everything comes by Socket Mode.
    """

    why_not: Callable[[], str | None]
    door: SlackEndpoint | None = None


def app(  # noqa: PLR0913 - one application's parts
    receiver: WebhookIntake,
    secret: bytes,
    ready: Callable[[], str | None],
    limits: RequestLimits | None = None,
    scrapes: MetricsEndpoint | None = None,
    *,
    slack: SlackStatus | None = None,
) -> Starlette:
    """Return the application. ``ready`` says why this process cannot work now, or None."""
    if not secret:
        raise ValueError("without a secret everybody could send deliveries")
    bounds = limits or RequestLimits()
    budget = BodyBudget(bounds.held)

    readiness = Readiness(ready, bounds.ready)

    async def webhook(request: Request) -> Response:
        until = asyncio.get_running_loop().time() + bounds.seconds
        try:
            with budget.share() as share:
                delivery = await _delivery(request, secret, share, until)
                new = await _kept(receiver, delivery, until)
        except RequestRefusedError as refused:
            receiver.refuse(refused.reason)
            return JSONResponse({"refused": refused.reason}, refused.status)
        except ClientDisconnect:
            return Response(status_code=400)
        return JSONResponse({"received": delivery.guid, "new": new}, 202)

    async def healthz(_request: Request) -> Response:
        return JSONResponse({"alive": True})

    async def readyz(_request: Request) -> Response:
        why = await readiness.why_not()
        answer: dict[str, object] = {"ready": why is None, "why": why}
        if slack is not None:
            answer["slack"] = slack.why_not() or "ready"
        return JSONResponse(answer, 200 if why is None else 503)

    routes = [
        Route("/github/webhook", webhook, methods=["POST"]),
        Route("/healthz", healthz, methods=["GET"]),
        Route("/readyz", readyz, methods=["GET"]),
    ]
    if slack is not None and slack.door is not None:
        events = _slack(slack.door, receiver, budget, bounds.slack)
        routes.append(Route("/slack/events", events, methods=["POST"]))
    if scrapes is not None:
        routes.append(Route("/metrics", _metrics(scrapes, bounds.page), methods=["GET"]))
    made = Starlette(routes=routes)
    made.router.redirect_slashes = False  # it would lead to the host that the request names
    return made


async def _kept(receiver: WebhookIntake, delivery: Delivery, until: float) -> bool:
    """Keep a delivery, and say whether it is new; what could not be kept in time is refused."""
    try:
        async with asyncio.timeout_at(until):
            return await asyncio.wrap_future(receiver.begin(delivery))
    except (TimeoutError, TransientError):
        raise RequestRefusedError(503, _NOT_KEPT) from None


def _slack(
    door: SlackEndpoint, receiver: WebhookIntake, budget: BodyBudget, seconds: float
) -> Callable[[Request], Awaitable[Response]]:
    if not door.secret:
        raise ValueError("without a secret everybody could speak as Slack")
    threads = BoundedThreads("slack-request", _AT_ONCE_FROM_SLACK)

    async def events(request: Request) -> Response:
        until = asyncio.get_running_loop().time() + seconds
        try:
            with budget.share() as share:
                body, headers = await _signed_by_slack(request, door.secret, share, until)
                status, answer, kind = await _handled(threads, partial(door.handle, body, headers), until)
        except RequestRefusedError as refused:
            receiver.refuse(f"slack: {refused.reason}")
            return JSONResponse({"refused": refused.reason}, refused.status)
        except ClientDisconnect:
            return Response(status_code=400)
        return Response(answer, status, media_type=kind)

    return events


async def _handled(
    threads: BoundedThreads, handle: Callable[[], tuple[int, str, str]], until: float
) -> tuple[int, str, str]:
    def handle_in_time() -> tuple[int, str, str]:
        REFUSED_AT.set(until)  # the event loop's clock is time.monotonic
        return handle()

    try:
        async with asyncio.timeout_at(until):
            return await threads.run(handle_in_time)
    except TimeoutError:
        raise RequestRefusedError(503, _NOT_KEPT) from None


async def _signed_by_slack(
    request: Request, secret: bytes, share: BodyShare, until: float
) -> tuple[str, dict[str, str]]:
    """Return a body that Slack has signed within the last minutes, and its headers.

    Bolt checks it again. But what is no signature it would take for a bug, and what is forged it would log.
    """
    kind, at, given = _slacks_head(request)
    async with share.reading(until) as take:
        # The time stands before the body in what is signed: https://docs.slack.dev/authentication/
        body, digest = await _body(request, secret, take, f"v0:{at}:".encode(), MOST_BYTES_OF_SLACK)
    if not hmac.compare_digest(given, f"v0={digest}"):
        raise RequestRefusedError(401, "forged")
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise RequestRefusedError(400, "not UTF-8") from None
    if kind == "application/json":
        _object(text)
    for payload in parse_qs(text).get("payload", ()) if kind != "application/json" else ():
        _object(payload)
    retry = request.headers.get("x-slack-retry-num", "")
    headers = {"content-type": kind, "x-slack-request-timestamp": at, "x-slack-signature": given}
    return text, {**headers, **({"x-slack-retry-num": retry} if retry.isascii() and retry.isdigit() else {})}


def _slacks_head(request: Request) -> tuple[str, str, str]:
    """Return a request's type, time and signature; refuse by its head what cannot be Slack's."""
    _fits(request, MOST_BYTES_OF_SLACK)
    at, given = (request.headers.get(f"x-slack-{name}", "") for name in ("request-timestamp", "signature"))
    if not at or not given:
        raise RequestRefusedError(401, "unsigned")
    if not _SLACKS_TIME.match(at) or not _SLACKS_SIGNATURE.match(given):
        raise RequestRefusedError(401, "forged")
    if abs(time.time() - int(at)) > LONGEST_AGO:
        raise RequestRefusedError(401, "too old")
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in _SLACKS_TYPES:
        raise RequestRefusedError(415, "no type of Slack's")
    return kind, at, given


def _fits(request: Request, most: int) -> None:
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > most:
        raise RequestRefusedError(413, "too large")


def _object(body: str | bytes) -> None:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        raise RequestRefusedError(400, "not JSON") from None
    if not isinstance(document, dict):
        raise RequestRefusedError(400, "not an object")


def _metrics(scrapes: MetricsEndpoint, seconds: float) -> Callable[[Request], Awaitable[Response]]:
    threads = BoundedThreads("metrics", 1)

    async def metrics(request: Request) -> Response:
        if scrapes.token is not None:
            given = request.headers.get("authorization", "").encode("utf-8", "surrogateescape")
            if not hmac.compare_digest(given, b"Bearer " + scrapes.token.encode()):
                headers = {"WWW-Authenticate": 'Bearer realm="metrics"'}
                return JSONResponse({"refused": "the token is not SENSEI_METRICS_TOKEN"}, 401, headers)
        elif not _from_here(request):
            return JSONResponse({"refused": "from elsewhere only with SENSEI_METRICS_TOKEN"}, 403)
        try:
            async with asyncio.timeout(seconds):
                return Response(await threads.run(scrapes.page), media_type=METRICS_TYPE)
        except TimeoutError:
            return JSONResponse({"refused": _NOT_KEPT}, 503)

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


async def _delivery(request: Request, secret: bytes, share: BodyShare, until: float) -> Delivery:
    """Return a delivery that GitHub has signed."""
    guid, event, given = _head(request)
    async with share.reading(until) as take:
        body, digest = await _body(request, secret, take)
    if not hmac.compare_digest(given, f"sha256={digest}"):
        raise RequestRefusedError(401, "forged")
    _object(body)
    return Delivery(guid, event, body)


def _head(request: Request) -> tuple[str, str, str]:
    """Return a delivery's id, event and signature; refuse by its head what cannot be one."""
    _fits(request, MOST_BYTES)
    given = request.headers.get("x-hub-signature-256", "")
    if not given:
        raise RequestRefusedError(401, "unsigned")
    # A digest that is not one would make compare_digest raise.
    if not _SIGNATURE.match(given):
        raise RequestRefusedError(401, "forged")
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise RequestRefusedError(415, "not JSON by its type")
    guid, event = request.headers.get("x-github-delivery", ""), request.headers.get("x-github-event", "")
    if not _GUID.match(guid) or not _EVENT.match(event):
        raise RequestRefusedError(400, "no id or event")
    return guid, event, given


async def _body(
    request: Request, secret: bytes, take: Take, before: bytes = b"", most: int = MOST_BYTES
) -> tuple[bytes, str]:
    """Return a body and the digest of it behind ``before``, which is ready when its last byte is."""
    digest = hmac.new(secret, before, hashlib.sha256)
    body = bytearray()
    async for part in request.stream():
        if len(body) + len(part) > most:
            raise RequestRefusedError(413, "too large")
        take(len(part))
        digest.update(part)
        body += part
    return bytes(body), digest.hexdigest()
