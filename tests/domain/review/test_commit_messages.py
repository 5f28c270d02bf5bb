"""What is taken from a commit for its message."""

import pytest

from bot.domain.review.commit_messages import read_message

HEADERS = b"tree 1\nauthor Ada <ada@example.org> 1 +0000\ncommitter Ada <ada@example.org> 1 +0000\n"
SIGNED = b"gpgsig -----BEGIN\n \n encoding UTF-7\n -----END\n"


@pytest.mark.parametrize(
    ("header", "text", "read"),
    [
        (b"", b"First\n\nWhy.\n", "First\n\nWhy."),
        (b"", b"before\0after\n", "before\ufffdafter"),
        (b"", b"\xe9", "\ufffd"),
        (b"", b"", ""),
        (b"encoding ISO-8859-1\n", b"caf\xe9", "café"),
        (b"encoding ISO-2022-JP\n", "日本".encode("iso-2022-jp"), "日本"),
        (SIGNED, b"signed\n\nencoding UTF-7\n", "signed\n\nencoding UTF-7"),
        (b"encoding UTF-16\n", b"hi", None),
        (b"encoding UTF-7\n", b"hi", None),
        (b"encoding punycode\n", b"hi", None),
        (b"encoding ISO-8859-12\n", b"hi", None),
        (b"encoding \x1b[2J\n", b"hi", None),
    ],
)
def test_a_message_is_whole_or_not_read(header: bytes, text: bytes, read: str | None) -> None:
    assert read_message(HEADERS + header + b"\n" + text) == read
