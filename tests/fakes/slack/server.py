"""The Web API and response_url over HTTP: requests are recorded, met by faults, answered one at a time."""

import json
import socket
import time
from contextlib import suppress
from email.parser import BytesParser
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from tests.fakes.serving import LoopbackServer
from tests.fakes.slack.faults import Cuts, Fails, Hangs, Loses
from tests.fakes.slack.methods import METHODS, Refused
from tests.fakes.slack.model import Call, Json
from tests.waiting import FUSE

if TYPE_CHECKING:
    from tests.fakes.slack import Slack


class Server(LoopbackServer):
    def __init__(self, slack: "Slack") -> None:
        self.slack = slack
        super().__init__(("127.0.0.1", 0), _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Stay silent when a client has gone."""


class _Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name it has in the library
        pass

    def do_GET(self) -> None:
        self._send(405, {"ok": False, "error": "method_not_supported"})

    def do_POST(self) -> None:
        slack = self.server.slack
        path = urlsplit(self.path).path
        content = self.rfile.read(int(self.headers.get("content-length") or 0))
        if path.startswith("/upload/"):
            self._take_upload(path, content)
            return
        kind, args = _parsed(self.headers.get("content-type", ""), content)
        if path.startswith("/response/"):
            slack.answers_go.wait(FUSE)
            status, said = slack.respond(path.rpartition("/")[2], args)
            self._send_text(status, said)
            return
        method = path.removeprefix("/api/").strip("/")
        bearer = self.headers.get("authorization", "").removeprefix("Bearer ").strip()
        call = Call(method, args, bearer or str(args.get("token", "")))
        fault = slack.meet(call)
        if isinstance(fault, Hangs) and not fault.worked:
            slack.release.wait(fault.seconds)
        if isinstance(fault, Cuts):
            self._cut()
            return
        if isinstance(fault, Fails):
            self._answer(call, fault.status, dict(fault.headers), fault.error)
            return
        status, headers, answer = self._work(call, kind)
        if isinstance(fault, Hangs):
            slack.release.wait(fault.seconds)
        if isinstance(fault, Loses):
            self._cut()
            return
        call.status, call.answer = status, answer
        self._send(status, answer, headers)

    def _take_upload(self, path: str, content: bytes) -> None:
        """Take a file's bytes at the address that was given for them; no token comes with them."""
        slack = self.server.slack
        if self.headers.get("authorization"):
            slack.problems.append("an upload was sent with a token")
        fault = slack.meet(Call("upload", {"length": len(content)}, ""))
        if isinstance(fault, Fails):
            self._send_text(fault.status, fault.error, dict(fault.headers))
            return
        status = slack.take_upload(path.rpartition("/")[2], content)
        if fault is not None:
            self._cut()
            return
        self._send_text(status, f"OK - {len(content)}" if status == 200 else "bad upload")

    def _work(self, call: Call, kind: str) -> tuple[int, dict[str, str], Json]:
        slack = self.server.slack
        headers = {"x-oauth-scopes": ",".join(sorted(slack.scopes))} if slack.shows_scopes else {}
        try:
            with slack.lock:
                method = METHODS.get(call.method)
                if method is None:
                    raise Refused("unknown_method", req_method=call.method)
                slack.admit(call, method)
                if method.token == "app" and slack.shows_scopes:
                    headers["x-oauth-scopes"] = ",".join(sorted(slack.app_scopes))
                args = call.args if kind == "form" or method.takes_json else {}
                return 200, headers, {"ok": True, **method.work(slack, args)}
        except Refused as refused:
            return refused.status, {**headers, **refused.headers}, refused.document
        except Exception as problem:  # noqa: BLE001 - told when the test leaves the fake
            slack.problems.append(f"{call.method}: {problem!r}")
            return 500, {}, {"ok": False, "error": "internal_error"}

    def _answer(self, call: Call, status: int, headers: dict[str, str], error: str) -> None:
        call.status, call.answer = status, {"ok": False, "error": error} if error else {}
        if error:
            self._send(status, call.answer, headers)
        else:
            self._send_text(status, "<html>upstream</html>", headers)

    def _send(self, status: int, document: Json, headers: dict[str, str] | None = None) -> None:
        content = json.dumps(document)
        self._send_text(
            status, content, {"Content-Type": "application/json; charset=utf-8", **(headers or {})}
        )

    def _send_text(self, status: int, text: str, headers: dict[str, str] | None = None) -> None:
        content = text.encode()
        with suppress(OSError):
            self.send_response(status)
            for name, value in {"x-slack-req-id": f"{time.monotonic_ns():x}", **(headers or {})}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    def _cut(self) -> None:
        self.close_connection = True
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)


def _parsed(kind: str, content: bytes) -> tuple[str, Json]:
    """Return how the arguments came, form or json, and the arguments."""
    if kind.startswith("application/json"):
        try:
            found = json.loads(content or b"{}")
        except ValueError:
            return "json", {}
        return "json", found if isinstance(found, dict) else {}
    if kind.startswith("multipart/form-data"):
        message = BytesParser(policy=HTTP).parsebytes(f"Content-Type: {kind}\r\n\r\n".encode() + content)
        parts = {
            str(part.get_param("name", header="content-disposition")): part.get_content()
            for part in message.iter_parts()
        }
        return "form", parts
    return "form", dict(parse_qsl(content.decode(), keep_blank_values=True))
