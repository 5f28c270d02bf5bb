"""Reads from rows what a check-in could ask a participant about, in the order in which topics are chosen."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.articulation.conversations import ConversationState
from bot.domain.check_ins.topics import (
    TopicPlace,
    choose_unasked,
    list_change_places,
    list_deferred_places,
    list_drift_places,
    list_gate_places,
)
from bot.domain.decisions.drift import DriftFinding
from bot.domain.decisions.records import DecisionState
from bot.domain.pull_requests.records import AskedQuestion, Capstone, PullRequest, QuestionState
from bot.domain.review.report import Report
from bot.ports.store import Tx
from bot.workflows.triage.capstone_ledgers import LedgerLoader

MERGED_LATELY = timedelta(days=28)
"""How far back merged changes are looked at."""
LEFT_OPEN = timedelta(days=84)
"""How far back questions that were put off are looked for."""
_MOST_CHANGES = 10
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
    """Lists the places about a capstone that no question was about yet."""

    ledgers: LedgerLoader

    def list_places(self, tx: Tx, capstone: Capstone, at: datetime) -> list[TopicPlace]:
        """Return what a check-in could ask about, best first. Whether the code is still there isn't known."""
        changes = _list_own_changes(tx, capstone, at)
        loaded = self.ledgers.load(tx, [capstone.id])[capstone.id]
        confirmed = tx.decisions.of(capstone.id, [DecisionState.CONFIRMED])
        places = (
            *list_drift_places(confirmed, _list_findings(tx, changes), _list_being_asked(tx, capstone)),
            *list_deferred_places(_list_deferred(tx, capstone, at)),
            *list_gate_places(loaded.evidence, {decision.check for decision in confirmed}),
            *list_change_places(_list_reports(tx, changes), loaded.rubric),
        )
        return choose_unasked(places, tx.questions.list_fingerprints(capstone.id))

    def find_place(self, tx: Tx, capstone: Capstone, fingerprint: str, at: datetime) -> TopicPlace | None:
        """Return the place with a fingerprint if it could still be asked about, or None."""
        places = self.list_places(tx, capstone, at)
        return next((place for place in places if place.fingerprint == fingerprint), None)


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
    """Return the decisions about which a question waits already, or is being talked about."""
    return {
        asked.decision
        for asked in tx.decisions.questions_of(capstone.id)
        if asked.asks and asked.state in _BEING_ASKED and asked.pull_request_state == "open"
    }


def _list_deferred(tx: Tx, capstone: Capstone, at: datetime) -> Iterator[AskedQuestion]:
    """Yield the questions that were put off on changes that are merged since, the newest change first."""
    for change in tx.pull_requests.list_merged(capstone.id, at - LEFT_OPEN):
        for question in tx.questions.of(change.id):
            if question.state is QuestionState.DEFERRED and _is_unasked(tx, question):
                yield question


def _is_unasked(tx: Tx, question: AskedQuestion) -> bool:
    """Return whether a question was put off in a thread, and no check-in has asked it since."""
    talk = tx.conversations.by_question(question.id)
    is_in_thread = talk is None or (not talk.private and talk.state in _UNANSWERED)
    return is_in_thread and tx.check_ins.by_question(question.id) is None


def _list_reports(tx: Tx, changes: Sequence[PullRequest]) -> Iterator[Report]:
    for change in changes:
        if (report := tx.rounds.newest_report(change.id)) is not None:
            yield report
