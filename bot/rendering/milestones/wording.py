"""Words about milestones that every surface shares."""

from datetime import date

from bot.domain.milestones.schedule import MilestoneDate, MilestoneStage
from bot.domain.triage.records import Milestone
from bot.rendering.text.safe_text import one_line

TITLES = {
    Milestone.DESIGN: "Design milestone",
    Milestone.MIDWAY: "Midway milestone",
    Milestone.FINAL: "Final milestone",
}
NO_DATES = (
    "No milestone has a date yet, so no rulings are asked for one. Whoever runs Sensei can add a date with "
    "`sensei cohort date add design 2027-01-29`."
)


def describe_window(current: MilestoneDate) -> str:
    """Say when senseis rule on all criteria, in one sentence."""
    first, last = format_day(current.opens), format_day(current.closes)
    match current.stage:
        case MilestoneStage.AHEAD:
            return f"From {first} to {last}, senseis rule on every criterion."
        case MilestoneStage.OPEN:
            return f"Senseis rule on every criterion until {last}."
        case MilestoneStage.OVER:
            return f"Its rulings were due by {last}. They stay as they are."


def describe_level(level: int, levels: tuple[str, ...]) -> str:
    """Return a level with its name, such as ``level 2 (reasoned)``."""
    return f"level {level} ({one_line(levels[level])})" if level < len(levels) else f"level {level}"


def format_day(day: date) -> str:
    """Return a day, such as ``28 Nov 2026``."""
    return f"{day.day} {day:%b} {day.year}"
