"""Gives the sensei of each active pair access to the participant's capstones."""

from bot.domain.pairing.states import PairState
from bot.ports.store import Tx


def set_senseis(tx: Tx, person: str) -> None:
    """Set the sensei of all capstones that belong to a person's active pairs, on either side.

    A pair sets it when it becomes active. If an account is linked or a capstone enrolled later, the sensei
    would otherwise have no access.
    """
    for pair in tx.pairings.by_person(person):
        if pair.state is PairState.ACTIVE:
            tx.capstones.set_sensei(pair.cohort, pair.participant, pair.sensei)


def list_partners(tx: Tx, person: str) -> list[str]:
    """Return the other people in a person's active pairs."""
    return [
        pair.sensei if pair.participant == person else pair.participant
        for pair in tx.pairings.by_person(person)
        if pair.state is PairState.ACTIVE
    ]
