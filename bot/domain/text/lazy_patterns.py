"""Long patterns, compiled when a text first needs them: most commands and readings never do."""

import re
from functools import cache


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """Compile a pattern once in a process."""
    return re.compile(pattern)
