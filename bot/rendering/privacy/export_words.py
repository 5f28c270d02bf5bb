"""Short pieces of an export's page: times, quotes and words for states."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.rendering.review.markdown import plain

Json = Mapping[str, Any]


def day(moment: str | None) -> str:
    """Return the date of a time in ISO 8601."""
    return (moment or "")[:10]


def minute(moment: str | None) -> str:
    """Return ``2026-11-26 09:30 UTC`` for a time in ISO 8601."""
    return f"{moment[:16].replace('T', ' ')} UTC" if moment else ""


def quote_lines(text: str, indent: str = "") -> Iterator[str]:
    """Yield text as a Markdown quotation that looks as it was written."""
    for line in text.split("\n"):
        yield f"{indent}> {plain(line)}".rstrip() + "  "


def section(title: str, lines: Sequence[str]) -> list[str]:
    """Return a section with its heading, or nothing if it has no lines."""
    return ["", f"## {title}", "", *lines] if lines else []


def nested(title: str, lines: Sequence[str]) -> list[str]:
    """Return a subsection with its heading, or nothing if it has no lines."""
    return ["", f"### {title}", "", *lines] if lines else []


def is_other(value: object) -> bool:
    """Return whether the export replaced a value because it is another person's."""
    return value == "somebody else"


ENROLMENT_STATES: Mapping[str, str] = {
    "active": "taking part",
    "paused": "paused",
    "left": "you have left",
}
PAIR_STATES: Mapping[str, str] = {
    "proposed": "was proposed to the leads",
    "approved": "was approved by a lead, and the sensei was asked",
    "active": "is active",
    "declined": "was declined by a lead",
    "vetoed": "was turned down by the sensei",
    "replaced": "was replaced by another proposal",
    "ended": "has ended",
}
LINK_CODE_STATES: Mapping[str, str] = {
    "given": "not used yet",
    "posted": "posted on GitHub, and not confirmed by you yet",
    "linked": "used to link the account",
    "declined": "declined by you",
    "taken": "not accepted, because one of the two accounts was linked already",
    "void": "not accepted, because two accounts posted it",
    "withdrawn": "not accepted, because the comment with it was deleted",
}
QUESTION_STATES: Mapping[str, str] = {
    "proposed": "not posted: a sensei still has to look at it",
    "kept": "about to be posted",
    "asked": "asked",
    "answered": "answered",
    "resolved": "resolved",
    "deferred": "deferred",
    "disputed": "disputed",
    "withdrawn": "withdrawn",
}
ROUND_STATES: Mapping[str, str] = {
    "waiting": "not started yet",
    "reading": "in progress",
    "published": "published",
    "incomplete": "published as incomplete",
    "superseded": "stopped, because a newer commit arrived",
    "stopped": "stopped",
    "failed": "failed",
}
OUTCOMES: Mapping[str, str] = {
    "done": "carried out",
    "silent": "left without an answer",
}
"""Outcomes of commands. Every other one means that Sensei changed nothing and said why."""
