"""Brings what waits for a sensei to whoever is on duty now, once somebody else has come on duty.

Pairs begin and end, deputies come and go, and accounts are linked late. Where Sensei knows of such a change,
it calls ``deliver_again``. A periodic look finds the rest. Nobody gets anything twice.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.ports.store import Store, Tx
from bot.workflows.articulation import disputes
from bot.workflows.articulation.handovers import find_handed_over, hand_over
from bot.workflows.chat.addresses import chat_address
from bot.workflows.triage.question_cards import bring_questions, find_new_questions, rewrite_cards
from bot.workflows.triage.responsibilities import Responsibility, list_responsibilities
from bot.workflows.triage.waiting import WaitingKind, list_waiting


def deliver_again(tx: Tx, cohort: int, participants: Collection[str], at: datetime) -> None:
    """Bring what waits in participants' capstones to whoever is on duty, and tell former readers so."""
    responsibilities = _find_by_capstone(tx, cohort, participants, at)
    for pull_request in _list_pull_requests(tx, responsibilities):
        bring_questions(tx, pull_request, at)
        rewrite_cards(tx, pull_request, at)
    for waiting in list_waiting(tx, list(responsibilities)):
        if waiting.kind is WaitingKind.DISPUTE:
            disputes.ask_sensei(tx, waiting.question, at)
            disputes.rewrite_cards(tx, waiting.question, at)
    for question, _ in _list_unread(tx, responsibilities, at):
        hand_over(tx, question, at)


def find_overlooked(tx: Tx, cohort: int, at: datetime) -> frozenset[str]:
    """Return the participants about whom something waits that whoever is on duty has not been told."""
    responsibilities = _find_by_capstone(tx, cohort, None, at)
    found = {responsibilities[capstone].participant for _, capstone in _list_unread(tx, responsibilities, at)}
    for pull_request in _list_pull_requests(tx, responsibilities):
        duty = responsibilities[tx.pull_requests.get(pull_request).capstone]
        if find_new_questions(tx, pull_request, duty.on_duty, at):
            found.add(duty.participant)
    for waiting in list_waiting(tx, list(responsibilities)):
        if waiting.kind is WaitingKind.DISPUTE and disputes.find_unasked(tx, waiting.question, at):
            found.add(responsibilities[waiting.capstone].participant)
    return frozenset(found)


def _find_by_capstone(
    tx: Tx, cohort: int, participants: Collection[str] | None, at: datetime
) -> Mapping[int, Responsibility]:
    """Return who decides about the capstones of some participants, or of all, by capstone."""
    return {
        duty.capstone: duty
        for duty in list_responsibilities(tx, cohort, at)
        if participants is None or duty.participant in participants
    }


def _list_pull_requests(tx: Tx, capstones: Collection[int]) -> list[int]:
    """List the pull requests with questions that wait."""
    found = []
    waiting = list_waiting(tx, list(capstones))
    places = {
        (it.capstone, it.pull_request)
        for it in waiting
        if it.kind is WaitingKind.QUESTION and it.pull_request is not None
    }
    for capstone, number in sorted(places):
        pull_request = tx.pull_requests.find(capstone, number)
        if pull_request is not None:
            found.append(pull_request.id)
    return found


def _list_unread(
    tx: Tx, responsibilities: Mapping[int, Responsibility], at: datetime
) -> Iterator[tuple[int, int]]:
    """Yield the questions that were left to a sensei who has never been told, with their capstones.

    Those that a deputy got for the sensei count as told.
    """
    left = tx.standings.handovers(list(responsibilities))
    senseis = {duty.sensei for question in left if (duty := responsibilities[question.capstone]).sensei}
    known = find_handed_over(tx, [sensei for sensei in senseis if sensei], at)
    for question in left:
        duty = responsibilities[question.capstone]
        is_reachable = duty.on_duty is not None and chat_address(tx, duty.on_duty) is not None
        if is_reachable and (duty.sensei or "", question.id) not in known:
            yield question.id, question.capstone


@dataclass(frozen=True)
class OverlookedDeliveries:
    """The periodic look for what whoever is on duty has not been told."""

    store: Store
    now: Callable[[], datetime]

    def look(self) -> int:
        """Deliver it, one participant at a time, so that others can write meanwhile. Return how many."""
        with self.store.read() as tx:
            found = [
                (cohort.id, person)
                for cohort in tx.cohorts.all()
                for person in sorted(find_overlooked(tx, cohort.id, self.now()))
            ]
        for cohort, person in found:
            with self.store.begin() as tx:
                deliver_again(tx, cohort, [person], self.now())
        return len(found)
