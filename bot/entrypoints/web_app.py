"""The web application. It receives webhooks and Slack's requests, and serves health checks and metrics.

A delivery's signature is checked over its raw bytes before anything is parsed, and a delivery is acknowledged
once it is stored. Resources are limited: a body that cannot be a delivery is not read, each request has a
time limit, and all large bodies share a budget. Every request is answered in time, even if the database
hangs: nothing waits for it on the event loop, or in a thread that others need.

No address is ever built from a request's headers, so they cannot redirect anyone.
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
from bot.entrypoints.request_bodies import BodyBudget, BodyShare, CountBytes, RequestRefusedError
from bot.errors import TransientError
from bot.ports.deliveries import Delivery
from bot.workflows.pull_requests.webhook_intake import REFUSED_AT, WebhookIntake

log = structlog.get_logger(__name__)

MOST_BYTES = 25 * 1024 * 1024
"""GitHub's maximum size: https://docs.github.com/en/webhooks/webhook-events-and-payloads"""

MOST_BYTES_OF_SLACK = 2 * 1024 * 1024
"""Slack returns a form's entire view, up to 250 kB, and encoding may triple every byte."""

LONGEST_AGO = 5 * 60
"""Maximum age in seconds of a request by Slack: https://docs.slack.dev/authentication/verifying-requests-from-slack"""

METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"
"""https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format"""

_AT_ONCE_FROM_SLACK = 16
"""Maximum concurrent requests by Slack; if the database hangs, so do that many threads."""

_NOT_STORED = "the database does not answer"
_FORWARDED = frozenset({"forwarded", "via", "x-real-ip"})
_LOCAL_HOST = re.compile(r"(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?")
_GUID = re.compile(r"[A-Za-z0-9-]{1,64}\Z")
_EVENT = re.compile(r"[a-z_]{1,60}\Z")
_SLACK_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}\Z")
_SLACK_TIME = re.compile(r"[0-9]{1,12}\Z")
_SLACK_TYPES = frozenset({"application/json", "application/x-www-form-urlencoded"})
_SIGNATURE = re.compile(r"sha256=[0-9a-f]{64}\Z")


@dataclass(frozen=True, slots=True)
class RequestLimits:
    """Maximum seconds for a request, and maximum bytes of all large bodies at a time.

    GitHub gives up after ten seconds; Sensei later asks it to send refused deliveries again. Slack gives up
    after three, sends events again, and informs the person who clicked. ``page`` is for reading the metrics,
    ``ready`` for readiness: Kubernetes and most proxies wait for one to five seconds.
    """

    seconds: float = 9.0
    slack: float = 2.5
    page: float = 5.0
    ready: float = 1.5
    held: int = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class MetricsEndpoint:
    """The metrics page, and the token that it requires; with None, only this machine may read it."""

    page: Callable[[], bytes]
    token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class SlackEndpoint:
    """``POST /slack/events``: the app's signing secret, and the handler of signed requests.

    ``handle`` takes a body and the relevant headers, and returns status, body and content type.
    """

    secret: bytes = field(repr=False)
    handle: Callable[[str, Mapping[str, str]], tuple[int, str, str]]


@dataclass(frozen=True, slots=True)
class SlackStatus:
    """Slack, if it is set up.

    ``why_not`` returns the reason why it does not work now, or None; ``readyz`` shows this. Readiness does
    not depend on Slack, as deliveries by GitHub still work. Without ``door``, Slack uses Socket Mode alone.
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
    """Return the application. ``ready`` returns the reason why this process cannot work now, or None."""
    if not secret:
        raise ValueError("without a secret, anyone could send deliveries")
    bounds = limits or RequestLimits()
    budget = BodyBudget(bounds.held)
    webhook = _webhook_route(receiver, secret, budget, bounds.seconds)
    readiness = Readiness(ready, bounds.ready)

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
        events = _slack_route(slack.door, receiver, budget, bounds.slack)
        routes.append(Route("/slack/events", events, methods=["POST"]))
    if scrapes is not None:
        routes.append(Route("/metrics", _metrics_route(scrapes, bounds.page), methods=["GET"]))
    application = Starlette(routes=routes)
    application.router.redirect_slashes = False  # it would redirect to the host in the request
    return application


def _webhook_route(
    receiver: WebhookIntake, secret: bytes, budget: BodyBudget, seconds: float
) -> Callable[[Request], Awaitable[Response]]:
    async def webhook(request: Request) -> Response:
        until = asyncio.get_running_loop().time() + seconds
        try:
            with budget.share() as share:
                delivery = await _read_delivery(request, secret, share, until)
                new = await _store_delivery(receiver, delivery, until)
        except RequestRefusedError as refused:
            receiver.refuse(refused.reason)
            return JSONResponse({"refused": refused.reason}, refused.status)
        except ClientDisconnect:
            return Response(status_code=400)
        return JSONResponse({"received": delivery.guid, "new": new}, 202)

    return webhook


async def _store_delivery(receiver: WebhookIntake, delivery: Delivery, until: float) -> bool:
    """Store a delivery and return whether it is new; refuse it if it cannot be stored in time."""
    try:
        async with asyncio.timeout_at(until):
            return await asyncio.wrap_future(receiver.begin(delivery))
    except (TimeoutError, TransientError):
        raise RequestRefusedError(503, _NOT_STORED) from None


def _slack_route(
    door: SlackEndpoint, receiver: WebhookIntake, budget: BodyBudget, seconds: float
) -> Callable[[Request], Awaitable[Response]]:
    if not door.secret:
        raise ValueError("without a secret, anyone could impersonate Slack")
    threads = BoundedThreads("slack-request", _AT_ONCE_FROM_SLACK)

    async def events(request: Request) -> Response:
        until = asyncio.get_running_loop().time() + seconds
        try:
            with budget.share() as share:
                body, headers = await _read_slack_request(request, door.secret, share, until)
                status, answer, kind = await _handle_in_thread(
                    threads, partial(door.handle, body, headers), until
                )
        except RequestRefusedError as refused:
            receiver.refuse(f"slack: {refused.reason}")
            return JSONResponse({"refused": refused.reason}, refused.status)
        except ClientDisconnect:
            return Response(status_code=400)
        return Response(answer, status, media_type=kind)

    return events


async def _handle_in_thread(
    threads: BoundedThreads, handle: Callable[[], tuple[int, str, str]], until: float
) -> tuple[int, str, str]:
    def handle_in_time() -> tuple[int, str, str]:
        REFUSED_AT.set(until)  # the event loop's clock is time.monotonic
        return handle()

    try:
        async with asyncio.timeout_at(until):
            return await threads.run(handle_in_time)
    except TimeoutError:
        raise RequestRefusedError(503, _NOT_STORED) from None


async def _read_slack_request(
    request: Request, secret: bytes, share: BodyShare, until: float
) -> tuple[str, dict[str, str]]:
    """Return a recent body with a valid signature by Slack, and its headers.

    Bolt checks the signature again, but it would treat a malformed one as a bug, and log a forged request.
    """
    kind, at, given = _check_slack_head(request)
    async with share.reading(until) as take:
        # The signed text begins with the time, then the body: https://docs.slack.dev/authentication/
        body, digest = await _read_body(request, secret, take, f"v0:{at}:".encode(), MOST_BYTES_OF_SLACK)
    if not hmac.compare_digest(given, f"v0={digest}"):
        raise RequestRefusedError(401, "forged")
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise RequestRefusedError(400, "not UTF-8") from None
    if kind == "application/json":
        _check_object(text)
    for payload in parse_qs(text).get("payload", ()) if kind != "application/json" else ():
        _check_object(payload)
    retry = request.headers.get("x-slack-retry-num", "")
    headers = {"content-type": kind, "x-slack-request-timestamp": at, "x-slack-signature": given}
    return text, {**headers, **({"x-slack-retry-num": retry} if retry.isascii() and retry.isdigit() else {})}


def _check_slack_head(request: Request) -> tuple[str, str, str]:
    """Return a request's content type, time and signature; refuse it if its headers cannot be Slack's."""
    _check_length(request, MOST_BYTES_OF_SLACK)
    at, given = (request.headers.get(f"x-slack-{name}", "") for name in ("request-timestamp", "signature"))
    if not at or not given:
        raise RequestRefusedError(401, "unsigned")
    if not _SLACK_TIME.match(at) or not _SLACK_SIGNATURE.match(given):
        raise RequestRefusedError(401, "forged")
    if abs(time.time() - int(at)) > LONGEST_AGO:
        raise RequestRefusedError(401, "too old")
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in _SLACK_TYPES:
        raise RequestRefusedError(415, "no type of Slack's")
    return kind, at, given


def _check_length(request: Request, most: int) -> None:
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > most:
        raise RequestRefusedError(413, "too large")


def _check_object(body: str | bytes) -> None:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        raise RequestRefusedError(400, "not JSON") from None
    if not isinstance(document, dict):
        raise RequestRefusedError(400, "not an object")


def _metrics_route(scrapes: MetricsEndpoint, seconds: float) -> Callable[[Request], Awaitable[Response]]:
    threads = BoundedThreads("metrics", 1)

    async def metrics(request: Request) -> Response:
        if scrapes.token is not None:
            given = request.headers.get("authorization", "").encode("utf-8", "surrogateescape")
            if not hmac.compare_digest(given, b"Bearer " + scrapes.token.encode()):
                headers = {"WWW-Authenticate": 'Bearer realm="metrics"'}
                return JSONResponse(
                    {"refused": "the token is not the value of SENSEI_METRICS_TOKEN"}, 401, headers
                )
        elif not _is_local(request):
            return JSONResponse(
                {"refused": "only this machine may read the metrics, unless SENSEI_METRICS_TOKEN is set"}, 403
            )
        try:
            async with asyncio.timeout(seconds):
                return Response(await threads.run(scrapes.page), media_type=METRICS_TYPE)
        except TimeoutError:
            return JSONResponse({"refused": _NOT_STORED}, 503)

    return metrics


def _is_local(request: Request) -> bool:
    """Return whether the request comes from this machine, and not through a proxy.

    Behind a proxy on this machine, every client looks local. Most proxies add a header, or pass on the
    requested host name. A proxy that does neither cannot be detected, so it must not forward /metrics.
    """
    if any(name in _FORWARDED or name.startswith("x-forwarded") for name in request.headers):
        return False
    asked = _LOCAL_HOST.fullmatch(request.headers.get("host", ""))
    return asked is not None and _is_loopback(request.client.host if request.client else "")


def _is_loopback(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address).is_loopback


async def _read_delivery(request: Request, secret: bytes, share: BodyShare, until: float) -> Delivery:
    """Return a delivery after checking GitHub's signature."""
    guid, event, given = _check_delivery_head(request)
    async with share.reading(until) as take:
        body, digest = await _read_body(request, secret, take)
    if not hmac.compare_digest(given, f"sha256={digest}"):
        raise RequestRefusedError(401, "forged")
    _check_object(body)
    return Delivery(guid, event, body)


def _check_delivery_head(request: Request) -> tuple[str, str, str]:
    """Return a delivery's id, event and signature; refuse it if its headers cannot be a delivery's."""
    _check_length(request, MOST_BYTES)
    given = request.headers.get("x-hub-signature-256", "")
    if not given:
        raise RequestRefusedError(401, "unsigned")
    # compare_digest raises on a malformed digest.
    if not _SIGNATURE.match(given):
        raise RequestRefusedError(401, "forged")
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise RequestRefusedError(415, "not JSON by its type")
    guid, event = request.headers.get("x-github-delivery", ""), request.headers.get("x-github-event", "")
    if not _GUID.match(guid) or not _EVENT.match(event):
        raise RequestRefusedError(400, "no id or event")
    return guid, event, given


async def _read_body(
    request: Request, secret: bytes, take: CountBytes, before: bytes = b"", most: int = MOST_BYTES
) -> tuple[bytes, str]:
    """Return a body, and the digest of ``before`` plus the body, computed while it arrives."""
    digest = hmac.new(secret, before, hashlib.sha256)
    body = bytearray()
    async for part in request.stream():
        if len(body) + len(part) > most:
            raise RequestRefusedError(413, "too large")
        take(len(part))
        digest.update(part)
        body += part
    return bytes(body), digest.hexdigest()
