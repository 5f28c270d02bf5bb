"""The form with which a sensei says that a check, or a whole criterion, doesn't apply to a capstone."""

from collections.abc import Mapping

from bot.domain.dojo.app_home import ShownPerson
from bot.domain.triage.ruling_form import RulingTarget
from bot.ports.chat import Block, View
from bot.rendering.chat.slack_blocks import actions, button, named, section, small
from bot.rendering.chat.slack_form_fields import input_block, modal, single_select, text_field
from bot.rendering.chat.slack_text import mrkdwn
from bot.rendering.triage.slack_ruling_form import EXEMPT
from bot.rendering.triage.slack_waiting import MOST_OF_A_TITLE, RULE

SUBJECT, REASON = "subject", "reason"
WHOLE = "whole:criterion"
"""The choice of the whole criterion. The others are ids of checks, which contain no colon."""


def exemption_form(
    target: RulingTarget, title: str, person: ShownPerson, checks: Mapping[str, str], most: int
) -> View:
    """Return the form. ``checks`` are the questions of the checks that can be exempted, by id.

    ``most`` is the maximum of characters of the reason.
    """
    choices = {WHOLE: "The whole criterion", **checks}
    head = f"*{mrkdwn(title, MOST_OF_A_TITLE)}*\n{named(person)}"
    blocks: list[Block] = [
        section(
            f"{head}\nThe item that you choose here won't count towards the level. You can undo this at any "
            "time."
        ),
        input_block(SUBJECT, "What doesn't apply?", single_select(SUBJECT, choices, "")),
        input_block(
            REASON,
            "Why?",
            text_field(REASON, "", most, multiline=True),
            hint="The participant and their senseis will read this beside the evidence.",
        ),
        actions(button("Back to the evidence", RULE, str(target))),
        small("If you go back, what you typed here is lost."),
    ]
    return {**modal("Doesn't apply", "Save", blocks, str(target)), "callback_id": EXEMPT}
