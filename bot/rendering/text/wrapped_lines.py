"""Wraps sentences for a terminal of 80 columns, without breaking words, ids or paths."""

import textwrap

WIDTH = 80


def wrap_line(text: str, first: str = "", others: str = "", width: int = WIDTH) -> str:
    """Return a line as several, with ``first`` before the first one and ``others`` before the others."""
    return textwrap.fill(
        text,
        width,
        initial_indent=first,
        subsequent_indent=others,
        break_long_words=False,
        break_on_hyphens=False,
    )
