"""Messages over a pipe, each behind its length in four bytes.

What the child says is JSON and nothing else: it has parsed what strangers wrote, so no object of its making
is ever unpickled. What it is told comes from this very program, and is pickled.
"""

import json
import struct
from collections.abc import Iterator
from typing import Any, BinaryIO

_LENGTH = struct.Struct(">I")
MOST_BYTES = 16 * 1024 * 1024  # of one message: a report that names some 100,000 files


class Broken(Exception):  # noqa: N818 - the other end is gone or talks nonsense
    """The other end has gone, or what it says is no message."""


def written(message: Any) -> bytes:
    """Return a JSON message as it goes over the pipe; lone surrogates of file names survive."""
    return framed(json.dumps(message, separators=(",", ":")).encode("ascii"))


def framed(payload: bytes) -> bytes:
    """Return bytes behind their length."""
    return _LENGTH.pack(len(payload)) + payload


def taken(stream: BinaryIO) -> bytes:
    """Wait for one message.

    Raises:
        Broken: there is none any more.
    """
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise Broken
    (length,) = _LENGTH.unpack(head)
    payload = stream.read(length)
    if len(payload) < length:
        raise Broken
    return payload


class Inbox:
    """Puts messages together from what arrives bit by bit."""

    def __init__(self) -> None:
        self._held = bytearray()

    def add(self, arrived: bytes) -> Iterator[dict[str, Any]]:
        """Yield the messages that are whole now.

        Raises:
            Broken: what arrived is no message, or one that is too long.
        """
        self._held += arrived
        while len(self._held) >= _LENGTH.size:
            (length,) = _LENGTH.unpack_from(self._held)
            if length > MOST_BYTES:
                raise Broken
            end = _LENGTH.size + length
            if len(self._held) < end:
                return
            payload = bytes(self._held[_LENGTH.size : end])
            del self._held[:end]
            yield _parsed(payload)


def _parsed(payload: bytes) -> dict[str, Any]:
    try:
        message = json.loads(payload)
    except (ValueError, RecursionError):
        raise Broken from None
    if not isinstance(message, dict):
        raise Broken
    return message
