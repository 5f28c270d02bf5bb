"""Decode any file as text, to search it for secrets."""

import re

_MARKS = (
    (b"\xff\xfe\0\0", "utf-32-le"),
    (b"\0\0\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_HEAD = 8000  # bytes to examine, the same number as in git
_STRING = re.compile(rb"[\x20-\x7e\t\r\n]{8,}")
_TEXT = bytes(range(32, 127)) + b"\t\r\n\0"


def decode_text(data: bytes) -> str:
    """Decode UTF-8, UTF-16 or UTF-32, else Latin-1, which has a character for every byte."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    if utf16 := _detect_utf16(data[:_HEAD]):
        return data.decode(utf16, "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def is_mostly_text(data: bytes) -> bool:
    """Return whether data with NUL bytes is still text: UTF-16, or lines with a few NULs."""
    head = data[:_HEAD]
    return len(head.translate(None, _TEXT)) * 10 <= len(head) and (
        head.count(0) * 10 <= len(head) or _detect_utf16(head) is not None
    )


def readable_strings(data: bytes) -> str:
    """Return the readable strings in a binary file, one on each line."""
    return "\n".join(run.decode("ascii") for run in _STRING.findall(data))


def _detect_utf16(head: bytes) -> str | None:
    """Return the encoding of UTF-16 without a byte order mark, in which every other byte of ASCII is NUL."""
    even, odd = head[::2], head[1::2]
    if len(head) < 8:
        return None
    if odd.count(0) * 10 >= len(odd) * 7 and even.count(0) * 10 <= len(even):
        return "utf-16-le"
    if even.count(0) * 10 >= len(even) * 7 and odd.count(0) * 10 <= len(odd):
        return "utf-16-be"
    return None
