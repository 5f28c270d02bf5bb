"""One call: one HTTP request, and what came of it. It never raises for what a server does."""

import email.utils
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import anthropic
import httpx2
from anthropic.types import Message, TextBlockParam

from bot.adapters.model.client import Client
from bot.ports.model import ModelRequest, Usage

# The API takes four; more of them make the whole request invalid.
_BREAKPOINTS = 4
_OVERLOADED = 529
_TRY_AGAIN = {408, 409, 429, 500, 502, 503, 504, _OVERLOADED}
# An error that arrives inside of a stream has the status 200 of that stream; only its type tells.
_TRY_AGAIN_TYPES = {"rate_limit_error", "api_error", "timeout_error", "overloaded_error"}
_SAYS = {
    400: "says that the request is invalid",
    401: "does not accept the key",
    402: "asks for payment first",
    403: "does not let this key use the model",
    404: "knows no such model (SENSEI_MODEL) or address (SENSEI_MODEL_BASE_URL)",
    413: "finds the request too large",
    429: "allows no more at this moment",
    _OVERLOADED: "is overloaded",
}


@dataclass(frozen=True, slots=True)
class HttpReply:
    """What a server said to the end: its text, why it stopped, what it counted."""

    text: str
    stop_reason: str
    refusal: str
    usage: Usage
    request_id: str | None


@dataclass(frozen=True, slots=True)
class HttpFailure:
    """No reply. ``again``: the same may work later, in ``after`` seconds if the server said so.

    ``says`` completes "The provider …". ``usage`` is what was counted before it broke. ``billed`` is False
    where it is known that there was no answer to pay for.
    """

    says: str
    again: bool
    after: float | None = None
    usage: Usage = field(default_factory=Usage)
    billed: bool = False
    request_id: str | None = None


def request_body(request: ModelRequest, model: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters of ``messages.stream``."""
    unmarked = len(request.system) - _BREAKPOINTS
    blocks: list[TextBlockParam] = [{"type": "text", "text": text} for text in request.system]
    for block in blocks[max(unmarked, 0) :]:
        block["cache_control"] = {"type": "ephemeral"}
    return {
        "model": model,
        "max_tokens": request.max_tokens,
        "system": blocks,
        "messages": [{"role": "user", "content": request.user}],
        "output_config": {
            "effort": request.effort,
            "format": {"type": "json_schema", "schema": dict(schema)},
        },
    }


def send(
    client: Client, parameters: Mapping[str, Any], seconds: float, stop: threading.Event
) -> HttpReply | HttpFailure:
    """Call once. ``stop`` hangs up at the next sign of life; ``seconds`` bounds the wait for each."""
    message: Message | None = None
    request_id: str | None = None
    try:
        with client.messages.stream(**parameters, timeout=httpx2.Timeout(seconds)) as stream:
            request_id = _plain(stream.request_id)
            for _ in stream:
                message = stream.current_message_snapshot
                if stop.is_set():
                    return HttpFailure("took too long", False, None, _usage(message), True, request_id)
            return _reply(stream.get_final_message(), request_id)
    except RuntimeError:
        # What the SDK raises before it sends anything where AWS gives it no credentials.
        return HttpFailure("cannot be asked: its credentials were not found", False)
    except (anthropic.APIError, httpx2.HTTPError, ValueError, AssertionError) as error:
        # A stream that ends early (a raw httpx2 error) or makes no sense (ValueError, the SDK's assertion).
        return _failure(error, message, request_id)


def _failure(error: Exception, message: Message | None, request_id: str | None) -> HttpFailure:
    if isinstance(error, anthropic.APIStatusError):
        return _status(error, message)
    if isinstance(error, anthropic.APITimeoutError):
        return HttpFailure("took too long", True, billed=True)
    if isinstance(error, anthropic.APIConnectionError):
        if isinstance(error.__cause__, httpx2.ConnectError):
            return HttpFailure("cannot be reached", True)
        return HttpFailure("hung up", True, billed=True)
    says = "took too long" if isinstance(error, httpx2.TimeoutException) else "broke off its answer"
    return HttpFailure(says, True, None, _usage(message), True, request_id)


def _reply(message: Message, request_id: str | None) -> HttpReply:
    text = "".join(block.text for block in message.content if block.type == "text")
    details = message.stop_details
    category = getattr(details, "category", None) if details is not None else None
    return HttpReply(text, message.stop_reason or "", _plain(category) or "", _usage(message), request_id)


def _usage(message: Message | None) -> Usage:
    if message is None:
        return Usage()
    used = message.usage
    return Usage(
        used.input_tokens,
        used.output_tokens,
        used.cache_read_input_tokens or 0,
        used.cache_creation_input_tokens or 0,
    )


def _status(error: anthropic.APIStatusError, message: Message | None) -> HttpFailure:
    # Not the server's own message: it may repeat what it was sent.
    kind = _plain(error.type)
    again = error.status_code in _TRY_AGAIN or kind in _TRY_AGAIN_TYPES
    if error.response.headers.get("x-should-retry") == "false":
        again = False
    says = _SAYS.get(error.status_code, "failed")
    known = ", ".join(filter(None, [str(error.status_code) if error.status_code != 200 else None, kind]))
    said = f"{says} ({known})" if known else says
    after, request_id = _after(error.response.headers), _plain(error.request_id)
    return HttpFailure(said, again, after, _usage(message), message is not None, request_id)


def _after(headers: httpx2.Headers) -> float | None:
    """Return the seconds of ``Retry-After``, which holds a number or a date."""
    value = headers.get("retry-after", "")
    if re.fullmatch(r"\d{1,9}(\.\d+)?", value, re.ASCII):
        return float(value)
    try:
        return max((email.utils.parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds(), 0.0)
    except (ValueError, TypeError):
        return None


def _plain(name: str | None) -> str | None:
    """Return a server's word if it is one: nothing else of what a server says goes into errors and rows."""
    return name if name and re.fullmatch(r"[\w.:-]{1,80}", name, re.ASCII) else None
