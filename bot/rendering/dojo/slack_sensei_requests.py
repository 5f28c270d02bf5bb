"""Requests to become a sensei: the question to the leads, and the answer to the person who asked."""

from bot.domain.dojo.people import CohortRole, Member
from bot.ports.chat import Block, OutgoingMessage
from bot.rendering.chat.slack_blocks import MOST_OF_A_NAME, actions, button, section
from bot.rendering.chat.slack_text import mention, mrkdwn
from bot.rendering.dojo.home_actions import first_step_buttons
from bot.rendering.dojo.slack_messages import text_message
from bot.rendering.dojo.slack_profile_view import profile_button

CONFIRM, DECLINE = "people.confirm", "people.decline"


def sensei_request(member: Member, cohort: str, value: str, outcome: str | None) -> OutgoingMessage:
    """Ask a lead to confirm a person as a sensei, or show the ``outcome`` if there is one.

    The person typed their name themselves, so it may be false. The id of their Slack account cannot be
    forged. ``value`` is the value of the two buttons that answer.
    """
    account = f" ({mention(member.chat)})" if member.chat else ""
    person = f"*{mrkdwn(member.name, MOST_OF_A_NAME)}*{account}"
    request = f"{person} would like to be a sensei in {mrkdwn(cohort, MOST_OF_A_NAME)}."
    plain_request = request.replace("*", "")
    if outcome:
        return OutgoingMessage(f"{plain_request} {outcome}", (section(f"{request} {outcome}"),))
    return OutgoingMessage(
        plain_request,
        (
            section(f"{request} I won't pair them with anyone until a lead confirms this."),
            answer_buttons(member.enrolment, value),
        ),
    )


def answer_buttons(enrolment: int, value: str) -> Block:
    """Return a lead's buttons for a request: the two answers, and a look at the person's profile."""
    return actions(
        button("Confirm", CONFIRM, value, "primary"),
        button("Not now", DECLINE, value),
        profile_button(enrolment, "See their profile"),
    )


LEFT = "They left before anyone answered."
NOT_A_SENSEI = "They are not a sensei at the moment."
"""Where it isn't known whether a lead declined or the person left."""


def confirmed_by(lead: str | None) -> str:
    """Say which lead confirmed a person, if that is known."""
    return f"Confirmed by {mrkdwn(lead, MOST_OF_A_NAME)}." if lead else "Confirmed."


def declined_by(lead: str | None) -> str:
    """Say which lead declined a person, if that is known."""
    return f"{mrkdwn(lead, MOST_OF_A_NAME)} declined." if lead else "A lead declined."


def sensei_answer(cohort: str, *, confirmed: bool, linked: bool) -> OutgoingMessage:
    """Tell a person whether a lead has confirmed them as a sensei, and what comes next.

    ``linked`` means that their GitHub account is linked.
    """
    name = mrkdwn(cohort, MOST_OF_A_NAME)
    if not confirmed:
        return text_message(
            f"A lead has declined your request to be a sensei in *{name}*, so you're not a sensei there. "
            "I've kept what you entered. You can ask again in a day with `/dojo join sensei`. If you'd like "
            "to know why, ask a lead."
        )
    message = (
        f"A lead has confirmed you as a sensei in *{name}*. I'll ask you here before I pair you with anyone."
    )
    if linked:
        return text_message(message)
    first = text_message(f"{message} Until then, link your GitHub account and check your profile.")
    steps = actions(*first_step_buttons(CohortRole.SENSEI))
    return OutgoingMessage(first.text, (*first.blocks, steps))
