"""The capstones on which a person may rule now: their own participants', and those they stand in for."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.dojo.permissions import Action, Relation, is_allowed
from bot.domain.pairing.states import PairState
from bot.domain.triage.records import Appeal, AppealState
from bot.errors import UserError
from bot.ports.store import Tx
from bot.workflows.articulation.question_contexts import find_capstone_sensei
from bot.workflows.chat.actors import Actor


@dataclass(frozen=True, slots=True)
class OwnCapstone:
    """A capstone of a sensei's participant. ``standing_in_for`` is the sensei who is away, or None."""

    capstone: int
    participant: str
    cohort: int
    standing_in_for: str | None = None


def list_own_capstones(tx: Tx, person: str, cohort: int, moment: datetime) -> Sequence[OwnCapstone]:
    """List the capstones in a cohort on which a person may rule now, without those of appeals.

    Runs a constant number of queries. Capstones without a pair, whose sensei was named at enrolment, cost one
    more each.
    """
    absent, forbidden = _find_absent(tx, person, cohort, moment)
    senseis = [person, *sorted(absent)]
    owned = tx.standings.capstones(cohort)
    found: dict[int, OwnCapstone] = {}
    for own in (*_list_paired(tx, senseis, cohort, owned), *_list_enrolled(tx, senseis, cohort, owned)):
        found.setdefault(own.capstone, own)
    allowed = (
        own
        for own in found.values()
        if own.participant != person and (own.standing_in_for is None or own.participant not in forbidden)
    )
    return sorted(allowed, key=lambda own: (own.standing_in_for is not None, own.capstone))


def list_own_appeals(tx: Tx, person: str, cohort: int) -> Sequence[Appeal]:
    """List the appeals in a cohort for which a lead has named a person, oldest first."""
    return [
        appeal for appeal in tx.appeals.of_cohort(cohort, [AppealState.ASSIGNED]) if appeal.second == person
    ]


def list_ruling_cohorts(actor: Actor) -> Sequence[int]:
    """List the cohorts in which a person may rule at all, beginning with the one where they act."""
    cohorts = dict.fromkeys(
        [*([actor.cohort] if actor.cohort else []), *(member.cohort for member in actor.members)]
    )
    return [
        cohort for cohort in cohorts if is_allowed(Action.RULING_MAKE, actor.roles(cohort), Relation.THEIRS)
    ]


def require_ruler(tx: Tx, actor: Actor, capstone: int | None, moment: datetime) -> str:
    """Return the actor's opaque id, if they may rule on something of this capstone now.

    Raises:
        UserError: they may not, or it doesn't exist. The words are the same.
    """
    person = actor.person
    if person is not None and capstone is not None:
        for cohort in list_ruling_cohorts(actor):
            own = {own.capstone for own in list_own_capstones(tx, person, cohort, moment)}
            if capstone in own or any(it.capstone == capstone for it in list_own_appeals(tx, person, cohort)):
                return person
    raise UserError(
        "You're not currently this participant's sensei or that sensei's deputy, so I haven't saved "
        "anything.",
        "Their sensei can rule.",
    )


def _find_absent(tx: Tx, person: str, cohort: int, moment: datetime) -> tuple[frozenset[str], frozenset[str]]:
    """Return the senseis whose deputy a person is now, and the participants who must not be theirs."""
    absent = frozenset(
        absence.sensei
        for absence in tx.absences.not_over(cohort, moment)
        if absence.deputy == person and absence.has_begun(moment)
    )
    barred = tx.never_pairs.forbidden(cohort) if absent else frozenset()
    return absent, frozenset(participant for participant, other in barred if other == person)


def _list_paired(
    tx: Tx, senseis: Sequence[str], cohort: int, owned: Mapping[str, Sequence[int]]
) -> Iterator[OwnCapstone]:
    """List the capstones of the senseis' pairs. The first sensei is the person who asks."""
    for pair in tx.pairings.ongoing(cohort, senseis):
        if pair.state is PairState.ACTIVE and pair.sensei in senseis:
            for capstone in owned.get(pair.participant, ()):
                yield OwnCapstone(capstone, pair.participant, cohort, _other(pair.sensei, senseis))


def _list_enrolled(
    tx: Tx, senseis: Sequence[str], cohort: int, owned: Mapping[str, Collection[int]]
) -> Iterator[OwnCapstone]:
    """List the capstones without a pair at whose enrolment one of the senseis was named."""
    owners = {capstone: participant for participant, several in owned.items() for capstone in several}
    for sensei in senseis:
        for capstone in tx.capstones.by_sensei(sensei):
            participant = owners.get(capstone.id)
            if participant and find_capstone_sensei(tx, capstone, participant) == sensei:
                yield OwnCapstone(capstone.id, participant, cohort, _other(sensei, senseis))


def _other(sensei: str, senseis: Sequence[str]) -> str | None:
    return None if sensei == senseis[0] else sensei
