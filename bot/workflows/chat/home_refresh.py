"""Asks for App Homes to be published again, at most so often a minute for each person."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from bot.domain.dojo.people import CohortRole, EnrolmentState
from bot.ports.store import Job, Tx

A_MINUTE = 6
"""Times a minute that one App Home is published at most: Slack takes some ninety of all people together."""


_MINUTE = timedelta(minutes=1)


def refresh_home(tx: Tx, person: str, at: datetime) -> None:
    """Let somebody's App Home show what is true now, if they have an account in the chat."""
    _add(tx, person, {"person": person}, at)


def refresh_user_home(tx: Tx, workspace: str, user: str, at: datetime) -> None:
    """Let the App Home of an account be shown, also of one that nobody has met."""
    _add(tx, user, {"workspace": workspace, "user": user}, at)


def refresh_homes_with_leads(tx: Tx, cohort: int, people: Iterable[str], at: datetime) -> None:
    """Let the App Homes of some people be shown anew, and of who leads their cohort."""
    leads = (
        one.person for one in tx.members.of(cohort, CohortRole.LEAD) if one.state is not EnrolmentState.LEFT
    )
    for person in dict.fromkeys((*people, *leads)):
        refresh_home(tx, person, at)


def _add(tx: Tx, whose: str, argument: dict[str, str], at: datetime) -> None:
    """Let a Home be published once for all the changes that wait, and ``A_MINUTE`` times a minute at most."""
    home = f"home:{whose}:"
    begun = tx.jobs.begun_since(home, at - _MINUTE)
    due = at if len(begun) < A_MINUTE else begun[-A_MINUTE] + _MINUTE
    # With the time: the engine may have begun with the one that seems to wait, and an id begins once.
    tx.jobs.replace(home, Job(f"{home}{int(at.timestamp() * 1000)}", "home", argument, due))
