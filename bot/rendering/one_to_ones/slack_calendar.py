"""The form for the address of a calendar. The address itself is never shown again, not even to its owner."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.one_to_ones.calendar_addresses import MOST_OF_AN_ADDRESS, list_hosts
from bot.ports.chat import Block, View
from bot.rendering.chat.slack_blocks import MOST_OF_A_NAME, actions, button, section, small
from bot.rendering.chat.slack_form_fields import input_block, modal, single_select, text_field
from bot.rendering.chat.slack_text import moment, mrkdwn
from bot.rendering.dojo.home_one_to_ones import PLAN, say_problem
from bot.rendering.one_to_ones.slack_plan import CALENDAR, WITH

FORGET = "one_to_ones.forget_calendar"
ADDRESS, TITLE = "address", "title"
MOST_OF_A_TITLE = 100
_SWITCHED_OFF = (
    "Whoever runs Sensei has switched calendars off, so I don't read any. You can plan single one-to-ones "
    "instead."
)


@dataclass(frozen=True, slots=True)
class ShownCalendar:
    """A calendar that was added for the reader and ``person``, a name. ``pair`` is the value of its buttons.

    ``by`` is the name of who added it; empty if it's the reader. ``read_at`` is when Sensei last tried to
    read it, or None. ``problem`` is only for who added it.
    """

    pair: str
    person: str
    by: str
    read_at: datetime | None
    problem: str = ""


def calendar_form(
    partners: Mapping[str, str],
    chosen: str,
    known: Sequence[ShownCalendar],
    hosts: Collection[str],
    notice: str = "",
) -> View:
    """Return the form.

    ``partners`` are the names of those with whom the reader is in a pair, by the values of these pairs;
    ``chosen`` is such a value. Without ``hosts``, it has no field for an address, but calendars can be
    removed.
    """
    several = len(partners) > 1
    blocks: list[Block] = [section(notice)] if notice else []
    for calendar in known:
        blocks += _known_blocks(calendar, several=several)
    back = actions(button("Back to your one-to-ones", PLAN, chosen))
    if not hosts:
        return _switched_off_form([*blocks, section(_SWITCHED_OFF), back], chosen)
    if several:
        blocks.append(input_block(WITH, "With", single_select(WITH, partners, chosen)))
    name = "the other person" if several else mrkdwn(partners[chosen], MOST_OF_A_NAME)
    blocks += [
        section(
            f"Once a day, I read the events of the next four weeks that name {name}. I keep their times, but "
            "no title, guest or description."
        ),
        input_block(
            ADDRESS,
            "Address of the calendar (.ics)",
            text_field(ADDRESS, "", MOST_OF_AN_ADDRESS),
            hint=f"It must be on {list_hosts(hosts)}. I show it to nobody; only an export of your own data "
            "contains it.",
        ),
        input_block(
            TITLE,
            "What the title says, if it doesn't name them",
            text_field(TITLE, "", MOST_OF_A_TITLE),
            optional=True,
            hint="For example: Dojo hour.",
        ),
        back,
    ]
    return {**modal("A calendar", "Save", blocks, chosen), "callback_id": CALENDAR}


def _switched_off_form(blocks: Sequence[Block], chosen: str) -> View:
    """Return the form without anything to save."""
    view = {**modal("A calendar", "", blocks, chosen), "callback_id": CALENDAR}
    return {key: value for key, value in view.items() if key != "submit"}


def _known_blocks(known: ShownCalendar, *, several: bool) -> Iterable[Block]:
    person = mrkdwn(known.person, MOST_OF_A_NAME)
    whose = f"{mrkdwn(known.by, MOST_OF_A_NAME)} has" if known.by else "You've"
    for_whom = f" for your one-to-ones with {person}" if several else ""
    looked = f"I last looked at it {moment(known.read_at)}." if known.read_at else "I'll read it in a moment."
    yield section(
        f"{whose} added a calendar{for_whom}. {looked} If you save another one, it takes its place. If you "
        "remove it, the coming one-to-ones in it are cancelled.",
        button("Remove it", f"{FORGET}:{known.pair}", known.pair),
    )
    if known.problem and not known.by:
        yield small(say_problem(known.problem))
