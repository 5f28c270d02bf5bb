"""Words about the milestone that is near. A digest says once when it is, and each row what it needs."""

from bot.domain.digest.calendar import SenseiCalendar
from bot.domain.digest.matters import ComingRulings
from bot.domain.digest.rows import say_day, say_days
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
        return (f"{name} was on {say_day(near.day)}.",)
    if near.day == calendar.today:
        return (f"{name} is today.",)
    when = f"in {say_days(near.days_left)}" if near.days_left else "before your next working day"
    return (f"{name} is on {say_day(near.day)}, {when}.",)


def say_coming(coming: ComingRulings) -> str:
    """Return the sentences that say how many rulings will be due at a milestone, and by when."""
    rulings = "1 ruling" if coming.rulings == 1 else f"{coming.rulings} rulings"
    people = "1 participant" if coming.participants == 1 else f"{coming.participants} participants"
    them = "it" if coming.rulings == 1 else "them"
    return (
        f"Ahead: {rulings} on {people} will be due for {MILESTONE_NAMES[coming.milestone]} on "
        f"{say_day(coming.day)}. "
        f"You can make {them} from {say_day(coming.opens)} to {say_day(coming.closes)}."
    )


def say_needed(calendar: SenseiCalendar) -> tuple[str, ...]:
    """Return the sentence that a row is needed for the milestone, or nothing if none is near."""
    near = calendar.milestone
    return (f"Needed for {MILESTONE_NAMES[near.milestone]}.",) if near else ()
