"""Reads from rows what a check-in could ask a participant about, in the order in which topics are chosen."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.articulation.conversations import ConversationState
from bot.domain.check_ins.records import Topic
from bot.domain.check_ins.topics import (
    PlaceKey,
    TopicPlace,
    choose_unasked,
    list_change_places,
    list_deferred_places,
    list_drift_places,
    list_gate_places,
)
from bot.domain.decisions.drift import DriftFinding
from bot.domain.decisions.records import Decision, DecisionState
from bot.domain.decisions.shown import is_author
from bot.domain.defences.records import DefenceState
from bot.domain.pull_requests.records import AskedQuestion, Capstone, PullRequest, QuestionState
from bot.domain.review.report import Report
from bot.ports.store import Tx
from bot.workflows.triage.capstone_ledgers import CapstoneLedger, LedgerLoader

MERGED_LATELY = timedelta(days=28)
"""How far back merged changes are looked at."""
LEFT_OPEN = timedelta(days=84)
"""How far back questions that were put off are looked for."""
_MOST_CHANGES = 10
_TO_COME = (DefenceState.PREPARING, DefenceState.READY)
_UNANSWERED = (ConversationState.WAITING, ConversationState.PROBED)
_BEING_ASKED = (
    QuestionState.PROPOSED,
    QuestionState.KEPT,
    QuestionState.ASKED,
    QuestionState.ANSWERED,
    QuestionState.DEFERRED,
    QuestionState.DISPUTED,
)


@dataclass(frozen=True)
class TopicRows:
    """Lists the places about a capstone that no question was about yet.

    Only its participant of now counts: their changes, decisions and questions, and nobody else's.
    """

    ledgers: LedgerLoader

    def list_places(self, tx: Tx, capstone: Capstone, at: datetime) -> list[TopicPlace]:
        """Return what a check-in could ask about, best first. Whether the code is still there isn't known."""
        places = (place for topic in Topic for place in self._list(tx, capstone, topic, at))
        return choose_unasked(places, _list_asked(tx, capstone), _list_withheld(tx, capstone))

    def find_place(self, tx: Tx, capstone: Capstone, key: PlaceKey, at: datetime) -> TopicPlace | None:
        """Return a place that ``list_places`` has returned if it may still be asked about, or None.

        It reads only what is about this topic.
        """
        places = self._list(tx, capstone, key.topic, at)
        if key.topic is Topic.OPEN_QUESTION:
            places = list_deferred_places(_list_one_deferred(tx, capstone, key.question))
        # Several checks can have one key: the first of them that wasn't asked about was returned.
        unasked = choose_unasked(places, _list_asked(tx, capstone), _list_withheld(tx, capstone))
        return next((place for place in unasked if place.key == key), None)

    def _list(self, tx: Tx, capstone: Capstone, topic: Topic, at: datetime) -> Iterator[TopicPlace]:
        match topic:
            case Topic.DRIFT:
                findings = _list_findings(tx, _list_own_changes(tx, capstone, at))
                yield from list_drift_places(
                    _list_confirmed(tx, capstone), findings, _list_being_asked(tx, capstone)
                )
            case Topic.OPEN_QUESTION:
                yield from list_deferred_places(_list_deferred(tx, capstone, at))
            case Topic.GATE:
                decided = {decision.check for decision in _list_confirmed(tx, capstone)}
                loaded = self._load(tx, capstone)
                yield from list_gate_places(loaded.evidence, decided)
            case Topic.CHANGE:
                reports = _list_reports(tx, _list_own_changes(tx, capstone, at))
                yield from list_change_places(reports, self._load(tx, capstone).rubric)

    def _load(self, tx: Tx, capstone: Capstone) -> CapstoneLedger:
        return self.ledgers.load(tx, [capstone.id])[capstone.id]


def _list_confirmed(tx: Tx, capstone: Capstone) -> list[Decision]:
    """List the confirmed decisions of the capstone's participant, without those of a former one."""
    person = tx.members.by_host_account(capstone.participant.id)
    confirmed = tx.decisions.of(capstone.id, [DecisionState.CONFIRMED])
    return [decision for decision in confirmed if person is not None and is_author(decision, person)]


def _list_asked(tx: Tx, capstone: Capstone) -> frozenset[str]:
    """Return the fingerprints of all questions about a capstone, also of those asked in a defence."""
    defended = tx.defences.list_fingerprints(capstone.id, but=0)
    return tx.questions.list_fingerprints(capstone.id) | defended


def _list_withheld(tx: Tx, capstone: Capstone) -> frozenset[str]:
    """Return the checks that a defence is to ask about. Its participant hears the questions there first."""
    defence = tx.defences.newest([capstone.id]).get(capstone.id)
    if defence is None or defence.state not in _TO_COME:
        return frozenset()
    return frozenset(question.asked.check for question in defence.questions if question.asked.check)


def _list_own_changes(tx: Tx, capstone: Capstone, at: datetime) -> list[PullRequest]:
    """List what the participant themselves has merged lately, the newest first."""
    merged = tx.pull_requests.list_merged(capstone.id, at - MERGED_LATELY)
    own = [change for change in merged if change.author.id == capstone.participant.id]
    return own[:_MOST_CHANGES]


def _list_findings(tx: Tx, changes: Iterable[PullRequest]) -> Iterator[DriftFinding]:
    for change in changes:
        rounds = tx.rounds.of(change.id)
        if rounds:
            yield from tx.decisions.findings(rounds[-1].id)


def _list_being_asked(tx: Tx, capstone: Capstone) -> set[int]:
    """Return the decisions about which a pull request is asking now, or a check-in has ever asked."""
    return {
        asked.decision
        for asked in tx.decisions.questions_of(capstone.id)
        if asked.asks
        and (
            asked.pull_request is None or (asked.state in _BEING_ASKED and asked.pull_request_state == "open")
        )
    }


def _list_deferred(tx: Tx, capstone: Capstone, at: datetime) -> Iterator[AskedQuestion]:
    """Yield the questions that the participant put off on changes of theirs that are merged since.

    Those of the newest change come first.
    """
    for change in tx.pull_requests.list_merged(capstone.id, at - LEFT_OPEN):
        if change.author.id == capstone.participant.id:
            for question in tx.questions.of(change.id):
                if _is_unasked(tx, question):
                    yield question


def _list_one_deferred(tx: Tx, capstone: Capstone, number: int | None) -> Iterator[AskedQuestion]:
    """Yield a question if it is one of those that ``_list_deferred`` yields."""
    question = tx.questions.get(number) if number is not None else None
    if question is None or question.pull_request is None or question.capstone != capstone.id:
        return
    change = tx.pull_requests.get(question.pull_request)
    is_own = change.author.id == capstone.participant.id
    if is_own and change.state == "merged" and _is_unasked(tx, question):
        yield question


def _is_unasked(tx: Tx, question: AskedQuestion) -> bool:
    """Return whether a question was put off in a thread, and no check-in has asked it since."""
    if question.state is not QuestionState.DEFERRED:
        return False
    talk = tx.conversations.by_question(question.id)
    is_in_thread = talk is None or (not talk.private and talk.state in _UNANSWERED)
    return is_in_thread and tx.check_ins.by_question(question.id) is None


def _list_reports(tx: Tx, changes: Sequence[PullRequest]) -> Iterator[Report]:
    for change in changes:
        if (report := tx.rounds.newest_report(change.id)) is not None:
            yield report
