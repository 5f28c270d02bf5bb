"""A commit's message, from the bytes of the commit."""

import re

_ENCODING = re.compile(rb"^encoding (.*)$", re.MULTILINE)
# Of the encodings that Python knows those that people commit in. Others hide text (UTF-7), or cost too much.
_KNOWN = re.compile(
    r"utf-?8|(?:us-)?ascii|latin-?1|iso-?8859-?\d{1,2}|(?:windows-?|cp)125\d|cp(?:437|850|866|932|936|949|950)"
    r"|koi8-?[ru]|shift[_-]?jis|sjis|euc-?(?:jp|kr|cn)|iso-?2022-?(?:jp|kr)|gb2312|gbk|gb18030|big5"
)


def read_message(commit: bytes) -> str | None:
    """Return a commit's whole message, without white space around it; None if its encoding is not known.

    Bytes that the encoding does not have, and NULs, become U+FFFD.
    """
    headers, _, text = commit.partition(b"\n\n")
    declared = _ENCODING.search(headers)
    encoding = declared[1].decode("ascii", "replace").strip().lower() if declared else "utf-8"
    if not _KNOWN.fullmatch(encoding):
        return None
    try:
        decoded = text.decode(encoding, "replace")
    except LookupError:  # iso-8859-12, say
        return None
    return decoded.replace("\0", "\ufffd").strip()
