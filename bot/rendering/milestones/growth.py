"""Growth in words, as safe text without markup. Titles are the rubric's own."""

from datetime import datetime

from bot.domain.milestones.growth import (
    CriterionGrowth,
    Growth,
    list_first_settled,
    list_first_unaided,
)
from bot.rendering.text.safe_text import count, one_line

EXPLAINED = (
    "A decision is unaided if you recorded it without a question from me, or if your answer to my question "
    "needed no follow-up. All other decisions are assisted. A question counts as “raised and not repeated” "
    "if you answered it and, when a later pull request changed the evidence for its criterion, I didn't ask "
    "about the same check again."
)

EXPLAINED_NEUTRALLY = (
    "A decision is unaided if it was recorded without a question from Sensei, or if the answer to Sensei's "
    "question needed no follow-up. All other decisions are assisted. A question counts as “raised and not "
    "repeated” if it was answered and, when a later pull request changed the evidence for its criterion, "
    "Sensei didn't ask about the same check again."
)
"""The same for a page that its participant may show to others."""


DEFENDED = (
    "A question counts as defended alone if the participant answered it in the live defence without a "
    "follow-up."
)
"""Explains the count that is shown only once there was a defence."""


def growth_lines(growth: Growth, since: datetime) -> tuple[str, ...]:
    """Return what happened for the first time after a moment: at most two lines, often none."""
    lines = []
    if titles := list_first_unaided(growth, since):
        lines.append(f"First unaided decision: {_join(titles)}.")
    if titles := list_first_settled(growth, since):
        lines.append(f"First question that I didn't need to repeat: {_join(titles)}.")
    return tuple(lines)


def describe_growth(growth: Growth) -> tuple[str, ...]:
    """Return a line for each criterion with something to count: ``Security: 2 decisions unaided``."""
    lines = [f"{one_line(one.title)}: {describe_counts(one)}" for one in growth.criteria]
    if growth.other:
        lines.append(f"No criterion: {count(growth.other, 'decision')} unaided")
    return tuple(lines)


def describe_counts(growth: CriterionGrowth) -> str:
    """Return the counts of a criterion in words, without those that are zero."""
    parts = []
    if growth.unaided:
        parts.append(f"{count(growth.unaided, 'decision')} unaided")
    if growth.assisted:
        parts.append(f"{count(growth.assisted, 'decision')} assisted")
    if growth.settled:
        parts.append(f"{count(growth.settled, 'question')} raised and not repeated")
    if growth.defended:
        parts.append(f"{count(growth.defended, 'question')} defended alone")
    return ", ".join(parts)


def _join(titles: list[str]) -> str:
    return ", ".join(one_line(title) for title in titles)
