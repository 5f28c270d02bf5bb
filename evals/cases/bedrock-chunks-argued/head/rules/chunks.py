"""Cuts the building rules into chunks for the index."""

import re

LONGEST = 4_800  # characters; a longer section is cut


def chunks(text: str) -> list[str]:
    """Return the chunks of a document, in order: its sections, each with its heading."""
    sections = re.split(r"(?m)^(?=§ )", text)
    return [
        section[start : start + LONGEST]
        for section in sections
        if section.strip()
        for start in range(0, len(section), LONGEST)
    ]
