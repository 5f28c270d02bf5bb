"""A level in words, from a rubric's scale."""

from collections.abc import Sequence

from bot.domain.rubrics.rubric import ScaleLevel


def name_level(scale: Sequence[ScaleLevel], level: int) -> str:
    """Return a level with its name, such as ``2 · reasoned``."""
    name = next((step.name for step in scale if step.level == level), "")
    return f"{level} · {name}" if name else str(level)


def explain_level(scale: Sequence[ScaleLevel], level: int) -> str:
    """Return what a level means, or an empty string if its name says it all."""
    return next((step.means or "" for step in scale if step.level == level), "")
