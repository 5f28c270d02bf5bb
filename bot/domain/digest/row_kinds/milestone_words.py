"""Words about the milestone that is near. A digest says once when it is, and each row what it needs."""

from bot.domain.digest.calendar import SenseiCalendar
from bot.domain.digest.rows import say_days
from bot.domain.triage.records import Milestone

MILESTONE_NAMES = {
    Milestone.DESIGN: "the design milestone",
    Milestone.MIDWAY: "the midway milestone",
    Milestone.FINAL: "the final milestone",
}


def say_milestone(calendar: SenseiCalendar) -> tuple[str, ...]:
    """Return the sentence that says when the milestone is, or nothing if none is near."""
    near = calendar.milestone
    if near is None:
        return ()
    name = MILESTONE_NAMES[near.milestone].capitalize()
    if near.day < calendar.today:
        return (f"{name} was on {near.day:%a} {near.day.day} {near.day:%b}.",)
    when = f"in {say_days(near.days_left)}" if near.days_left else "before your next working day"
    return (f"{name} is {'today' if near.day == calendar.today else when}.",)


def say_needed(calendar: SenseiCalendar) -> tuple[str, ...]:
    """Return the sentence that a row is needed for the milestone, or nothing if none is near."""
    near = calendar.milestone
    return (f"Needed for {MILESTONE_NAMES[near.milestone]}.",) if near else ()
