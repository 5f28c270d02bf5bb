"""A host of calendars on loopback, which speaks https with a certificate of its own."""

import datetime
import ipaddress
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bot.adapters.calendars.https_calendars import HttpsCalendars
from tests.fakes.serving import LoopbackServer

HOST = "calendar.example"
"""The name that its certificate has."""


@dataclass
class CalendarHost:
    """Serves ``pages`` by their paths: a status, headers, and the body in pieces."""

    port: int
    trust: ssl.SSLContext
    pages: dict[str, tuple[int, dict[str, str], list[bytes]]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    raw: dict[str, tuple[bytes, float]] = field(default_factory=dict)
    """Whole answers with their heads, and how many seconds pass before each of their bytes."""

    def serves(self, path: str, body: bytes | str, status: int = 200, **headers: str) -> str:
        """Let a page be there; return its address."""
        content = body.encode() if isinstance(body, str) else body
        self.pages[path] = (status, headers, [content])
        return f"https://{HOST}{path}"

    def writes(self, path: str, answer: bytes, *, pause: float = 0.0) -> str:
        """Let an answer be there as it is, with ``pause`` seconds before each byte; return its address."""
        self.raw[path] = answer, pause
        return f"https://{HOST}{path}"

    def calendars(self, *hosts: str, **changes: Any) -> HttpsCalendars:
        """What the bot reads calendars with, except that the host's name leads to loopback."""
        resolve: Callable[[str], list[str]] = changes.pop("resolve", lambda _: ["127.0.0.1"])
        may_connect: Callable[[str], bool] = changes.pop("may_connect", lambda _: True)
        return HttpsCalendars(hosts or (HOST,), resolve, may_connect, self.port, self.trust, **changes)


@contextmanager
def calendar_host(folder: Path) -> Iterator[CalendarHost]:
    """Serve calendars. ``folder`` holds the certificate."""
    certificate, key = _make_certificate(folder)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            host.asked.append((self.path, dict(self.headers)))
            if self.path in host.raw:
                self._write_raw(*host.raw[self.path])
                return
            status, headers, pieces = host.pages.get(self.path, (404, {}, [b"no such page"]))
            self.send_response(status)
            for name, text in headers.items():
                self.send_header(name, text)
            self.end_headers()
            for piece in pieces:
                self.wfile.write(piece)

        def _write_raw(self, content: bytes, pause: float) -> None:
            pieces = [content[place : place + 1] for place in range(len(content))] if pause else [content]
            for piece in pieces:
                time.sleep(pause)
                self.wfile.write(piece)
                self.wfile.flush()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = LoopbackServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # who hangs up is no error here
    host = CalendarHost(server.server_address[1], ssl.create_default_context(cafile=str(certificate)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield host
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _make_certificate(folder: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.datetime.now(datetime.UTC)
    names = [x509.DNSName(HOST), x509.IPAddress(ipaddress.ip_address("192.0.2.1"))]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    files = folder / "calendar.pem", folder / "calendar.key"
    files[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    form, encoding = serialization.PrivateFormat.PKCS8, serialization.Encoding.PEM
    files[1].write_bytes(key.private_bytes(encoding, form, serialization.NoEncryption()))
    return files
