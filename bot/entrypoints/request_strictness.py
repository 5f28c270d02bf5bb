"""What the bytes of a request must look like: nothing that a proxy could read in another way than we do.

Two programs that disagree about where a request ends can be made to see different requests ("request
smuggling"). h11 accepts some of what is ambiguous. So it is refused here, in the buffer that h11 reads from,
which sees every head and every chunk, also of a second request on the same connection.
https://www.rfc-editor.org/rfc/rfc9112 (sections 2.2, 5.2, 6.1, 6.3, 7.1)
"""

import re

from h11 import LocalProtocolError
from h11._receivebuffer import ReceiveBuffer

MOST_HEAD = 16 * 1024
"""Bytes of a request line and its headers. GitHub's and Slack's take two kilobytes."""

MOST_HEADERS = 64
"""GitHub sends a dozen; each proxy adds a few."""

# A line ends with CR LF and nothing else, never goes on in the next one, and holds no control character.
_MALFORMED = re.compile(rb"(?<!\r)\n|\r(?=[^\n])|\n[ \t]|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_HEAD_END = b"\r\n\r\n"
_CHUNK = re.compile(rb"[0-9A-Fa-f]{1,8}\r\n")
_LONGEST_CHUNK_LINE = 10
# Chunks cost time one by one. What streams a body sends a kilobyte or more in each.
_FREE_CHUNKS, _LEAST_CHUNK = 1000, 512


class StrictBuffer(ReceiveBuffer):
    """The bytes that have come and that h11 has not read yet."""

    def __init__(self) -> None:
        super().__init__()
        self._looked = 0  # bytes: a head may come one by one
        self._chunks = self._promised = 0
        self._ends_with_trailer = False

    def _extract(self, count: int) -> bytearray:
        self._looked = 0
        return super()._extract(count)

    def maybe_extract_lines(self) -> list[bytearray] | None:
        """Return a whole head, or what follows the last chunk; None while it has not come.

        Raises:
            h11.LocalProtocolError: it is malformed, ambiguous or too large.
        """
        end = 0 if self._data[:2] == b"\r\n" else self._data.find(_HEAD_END, max(0, self._looked - 3))
        stop = len(self._data) if end < 0 else end + len(_HEAD_END) if end else 2
        if stop > MOST_HEAD:
            raise LocalProtocolError("too large a head", error_status_hint=431)
        if _MALFORMED.search(self._data, max(0, self._looked - 1), stop):
            raise LocalProtocolError("a malformed head")
        self._looked = stop
        lines = super().maybe_extract_lines()
        if lines is not None:
            self._take(lines)
        return lines

    def _take(self, lines: list[bytearray]) -> None:
        if self._ends_with_trailer and lines:
            raise LocalProtocolError("a trailer")
        if not self._ends_with_trailer and lines:
            _check_head(bytes(lines[0]), [bytes(line) for line in lines[1:]])
        self._chunks = self._promised = 0
        self._ends_with_trailer = False

    def maybe_extract_next_line(self) -> bytearray | None:
        """Return the line that begins a chunk; None while it has not come.

        Raises:
            h11.LocalProtocolError: it holds more than a length, or the chunks are too many and too small.
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
    """See that there is one way alone to read where the body ends.

    Raises:
        h11.LocalProtocolError: there are several, or too many headers.
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
        # Before HTTP/1.1 there were no chunks: what lies between may not know of them.
        if name != b"content-length" and (value.lower() != b"chunked" or request.endswith(b"1.0")):
            raise LocalProtocolError("an unknown transfer encoding")
