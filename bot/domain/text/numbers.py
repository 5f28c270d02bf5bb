"""Numbers as buttons, forms and commands bring them: text that anybody may have written."""

_MOST_DIGITS = 18
"""Any number of so many digits fits into a database column."""


def parse_number(text: str) -> int | None:
    """Return the number that a text of plain digits is; None if it is none, or no column holds it."""
    found = text.lstrip("0") or text[:1]
    if not text.isascii() or not text.isdigit() or len(found) > _MOST_DIGITS:
        return None
    return int(found)
