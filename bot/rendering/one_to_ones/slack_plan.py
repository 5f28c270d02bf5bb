"""The form in which either of a pair plans, moves and cancels one-to-ones."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.domain.dojo.app_home import ShownOneToOne
from bot.ports.chat import Block, View
from bot.rendering.chat.slack_blocks import actions, button, confirmed, divider, section, small
from bot.rendering.chat.slack_form_fields import (
    date_picker,
    input_block,
    modal,
    single_select,
    time_picker,
)
from bot.rendering.dojo.home_one_to_ones import PLAN, say_meeting

MOVE, CANCEL, CALENDAR = "one_to_ones.move", "one_to_ones.cancel", "one_to_ones.calendar"
SHOW_BRIEF = "one_to_ones.show_brief"
"""The buttons in the form; ``CALENDAR`` opens the form for a calendar."""
WITH, DAY, CLOCK = "with", "day", "clock"
"""The fields."""


@dataclass(frozen=True, slots=True)
class PlanForm:
    """What the form shows.

    ``partners`` are names by the value of a choice; ``chosen`` is one of these values. ``meetings`` are the
    coming one-to-ones by their ids. ``local`` is the time in ``zone`` that the pickers begin with. If
    ``moving`` is the id of a one-to-one, the form moves it. ``notice`` is a sentence of ours. ``fixed`` are
    the ids of those that are in a calendar, and are moved there.
    """

    partners: Mapping[str, str]
    chosen: str
    meetings: Sequence[tuple[int, ShownOneToOne]]
    local: datetime
    zone: str
    moving: int | None = None
    notice: str = ""
    fixed: Collection[int] = ()


def plan_form(shown: PlanForm, metadata: str) -> View:
    """Return the form."""
    blocks = [*_list_blocks(shown), divider(), *_field_blocks(shown)]
    title, submit = ("Move a one-to-one", "Move") if shown.moving is not None else ("One-to-ones", "Plan")
    return {**modal(title, submit, blocks, metadata), "callback_id": PLAN}


def _list_blocks(shown: PlanForm) -> Iterable[Block]:
    if shown.notice:
        yield section(shown.notice)
    if not shown.meetings:
        yield section("You have no one-to-one planned.")
    for number, meeting in shown.meetings:
        if shown.moving is not None and number != shown.moving:
            continue
        yield section(say_meeting(meeting))
        if shown.moving is None:
            moves = [button("Move", f"{MOVE}:{number}", str(number))] if number not in shown.fixed else []
            yield actions(
                button("Brief", f"{SHOW_BRIEF}:{number}", str(number)),
                *moves,
                confirmed(
                    button("Cancel it", f"{CANCEL}:{number}", str(number)),
                    "Cancel this one-to-one?",
                    "It disappears for both of you, and neither gets a brief for it.",
                    "Yes, cancel the one-to-one",
                    "Keep it",
                ),
            )
            if number in shown.fixed:
                yield small("It comes from a calendar. If it's moved there, it moves here within a day.")


def _field_blocks(shown: PlanForm) -> Iterable[Block]:
    if shown.moving is None and len(shown.partners) > 1:
        yield input_block(WITH, "With", single_select(WITH, shown.partners, shown.chosen))
    where = f"the time zone {shown.zone}" if shown.zone else "UTC, because your profile has no time zone"
    minutes = shown.local.hour * 60 + shown.local.minute
    yield input_block(DAY, "Day", date_picker(DAY, _day(shown.local)))
    yield input_block(CLOCK, "Time", time_picker(CLOCK, minutes), hint=f"In {where}.")
    if shown.moving is None:
        yield actions(button("Use a calendar instead", CALENDAR, shown.chosen))
    yield small(
        "Both of you see the next one in your Home tab. I don't send an invitation. A brief usually comes "
        "the working day before; *Brief* shows yours at any time."
    )


def _day(local: datetime) -> date:
    return local.date()
