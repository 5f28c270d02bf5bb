"""Compile long patterns only when first needed, because most commands and reviews never need them."""

import re
from functools import cache


@cache
def compile_once(pattern: str) -> re.Pattern[str]:
    """Return a compiled pattern. Each pattern is compiled once per process."""
    return re.compile(pattern)
