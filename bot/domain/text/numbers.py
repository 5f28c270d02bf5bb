"""Parse numbers from buttons, forms and commands, which may contain any text."""

_MOST_DIGITS = 18
"""Every number with this many digits fits into a database column."""


def parse_number(text: str) -> int | None:
    """Return the number written in ASCII digits, or None for other text or a number too large to store."""
    digits = text.lstrip("0") or text[:1]
    if not text.isascii() or not text.isdigit() or len(digits) > _MOST_DIGITS:
        return None
    return int(digits)
