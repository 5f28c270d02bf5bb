"""The form for a person's own holidays, and messages about them."""

from collections.abc import Sequence
from datetime import date

from bot.domain.dojo.app_home import ShownPerson
from bot.domain.dojo.people import Absence
from bot.ports.chat import Block, OutgoingMessage, View
from bot.rendering.chat.slack_blocks import MOST_OF_A_NAME, button, divider, named, section
from bot.rendering.chat.slack_form_fields import date_picker, input_block, modal
from bot.rendering.chat.slack_text import mrkdwn, plain_object
from bot.rendering.dojo.slack_messages import text_message

REMOVE = "people.away_off"


def absence_saved(first: date, last: date, deputy: str | None) -> OutgoingMessage:
    """Confirm a holiday; ``deputy`` is the deputy's name."""
    cover = f"Your deputy is {mrkdwn(deputy, MOST_OF_A_NAME)}." if deputy else "You don't have a deputy yet."
    return text_message(
        f"You're away from {_format_day(first)} to {_format_day(last)}, both days included. {cover}",
        "`/dojo away` shows your holidays. You can remove them there.",
    )


def own_absence_saved(first: date, last: date) -> OutgoingMessage:
    """Confirm the holiday of a participant, who has no deputy."""
    return text_message(
        f"You're away from {_format_day(first)} to {_format_day(last)}, both days included. On "
        "these days, I send you no check-ins, reminders or briefs.",
        "`/dojo away` shows your holidays. You can remove them there.",
    )


def absence_removed() -> OutgoingMessage:
    """Confirm that a holiday was removed."""
    return text_message("Your holiday has been removed.")


def absence_form(  # noqa: PLR0913 - what the form shows
    absences: Sequence[tuple[Absence, ShownPerson | None]],
    today: date,
    zone: str,
    metadata: str,
    *,
    full: bool,
    has_deputy: bool = True,
) -> View:
    """Return a person's holidays, each with its deputy, and the fields to add one.

    ``today`` is the date in ``zone``, the person's time zone. ``full`` means that there is no room for more.
    ``has_deputy``: they are a sensei.
    """
    listed = [_absence_row(absence, deputy, has_deputy=has_deputy) for absence, deputy in absences]
    blocks = [section("*Your holidays*" if listed else "You have no holidays yet."), *listed, divider()]
    if full:
        blocks.append(section("That's as many as I can store. To add another holiday, remove one first."))
        return {
            "type": "modal",
            "title": plain_object("Time away"),
            "close": plain_object("Close"),
            "private_metadata": metadata,
            "blocks": blocks,
        }
    where = f"in your time zone, {zone}" if zone else "in UTC, because your profile has no time zone"
    blocks += [
        input_block("first", "First day away", date_picker("first", today), hint=f"Days are {where}."),
        input_block("last", "Last day away", date_picker("last", today)),
        *([_deputy_field()] if has_deputy else []),
    ]
    return modal("Time away", "Add", blocks, metadata)


def _deputy_field() -> Block:
    return input_block(
        "deputy",
        "Deputy",
        {"type": "users_select", "action_id": "join.deputy"},
        optional=True,
        hint="Another sensei of this dojo. If you choose nobody, I'll look for one.",
    )


def _absence_row(absence: Absence, deputy: ShownPerson | None, *, has_deputy: bool) -> Block:
    cover = f"\ndeputy: {named(deputy)}" if deputy else "\nno deputy yet" if has_deputy else ""
    last = f" to {_format_day(absence.last)}" if absence.last > absence.first else ""
    text = f"{_format_day(absence.first)}{last}{cover}"
    remove = button("Remove", f"{REMOVE}:{absence.id}", str(absence.id))
    return section(text, remove, block_id=f"away.{absence.id}")


def _format_day(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b %Y}"
