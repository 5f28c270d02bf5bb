"""Lists of names in a sentence."""

from collections.abc import Sequence


def join_names(names: Sequence[str], most: int = 5) -> str:
    """Return ``A, B and C``, or ``A, B and 3 more``."""
    last = f"{len(names) - most:,} more" if len(names) > most else ""
    *shown, end = [*names[:most], *([last] if last else [])] or [""]
    return f"{', '.join(shown)} and {end}" if shown else end
