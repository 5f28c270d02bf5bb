"""Lines that hold no secret, from ``innocent.txt``: hashes, placeholders, references, names, prose."""

import re
from pathlib import Path
from uuid import UUID

from tests.security.corpus.values import B64, HEX, begin, some

_MADE = re.compile(r"<<(?:(hex|b64):(\d+)|(uuid)|)>>")


def innocent() -> list[str]:
    """Return the lines, with what is marked in them made up: ``<<hex:40>>``, ``<<b64:64>>``, ``<<uuid>>``."""
    begin(0)
    lines = Path(__file__).with_name("innocent.txt").read_text("utf-8").splitlines()
    return [_MADE.sub(_made, line).replace("\\n", "\n") for line in lines]


def _made(found: re.Match[str]) -> str:
    if found[3]:
        return str(UUID(some(32, HEX)))
    return some(int(found[2]), HEX if found[1] == "hex" else B64) if found[1] else ""
