"""The open milestone in an App Home, with the button that shows how far its rulings have come."""

from collections.abc import Iterable

from bot.domain.dojo.app_home import Home
from bot.domain.triage.milestone_windows import CLOSES_AFTER, find_open_milestone
from bot.domain.triage.records import Milestone
from bot.ports.chat import Block
from bot.rendering.chat.slack_blocks import button, day, section

MILESTONE = "milestone.show"
_TITLES = {
    Milestone.DESIGN: "Design milestone",
    Milestone.MIDWAY: "Midway milestone",
    Milestone.FINAL: "Final milestone",
}


def milestone_blocks(home: Home) -> Iterable[Block]:
    """Yield the open milestone, if there is one and the reader's roles allow them to see it."""
    if home.participant is None and home.lead is None and (home.sensei is None or home.sensei.waiting):
        return
    names = {milestone.value: milestone for milestone in Milestone}
    dates = {names[entry.kind]: entry.day for entry in home.dates if entry.kind in names}
    current = find_open_milestone(dates, home.today)
    if current is None:
        return
    closes = dates[current] + CLOSES_AFTER
    text = (
        f"*{_TITLES[current]}* – {day(dates[current], home.today)}. Senseis have until {closes.day} "
        f"{closes:%b} to rule on every criterion."
    )
    yield section(text, button("See the rulings so far", MILESTONE))
