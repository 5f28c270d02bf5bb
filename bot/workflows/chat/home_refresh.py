"""Adds jobs that publish App Homes again, a few times a minute for each person at most."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from bot.domain.dojo.people import CohortRole, EnrolmentState
from bot.ports.jobs import Job
from bot.ports.store import Tx

A_MINUTE = 6
"""The most times a minute that an App Home is published: Slack takes about ninety for all people together."""
_MINUTE = timedelta(minutes=1)


def refresh_home(tx: Tx, person: str, at: datetime) -> None:
    """Publish a person's App Home again, if they have an account in the chat."""
    _add_job(tx, person, {"person": person}, at)


def refresh_user_home(tx: Tx, workspace: str, user: str, at: datetime) -> None:
    """Publish the App Home of an account, which need not belong to a known person."""
    _add_job(tx, user, {"workspace": workspace, "user": user}, at)


def refresh_homes_with_leads(tx: Tx, cohort: int, people: Iterable[str], at: datetime) -> None:
    """Publish the App Homes of some people and of their cohort's leads again."""
    leads = (
        lead.person
        for lead in tx.members.of(cohort, CohortRole.LEAD)
        if lead.state is not EnrolmentState.LEFT
    )
    for person in dict.fromkeys((*people, *leads)):
        refresh_home(tx, person, at)


def _add_job(tx: Tx, owner: str, argument: dict[str, str], at: datetime) -> None:
    """Add one job for all changes that wait, to run ``A_MINUTE`` times a minute at most."""
    home = f"home:{owner}:"
    begun = tx.jobs.begin_times_since(home, at - _MINUTE)
    due = at if len(begun) < A_MINUTE else begun[-A_MINUTE] + _MINUTE
    # The id has the time in it: the engine runs an id once, and may have begun the job that seems to wait.
    tx.jobs.replace(home, Job(f"{home}{int(at.timestamp() * 1000)}", "home", argument, due))
