"""The web server's one application: webhooks in, health out.

A delivery's signature is checked over its raw bytes before anything of it is parsed, and it is acknowledged
once it is kept. https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
"""

import hashlib
import hmac
import json
import re
from collections.abc import Callable

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

_GUID = re.compile(r"[A-Za-z0-9-]{1,64}\Z")
_EVENT = re.compile(r"[a-z_]{1,60}\Z")
_SIGNATURE = re.compile(r"sha256=[0-9a-f]{64}\Z")


class _Refused(Exception):  # noqa: N818 - unwinds to the answer
    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


def app(receiver: Receiver, secret: bytes, ready: Callable[[], str | None]) -> Starlette:
    """Return the application. ``ready`` says why this process cannot work now, or None."""
    if not secret:
        raise ValueError("without a secret everybody could send deliveries")

    async def webhook(request: Request) -> Response:
        try:
            delivery = await _delivery(request, secret)
        except _Refused as refused:
            receiver.refuse(refused.reason)
            return JSONResponse({"refused": refused.reason}, refused.status)
        except ClientDisconnect:
            return Response(status_code=400)
        new = await run_in_threadpool(receiver.receive, delivery)
        return JSONResponse({"received": delivery.guid, "new": new}, 202)

    async def healthz(_request: Request) -> Response:
        return JSONResponse({"alive": True})

    async def readyz(_request: Request) -> Response:
        why = await run_in_threadpool(ready)
        return JSONResponse({"ready": why is None, "why": why}, 200 if why is None else 503)

    return Starlette(
        routes=[
            Route("/github/webhook", webhook, methods=["POST"]),
            Route("/healthz", healthz, methods=["GET"]),
            Route("/readyz", readyz, methods=["GET"]),
        ]
    )


async def _delivery(request: Request, secret: bytes) -> Delivery:
    """Return a delivery that GitHub has signed."""
    body = await _body(request)
    given = request.headers.get("x-hub-signature-256", "")
    if not given:
        raise _Refused(401, "unsigned")
    expected = "sha256=" + hmac.new(secret, body, hashlib.sha256).hexdigest()
    # A digest that is not one would make compare_digest raise.
    if not _SIGNATURE.match(given) or not hmac.compare_digest(given, expected):
        raise _Refused(401, "forged")
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise _Refused(415, "not JSON by its type")
    guid, event = request.headers.get("x-github-delivery", ""), request.headers.get("x-github-event", "")
    if not _GUID.match(guid) or not _EVENT.match(event):
        raise _Refused(400, "no id or event")
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        raise _Refused(400, "not JSON") from None
    if not isinstance(document, dict):
        raise _Refused(400, "not an object")
    return Delivery(guid, event, body)


async def _body(request: Request) -> bytes:
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > MOST_BYTES:
        raise _Refused(413, "too large")
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > MOST_BYTES:
            raise _Refused(413, "too large")
        parts.append(part)
    return b"".join(parts)
