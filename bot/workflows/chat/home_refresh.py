"""Adds jobs that update App Homes, at most a few times per minute for each person."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from bot.domain.dojo.people import CohortRole, EnrolmentState
from bot.ports.jobs import Job
from bot.ports.store import Tx

A_MINUTE = 6
"""Maximum App Home updates per minute for one person. Slack allows about 90 across all users."""
_MINUTE = timedelta(minutes=1)


def refresh_home(tx: Tx, person: str, at: datetime) -> None:
    """Update a person's App Home, if they have an account in the chat."""
    _add_job(tx, person, {"person": person}, at)


def refresh_user_home(tx: Tx, workspace: str, user: str, at: datetime) -> None:
    """Update the App Home of an account, which need not belong to a known person."""
    _add_job(tx, user, {"workspace": workspace, "user": user}, at)


def refresh_homes_with_leads(tx: Tx, cohort: int, people: Iterable[str], at: datetime) -> None:
    """Update the App Homes of some people and of their cohort's leads."""
    leads = (
        lead.person
        for lead in tx.members.of(cohort, CohortRole.LEAD)
        if lead.state is not EnrolmentState.LEFT
    )
    for person in dict.fromkeys((*people, *leads)):
        refresh_home(tx, person, at)


def _add_job(tx: Tx, owner: str, argument: dict[str, str], at: datetime) -> None:
    """Add one job for all waiting changes. Such jobs run at most ``A_MINUTE`` times per minute."""
    home = f"home:{owner}:"
    begun = tx.jobs.begin_times_since(home, at - _MINUTE)
    due = at if len(begun) < A_MINUTE else begun[-A_MINUTE] + _MINUTE
    # The engine runs each id only once, and may already have started a job that seems to be waiting. So the
    # id contains the time.
    tx.jobs.replace(home, Job(f"{home}{int(at.timestamp() * 1000)}", "home", argument, due))
