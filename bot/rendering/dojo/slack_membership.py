"""Messages to members about their own membership: joining, changing a profile, and coming back."""

from bot.domain.dojo.people import CohortRole
from bot.ports.chat import OutgoingMessage
from bot.rendering.chat.slack_blocks import MOST_OF_A_NAME, actions
from bot.rendering.chat.slack_text import mrkdwn
from bot.rendering.dojo.home_actions import first_step_buttons
from bot.rendering.dojo.slack_messages import text_message

_NEXT = {
    CohortRole.PARTICIPANT: (
        "The leads decide which sensei you're paired with. Then I'll introduce the two of you here."
    ),
    CohortRole.SENSEI: "I'll ask you here before I pair you with anyone.",
}
_ROLE_WELCOMES = {
    CohortRole.PARTICIPANT: (
        "You're a participant: you'll build a capstone, and an experienced guide, your sensei, will help "
        f"you. {_NEXT[CohortRole.PARTICIPANT]}"
    ),
    CohortRole.SENSEI: (
        "You're a sensei: you'll guide a few participants while they build their capstones. "
        f"{_NEXT[CohortRole.SENSEI]}"
    ),
}


def welcome(cohort: str, role: CohortRole) -> OutgoingMessage:
    """Welcome a member who was added by someone else."""
    name = mrkdwn(cohort, MOST_OF_A_NAME)
    if role is CohortRole.LEAD:
        return text_message(
            f"Welcome! You're a lead of the dojo *{name}*. `/dojo pair` proposes pairs, `/dojo people` lists "
            "the members, and this app's Home tab shows who is stuck or has no sensei.\n"
            "Now and then, I ask each participant one question about their code. `/dojo checkin cohort` "
            "shows how often, and has a button to change it.",
            "`/dojo help` lists the other commands.",
        )
    message = text_message(
        f"Welcome to the dojo *{name}*. {_ROLE_WELCOMES[role]}\nTo start, check your profile and link your "
        "GitHub account.",
        "`/dojo help` lists what you can do. If you were added by mistake, leave with `/dojo leave`.",
    )
    return _with_first_steps(message, role)


def joined(cohort: str, role: CohortRole, *, waiting: bool) -> OutgoingMessage:
    """Confirm that a person has joined. ``waiting`` means a lead must first confirm them as a sensei."""
    name = mrkdwn(cohort, MOST_OF_A_NAME)
    if waiting:
        return text_message(
            f"You asked to be a sensei in *{name}*. A lead has to confirm this first. I'll message you here "
            "when they've decided. Until then, I won't pair you with anyone. Your profile is saved."
        )
    return _with_first_steps(
        text_message(
            f"You've joined the dojo *{name}* as a {role.value}. {_NEXT[role]}\nNext, link your GitHub "
            "account.",
            "`/dojo help` lists what you can do.",
        ),
        role,
    )


def _with_first_steps(message: OutgoingMessage, role: CohortRole) -> OutgoingMessage:
    return OutgoingMessage(message.text, (*message.blocks, actions(*first_step_buttons(role))))


def saved(text: str) -> OutgoingMessage:
    """Confirm that part of a profile was saved."""
    return text_message(text)


def resumed(cohort: str, role: CohortRole) -> OutgoingMessage:
    """Confirm that a pause is over, and say who acts next."""
    following = f"I'm telling the leads that you're waiting for a sensei. {_NEXT[CohortRole.PARTICIPANT]}"
    if role is CohortRole.SENSEI:
        following = (
            "The leads decide who is paired with whom, and I'll ask you here before I pair you with anyone. "
            "If any participants are waiting for a sensei, I'm telling the leads about them now."
        )
    return text_message(f"Welcome back to *{mrkdwn(cohort, MOST_OF_A_NAME)}*. {following}")
