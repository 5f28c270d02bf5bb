"""Convert paths between git's bytes and the text in a report.

Inside Sensei a path is a ``str``, decoded as UTF-8 with ``surrogateescape``, so that no byte is lost.
"""


def from_git(raw: bytes) -> str:
    """Decode a path from ``git ... -z`` without losing bytes."""
    return raw.decode("utf-8", "surrogateescape")


def to_git(path: str) -> bytes:
    """Encode a path as the bytes that git printed."""
    return path.encode("utf-8", "surrogateescape")


def display_path(path: str) -> str:
    r"""Return a path for a report: unchanged if it is valid UTF-8, else quoted as git quotes it.

    ``caf\udce9.py`` (the single byte 0xE9) becomes ``"caf\351.py"``, with the quotation marks, as
    ``git status`` prints it.
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


def path_on_one_line(path: str) -> str:
    r"""Return a path for a message: like ``display_path``, with line breaks written as ``\n``."""
    return display_path(path).replace("\n", "\\n").replace("\r", "\\r")


def name_file(path: str) -> str:
    """Return the last two parts of a path, for a sentence."""
    return "/".join(path_on_one_line(path).split("/")[-2:])
