"""What follows a ruling: its participant hears of it, and pull requests say that a sensei has read them."""

from datetime import datetime

from bot.domain.triage.records import CriterionRuling
from bot.ports.jobs import Job
from bot.ports.store import Tx
from bot.workflows.articulation.question_contexts import find_name
from bot.workflows.chat.home_refresh import refresh_home
from bot.workflows.triage.appeals import settle_appeal
from bot.workflows.triage.released_levels import find_participant, find_reader, tell_participant


def release_ruling(tx: Tx, ruling: CriterionRuling, at: datetime) -> None:
    """Do everything that follows a new ruling, in its transaction."""
    tell_participant(tx, ruling, at)
    settle_appeal(tx, ruling, at)
    mark_pull_requests(tx, ruling, at)
    if participant := find_participant(tx, ruling.capstone):
        refresh_home(tx, participant, at)


def describe_release(tx: Tx, ruling: CriterionRuling) -> str:
    """Tell the sensei who has just ruled how the participant will hear of it."""
    name = find_name(tx, find_participant(tx, ruling.capstone))
    if find_reader(tx, ruling) is None:
        return (
            f"{name} isn't on Slack yet, so I can't tell them. They'll see it in their Home tab once they "
            "have joined and linked their GitHub account."
        )
    return f"I'll tell {name} in Slack. Any other new rulings will be in the same message."


def mark_pull_requests(tx: Tx, ruling: CriterionRuling, at: datetime) -> None:
    """Let the open pull requests of a ruling's capstone say that a sensei has read the evidence.

    Private ones say nothing, nor do those of capstones that have ended, are on hold, or post nothing. The job
    has ids only: no level, criterion or word.
    """
    capstone = tx.capstones.get(ruling.capstone)
    if not capstone.speaks:
        return
    for pull_request in tx.pull_requests.list_open(capstone.id):
        if not pull_request.private:
            identity = f"read:{capstone.repository}#{pull_request.number}:{ruling.id}"
            about = {"pull_request": pull_request.id, "ruling": ruling.id}
            tx.jobs.add(Job(identity, "read_by_sensei", about, at))
