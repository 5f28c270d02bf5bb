"""Milestones at the command line: counts and ruled levels, without words or drafts."""

from collections.abc import Iterator, Sequence

from bot.domain.milestones.readiness import Readiness
from bot.domain.milestones.schedule import MilestoneDate
from bot.domain.milestones.shown import SenseiMilestone
from bot.rendering.milestones.wording import NO_DATES, TITLES, describe_count, describe_window, format_day
from bot.rendering.text.safe_text import count, one_line
from bot.rendering.text.wrapped_lines import wrap_line


def format_list(
    cohort: str, current: MilestoneDate | None, senseis: Sequence[SenseiMilestone]
) -> Iterator[str]:
    """Yield the lines of ``sensei milestone list``: each sensei with their participants."""
    if current is None:
        yield wrap_line(f"{one_line(cohort)}: {NO_DATES}")
        return
    yield wrap_line(f"{one_line(cohort)}: {TITLES[current.milestone].lower()} on {format_day(current.day)}")
    yield wrap_line(describe_window(current))
    if not senseis:
        yield "No capstone is enrolled yet."
    for sensei in senseis:
        name = one_line(sensei.person.name) if sensei.person else "Without a sensei"
        yield ""
        yield f"{name}: {sensei.ruled} of {count(sensei.asked, 'ruling')} made"
        for person, readiness in sensei.participants:
            yield wrap_line(f"{one_line(person.name)}: {_describe(readiness)}", "  ", "    ")


def _describe(readiness: Readiness) -> str:
    text = describe_count(readiness)
    below = ", ".join(one_line(standing.title) for standing in readiness.below_gate)
    return f"{text}; not ready yet: {below}" if below else text
