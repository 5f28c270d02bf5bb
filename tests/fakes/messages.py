"""A Messages API on loopback: stateful, scripted, and judged by the SDK's own parameter types."""

import hashlib
import json
import socket
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from types import TracebackType
from typing import Any, Self

from anthropic.types.message_create_params import MessageCreateParamsStreaming
from pydantic import TypeAdapter, ValidationError

from tests.fakes.serving import LoopbackServer

NOTHING_FOUND: Mapping[str, Any] = {
    "touched": [],
    "movements": [],
    "concerns": [],
    "questions": [],
    "strengths": [],
}
"""The answer of a model that has read code and found nothing in it."""
KEY = "-".join(["sk", "ant", "api03", "for-the-fake-server-only"])
_PARAMETERS = TypeAdapter(MessageCreateParamsStreaming)
_NAMES = set(MessageCreateParamsStreaming.__annotations__)


@dataclass(frozen=True)
class Says:
    """A reply: JSON of ``document``, or ``text`` as it is.

    What the request's schema requires and ``document`` leaves out is empty, as if the API had made it so.
    """

    document: Mapping[str, Any] = field(default_factory=dict)
    text: str | None = None
    stop_reason: str = "end_turn"
    output_tokens: int = 120
    stop_details: Mapping[str, Any] | None = None

    def words(self, body: Mapping[str, Any]) -> str:
        if self.text is not None:
            return self.text
        schema = body.get("output_config", {}).get("format", {}).get("schema", {})
        return json.dumps(_completed(self.document, schema))


@dataclass(frozen=True)
class Fails:
    """An HTTP error."""

    status: int
    kind: str = "api_error"
    retry_after: str | None = None
    message: str = "it did not work"


@dataclass(frozen=True)
class Breaks:
    """A stream that ends after ``after`` events: with an ``error`` event, with nonsense, or cut off."""

    after: int = 3
    error: str | None = None
    nonsense: bool = False
    reply: Says = field(default_factory=Says)


@dataclass(frozen=True)
class Hangs:
    """Says nothing until ``Messages.release``, then replies; with ``trickle``, begins a line and no more."""

    reply: Says = field(default_factory=Says)
    trickle: bool = False


Step = Says | Fails | Breaks | Hangs


@dataclass(frozen=True)
class Recorded:
    """A request as it came, and the id it was answered with."""

    path: str
    headers: Mapping[str, str]
    body: Mapping[str, Any]
    request_id: str


class Messages:
    """The server. Steps given to ``script`` are taken first, then ``otherwise`` decides by the body.

    Leaving it fails the test if a request did not have the form that the SDK's types give it.
    """

    def __init__(self, otherwise: Callable[[Mapping[str, Any]], Step] = lambda _body: Says()) -> None:
        self.otherwise = otherwise
        self.requests: list[Recorded] = []
        self.problems: list[str] = []
        self.release = threading.Event()
        self.arrived = threading.Semaphore(0)  # one for each request
        self._script: deque[Step] = deque()
        self._cached: set[str] = set()
        self._lock = threading.Lock()
        self._server = _Server(self)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def script(self, *steps: Step) -> None:
        """Say what the next requests get."""
        self._script.extend(steps)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        if error is None:
            assert self.problems == []

    def take(self, path: str, headers: Mapping[str, str], body: Mapping[str, Any]) -> tuple[Recorded, Step]:
        with self._lock:
            request = Recorded(path, headers, body, f"req_{len(self.requests) + 1:06}")
            self.requests.append(request)
            if problem := _problem(body):
                self.problems.append(problem)
                step: Step = Fails(400, "invalid_request_error", message=problem)
            elif headers.get("authorization") != f"Bearer {KEY}" and headers.get("x-api-key") != KEY:
                step = Fails(401, "authentication_error", message=f"invalid {headers.get('authorization')}")
            else:
                step = self._script.popleft() if self._script else self.otherwise(body)
        self.arrived.release()
        return request, step

    def usage(self, body: Mapping[str, Any]) -> dict[str, int]:
        """Count tokens, four characters each, and those that a cache saves.

        As in the real API, a prefix of whole blocks (tools, then system, then messages) is written where it
        ends in a breakpoint, and found from a breakpoint at the same block or up to 20 blocks before it. The
        model, the answer's schema and the effort belong to the prefix.
        """
        blocks = _blocks(body)
        key, keys = _digest(json.dumps([body["model"], body.get("output_config")], sort_keys=True)), []
        for block in blocks:
            key = _digest(key + json.dumps({**block, "cache_control": None}, sort_keys=True))
            keys.append(key)
        marked = [n for n, block in enumerate(blocks) if "cache_control" in block]
        with self._lock:
            found = [
                n for mark in marked for n in range(mark, max(mark - 21, -1), -1) if keys[n] in self._cached
            ]
            self._cached.update(keys[n] for n in marked)
        read = _tokens(blocks[: max(found, default=-1) + 1])
        prefix = _tokens(blocks[: max(marked, default=-1) + 1])
        return {
            "input_tokens": _tokens(blocks) - prefix,
            "cache_read_input_tokens": read,
            "cache_creation_input_tokens": prefix - read,
        }


def _completed(value: Any, schema: Mapping[str, Any]) -> Any:
    """Return a value with the lists and the nulls that its schema requires and that it leaves out."""
    if isinstance(value, list):
        return [_completed(item, schema.get("items", {})) for item in value]
    if not isinstance(value, Mapping):
        return value
    known: Mapping[str, Any] = schema.get("properties", {})
    empty: dict[str, Any] = {
        name: [] if known[name].get("type") == "array" else None
        for name in schema.get("required", ())
        if known[name].get("type") in {"array", None}
    }
    return {name: _completed(item, known.get(name, {})) for name, item in {**empty, **value}.items()}


def said(body: Mapping[str, Any]) -> str:
    """Return all texts of a request's messages, one after the other."""
    return "\n".join(block["text"] for message in body["messages"] for block in _content(message))


def _blocks(body: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """List a request's blocks in the order of its prefix."""
    system = body.get("system", [])
    system = [{"type": "text", "text": system}] if isinstance(system, str) else system
    return [*body.get("tools", []), *system, *(one for part in body["messages"] for one in _content(part))]


def _content(message: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    content = message["content"]
    return [{"type": "text", "text": content}] if isinstance(content, str) else content


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _tokens(blocks: Iterable[Mapping[str, Any]]) -> int:
    return sum(-(-len(block.get("text", json.dumps(block))) // 4) for block in blocks)


def _problem(body: Mapping[str, Any]) -> str:
    if unknown := body.keys() - _NAMES:
        return f"unknown parameters {sorted(unknown)}"
    try:
        _walk(_PARAMETERS.validate_python(body, strict=False))
    except ValidationError as invalid:
        return f"{invalid.error_count()} errors, first at {invalid.errors()[0]['loc']}"
    blocks = _blocks(body)
    if sum("cache_control" in block for block in blocks) > 4:
        return "more than four cache breakpoints"
    if not all(block.get("text", "a tool").strip() for block in blocks):
        return "text content blocks must be non-empty"
    return ""


def _walk(value: object) -> None:
    """Exhaust what pydantic validates only when it is read."""
    if isinstance(value, Mapping):
        for part in value.values():
            _walk(part)
    elif isinstance(value, Iterable) and not isinstance(value, str | bytes):
        for part in value:
            _walk(part)


class _Server(LoopbackServer):
    def __init__(self, messages: Messages) -> None:
        self.messages = messages
        super().__init__(("127.0.0.1", 0), _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Stay silent when a client has gone."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        messages = self.server.messages
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        headers = {name.lower(): value for name, value in self.headers.items()}
        request, step = messages.take(self.path, headers, body)
        if not self.path.endswith("/v1/messages"):
            step = Fails(404, "not_found_error")
        match step:
            case Fails():
                self._fail(step, request)
            case Says():
                self._stream(_events(step, request, messages), request)
            case Hangs(trickle=True):
                self._begin(request)
                self._chunk(b": a comment that never")
                messages.release.wait()
            case Hangs():
                messages.release.wait()
                self._stream(_events(step.reply, request, messages), request)
            case Breaks():
                self._break(step, request)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name it has in the library
        pass

    def _fail(self, step: Fails, request: Recorded) -> None:
        error = {"type": step.kind, "message": step.message}
        content = json.dumps({"type": "error", "error": error, "request_id": request.request_id}).encode()
        self.send_response(step.status)
        self.send_header("request-id", request.request_id)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        if step.retry_after is not None:
            self.send_header("Retry-After", step.retry_after)
        self.end_headers()
        self.wfile.write(content)

    def _begin(self, request: Recorded) -> None:
        self.send_response(200)
        self.send_header("request-id", request.request_id)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def _chunk(self, content: bytes) -> None:
        self.wfile.write(b"%x\r\n%s\r\n" % (len(content), content))
        self.wfile.flush()

    def _event(self, event: Mapping[str, Any]) -> None:
        self._chunk(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode())

    def _stream(self, events: Iterator[dict[str, Any]], request: Recorded) -> None:
        self._begin(request)
        for event in events:
            self._event(event)
        self._chunk(b"")

    def _break(self, step: Breaks, request: Recorded) -> None:
        self.close_connection = True
        if step.after == 0 and not step.error and not step.nonsense:
            self._reset()
            return
        self._begin(request)
        events = _events(step.reply, request, self.server.messages)
        for _, event in zip(range(step.after), events, strict=False):
            self._event(event)
        if step.nonsense:
            self._chunk(b"event: content_block_delta\ndata: {not json\n\n")
        elif step.error:
            error = {"type": step.error, "message": "no more"}
            self._event({"type": "error", "error": error})
        else:
            self._reset()
            return
        self._chunk(b"")

    def _reset(self) -> None:
        self.wfile.flush()
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)


def _events(reply: Says, request: Recorded, messages: Messages) -> Iterator[dict[str, Any]]:
    usage = messages.usage(request.body)
    message = {
        "id": f"msg_{request.request_id}",
        "type": "message",
        "role": "assistant",
        "model": request.body["model"],
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": {**usage, "output_tokens": 1},
    }
    yield {"type": "message_start", "message": message}
    yield {"type": "ping"}
    if words := reply.words(request.body):
        yield {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}
        for start in range(0, len(words), 40):
            delta = {"type": "text_delta", "text": words[start : start + 40]}
            yield {"type": "content_block_delta", "index": 0, "delta": delta}
        yield {"type": "content_block_stop", "index": 0}
    stopped = {"stop_reason": reply.stop_reason, "stop_sequence": None, "stop_details": reply.stop_details}
    tokens = {**usage, "output_tokens": reply.output_tokens}
    yield {"type": "message_delta", "delta": stopped, "usage": tokens}
    yield {"type": "message_stop"}
