"""The confidential form for naming people a member must not be paired with. Only that member sees it."""

from collections.abc import Sequence

from bot.domain.dojo import profiles
from bot.domain.dojo.people import NeverPair
from bot.ports.chat import OutgoingMessage, View
from bot.rendering.chat.slack_blocks import MOST_OF_A_NAME, section
from bot.rendering.chat.slack_form_fields import input_block, modal, multi_select, text_field
from bot.rendering.chat.slack_text import mrkdwn
from bot.rendering.dojo.slack_messages import text_message

_MOST_SHOWN = 10
_MOST_OF_A_SHOWN_REASON = 200  # characters


def never_pairs_form(entries: Sequence[tuple[NeverPair, str]], metadata: str) -> View:
    """Return the form. ``entries`` are the member's own requests, each with the other person's name."""
    blocks = [
        section(
            "*In confidence.* Say who you must not be paired with, and why. I show your answer only to you. "
            "If it prevents a pair, I tell the leads that there is “a confidential constraint”, and nothing "
            "more. If the other person is a lead, I don't tell them even that. The people who run Sensei can "
            "find your answer in the database and in an export of your data."
        ),
        input_block("other", "Who?", {"type": "users_select", "action_id": "never.other"}, optional=True),
        input_block(
            "reason",
            "Why? (I show this only to you)",
            text_field("reason", "", profiles.MOST_OF_A_REASON, multiline=True),
            optional=True,
        ),
    ]
    if entries:
        shown = entries[:_MOST_SHOWN]
        lines = [
            f"• {mrkdwn(name, MOST_OF_A_NAME)}: {mrkdwn(entry.reason, _MOST_OF_A_SHOWN_REASON)}"
            for entry, name in shown
        ]
        options = {str(entry.id): name for entry, name in shown}
        blocks += [
            section("*Your requests so far:*\n" + "\n".join(lines)),
            input_block("withdraw", "Remove", multi_select("withdraw", options, ()), optional=True),
        ]
    return modal("Never pair me with", "Save", blocks, metadata)


def never_pairs_saved(count: int) -> OutgoingMessage:
    """Confirm only how many people a member has named."""
    if not count:
        return text_message("Removed. You no longer have any confidential requests.")
    people = "one person" if count == 1 else f"{count} people"
    return text_message(
        f"Saved, in confidence. You've named {people}. I'll show this list only to you, when you use "
        "`/dojo never`."
    )
