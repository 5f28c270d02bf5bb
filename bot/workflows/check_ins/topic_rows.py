"""Reads from rows what a check-in could ask a participant about, in the order in which topics are chosen."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

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
from bot.domain.rubrics.rubric import Rubric
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

    def list_places(self, tx: Tx, capstone: Capstone, at: datetime) -> "ListedPlaces":
        """Return what a check-in could ask about, best first. Whether the code is still there isn't known."""
        rows = _CapstoneRows(tx, capstone, at, self.ledgers)
        places = (place for topic in Topic for place in rows.list_places(topic))
        return ListedPlaces(_choose(tx, capstone, places), rows.ledger.rubric)

    def find_place(self, tx: Tx, capstone: Capstone, key: PlaceKey, at: datetime) -> TopicPlace | None:
        """Return a place that ``list_places`` has returned if it may still be asked about, or None.

        It reads only what is about this topic.
        """
        places = _CapstoneRows(tx, capstone, at, self.ledgers).list_places(key.topic)
        if key.topic is Topic.OPEN_QUESTION:
            places = list_deferred_places(_list_one_deferred(tx, capstone, key.question))
        # Several checks can have one key: the first of them that wasn't asked about was returned.
        return next((place for place in _choose(tx, capstone, places) if place.key == key), None)


@dataclass(frozen=True, slots=True)
class ListedPlaces:
    """What a check-in could ask about in a capstone, best first, and the capstone's rubric."""

    places: Sequence[TopicPlace]
    rubric: Rubric


@dataclass
class _CapstoneRows:
    """The rows about a capstone, each kind read once and only if it is needed."""

    tx: Tx
    capstone: Capstone
    at: datetime
    ledgers: LedgerLoader

    def list_places(self, topic: Topic) -> Iterator[TopicPlace]:
        match topic:
            case Topic.DRIFT:
                findings = list(_list_findings(self.tx, self.own_changes))
                if findings or any(decision.code_gone_at for decision in self.confirmed):
                    being_asked = _list_being_asked(self.tx, self.capstone)
                    yield from list_drift_places(self.confirmed, findings, being_asked)
            case Topic.OPEN_QUESTION:
                yield from list_deferred_places(_list_deferred(self.tx, self.merged))
            case Topic.GATE:
                decided = {decision.check for decision in self.confirmed}
                yield from list_gate_places(self.ledger.evidence, decided)
            case Topic.CHANGE:
                yield from list_change_places(_list_reports(self.tx, self.own_changes), self.ledger.rubric)

    @cached_property
    def ledger(self) -> CapstoneLedger:
        return self.ledgers.load(self.tx, [self.capstone.id])[self.capstone.id]

    @cached_property
    def confirmed(self) -> list[Decision]:
        """The confirmed decisions of the capstone's participant, without those of a former one."""
        person = self.tx.members.by_host_account(self.capstone.participant.id)
        confirmed = self.tx.decisions.of(self.capstone.id, [DecisionState.CONFIRMED])
        return [decision for decision in confirmed if person is not None and is_author(decision, person)]

    @cached_property
    def merged(self) -> list[PullRequest]:
        """What the participant themselves has merged, the newest first."""
        merged = self.tx.pull_requests.list_merged(self.capstone.id, self.at - LEFT_OPEN)
        return [change for change in merged if change.author.id == self.capstone.participant.id]

    @property
    def own_changes(self) -> list[PullRequest]:
        """What the participant themselves has merged lately, the newest first."""
        lately = [change for change in self.merged if change.updated_at > self.at - MERGED_LATELY]
        return lately[:_MOST_CHANGES]


def _choose(tx: Tx, capstone: Capstone, places: Iterable[TopicPlace]) -> list[TopicPlace]:
    """Return the places that no question was about, and that no defence is to ask about."""
    defended = tx.defences.list_fingerprints(capstone.id, but=0)
    asked = tx.questions.list_fingerprints(capstone.id) | defended
    return choose_unasked(places, asked, _list_withheld(tx, capstone) if defended else ())


def _list_withheld(tx: Tx, capstone: Capstone) -> frozenset[str]:
    """Return the checks that a defence is to ask about. Its participant hears the questions there first."""
    defence = tx.defences.newest([capstone.id]).get(capstone.id)
    if defence is None or defence.state not in _TO_COME:
        return frozenset()
    return frozenset(question.asked.check for question in defence.questions if question.asked.check)


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


def _list_deferred(tx: Tx, merged: Iterable[PullRequest]) -> Iterator[AskedQuestion]:
    """Yield the questions that the participant put off on changes of theirs that are merged since.

    Those of the newest change come first.
    """
    for change in merged:
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
