"""Compile long patterns only when a text first needs them, because most commands and reviews never do."""

import re
from functools import cache


@cache
def compile_once(pattern: str) -> re.Pattern[str]:
    """Return a compiled pattern. Each is compiled once in a process."""
    return re.compile(pattern)
