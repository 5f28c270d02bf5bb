"""Strict parsing of requests: any request that a proxy could read differently is refused.

If two programs disagree about where a request ends, an attacker can make them see different requests
("request smuggling"). h11 accepts some ambiguous requests. They are refused here, in the buffer from which
h11 reads. It sees every head and every chunk, including those of later requests on the same connection.
https://www.rfc-editor.org/rfc/rfc9112 (sections 2.2, 5.2, 6.1, 6.3, 7.1)
"""

import re

from h11 import LocalProtocolError
from h11._receivebuffer import ReceiveBuffer

MOST_HEAD = 16 * 1024
"""Maximum bytes of a request line and its headers. GitHub and Slack send about two kilobytes."""

MOST_HEADERS = 64
"""Maximum headers. GitHub sends a dozen; each proxy adds a few."""

# A line must end with CR LF, must not continue on the next line, and must not contain control characters.
_MALFORMED = re.compile(rb"(?<!\r)\n|\r(?=[^\n])|\n[ \t]|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_HEAD_END = b"\r\n\r\n"
_CHUNK = re.compile(rb"[0-9A-Fa-f]{1,8}\r\n")
_LONGEST_CHUNK_LINE = 10
# Each chunk costs time. Clients that stream a body send a kilobyte or more in each.
_FREE_CHUNKS, _LEAST_CHUNK = 1000, 512


class StrictBuffer(ReceiveBuffer):
    """The bytes that have arrived, but h11 has not read yet."""

    def __init__(self) -> None:
        super().__init__()
        self._checked = 0  # bytes already checked, as a head may arrive byte by byte
        self._chunks = self._promised = 0
        self._ends_with_trailer = False

    def _extract(self, count: int) -> bytearray:
        self._checked = 0
        return super()._extract(count)

    def maybe_extract_lines(self) -> list[bytearray] | None:
        """Return a complete head, or the text after the last chunk; None if it has not arrived yet.

        Raises:
            h11.LocalProtocolError: the head is malformed, ambiguous or too large.
        """
        end = 0 if self._data[:2] == b"\r\n" else self._data.find(_HEAD_END, max(0, self._checked - 3))
        stop = len(self._data) if end < 0 else end + len(_HEAD_END) if end else 2
        if stop > MOST_HEAD:
            raise LocalProtocolError("too large a head", error_status_hint=431)
        if _MALFORMED.search(self._data, max(0, self._checked - 1), stop):
            raise LocalProtocolError("a malformed head")
        self._checked = stop
        lines = super().maybe_extract_lines()
        if lines is not None:
            self._check_lines(lines)
        return lines

    def _check_lines(self, lines: list[bytearray]) -> None:
        if self._ends_with_trailer and lines:
            raise LocalProtocolError("a trailer")
        if not self._ends_with_trailer and lines:
            _check_head(bytes(lines[0]), [bytes(line) for line in lines[1:]])
        self._chunks = self._promised = 0
        self._ends_with_trailer = False

    def maybe_extract_next_line(self) -> bytearray | None:
        """Return the first line of a chunk; None if it has not arrived yet.

        Raises:
            h11.LocalProtocolError: the line contains anything but a length, or there are too many small
            chunks.
        """
        line = super().maybe_extract_next_line()
        if line is None:
            if len(self._data) > _LONGEST_CHUNK_LINE:
                raise LocalProtocolError("a malformed chunk")
            return None
        if not _CHUNK.fullmatch(line):
            raise LocalProtocolError("a malformed chunk")
        size = int(line, 16)
        self._chunks, self._promised = self._chunks + 1, self._promised + size
        if self._chunks > _FREE_CHUNKS + self._promised // _LEAST_CHUNK:
            raise LocalProtocolError("too many small chunks")
        self._ends_with_trailer = size == 0
        return line


def _check_head(request: bytes, headers: list[bytes]) -> None:
    """Check that a head defines unambiguously where the body ends.

    Raises:
        h11.LocalProtocolError: it is ambiguous, or has too many headers.
    """
    if len(headers) > MOST_HEADERS:
        raise LocalProtocolError("too many headers", error_status_hint=431)
    framing = []
    for header in headers:
        name, _, value = header.partition(b":")
        if name.strip().lower() in {b"content-length", b"transfer-encoding"}:
            framing.append((name.lower(), value.strip(b" \t")))
    if len(framing) > 1:
        raise LocalProtocolError("more than one length")
    if not request.endswith((b" HTTP/1.1", b" HTTP/1.0")):
        raise LocalProtocolError("an unknown version of HTTP")
    for name, value in framing:
        if name == b"content-length" and not value.isdigit():
            raise LocalProtocolError("a malformed length")
        # HTTP/1.0 has no chunks, so a proxy in between may not know them.
        if name != b"content-length" and (value.lower() != b"chunked" or request.endswith(b"1.0")):
            raise LocalProtocolError("an unknown transfer encoding")
