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


class BrokenFrameError(Exception):
    """The other end has gone, or what it says is no message."""


def write_frame(message: Any) -> bytes:
    """Return a JSON message as it goes over the pipe; lone surrogates of file names survive."""
    return to_frame(json.dumps(message, separators=(",", ":")).encode("ascii"))


def to_frame(payload: bytes) -> bytes:
    """Return bytes behind their length."""
    return _LENGTH.pack(len(payload)) + payload


def take_frame(stream: BinaryIO) -> bytes:
    """Wait for one message.

    Raises:
        Broken: there is none any more.
    """
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise BrokenFrameError
    (length,) = _LENGTH.unpack(head)
    payload = stream.read(length)
    if len(payload) < length:
        raise BrokenFrameError
    return payload


class FrameReader:
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
                raise BrokenFrameError
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
        raise BrokenFrameError from None
    if not isinstance(message, dict):
        raise BrokenFrameError
    return message
