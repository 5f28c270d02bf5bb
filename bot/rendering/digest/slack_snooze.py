"""The form that puts a row of a digest off."""

from datetime import date

from bot.domain.digest.rows import RowKind
from bot.ports.chat import View
from bot.rendering.chat.slack_blocks import MOST_OF_A_NAME, section
from bot.rendering.chat.slack_form_fields import date_picker, input_block, modal
from bot.rendering.chat.slack_text import mrkdwn
from bot.rendering.digest.row_words import say_one

UNTIL = "until"
"""The form's field."""


def snooze_form(kind: RowKind, name: str, day: date, metadata: str) -> View:
    """Ask until when a row is left out. ``name`` is the participant's, and ``day`` is suggested."""
    about = f"*{mrkdwn(name, MOST_OF_A_NAME)}* · {say_one(kind)}"
    hint = "Your digests won't show this item before that day. Nothing else changes."
    return modal(
        "Snooze this item",
        "Snooze",
        [section(about), input_block(UNTIL, "Until", date_picker(UNTIL, day), hint=hint)],
        metadata,
    )
