"""Words about milestones that every surface shares."""

from datetime import date

from bot.domain.milestones.readiness import Readiness
from bot.domain.milestones.schedule import MilestoneDate, MilestoneStage
from bot.domain.triage.records import Milestone
from bot.rendering.text.safe_text import one_line

TITLES = {
    Milestone.DESIGN: "Design milestone",
    Milestone.MIDWAY: "Midway milestone",
    Milestone.FINAL: "Final milestone",
}
NO_DATES = (
    "No milestone has a date yet, so no rulings are due. The person who runs Sensei can add a date with "
    "`sensei cohort date add design 2027-01-29`."
)


def describe_window(current: MilestoneDate) -> str:
    """Say when senseis rule on all criteria, in one sentence."""
    first, last = format_day(current.opens), format_day(current.closes)
    match current.stage:
        case MilestoneStage.AHEAD:
            return f"From {first} to {last}, senseis rule on every criterion."
        case MilestoneStage.OPEN:
            return f"Senseis have until {last} to rule on every criterion."
        case MilestoneStage.OVER:
            return f"Senseis had until {last} to rule on every criterion. Their rulings stay as they are."


def describe_count(readiness: Readiness) -> str:
    """Say how many of a capstone's criteria have their ruling, such as ``3 of 8 criteria ruled on``."""
    return f"{len(readiness.ruled)} of {len(readiness.asked)} criteria ruled on"


def describe_level(level: int, levels: tuple[str, ...]) -> str:
    """Return a level with its name, such as ``level 2 (reasoned)``."""
    return f"level {level} ({one_line(levels[level])})" if level < len(levels) else f"level {level}"


def format_day(day: date) -> str:
    """Return a day, such as ``28 Nov 2026``."""
    return f"{day.day} {day:%b} {day.year}"
