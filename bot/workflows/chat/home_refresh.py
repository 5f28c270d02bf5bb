"""Adds jobs that update App Homes, at most a few times per minute for each person.

There are two kinds. A person who opens their Home waits for it, so its job names their account (``user``) and
goes first. A change that others made updates Homes that may not even be open, so its job names the person
(``person``) and comes last, after everything else in the chat. Of one person, at most one job waits: a change
joins the job of a Home that was opened, since that one will show the change as well.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from bot.domain.dojo.people import CohortRole, EnrolmentState
from bot.ports.jobs import Job
from bot.ports.store import Tx
from bot.workflows.chat.addresses import chat_address
from bot.workflows.chat.digest_refresh import refresh_digest

A_MINUTE = 6
"""Maximum App Home updates per minute for one person. Slack allows about 90 across all users."""
_MINUTE = timedelta(minutes=1)


def refresh_home(tx: Tx, person: str, at: datetime) -> None:
    """Update a person's App Home, if they have an account in the chat, and their digest of this week."""
    refresh_digest(tx, person, at)
    user = chat_address(tx, person)
    if (
        user is not None
        and tx.jobs.list_waiting(_prefix(user))
        and (workspace := _find_workspace(tx, person))
    ):
        refresh_user_home(tx, workspace, user, at)
        return
    _add_job(tx, person, {"person": person}, at)


def refresh_user_home(tx: Tx, workspace: str, user: str, at: datetime) -> None:
    """Update the App Home of an account, which need not belong to a known person."""
    job = _add_job(tx, user, {"workspace": workspace, "user": user}, at)
    person = tx.members.by_chat(workspace, user)
    if person is not None and tx.jobs.list_waiting(_prefix(person)):
        tx.jobs.replace(_prefix(person), job)  # which will show those changes too


def refresh_homes_with_leads(tx: Tx, cohort: int, people: Iterable[str], at: datetime) -> None:
    """Update the App Homes of some people and of their cohort's leads."""
    leads = (
        lead.person
        for lead in tx.members.of(cohort, CohortRole.LEAD)
        if lead.state is not EnrolmentState.LEFT
    )
    for person in dict.fromkeys((*people, *leads)):
        refresh_home(tx, person, at)


def _find_workspace(tx: Tx, person: str) -> str | None:
    members = tx.members.roles(person)
    return tx.cohorts.get(members[0].cohort).workspace if members else None


def _prefix(owner: str) -> str:
    return f"home:{owner}:"


def _add_job(tx: Tx, owner: str, argument: dict[str, str], at: datetime) -> Job:
    """Add one job for all waiting changes. Such jobs run at most ``A_MINUTE`` times per minute."""
    home = _prefix(owner)
    begun = tx.jobs.begin_times_since(home, at - _MINUTE)
    due = at if len(begun) < A_MINUTE else begun[-A_MINUTE] + _MINUTE
    # The engine runs each id only once, and may already have started a job that seems to be waiting. So the
    # id contains the time.
    job = Job(f"{home}{int(at.timestamp() * 1000)}", "home", argument, due)
    tx.jobs.replace(home, job, keep_place=True)
    return job
