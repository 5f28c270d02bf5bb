"""The next one-to-ones in the App Home, and why a calendar could not be read."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from bot.domain.dojo.app_home import OneToOneHome, ShownOneToOne
from bot.domain.one_to_ones.calendar_events import CalendarProblem
from bot.ports.chat import Block
from bot.rendering.chat.slack_blocks import button, listed, named, section, small
from bot.rendering.chat.slack_text import moment

PLAN = "one_to_ones.plan"
"""The button and the form with which either of a pair plans, moves and cancels."""
PROBLEMS: Mapping[str, str] = MappingProxyType(
    {
        CalendarProblem.REFUSED: (
            "Its host says that there's no such calendar, or that it isn't shared. Check the address, or "
            "make a new secret address, and enter it again."
        ),
        CalendarProblem.NO_ANSWER: "Its host didn't answer. I'll try again tomorrow.",
        CalendarProblem.NOT_ALLOWED: (
            "I may not fetch calendars from its host. The person who runs Sensei decides which hosts I "
            "may use."
        ),
        CalendarProblem.TOO_LARGE: (
            "It's larger than 4 MB, or has too many events. Give me a calendar that has only your "
            "one-to-ones."
        ),
        CalendarProblem.NO_CALENDAR: (
            "What its host sends isn't a calendar. Enter the address that ends in .ics."
        ),
    }
)
"""Why a calendar could not be read, and what to do next, by ``CalendarProblem``."""
_MOST = 3


def one_to_one_blocks(home: OneToOneHome) -> Iterable[Block]:
    """Yield the next one-to-one with each person, and the button that plans one."""
    if not home.can_plan:
        return
    title = "*Your next one-to-one*" if len(home.meetings) < 2 else "*Your next one-to-ones*"
    text = f"{title}\n{listed(home.meetings, say_meeting, _MOST)}" if home.meetings else f"{title}: none yet."
    yield section(text, button("Plan", PLAN))
    for problem in home.problems:
        yield small(say_problem(problem))


def say_meeting(meeting: ShownOneToOne) -> str:
    """Return a line with who and when."""
    line = f"{moment(meeting.at)} with {named(meeting.person)}"
    if meeting.is_off:
        return f"{line} – one of you is away that day, so I send no brief. You can move it."
    return f"{line}, who is away; {named(meeting.deputy)} stands in" if meeting.deputy else line


def say_problem(problem: str) -> str:
    """Return why a calendar could not be read, what was kept, and what to do next."""
    if problem == CalendarProblem.NO_EVENTS:
        return (
            "I've read your calendar of one-to-ones, but no event of the next four weeks names the other "
            "person. Enter what its title says, or plan a time."
        )
    if problem == CalendarProblem.RENAMED:
        return (
            "I haven't read your calendar of one-to-ones: the other person has another name now, or you two "
            "weren't a pair when you added it. What I already knew is unchanged. If I should look for them, "
            "enter the address again."
        )
    parts = ["I couldn't read your calendar of one-to-ones.", PROBLEMS.get(problem, "")]
    return " ".join(filter(None, [*parts, "What I already knew is unchanged."]))
