"""What members are told about their own membership: joining, changing their profile, pausing, leaving."""

from bot.domain.dojo.people import CohortRole
from bot.ports.chat import OutgoingMessage, View
from bot.rendering.chat.slack_blocks import MOST_OF_A_NAME, section, small
from bot.rendering.chat.slack_text import mrkdwn
from bot.rendering.dojo.slack_form_fields import modal
from bot.rendering.dojo.slack_messages import text_message

_ROLE_WELCOMES = {
    CohortRole.PARTICIPANT: (
        "You are a participant: you build a capstone, and somebody experienced, your sensei, guides you. You "
        "are introduced to each other here once you are matched."
    ),
    CohortRole.SENSEI: (
        "You are a sensei: you guide a few participants while they build their capstones. You are asked here "
        "before anybody is paired with you."
    ),
}


def welcome(cohort: str, role: CohortRole) -> OutgoingMessage:
    """Welcome a member whom somebody else has added."""
    name = mrkdwn(cohort, MOST_OF_A_NAME)
    if role is CohortRole.LEAD:
        return text_message(
            f"Welcome: you lead the dojo *{name}*. `/dojo pair` proposes pairs, `/dojo people` lists the "
            "members, and this app's Home shows who is stuck or has no sensei.",
            "`/dojo help` lists the rest.",
        )
    return text_message(
        f"Welcome to the dojo *{name}*. {_ROLE_WELCOMES[role]}\nTo begin, check your profile with "
        "`/dojo profile`, and link your GitHub account with `/dojo link`.",
        "`/dojo help` lists the rest. If you are here by mistake, `/dojo leave` takes you out.",
    )


def joined(cohort: str, role: CohortRole, *, waiting: bool) -> OutgoingMessage:
    """Confirm that somebody has joined; ``waiting``: a lead has to confirm them as a sensei first."""
    name = mrkdwn(cohort, MOST_OF_A_NAME)
    if waiting:
        return text_message(
            f"You asked to be a sensei in *{name}*. A lead confirms this first, and you'll get a message "
            "here when they have decided. Until then nobody is paired with you. Your profile is saved."
        )
    return text_message(
        f"You are in the dojo *{name}* as a {role.value}. Next: `/dojo link` links your GitHub account.",
        "`/dojo profile` changes your profile, `/dojo help` lists the rest.",
    )


def saved(text: str) -> OutgoingMessage:
    """Confirm that part of a profile was saved."""
    return text_message(f"{text} `/dojo profile` shows it.")


def paused(cohort: str, role: CohortRole) -> OutgoingMessage:
    """Confirm a pause."""
    pairs = "Your pairs, if you had any, have ended"
    if role is CohortRole.PARTICIPANT:
        pairs = "Your pair, if you had one, has ended"
    return text_message(
        f"You are paused in *{mrkdwn(cohort, MOST_OF_A_NAME)}*. {pairs}, and nobody new is paired with you "
        "until `/dojo resume`. Everything else is kept."
    )


def resumed(cohort: str) -> OutgoingMessage:
    """Confirm that a pause is over."""
    return text_message(
        f"Welcome back to *{mrkdwn(cohort, MOST_OF_A_NAME)}*. You can be matched again, and the leads see "
        "that you are back."
    )


def left(cohort: str) -> OutgoingMessage:
    """Confirm that somebody has left."""
    return text_message(
        f"You have left *{mrkdwn(cohort, MOST_OF_A_NAME)}*. You can come back at any time with `/dojo join`."
    )


def leave_form(cohort: str, *, sensei: bool, participant: bool, metadata: str) -> View:
    """Return the form that says what leaving ends and what is kept, and asks for confirmation."""
    ends = []
    if participant:
        ends.append("• your pair: your sensei and the leads are told")
    if sensei:
        ends.append("• your pairs: another sensei is looked for, and the leads are told")
    ends.append("• matching, and messages from Sensei here")
    kept = (
        "• your profile, in case you join again\n"
        "• pull requests, questions and decisions, for as long as the privacy page says\n"
        "• reading of an enrolled repository: Sensei reads it until the person who runs Sensei removes it"
    )
    return modal(
        "Leave the dojo",
        "Leave",
        [
            section(f"*You are leaving {mrkdwn(cohort, MOST_OF_A_NAME)}. This ends:*\n" + "\n".join(ends)),
            section(f"*This is kept:*\n{kept}"),
            small(
                "`/dojo pause` ends your pair and nothing else. To have your data erased, ask the person "
                "who runs Sensei."
            ),
        ],
        metadata,
    )
