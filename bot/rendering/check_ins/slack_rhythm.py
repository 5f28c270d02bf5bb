"""The answer to ``/dojo checkin``, and the forms that change a participant's rhythm and a cohort's."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from bot.domain.check_ins.records import MOST_WEEKS, Rhythm
from bot.domain.check_ins.shown import NextCheckIn
from bot.domain.dojo.people import Weekday
from bot.ports.chat import Block, OutgoingMessage, View
from bot.rendering.articulation.slack_questions import say_who_sees
from bot.rendering.chat.slack_blocks import MOST_OF_A_NAME, actions, button, section, small
from bot.rendering.chat.slack_form_fields import input_block, modal, single_select, time_picker
from bot.rendering.chat.slack_text import mrkdwn
from bot.rendering.check_ins.next_words import DAY_NAMES, list_reasons, say_next, say_rhythm

CHANGE, COHORT = "check_ins.change", "check_ins.cohort"
"""The forms for a participant's and for a cohort's rhythm, and the buttons that open them."""
NOW = "check_ins.now"
"""The button that asks for a check-in now. Its value is the enrolment."""
OFTEN, DAY, TIME, UNTIL = "often", "day", "time", "until"
"""The fields of the forms. Only a participant's has ``UNTIL``."""
AS_COHORT = "cohort"
"""The choice of the cohort's rhythm, in the field ``OFTEN``."""


def next_message(
    shown: NextCheckIn, today: date, enrolment: int, *, has_sensei: bool = True
) -> OutgoingMessage:
    """Say when a participant is asked next and why not sooner, with buttons to change it."""
    blocks = _next_blocks(shown, today, enrolment, has_sensei=has_sensei)
    return OutgoingMessage("Your check-ins", tuple(blocks))


def _next_blocks(shown: NextCheckIn, today: date, enrolment: int, *, has_sensei: bool) -> Iterator[Block]:
    yield section(f"*Your next check-in*\n{say_next(shown, today)}")
    if not shown.is_open and (reasons := list_reasons(shown, today)):
        lines = "\n".join(f"• {reason}" for reason in reasons)
        yield section(f"*Why not now*\n{lines}")
    whose = "your own choice" if shown.is_own_rhythm else "as in the whole cohort"
    rhythm = say_rhythm(shown.rhythm)
    yield section(f"*Your rhythm*\n{rhythm[0].upper()}{rhythm[1:]}, {whose}.")
    row = [button("Change the rhythm", CHANGE, str(enrolment))]
    if not shown.is_open:
        row.append(button("Ask me now", NOW, str(enrolment)))
    yield actions(*row)
    yield small(
        f"I ask about one place in your code, while you're at work. {say_who_sees(has_sensei=has_sensei)}"
    )


def choosing_message() -> OutgoingMessage:
    """Say that a check-in comes soon."""
    words = "I'm looking for a place in your code to ask about. I'll send you a direct message in a minute."
    return OutgoingMessage(words, (section(words),))


def changed_message(rhythm: Rhythm, until: str = "", *, never_fits: bool = False) -> OutgoingMessage:
    """Confirm a participant's new rhythm. ``until`` is the day before which they want none, if any.

    ``never_fits``: they never work from the rhythm's day of the week on, so they are never asked.
    """
    if rhythm.every_weeks < 1:
        words = "I've changed your check-ins: you won't get any more."
        return OutgoingMessage(words, (section(words), small("`/dojo checkin` changes that again.")))
    nothing = f" No check-in before {until}." if until else ""
    words = f"I've changed your check-ins. Your rhythm: {say_rhythm(rhythm)}.{nothing}"
    note = "`/dojo checkin` shows when I ask you next."
    if never_fits:
        words += f" You don't work {_from_day_on(rhythm.weekday)}, so I'll never ask you."
        note = "`/dojo checkin` lets you choose another day."
    return OutgoingMessage(words, (section(words), small(note)))


def say_never_fits(weekday: Weekday) -> str:
    """Return why a participant who chose a rhythm on a day of the week would never be asked."""
    return f"You don't work {_from_day_on(weekday)}, so I'd never ask you."


def _from_day_on(weekday: Weekday) -> str:
    later = "" if weekday is Weekday.SUN else " or later in the week"
    return f"on {DAY_NAMES[weekday]}{later}"


def _say_left_out(rhythm: Rhythm, left_out: int) -> str:
    """Return how many participants the cohort's rhythm leaves out, or nothing."""
    if not left_out:
        return ""
    who = "One participant doesn't" if left_out == 1 else f"{left_out} participants don't"
    them = "that person" if left_out == 1 else "them"
    return f" {who} work {_from_day_on(rhythm.weekday)}, so I never ask {them}."


def cohort_changed_message(name: str, rhythm: Rhythm, left_out: int = 0) -> OutgoingMessage:
    """Confirm a cohort's rhythm to the lead who changed it. It never asks ``left_out`` participants."""
    words = f"The rhythm of check-ins in {mrkdwn(name, MOST_OF_A_NAME)} is now: {say_rhythm(rhythm)}."
    words += _say_left_out(rhythm, left_out)
    note = "Participants who have chosen another rhythm keep theirs."
    return OutgoingMessage(words, (section(words), small(note)))


def cohort_message(name: str, rhythm: Rhythm, cohort: int, left_out: int = 0) -> OutgoingMessage:
    """Show a lead the cohort's rhythm, with a button to change it; it never asks ``left_out`` people."""
    title = f"Check-ins in {mrkdwn(name, MOST_OF_A_NAME)}"
    is_off = rhythm.every_weeks < 1
    asked = "I don't ask participants" if is_off else f"I ask participants {say_rhythm(rhythm)}"
    never = _say_left_out(rhythm, left_out)
    blocks = (
        section(f"*{title}*\n{asked}, unless they've chosen a rhythm of their own.{never}"),
        actions(button("Change the cohort's rhythm", COHORT, str(cohort))),
        small("Times are in each participant's own time zone, and I only ask while they're at work."),
    )
    return OutgoingMessage(title, blocks)


def rhythm_form(rhythm: Rhythm, *, is_own: bool, until: date | None, metadata: str) -> View:
    """Ask for a participant's rhythm. ``until`` is the day before which they want none."""
    often = {AS_COHORT: "As in the whole cohort", **_list_often()}
    chosen = str(rhythm.every_weeks) if is_own else AS_COHORT
    hint = "If you choose the cohort's rhythm, the day and the time below don't matter."
    nothing: dict[str, Any] = {"type": "datepicker", "action_id": f"join.{UNTIL}"}
    if until is not None:
        nothing["initial_date"] = until.isoformat()
    note = "You get no check-in before that day. To take this back, empty the field or choose today."
    when = "In your own time zone. If you're not at work then, I ask when you begin."
    fields = _make_fields(rhythm, often, chosen, hint, when)
    fields.append(input_block(UNTIL, "No check-ins before", nothing, optional=True, hint=note))
    return modal("Your check-ins", "Save", fields, metadata)


def cohort_form(rhythm: Rhythm, metadata: str) -> View:
    """Ask a lead for a cohort's rhythm."""
    hint = "Participants can choose another rhythm for themselves."
    when = "In each participant's own time zone. Whoever isn't at work then is asked when they begin."
    fields = _make_fields(rhythm, _list_often(), str(rhythm.every_weeks), hint, when)
    return modal("The cohort's check-ins", "Save", fields, metadata)


def _list_often() -> Mapping[str, str]:
    weeks = {str(count): f"Every {count} weeks" for count in range(2, MOST_WEEKS + 1)}
    return {"1": "Every week", **weeks, "0": "Never"}


def _make_fields(rhythm: Rhythm, often: Mapping[str, str], chosen: str, hint: str, when: str) -> list[Block]:
    days = {day.value: name for day, name in DAY_NAMES.items()}
    return [
        input_block(OFTEN, "How often", single_select(OFTEN, often, chosen), hint=hint),
        input_block(DAY, "Day", single_select(DAY, days, rhythm.weekday.value)),
        input_block(TIME, "Time", time_picker(TIME, rhythm.minutes), hint=when),
    ]
