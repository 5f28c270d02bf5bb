"""What check-ins add to Slack."""

from bot.workflows.chat.features import Feature
from bot.workflows.check_ins import buttons, commands, rhythm_forms
from bot.workflows.check_ins.asking import FAILED, NOTHING, UNREAD
from bot.workflows.check_ins.messages import (
    write_changed,
    write_choosing,
    write_cohort_changed,
    write_failed,
    write_nothing,
    write_put_off,
    write_reminder,
    write_unread,
)
from bot.workflows.check_ins.reminder_messages import REMINDER


def check_in_feature() -> Feature:
    """Return the feature."""
    return Feature(
        commands=commands.commands(),
        buttons={**buttons.buttons(), **rhythm_forms.buttons(), **commands.buttons()},
        forms={**buttons.forms(), **rhythm_forms.forms()},
        words={
            REMINDER: write_reminder,
            NOTHING: write_nothing,
            UNREAD: write_unread,
            FAILED: write_failed,
            buttons.PUT_OFF: write_put_off,
            commands.CHOOSING: write_choosing,
            rhythm_forms.CHANGED: write_changed,
            rhythm_forms.COHORT_CHANGED: write_cohort_changed,
        },
    )
