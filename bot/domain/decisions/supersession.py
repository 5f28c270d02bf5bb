"""Changing the status of a record's file when a later record replaces it."""

from bot.domain.decisions.record_headings import RecordField, find_topic
from bot.domain.decisions.record_text import MOST_CHARACTERS, read_key

_FENCE_MARKS = ("```", "~~~")


def mark_superseded(text: str, name: str, path: str) -> str | None:
    """Return a record's text with the status "superseded by" and a link, or None if it states no status.

    ``name`` is what the link says; ``path`` is the later record's, relative to this one. Only the status
    changes, and line ends stay as they are.
    """
    if len(text) > MOST_CHARACTERS:
        return None
    lines = text.split("\n")
    status = f"superseded by [{name}]({path})"
    is_front_matter = lines[0].rstrip() == "---"
    for number, line in enumerate(lines):
        if line.startswith(_FENCE_MARKS):
            return None
        if number and line.rstrip() == "---":
            is_front_matter = False
        end = "\r" if line.endswith("\r") else ""
        pair = read_key(line.rstrip())
        if pair and find_topic(pair[0]) is RecordField.STATUS:
            shown = f'"{status}"' if is_front_matter else status
            lines[number] = f"{_before_value(line)} {shown}{end}"
            return "\n".join(lines)
        if line.startswith("#") and find_topic(line.lstrip("#")) is RecordField.STATUS:
            return _replace_below(lines, number, f"S{status[1:]}")
    return None


def _before_value(line: str) -> str:
    """Return a line up to its value: ``- **Status:**`` or ``status:``."""
    head, colon, rest = line.partition(":")
    return f"{head}{colon}{'**' if rest.startswith('**') else ''}"


def _replace_below(lines: list[str], heading: int, status: str) -> str | None:
    """Replace the first line with a text below a heading, unless the next heading comes first."""
    for number in range(heading + 1, len(lines)):
        line = lines[number]
        if line.startswith("#"):
            return None
        if line.strip():
            end = "\r" if line.endswith("\r") else ""
            return "\n".join([*lines[:number], status + end, *lines[number + 1 :]])
    return None
