"""Paths as git has them (bytes) and as a report shows them (text that is valid UTF-8).

Inside, a path is a str decoded as UTF-8 with ``surrogateescape``, so that nothing is lost on the way back.
"""


def from_git(raw: bytes) -> str:
    """Decode a path from ``git ... -z`` without losing bytes."""
    return raw.decode("utf-8", "surrogateescape")


def to_git(path: str) -> bytes:
    """Give git back the bytes it printed."""
    return path.encode("utf-8", "surrogateescape")


def shown(path: str) -> str:
    r"""Return the path as a report names it: as it is if that is valid UTF-8, else quoted as git quotes it.

    ``caf\udce9.py`` (the single byte 0xE9) becomes ``"caf\351.py"`` with the quotation marks, which is
    what ``git status`` prints for it.
    """
    try:
        path.encode("utf-8")
    except UnicodeEncodeError:
        quoted = "".join(
            chr(byte) if 0x20 <= byte < 0x7F and byte not in b'"\\' else f"\\{byte:03o}"
            for byte in to_git(path)
        )
        return f'"{quoted}"'
    return path


def on_one_line(path: str) -> str:
    r"""Return the path as a message names it: as ``shown``, with its line breaks written as ``\n``."""
    return shown(path).replace("\n", "\\n").replace("\r", "\\r")
