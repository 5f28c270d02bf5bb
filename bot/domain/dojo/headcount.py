"""Counts a cohort's people, in the same way wherever they are counted.

A person counts once in each of their roles until they leave. Paused people count, and are also counted
apart. A sensei whom no lead has confirmed yet is not a sensei, and is counted apart.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from bot.domain.dojo.people import CohortRole, EnrolmentState, Member


@dataclass(frozen=True, slots=True)
class Headcount:
    """How many people a cohort has in each role. ``unconfirmed`` are waiting to be confirmed as senseis."""

    participants: int = 0
    senseis: int = 0
    leads: int = 0
    paused_participants: int = 0
    paused_senseis: int = 0
    unconfirmed: int = 0


def count_people(members: Iterable[Member], unconfirmed: Collection[int]) -> Headcount:
    """Count a cohort's people. ``unconfirmed`` are enrolments as senseis that await a lead's answer."""
    present = [member for member in members if member.state is not EnrolmentState.LEFT]
    confirmed = [member for member in present if member.enrolment not in unconfirmed]

    def count(role: CohortRole, *, paused: bool = False) -> int:
        return sum(
            member.role is role and (not paused or member.state is EnrolmentState.PAUSED)
            for member in confirmed
        )

    return Headcount(
        count(CohortRole.PARTICIPANT),
        count(CohortRole.SENSEI),
        count(CohortRole.LEAD),
        count(CohortRole.PARTICIPANT, paused=True),
        count(CohortRole.SENSEI, paused=True),
        len(present) - len(confirmed),
    )
