"""Whose capstones a sensei decides about now: their own participants', and those they stand in for."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.dojo.people import Absence, CohortRole, EnrolmentState
from bot.domain.dojo.permissions import Action, Relation, is_allowed
from bot.domain.pairing.states import PairState
from bot.domain.triage.records import RulerRole
from bot.ports.store import Tx
from bot.workflows.articulation.question_contexts import find_capstone_duty, find_capstone_sensei
from bot.workflows.chat.actors import make_actor


@dataclass(frozen=True, slots=True)
class Responsibility:
    """A capstone, and who decides about it now. People are opaque ids.

    ``sensei`` is the participant's own sensei; ``on_duty`` is today's deputy, if there is one, or else the
    sensei. Both are None if the participant has none. ``participant`` is empty once they were erased.
    """

    capstone: int
    participant: str
    sensei: str | None
    on_duty: str | None

    def role_of(self, person: str) -> RulerRole | None:
        """Return in which role a person decides about the capstone now, or None if they don't.

        While a sensei is away, they can still decide themselves. Nobody decides about their own capstone.
        """
        if person == self.participant:
            return None
        if person == self.sensei:
            return RulerRole.SENSEI
        return RulerRole.DEPUTY if person == self.on_duty else None


def list_responsibilities(tx: Tx, cohort: int, moment: datetime) -> Sequence[Responsibility]:
    """List who decides about each active capstone of a cohort, in six queries at most.

    Capstones without a pair keep the sensei named at enrolment, until that sensei leaves the cohort.
    """
    paired = {
        pair.participant: pair.sensei
        for pair in tx.pairings.ongoing(cohort)
        if pair.state is PairState.ACTIVE
    }
    away = [absence for absence in tx.absences.not_over(cohort, moment) if absence.has_begun(moment)]
    forbidden = tx.never_pairs.forbidden(cohort) if away else frozenset()
    owned = tx.standings.capstones(cohort)
    unpaired = [one for person, capstones in owned.items() if person not in paired for one in capstones]
    named = _list_named(tx, cohort, unpaired) if unpaired else {}
    found = []
    for participant, capstones in owned.items():
        for capstone in capstones:
            sensei = paired.get(participant) or named.get(capstone)
            sensei = sensei if sensei != participant else None
            deputy = _find_deputy(away, forbidden, participant, sensei) if sensei else None
            on_duty = deputy or sensei
            found.append(Responsibility(capstone, participant, sensei, on_duty))
    return found


def find_responsibility(tx: Tx, capstone: int, moment: datetime) -> Responsibility:
    """Return who decides about one capstone now."""
    row = tx.capstones.get(capstone)
    participant = tx.members.by_host_account(row.participant.id)
    sensei = find_capstone_sensei(tx, row, participant)
    duty = find_capstone_duty(tx, row, participant, moment)
    on_duty = duty.person if duty else None
    return Responsibility(capstone, participant or "", sensei, on_duty)


def find_role(tx: Tx, person: str, action: Action, capstone: int, moment: datetime) -> RulerRole | None:
    """Return in which role a person may do something about a capstone now, or None if they may not.

    A sensei who has left, or whom no lead has confirmed, may not.
    """
    role = find_responsibility(tx, capstone, moment).role_of(person)
    return role if role and may_act_as_sensei(tx, person, action, tx.capstones.get(capstone).cohort) else None


def may_act_as_sensei(tx: Tx, person: str, action: Action, cohort: int) -> bool:
    """Return whether a person's roles in a cohort allow an action for participants who count as theirs."""
    return is_allowed(action, make_actor(tx, person, "", "").roles(cohort), Relation.THEIRS)


def group_by_sensei(responsibilities: Sequence[Responsibility]) -> Mapping[str, Sequence[Responsibility]]:
    """Return responsibilities by the person on duty."""
    found: dict[str, list[Responsibility]] = {}
    for responsibility in responsibilities:
        if responsibility.on_duty:
            found.setdefault(responsibility.on_duty, []).append(responsibility)
    return found


def _list_named(tx: Tx, cohort: int, capstones: Collection[int]) -> Mapping[int, str]:
    """Return the senseis named at the enrolment of capstones who have not left the cohort, by capstone."""
    named = {
        capstone: enrolment.sensei
        for capstone, enrolment in tx.standings.enrolments(capstones).items()
        if enrolment.sensei
    }
    members = tx.members.of(cohort, CohortRole.SENSEI, set(named.values())) if named else ()
    gone = {member.person for member in members if member.state is EnrolmentState.LEFT}
    return {capstone: sensei for capstone, sensei in named.items() if sensei not in gone}


def _find_deputy(
    away: Sequence[Absence], forbidden: frozenset[tuple[str, str]], participant: str, sensei: str
) -> str | None:
    """Return today's deputy of a sensei: not the participant, nor who must not be paired with them."""
    deputies = (absence.deputy for absence in away if absence.sensei == sensei and absence.deputy)
    able = (one for one in deputies if one != participant and (participant, one) not in forbidden)
    return next(able, None)
