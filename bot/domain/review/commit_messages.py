"""Decode a commit's message."""

import re

_ENCODING = re.compile(rb"^encoding (.*)$", re.MULTILINE)
# The encodings in use for commit messages. Other encodings that Python supports can hide text (UTF-7) or are
# too slow to decode.
_KNOWN = re.compile(
    r"utf-?8|(?:us-)?ascii|latin-?1|iso-?8859-?\d{1,2}|(?:windows-?|cp)125\d|cp(?:437|850|866|932|936|949|950)"
    r"|koi8-?[ru]|shift[_-]?jis|sjis|euc-?(?:jp|kr|cn)|iso-?2022-?(?:jp|kr)|gb2312|gbk|gb18030|big5"
)


def read_message(commit: bytes) -> str | None:
    """Return a commit's message without surrounding white space, or None if its encoding is unknown.

    Bytes that are invalid in the encoding, and NULs, become U+FFFD.
    """
    headers, _, text = commit.partition(b"\n\n")
    declared = _ENCODING.search(headers)
    encoding = declared[1].decode("ascii", "replace").strip().lower() if declared else "utf-8"
    if not _KNOWN.fullmatch(encoding):
        return None
    try:
        decoded = text.decode(encoding, "replace")
    except LookupError:  # an encoding that does not exist, such as iso-8859-12
        return None
    return decoded.replace("\0", "\ufffd").strip()
