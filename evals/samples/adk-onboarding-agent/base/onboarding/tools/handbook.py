"""Search over the handbook's sections."""

import re
from functools import cache

from onboarding.config import DATA

_HEADING = re.compile(r"^## (.+)$", re.MULTILINE)


@cache
def _sections() -> dict[str, str]:
    text = (DATA / "handbook.md").read_text(encoding="utf-8")
    parts = _HEADING.split(text)[1:]
    return dict(zip(parts[::2], (body.strip() for body in parts[1::2]), strict=True))


def search_handbook(query: str) -> dict:
    """Find handbook sections whose heading shares a word with the query.

    Args:
        query: a few words, such as "parental leave".

    Returns:
        A dict with "sections": a list of {"heading", "text"}, at most three.
    """
    words = set(re.findall(r"\w{3,}", query.lower()))
    hits = [
        {"heading": heading, "text": text}
        for heading, text in _sections().items()
        if words & set(re.findall(r"\w{3,}", heading.lower()))
    ]
    return {"sections": hits[:3]}
