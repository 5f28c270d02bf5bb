"""Make one call: one HTTP request, and its reply or failure. No reply from a server raises an exception."""

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

from bot.adapters.model.sdk_client import Client
from bot.ports.model import ModelRequest, Usage

# The maximum that the API accepts. A request with more is invalid.
_BREAKPOINTS = 4
_OVERLOADED = 529
_RETRYABLE_STATUSES = {408, 409, 429, 500, 502, 503, 504, _OVERLOADED}
# An error within a stream has the stream's status, 200. Only its type shows whether a retry makes sense.
_RETRYABLE_TYPES = {"rate_limit_error", "api_error", "timeout_error", "overloaded_error"}
_PROBLEMS = {
    400: "says that the request is invalid",
    401: "rejects the API key",
    402: "requires payment first",
    403: "does not allow this API key to use the model",
    404: "knows no such model (SENSEI_MODEL) or address (SENSEI_MODEL_BASE_URL)",
    413: "says that the request is too large",
    429: "accepts no more requests at the moment",
    _OVERLOADED: "is overloaded",
}


@dataclass(frozen=True, slots=True)
class HttpReply:
    """A complete reply: its text, why the model stopped, and its usage."""

    text: str
    stop_reason: str
    refusal: str
    usage: Usage
    request_id: str | None


@dataclass(frozen=True, slots=True)
class HttpFailure:
    """A call without a complete reply.

    ``problem`` completes "The provider …". A ``retryable`` call may work later, after ``retry_after`` seconds
    if the server named them. ``usage`` is the usage counted before the failure. ``billed`` is False if there
    was certainly no answer to pay for.
    """

    problem: str
    retryable: bool
    retry_after: float | None = None
    usage: Usage = field(default_factory=Usage)
    billed: bool = False
    request_id: str | None = None


def request_body(request: ModelRequest, model: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters of ``messages.stream``."""
    unmarked = len(request.system) + request.caches_user - _BREAKPOINTS
    blocks = [_text_block(text) for text in request.system]
    for block in blocks[max(unmarked, 0) :]:
        block["cache_control"] = {"type": "ephemeral"}
    return {
        "model": model,
        "max_tokens": request.max_tokens,
        "system": blocks,
        "messages": [{"role": "user", "content": _user_content(request)}],
        "output_config": {
            "effort": request.effort,
            "format": {"type": "json_schema", "schema": dict(schema)},
        },
    }


def _user_content(request: ModelRequest) -> str | list[TextBlockParam]:
    """Return the data, the items and the task. Only whole blocks can be read from the cache."""
    following = [_text_block(text) for text in (request.items, request.task) if text]
    if not following and not request.caches_user:
        return request.user
    data = _text_block(request.user)
    if request.caches_user:
        data["cache_control"] = {"type": "ephemeral"}
    return [data, *following]


def _text_block(text: str) -> TextBlockParam:
    return {"type": "text", "text": text}


def send(
    client: Client, parameters: Mapping[str, Any], seconds: float, stop: threading.Event
) -> HttpReply | HttpFailure:
    """Call once. ``stop`` ends the call at the next event; ``seconds`` limits the wait for each event."""
    message: Message | None = None
    request_id: str | None = None
    try:
        with client.messages.stream(**parameters, timeout=httpx2.Timeout(seconds)) as stream:
            request_id = _accept_word(stream.request_id)
            for _ in stream:
                message = stream.current_message_snapshot
                if stop.is_set():
                    return HttpFailure("took too long", False, None, _read_usage(message), True, request_id)
            return _read_reply(stream.get_final_message(), request_id)
    except RuntimeError:
        # The SDK raises this before it sends anything if it finds no AWS credentials.
        return HttpFailure("was not called: no AWS credentials were found", False)
    except (anthropic.APIError, httpx2.HTTPError, ValueError, AssertionError) as error:
        # A stream that ends early (a raw httpx2 error) or is invalid (ValueError, the SDK's assertion).
        return _describe_failure(error, message, request_id)


def _describe_failure(error: Exception, message: Message | None, request_id: str | None) -> HttpFailure:
    if isinstance(error, anthropic.APIStatusError):
        return _describe_status(error, message)
    if isinstance(error, anthropic.APITimeoutError):
        return HttpFailure("took too long", True, billed=True)
    if isinstance(error, anthropic.APIConnectionError):
        if isinstance(error.__cause__, httpx2.ConnectError):
            return HttpFailure("cannot be reached", True)
        return HttpFailure("closed the connection", True, billed=True)
    problem = "took too long" if isinstance(error, httpx2.TimeoutException) else "did not finish its answer"
    return HttpFailure(problem, True, None, _read_usage(message), True, request_id)


def _read_reply(message: Message, request_id: str | None) -> HttpReply:
    text = "".join(block.text for block in message.content if block.type == "text")
    details = message.stop_details
    category = getattr(details, "category", None) if details is not None else None
    return HttpReply(
        text, message.stop_reason or "", _accept_word(category) or "", _read_usage(message), request_id
    )


def _read_usage(message: Message | None) -> Usage:
    if message is None:
        return Usage()
    used = message.usage
    return Usage(
        used.input_tokens,
        used.output_tokens,
        used.cache_read_input_tokens or 0,
        used.cache_creation_input_tokens or 0,
    )


def _describe_status(error: anthropic.APIStatusError, message: Message | None) -> HttpFailure:
    # Never include the server's own message: it may repeat what we sent.
    kind = _accept_word(error.type)
    retryable = error.status_code in _RETRYABLE_STATUSES or kind in _RETRYABLE_TYPES
    if error.response.headers.get("x-should-retry") == "false":
        retryable = False
    problem = _PROBLEMS.get(error.status_code, "failed")
    known = ", ".join(filter(None, [str(error.status_code) if error.status_code != 200 else None, kind]))
    described = f"{problem} ({known})" if known else problem
    retry_after, request_id = _parse_retry_after(error.response.headers), _accept_word(error.request_id)
    return HttpFailure(
        described, retryable, retry_after, _read_usage(message), message is not None, request_id
    )


def _parse_retry_after(headers: httpx2.Headers) -> float | None:
    """Return the seconds of ``Retry-After``, which is a number or a date."""
    value = headers.get("retry-after", "")
    if re.fullmatch(r"\d{1,9}(\.\d+)?", value, re.ASCII):
        return float(value)
    try:
        return max((email.utils.parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds(), 0.0)
    except (ValueError, TypeError):
        return None


def _accept_word(name: str | None) -> str | None:
    """Return a server's text if it is one plain word. Errors and rows contain no other text from a server."""
    return name if name and re.fullmatch(r"[\w.:-]{1,80}", name, re.ASCII) else None
