"""A Messages API on loopback: stateful, scripted, and judged by the SDK's own parameter types."""

import hashlib
import json
import socket
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from anthropic.types.message_create_params import MessageCreateParamsStreaming
from pydantic import TypeAdapter, ValidationError

KEY = "-".join(["sk", "ant", "api03", "for-the-fake-server-only"])
_PARAMETERS = TypeAdapter(MessageCreateParamsStreaming)
_NAMES = set(MessageCreateParamsStreaming.__annotations__)


@dataclass(frozen=True)
class Says:
    """A reply: JSON of ``document``, or ``text`` as it is."""

    document: Mapping[str, Any] = field(default_factory=dict)
    text: str | None = None
    stop_reason: str = "end_turn"
    output_tokens: int = 120
    stop_details: Mapping[str, Any] | None = None

    @property
    def words(self) -> str:
        return json.dumps(self.document) if self.text is None else self.text


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
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

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
        """Count tokens: four characters each; a prefix up to a breakpoint is cached once it was sent."""
        texts, marked = [], 0
        for block in body.get("system", []):
            texts.append(block["text"])
            if "cache_control" in block:
                marked = len(texts)
        prefixes = [_tokens(texts[: n + 1]) for n in range(marked)]
        keys = [
            hashlib.sha256("\0".join([body["model"], *texts[: n + 1]]).encode()).hexdigest()
            for n in range(marked)
        ]
        with self._lock:
            known = max((n + 1 for n, key in enumerate(keys) if key in self._cached), default=0)
            self._cached.update(keys)
        read = prefixes[known - 1] if known else 0
        written = (prefixes[-1] if prefixes else 0) - read
        rest = _tokens([*texts[marked:], json.dumps(body["messages"])])
        return {
            "input_tokens": rest,
            "cache_read_input_tokens": read,
            "cache_creation_input_tokens": written,
        }


def _tokens(texts: Iterable[str]) -> int:
    return sum(len(text) for text in texts) // 4


def _problem(body: Mapping[str, Any]) -> str:
    if unknown := body.keys() - _NAMES:
        return f"unknown parameters {sorted(unknown)}"
    try:
        _walk(_PARAMETERS.validate_python(body, strict=False))
    except ValidationError as invalid:
        return f"{invalid.error_count()} errors, first at {invalid.errors()[0]['loc']}"
    if sum("cache_control" in block for block in body.get("system", [])) > 4:
        return "more than four cache breakpoints"
    return ""


def _walk(value: object) -> None:
    """Exhaust what pydantic validates only when it is read."""
    if isinstance(value, Mapping):
        for part in value.values():
            _walk(part)
    elif isinstance(value, Iterable) and not isinstance(value, str | bytes):
        for part in value:
            _walk(part)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

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
    if reply.words:
        yield {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}
        for start in range(0, len(reply.words), 40):
            delta = {"type": "text_delta", "text": reply.words[start : start + 40]}
            yield {"type": "content_block_delta", "index": 0, "delta": delta}
        yield {"type": "content_block_stop", "index": 0}
    stopped = {"stop_reason": reply.stop_reason, "stop_sequence": None, "stop_details": reply.stop_details}
    tokens = {**usage, "output_tokens": reply.output_tokens}
    yield {"type": "message_delta", "delta": stopped, "usage": tokens}
    yield {"type": "message_stop"}
