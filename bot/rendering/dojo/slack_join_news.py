"""The message that tells a lead who has joined."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.dojo.people import CohortRole
from bot.ports.chat import OutgoingMessage
from bot.rendering.chat.slack_blocks import MOST_OF_A_NAME, actions, count, names, section
from bot.rendering.chat.slack_text import moment, mrkdwn
from bot.rendering.dojo.home_actions import propose_button

_MOST_NAMES = 30


def join_news(
    joined: Sequence[tuple[str, CohortRole]], cohort: str, cohort_id: int, since: datetime, without: int
) -> OutgoingMessage:
    """Tell a lead who has joined since a moment: names and roles.

    ``without`` is the number of the cohort's participants without a sensei.
    """
    title = mrkdwn(cohort, MOST_OF_A_NAME)
    people = count(len(joined), "person has", "people have")
    lines = [f"*{people} joined {title}* since {moment(since)}."]
    for role in (CohortRole.PARTICIPANT, CohortRole.SENSEI):
        if found := [name for name, theirs in joined if theirs is role]:
            label = role.value if len(found) == 1 else f"{role.value}s"
            lines.append(f"{label.capitalize()}: {names(found, _MOST_NAMES)}")
    if without:
        lines.append(f"{count(without, 'participant has', 'participants have')} no sensei yet.")
    blocks = [section("\n".join(lines))]
    if without:
        blocks.append(actions(propose_button(cohort_id, without)))
    return OutgoingMessage(f"{people} joined {title}.", tuple(blocks))
