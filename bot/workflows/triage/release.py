"""What follows a ruling: its participant hears of it, and an appeal on the criterion is settled."""

from datetime import datetime

from bot.domain.triage.records import CriterionRuling
from bot.ports.store import Tx
from bot.workflows.articulation.question_contexts import find_name
from bot.workflows.chat.home_refresh import refresh_home
from bot.workflows.triage.appeals import settle_appeals
from bot.workflows.triage.released_levels import find_participant, find_reader, tell_participant


def release_ruling(tx: Tx, ruling: CriterionRuling, at: datetime) -> None:
    """Do everything that follows a new ruling, in its transaction."""
    tell_participant(tx, ruling, at)
    settle_appeals(tx, ruling, at)
    participant = find_participant(tx, ruling.capstone)
    for person in dict.fromkeys((participant, ruling.sensei)):
        if person:
            refresh_home(tx, person, at)


def describe_release(tx: Tx, ruling: CriterionRuling) -> str:
    """Tell the sensei who has just ruled how the participant will hear of it."""
    name = find_name(tx, find_participant(tx, ruling.capstone))
    if find_reader(tx, ruling) is None:
        return (
            f"{name} isn't on Slack yet, so I can't tell them. They'll see it in their Home tab once they "
            "have joined and linked their GitHub account."
        )
    return f"I'll tell {name} in Slack, in one message with whatever else is ruled now."
