"""Who leads a cohort and who is in it, as participants and senseis may see it: by name and role alone."""

from collections.abc import Sequence

from bot.domain.dojo.app_home import ShownPerson
from bot.domain.dojo.people import CohortRole, EnrolmentState, Member
from bot.ports.store import Tx
from bot.workflows.dojo import sensei_confirmation

_ROLES = (CohortRole.SENSEI, CohortRole.PARTICIPANT)


def pick_leads(members: Sequence[Member]) -> tuple[ShownPerson, ...]:
    """Return a cohort's active leads, by name."""
    return tuple(
        ShownPerson(member.name, member.chat)
        for member in members
        if member.role is CohortRole.LEAD and member.state is EnrolmentState.ACTIVE
    )


def list_names(tx: Tx, members: Sequence[Member]) -> list[tuple[CohortRole, str]]:
    """Return the role and name of each sensei and participant, senseis first.

    People who have left are missing, and so are senseis whom no lead has confirmed. Nothing tells who is
    paused.
    """
    unconfirmed = sensei_confirmation.find_unconfirmed(tx, members)
    return [
        (role, member.name)
        for role in _ROLES
        for member in members
        if member.role is role
        and member.state is not EnrolmentState.LEFT
        and member.enrolment not in unconfirmed
    ]
