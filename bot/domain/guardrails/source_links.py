"""Links in what Sensei says: only those that a source has, character by character."""

import re
from collections.abc import Iterable

_LINK = re.compile(r"https?://[^\s<>\"'`()\[\]{}|\\^“”‘’]{1,300}")
_END = ".,;:!?"
# Stands for a link in the text that the other rules read.
IN_ITS_PLACE = "that page"


def without_source_links(text: str, sources: Iterable[str]) -> str:
    """Return a text with "that page" for each link that a source has. The other links stay, to be refused."""
    known = {found.rstrip(_END) for source in sources for found in _LINK.findall(source)}

    def replace(found: re.Match[str]) -> str:
        link = found[0].rstrip(_END)
        return IN_ITS_PLACE + found[0][len(link) :] if link in known else found[0]

    return _LINK.sub(replace, text)
