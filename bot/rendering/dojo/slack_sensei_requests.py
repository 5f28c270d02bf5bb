"""The question to leads whether somebody is a sensei, and the answer to the person who asked to be one."""

from bot.ports.chat import OutgoingMessage
from bot.rendering.chat.slack_blocks import MOST_OF_A_NAME, actions, button, section
from bot.rendering.chat.slack_text import mention, mrkdwn
from bot.rendering.dojo.slack_messages import text_message

CONFIRM, DECLINE = "people.confirm", "people.decline"


def sensei_request(
    name: str, user: str | None, cohort: str, value: str, outcome: str | None
) -> OutgoingMessage:
    """Ask a lead whether somebody is a sensei; with an ``outcome``, say how it ended instead.

    The person typed ``name`` themselves, so it may be anybody's. ``user``, the id of their Slack account,
    cannot be forged. ``value`` is what the buttons carry.
    """
    person = f"*{mrkdwn(name, MOST_OF_A_NAME)}*" + (f" ({mention(user)})" if user else "")
    request = f"{person} would like to be a sensei in {mrkdwn(cohort, MOST_OF_A_NAME)}."
    plain_request = request.replace("*", "")
    if outcome:
        return OutgoingMessage(f"{plain_request} {outcome}", (section(f"{request} {outcome}"),))
    buttons = actions(button("Confirm", CONFIRM, value, "primary"), button("Not now", DECLINE, value))
    return OutgoingMessage(
        plain_request,
        (section(f"{request} Until one of you confirms this, nobody is paired with them."), buttons),
    )


def sensei_answer(cohort: str, *, confirmed: bool) -> OutgoingMessage:
    """Tell somebody whether a lead has confirmed them as a sensei."""
    name = mrkdwn(cohort, MOST_OF_A_NAME)
    if confirmed:
        return text_message(f"A lead has confirmed it: you are a sensei in *{name}*.")
    return text_message(
        f"A lead has not confirmed you as a sensei in *{name}*. Nothing else has changed. "
        "Please talk to a lead about it."
    )
