"""Messages to members about their own membership: joining, changing a profile, pausing and leaving."""

from bot.domain.dojo.people import CohortRole
from bot.ports.chat import OutgoingMessage, View
from bot.rendering.chat.slack_blocks import MOST_OF_A_NAME, section, small
from bot.rendering.chat.slack_text import mrkdwn
from bot.rendering.dojo.slack_form_fields import modal
from bot.rendering.dojo.slack_messages import text_message

_ROLE_WELCOMES = {
    CohortRole.PARTICIPANT: (
        "You're a participant: you'll build a capstone, and an experienced guide, your sensei, will help "
        "you. Once you're matched, I'll introduce you to each other here."
    ),
    CohortRole.SENSEI: (
        "You're a sensei: you'll guide a few participants while they build their capstones. I'll ask you "
        "here before I pair you with anyone."
    ),
}


def welcome(cohort: str, role: CohortRole) -> OutgoingMessage:
    """Welcome a member who was added by someone else."""
    name = mrkdwn(cohort, MOST_OF_A_NAME)
    if role is CohortRole.LEAD:
        return text_message(
            f"Welcome! You're a lead of the dojo *{name}*. `/dojo pair` proposes pairs, `/dojo people` lists "
            "the members, and this app's Home tab shows who is stuck or has no sensei.",
            "`/dojo help` lists the other commands.",
        )
    return text_message(
        f"Welcome to the dojo *{name}*. {_ROLE_WELCOMES[role]}\nTo start, check your profile with "
        "`/dojo profile` and link your GitHub account with `/dojo link`.",
        "`/dojo help` lists the other commands. If you were added by mistake, leave with `/dojo leave`.",
    )


def joined(cohort: str, role: CohortRole, *, waiting: bool) -> OutgoingMessage:
    """Confirm that a person has joined. ``waiting`` means a lead must first confirm them as a sensei."""
    name = mrkdwn(cohort, MOST_OF_A_NAME)
    if waiting:
        return text_message(
            f"You asked to be a sensei in *{name}*. A lead has to confirm this first. I'll message you here "
            "when they've decided. Until then, I won't pair you with anyone. Your profile is saved."
        )
    return text_message(
        f"You've joined the dojo *{name}* as a {role.value}. Next, link your GitHub account with "
        "`/dojo link`.",
        "To change your profile, use `/dojo profile`. `/dojo help` lists the other commands.",
    )


def saved(text: str) -> OutgoingMessage:
    """Confirm that part of a profile was saved."""
    return text_message(f"{text} To see it, use `/dojo profile`.")


def paused(cohort: str, role: CohortRole) -> OutgoingMessage:
    """Confirm a pause."""
    pairs = "If you had any pairs, they have ended."
    if role is CohortRole.PARTICIPANT:
        pairs = "If you had a pair, it has ended."
    return text_message(
        f"You're paused in *{mrkdwn(cohort, MOST_OF_A_NAME)}*. {pairs} I won't pair you with anyone until "
        "you use `/dojo resume`. Nothing else has changed."
    )


def resumed(cohort: str) -> OutgoingMessage:
    """Confirm that a pause is over."""
    return text_message(
        f"Welcome back to *{mrkdwn(cohort, MOST_OF_A_NAME)}*. You can be matched again, and the leads can "
        "see that you're back."
    )


def left(cohort: str) -> OutgoingMessage:
    """Confirm that a person has left."""
    return text_message(
        f"You've left *{mrkdwn(cohort, MOST_OF_A_NAME)}*. You can come back at any time with `/dojo join`."
    )


def pause_form(cohort: str, metadata: str) -> View:
    """Return the form that says what pausing ends, and asks for confirmation."""
    text = (
        f"Your pairs in *{mrkdwn(cohort, MOST_OF_A_NAME)}* end, and I won't pair you with anyone until you "
        "resume."
    )
    return modal("Pause", "Pause", [section(text)], metadata)


def leave_form(cohort: str, *, sensei: bool, participant: bool, metadata: str) -> View:
    """Return the form that says what leaving ends and what stays, and asks for confirmation."""
    ends = []
    if participant:
        ends.append("• your pair: I'll tell your sensei and the leads")
    if sensei:
        ends.append("• your pairs: I'll look for another sensei and tell the leads")
    ends.append("• matching, and my messages to you here")
    kept = (
        "• your profile, in case you join again\n"
        "• your pull requests, questions and decisions, for the time that the privacy page gives\n"
        "• your enrolled repository: I'll continue to read it until the person who runs Sensei removes it"
    )
    return modal(
        "Leave the dojo",
        "Leave",
        [
            section(f"*You're leaving {mrkdwn(cohort, MOST_OF_A_NAME)}. This ends:*\n" + "\n".join(ends)),
            section(f"*This stays:*\n{kept}"),
            small(
                "If you only need a break, use `/dojo pause`: it ends your pair and nothing else. To have "
                "your data erased, ask the person who runs Sensei. They can delete my messages to you here "
                "too. What's on GitHub stays there."
            ),
        ],
        metadata,
    )
