"""The HTTP server: requests are recorded, met by faults, answered one at a time."""

import gzip
import hashlib
import json
import re
import socket
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from tests.fakes.github import apps, auth, comments, errors, repositories, reviews, threads, transport, web
from tests.fakes.github.faults import Cuts, Fails, Fault, Hangs, Loses
from tests.fakes.github.routes import Answer, Request, find
from tests.fakes.serving import LoopbackServer

if TYPE_CHECKING:
    from tests.fakes.github import GitHub

ENDPOINTS = (apps, comments, repositories, reviews, threads)
_GIT = re.compile(r"(/[^/]+/[^/]+\.git)/(info/refs|git-upload-pack|git-receive-pack)\Z")


@dataclass
class Recorded:
    """A request as it came, and what it was answered with; 0 means that no answer was sent."""

    method: str
    path: str
    template: str
    parameters: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Any
    at: float = field(default_factory=time.monotonic)
    status: int = 0
    response: Any = None

    @property
    def token(self) -> str:
        return self.headers.get("authorization", "").partition(" ")[2]


@dataclass(frozen=True)
class _Exchange:
    """A request that came and its answer, on the way to the socket."""

    recorded: Recorded
    answer: Answer


class Server(LoopbackServer):
    def __init__(self, github: "GitHub") -> None:
        self.github = github
        super().__init__(("127.0.0.1", 0), _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Stay silent when a client has gone."""


class _Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def date_time_string(self, timestamp: float | None = None) -> str:
        return super().date_time_string((timestamp or time.time()) + self.server.github.clock_ahead)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name it has in the library
        pass

    def _serve(self) -> None:
        url = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self._read(headers)
        if git := _GIT.match(url.path):
            self._serve_git(git[1], git[2], dict(parse_qsl(url.query)), headers, body)
            return
        github = self.server.github
        if web.is_page(url.path):
            with github.lock:
                page = web.answer(github, self.command, self.path, body)
            self._send(
                page.status, {**page.headers, "Content-Type": "text/html; charset=utf-8"}, page.content
            )
            return
        path = _named(github, url.path.removeprefix("/api/v3"))  # as a GitHub Enterprise Server has it
        found = find(self.command, path)
        template = found[0].template if found else ""
        parameters = found[1] if found else {}
        query = dict(parse_qsl(url.query, keep_blank_values=True))
        recorded = Recorded(self.command, path, template, parameters, query, headers, _parsed(body))
        fault = github.meet(recorded)
        if isinstance(fault, Hangs) and not fault.worked:
            github.release.wait(fault.seconds)
        if isinstance(fault, Cuts) and not fault.worked:
            self._cut()
            return
        answer = Answer(0) if isinstance(fault, Fails) else self._work(recorded)
        self._finish(fault, _Exchange(recorded, answer))

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve  # noqa: N815 - names of the library

    def _work(self, recorded: Recorded) -> Answer:
        github = self.server.github
        try:
            with github.lock:
                return _answer(github, recorded)
        except errors.Refused as refused:
            return Answer(refused.status, refused.document, refused.headers)
        except Exception as problem:  # noqa: BLE001 - told when the test leaves the fake
            github.problems.append(f"{recorded.method} {recorded.path}: {problem!r}")
            return Answer(500, {"message": repr(problem)})

    def _finish(self, fault: Fault | None, exchange: _Exchange) -> None:
        answer = exchange.answer
        match fault:
            case Fails():
                refusal = fault.refusal()
                answer = Answer(refusal.status, refusal.document, refusal.headers)
            case Loses():
                answer = Answer(fault.status, {"message": "Server Error"})
            case Hangs(worked=True):
                self.server.github.release.wait(fault.seconds)
            case Cuts():
                self._cut()
                return
            case _:
                pass
        exchange.recorded.status, exchange.recorded.response = answer.status, answer.document
        self._reply(answer)

    def _reply(self, answer: Answer) -> None:
        content = b"" if answer.status in {204, 304} else json.dumps(answer.document).encode()
        etag = f'"{hashlib.sha256(content).hexdigest()}"'
        status, headers = answer.status, dict(answer.headers)
        if self.command == "GET" and status == 200:
            headers["ETag"] = etag
            if self.headers.get("If-None-Match", "").removeprefix("W/") == etag:
                status, content = 304, b""
        reset = int(time.time()) + 3600
        limits = {"Limit": 5000, "Remaining": 4999, "Used": 1, "Reset": reset, "Resource": "core"}
        usual = {f"X-RateLimit-{name}": str(value) for name, value in limits.items()}
        usual |= {"X-GitHub-Request-Id": f"FAKE:{time.monotonic_ns():X}", "X-GitHub-Media-Type": "github.v3"}
        self._send(status, {**usual, **headers, "Content-Type": "application/json; charset=utf-8"}, content)

    def _send(self, status: int, headers: Mapping[str, str], content: bytes) -> None:
        with suppress(OSError):
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            if status not in {204, 304}:
                self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    def _cut(self) -> None:
        self.close_connection = True
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def _read(self, headers: Mapping[str, str]) -> bytes:
        if headers.get("transfer-encoding", "").lower() == "chunked":
            parts = []
            while size := int(self.rfile.readline().split(b";")[0], 16):
                parts.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            body = b"".join(parts)
        else:
            body = self.rfile.read(int(headers.get("content-length") or 0))
        return gzip.decompress(body) if headers.get("content-encoding") == "gzip" else body

    def _serve_git(
        self, path: str, rest: str, query: Mapping[str, str], headers: Mapping[str, str], body: bytes
    ) -> None:
        github = self.server.github
        recorded = Recorded(self.command, f"{path}/{rest}", f"git {rest}", {}, query, headers, None)
        fault = github.meet(recorded)
        service = rest if rest.startswith("git-") else query.get("service", transport.SERVICE)
        if isinstance(fault, Hangs):
            github.release.wait(fault.seconds)
        if isinstance(fault, Cuts) and not fault.worked:
            self._cut()
            return
        try:
            if isinstance(fault, Fails):
                raise fault.refusal()
            with github.lock:
                repository = transport.repository_of(
                    github,
                    path,
                    f"{rest}?service={query['service']}" if query else rest,
                    headers.get("authorization", ""),
                    service,
                )
        except errors.Refused as refused:
            recorded.status = refused.status
            self._send(
                refused.status, {**refused.headers, "Content-Type": "text/plain"}, str(refused).encode()
            )
            return
        recorded.status = 200
        if rest == "info/refs":
            kind, content = "advertisement", transport.advertise(repository, headers, service)
        else:
            kind, content = "result", transport.exchange(repository, headers, body, service)
        if rest == transport.PUSH:
            github.sync(repository, transport.bot_of(github, headers.get("authorization", "")))
        if isinstance(fault, Cuts):
            self._cut()
            return
        mime = f"application/x-{service}-{kind}"
        self._send(200, {"Content-Type": mime, "Cache-Control": "no-cache"}, content)


def _answer(github: "GitHub", recorded: Recorded) -> Answer:
    found = find(recorded.method, recorded.path)
    if found is None:
        raise errors.not_found()
    if (
        recorded.method not in {"GET", "DELETE"}
        and recorded.body is not None
        and not isinstance(recorded.body, dict)
    ):
        raise errors.Refused(400, "Problems parsing JSON")
    route, parameters = found
    body = recorded.body or {}
    request = Request(
        github, recorded.method, recorded.path, route.template, parameters, recorded.query, body
    )
    auth.identify(request, route, recorded.headers.get("authorization", ""))
    answer = route.handler(request)
    return answer if isinstance(answer, Answer) else Answer(200, answer)


def _named(github: "GitHub", path: str) -> str:
    """Give ``/repositories/{id}/…``, where redirects and links lead, the repository's name."""
    match = re.match(r"/repositories/(\d+)(?=/|\Z)", path)
    repository = github.repositories.get(int(match[1])) if match else None
    return f"/repos/{repository.full_name}{path[match.end() :]}" if match and repository else path


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body) if body else None
    except ValueError:
        return body
