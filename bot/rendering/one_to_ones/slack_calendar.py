"""The form for the address of a calendar. The address itself is never shown again, not even to its owner."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.domain.one_to_ones.calendar_addresses import MOST_OF_AN_ADDRESS, list_hosts
from bot.ports.chat import Block, View
from bot.rendering.chat.slack_blocks import MOST_OF_A_NAME, actions, button, section, small
from bot.rendering.chat.slack_form_fields import input_block, modal, text_field
from bot.rendering.chat.slack_text import moment, mrkdwn
from bot.rendering.dojo.home_one_to_ones import PLAN, say_problem
from bot.rendering.one_to_ones.slack_plan import CALENDAR

FORGET = "one_to_ones.forget_calendar"
ADDRESS, TITLE = "address", "title"
MOST_OF_A_TITLE = 100


@dataclass(frozen=True, slots=True)
class ShownCalendar:
    """A calendar that was added. ``by`` is the name of who added it; empty if it's the reader.

    ``read_at`` is when it was last read, or None. ``problem`` is only for who added it.
    """

    by: str
    read_at: datetime | None
    problem: str = ""


def calendar_form(
    person: str, known: ShownCalendar | None, hosts: Collection[str], metadata: str, notice: str = ""
) -> View:
    """Return the form. ``person`` is the name of the other of the pair; ``metadata`` names the pair."""
    blocks: list[Block] = [section(notice)] if notice else []
    blocks += _known_blocks(known, metadata) if known else []
    name = mrkdwn(person, MOST_OF_A_NAME)
    blocks += [
        section(
            f"Once a day, I read the events of the next four weeks that name {name}. I keep only their times."
        ),
        input_block(
            ADDRESS,
            "Address of the calendar (.ics)",
            text_field(ADDRESS, "", MOST_OF_AN_ADDRESS),
            hint=f"It must be on {list_hosts(hosts)}. I show it to nobody.",
        ),
        input_block(
            TITLE,
            "What the title says, if it doesn't name them",
            text_field(TITLE, "", MOST_OF_A_TITLE),
            optional=True,
            hint="For example: Dojo hour.",
        ),
        actions(button("Back to your one-to-ones", PLAN, metadata)),
    ]
    return {**modal("A calendar", "Save", blocks, metadata), "callback_id": CALENDAR}


def _known_blocks(known: ShownCalendar, metadata: str) -> Iterable[Block]:
    whose = (
        f"{mrkdwn(known.by, MOST_OF_A_NAME)} has added a calendar" if known.by else "You've added a calendar"
    )
    read = f"I last read it {moment(known.read_at)}." if known.read_at else "I'll read it in a moment."
    yield section(
        f"{whose}. {read} If you save another one, it takes its place.",
        button("Remove it", FORGET, metadata),
    )
    if known.problem and not known.by:
        yield small(say_problem(known.problem))
