"""Messages over a pipe, each preceded by its length in four bytes.

The child sends only JSON. It has parsed strangers' files, so the parent never unpickles anything
from it. Messages to the child are pickled, since they come from this program itself.
"""

import json
import struct
from collections.abc import Iterator
from typing import Any, BinaryIO

_LENGTH = struct.Struct(">I")
MOST_BYTES = 16 * 1024 * 1024  # of one message: a report that names about 100,000 files


class BrokenFrameError(Exception):
    """The other end has closed, or has sent something that is not a message."""


def encode_message(message: Any) -> bytes:
    """Return a JSON message as bytes for the pipe; lone surrogates in file names survive."""
    return add_length(json.dumps(message, separators=(",", ":")).encode("ascii"))


def add_length(payload: bytes) -> bytes:
    """Return bytes preceded by their length."""
    return _LENGTH.pack(len(payload)) + payload


def read_frame(stream: BinaryIO) -> bytes:
    """Wait for one message and return its bytes.

    Raises:
        BrokenFrameError: the other end has closed.
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
    """Assembles messages from bytes that arrive in pieces."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def add(self, arrived: bytes) -> Iterator[dict[str, Any]]:
        """Yield the messages that are complete now.

        Raises:
            BrokenFrameError: the bytes are not a message, or the message is too long.
        """
        self._buffer += arrived
        while len(self._buffer) >= _LENGTH.size:
            (length,) = _LENGTH.unpack_from(self._buffer)
            if length > MOST_BYTES:
                raise BrokenFrameError
            end = _LENGTH.size + length
            if len(self._buffer) < end:
                return
            payload = bytes(self._buffer[_LENGTH.size : end])
            del self._buffer[:end]
            yield _parse_message(payload)


def _parse_message(payload: bytes) -> dict[str, Any]:
    try:
        message = json.loads(payload)
    except (ValueError, RecursionError):
        raise BrokenFrameError from None
    if not isinstance(message, dict):
        raise BrokenFrameError
    return message
