"""What happens once a sensei has ruled: pull requests say that a sensei has read them."""

from datetime import datetime

from bot.domain.triage.records import CriterionRuling
from bot.ports.jobs import Job
from bot.ports.store import Tx


def release_ruling(tx: Tx, ruling: CriterionRuling, at: datetime) -> None:
    """Let people know of a new ruling."""
    mark_pull_requests(tx, ruling, at)


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
