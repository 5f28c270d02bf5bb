"""The answers to ``/dojo help`` and ``/dojo people``."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.chat.slash_commands import COMMAND
from bot.domain.dojo.headcount import Headcount
from bot.domain.dojo.people import CohortRole, EnrolmentState
from bot.ports.chat import Block, OutgoingMessage, View
from bot.rendering.chat.slack_blocks import (
    MOST_OF_A_NAME,
    actions,
    count,
    page_buttons,
    section,
    small,
)
from bot.rendering.chat.slack_text import ListPage, mention, mrkdwn, page_of, plain_object, with_code
from bot.rendering.text.headcounts import describe_headcount

PEOPLE_PAGE = "people.page"
PER_PAGE = 20
_PER_SECTION = 10
_SHORT_NAME = 40
_STATES = {EnrolmentState.PAUSED: "paused", EnrolmentState.LEFT: "has left"}


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A member in one role. ``sensei`` names a participant's sensei; ``load`` counts a sensei's pairs.

    ``user`` and ``sensei_user`` are the ids of their accounts in Slack. ``asked`` means that this sensei has
    been asked and hasn't answered yet. ``unconfirmed`` means that no lead has confirmed the member as a
    sensei.
    """

    name: str
    role: CohortRole
    state: EnrolmentState
    in_chat: bool
    code: str | None
    sensei: str | None = None
    load: int = 0
    capacity: int = 0
    user: str | None = None
    sensei_user: str | None = None
    asked: bool = False
    unconfirmed: bool = False


def help_message(commands: Sequence[tuple[str, str, str]]) -> OutgoingMessage:
    """List commands with their names, arguments and descriptions."""
    lines = [
        f"`{COMMAND} {word}{f' {mrkdwn(usage, 60)}' if usage else ''}` – {with_code(mrkdwn(about, 150))}"
        for word, usage, about in commands
    ]
    return OutgoingMessage(
        "What you can do in the dojo",
        (
            section("*What you can do here*\n" + "\n".join(lines)),
            small(
                "To ask me something, write to me in our direct messages. Only you can see the answers. On "
                "GitHub, comment `/sensei help` to see the commands there."
            ),
        ),
    )


def people_message(rows: Sequence[PersonRow], cohort: str, page: int, people: Headcount) -> OutgoingMessage:
    """Return a page of a cohort's members for its lead, one member and role a line."""
    shown = page_of(rows, page, PER_PAGE)
    blocks = _people_blocks(shown, cohort, people)
    if shown.of > 1:
        following = (
            f" `{COMMAND} people {shown.number + 1}` shows the next page." if shown.number < shown.of else ""
        )
        blocks.append(small(f"{shown.words}.{following}"))
    return OutgoingMessage(f"People in {mrkdwn(cohort, MOST_OF_A_NAME)}", tuple(blocks))


def people_modal(rows: Sequence[PersonRow], cohort: str, page: int, people: Headcount) -> View:
    """Return the same page as a modal, with buttons for the pages before and after it."""
    shown = page_of(rows, page, PER_PAGE)
    blocks = _people_blocks(shown, cohort, people)
    if shown.of > 1:
        blocks += [small(f"{shown.words}."), actions(*page_buttons(PEOPLE_PAGE, shown.number, shown.of))]
    return {
        "type": "modal",
        "title": plain_object("People"),
        "close": plain_object("Close"),
        "blocks": blocks,
    }


def _people_blocks(shown: ListPage[PersonRow], cohort: str, people: Headcount) -> list[Block]:
    lines = [_format_row(row) for row in shown.items]
    return [
        section(f"*People in {mrkdwn(cohort, MOST_OF_A_NAME)}* – {describe_headcount(people)}"),
        *(section("\n".join(lines[at : at + _PER_SECTION])) for at in range(0, len(lines), _PER_SECTION)),
    ]


def _format_row(row: PersonRow) -> str:
    notes = ["waiting to be confirmed as a sensei" if row.unconfirmed else row.role.value]
    if row.state in _STATES and not row.unconfirmed:
        notes.append(_STATES[row.state])
    if row.role is CohortRole.PARTICIPANT and row.sensei:
        sensei = _name(row.sensei, row.sensei_user)
        notes.append(f"waiting for {sensei}'s answer" if row.asked else f"with {sensei}")
    elif row.role is CohortRole.PARTICIPANT and row.state is EnrolmentState.ACTIVE:
        notes.append("without a sensei")
    if row.role is CohortRole.SENSEI and not row.unconfirmed and row.state is not EnrolmentState.LEFT:
        notes.append(f"{row.load} of {count(row.capacity, 'place')} taken")
    if not row.in_chat:
        notes.append("no Slack account")
    notes.append(f"GitHub {mrkdwn(row.code, _SHORT_NAME)}" if row.code else "GitHub not linked")
    return f"• *{_name(row.name, row.user)}* – {', '.join(notes)}"


def _name(name: str, user: str | None) -> str:
    return mention(user) if user else mrkdwn(name, _SHORT_NAME)
