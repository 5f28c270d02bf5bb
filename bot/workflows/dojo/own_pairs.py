"""Finds the pairs that a pause or a departure ends, for the form that asks first and for the confirmation.

A confirmation is written after the pairs have ended, so its job stores their ids.
"""

from datetime import datetime

from bot.domain.dojo.own_pairs import OwnPairs
from bot.domain.pairing.states import PairState
from bot.ports.engine import Json
from bot.ports.store import Tx
from bot.workflows.dojo.member_messages import find_name

_INTRODUCED = frozenset({PairState.ACTIVE, PairState.ENDED})


def find_own_pairs(tx: Tx, person: str, cohort: int, at: datetime) -> Json:
    """Find what a pause would end for a person now: ids of pairs, and of senseis whose deputy they are.

    Participants don't see who has been asked to be their sensei, so those pairs are left out.
    """
    pairs = [
        pair.id
        for pair in tx.pairings.ongoing(cohort)
        if (person in {pair.participant, pair.sensei} and pair.state is PairState.ACTIVE)
        or (person == pair.sensei and pair.state is PairState.APPROVED)
    ]
    absences = tx.absences.not_over(cohort, at)
    absent = dict.fromkeys(absence.sensei for absence in absences if absence.deputy == person)
    return {"pairs": pairs, "absent": [*absent]}


def name_own_pairs(tx: Tx, person: str, ids: Json) -> OwnPairs:
    """Return the names behind ids that ``find_own_pairs`` found, also after the pairs have ended."""
    pairs = [pair for number in ids["pairs"] if (pair := tx.pairings.get(number))]
    introduced = [pair for pair in pairs if pair.state in _INTRODUCED]
    own = next((pair.sensei for pair in introduced if pair.participant == person), None)
    return OwnPairs(
        find_name(tx, own) if own else None,
        tuple(find_name(tx, pair.participant) for pair in introduced if pair.sensei == person),
        tuple(find_name(tx, pair.participant) for pair in pairs if pair not in introduced),
        tuple(find_name(tx, sensei) for sensei in ids["absent"]),
    )
