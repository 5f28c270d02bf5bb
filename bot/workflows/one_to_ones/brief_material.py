"""Gathers what a brief says, from rows."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.domain.decisions.records import Decision, DecisionState
from bot.domain.decisions.shown import is_author
from bot.domain.dojo.local_days import day_in
from bot.domain.one_to_ones.briefs import Brief, MovedSince, OpenMatters, Topic, TopicKind
from bot.domain.one_to_ones.progress import Movement, find_movements, pick_snapshots
from bot.domain.one_to_ones.records import OneToOne
from bot.domain.one_to_ones.topics import choose_topics, find_check, list_gate_topics, list_moved_topics
from bot.domain.pull_requests.records import OpenQuestion, QuestionState
from bot.domain.triage.criterion_evidence import CriterionEvidence
from bot.ports.store import Tx
from bot.workflows.chat.working_hours import find_hours
from bot.workflows.triage.capstone_ledgers import LedgerLoader

_FIRST_LOOK = timedelta(days=14)
"""How far back the first brief of a pair looks for what moved."""
_WEEK = timedelta(days=7)

Evidence = Mapping[str, CriterionEvidence]


@dataclass(frozen=True)
class BriefGatherer:
    """Gathers briefs. ``load_ledgers`` loads the rubric on its first call."""

    load_ledgers: Callable[[], LedgerLoader]

    def gather(self, tx: Tx, meeting: OneToOne, reader: str, at: datetime) -> Brief | None:
        """Return what a reader's brief says, or None if there is no capstone to speak about.

        A capstone that is on hold isn't spoken about.
        """
        capstones = [
            capstone.id
            for capstone in tx.capstones.by_participant(meeting.participant)
            if capstone.cohort == meeting.cohort and not capstone.held
        ]
        if not capstones:
            return None
        ledgers = self.load_ledgers().load(tx, capstones)
        evidence = {capstone: loaded.evidence for capstone, loaded in ledgers.items()}
        rows = _BriefRows(tx, meeting, reader, at, evidence)
        return Brief(rows.list_open(), rows.find_moved(), rows.choose_topics(), rows.find_decided())


class _BriefRows:
    """The rows behind one brief."""

    def __init__(
        self, tx: Tx, meeting: OneToOne, reader: str, at: datetime, evidence: Mapping[int, Evidence]
    ) -> None:
        self._tx, self._meeting, self._reader, self._evidence = tx, meeting, reader, evidence
        self._zone = find_hours(tx, reader, meeting.cohort).time_zone
        self._last = tx.one_to_ones.last_before(meeting.participant, meeting.sensei, min(at, meeting.at))
        self._since = self._last.at if self._last else at - _FIRST_LOOK
        self._questions = tx.standings.questions(list(evidence))
        drifted = tx.decisions.drifted_of([question.id for question in self._questions])
        self._drifted = {number: found for number, found in drifted.items() if self._is_theirs(found)}
        self._movements = {capstone: self._find_movements(capstone) for capstone in evidence}

    def _is_theirs(self, decision: Decision) -> bool:
        """Return whether a decision is this participant's, and not one of a former participant."""
        return is_author(decision, self._meeting.participant)

    def _find_movements(self, capstone: int) -> list[Movement]:
        since = self._since.date()
        before = pick_snapshots(self._tx.snapshots.of([capstone], since - _WEEK), since)
        return find_movements(before, self._evidence[capstone])

    def list_open(self) -> OpenMatters:
        """Return what is open. Only its author reads a draft."""
        drafts = [
            decision.title
            for capstone in self._evidence
            for decision in self._tx.decisions.of(capstone, {DecisionState.DRAFT})
            if self._is_theirs(decision)
        ]
        plain = [question for question in self._questions if question.id not in self._drifted]
        states = [question.state for question in plain]
        numbers = {decision.number for decision in self._drifted.values()}
        numbers |= {decision.number for decision, _ in self._list_gone()}
        return OpenMatters(
            len(drafts),
            tuple(drafts) if self._reader == self._meeting.participant else (),
            states.count(QuestionState.ASKED),
            states.count(QuestionState.DEFERRED),
            tuple(sorted(numbers)),
        )

    def find_moved(self) -> MovedSince:
        """Return the titles of the criteria that moved, or were ruled on, since the last one-to-one."""
        gained, lost, ruled = [], [], []
        for capstone, evidence in self._evidence.items():
            titles = {criterion: shown.criterion.title for criterion, shown in evidence.items()}
            gained += [titles[moved.criterion] for moved in self._movements[capstone] if moved.gained]
            lost += [titles[moved.criterion] for moved in self._movements[capstone] if moved.lost]
            ruled += [
                titles[ruling.criterion]
                for ruling in self._tx.rulings.of(capstone)
                if ruling.at > self._since and ruling.criterion in titles
            ]
        since = self._day(self._last.at) if self._last else None
        return MovedSince(since, *(tuple(dict.fromkeys(found)) for found in (gained, lost, ruled)))

    def choose_topics(self) -> tuple[Topic, ...]:
        """Return the three topics, which are the same for both readers."""
        candidates = [*self._list_drift(), *self._list_questions()]
        for capstone, evidence in self._evidence.items():
            candidates += [
                *list_gate_topics(evidence),
                *list_moved_topics(evidence, self._movements[capstone]),
            ]
        return choose_topics(candidates)

    def find_decided(self) -> str:
        """Return what the reader wrote after the last one-to-one, if they took part."""
        notes = self._tx.one_to_ones.notes(self._last.id) if self._last else ()
        return next((note.decided for note in notes if note.person == self._reader), "")

    def _list_drift(self) -> Iterator[Topic]:
        for question in self._questions:
            if decision := self._drifted.get(question.id):
                yield self._make_drift(decision, question.text, question.at)
        for decision, at in self._list_gone():
            yield self._make_drift(decision, "", at)

    def _list_gone(self) -> Sequence[tuple[Decision, datetime]]:
        """List the decisions whose code is gone, and since when."""
        found = [
            (self._tx.decisions.by_number(capstone, number), at)
            for capstone, number, at in self._tx.decisions.list_code_gone(list(self._evidence))
        ]
        return [(decision, at) for decision, at in found if decision and self._is_theirs(decision)]

    def _make_drift(self, decision: Decision, question: str, at: datetime) -> Topic:
        anchor = next(iter(decision.anchors), None)
        return Topic(
            TopicKind.DRIFT,
            decision.title,
            question,
            quote=anchor.quote if anchor else "",
            place=f"{anchor.path}, line {anchor.line_start}" if anchor else "",
            since=self._day(at),
            number=decision.number,
        )

    def _list_questions(self) -> Iterator[Topic]:
        kinds = {QuestionState.DEFERRED: TopicKind.PUT_OFF, QuestionState.ASKED: TopicKind.WAITING}
        for question in self._questions:
            if question.state in kinds and question.id not in self._drifted:
                yield self._make_question(kinds[question.state], question)

    def _make_question(self, kind: TopicKind, question: OpenQuestion) -> Topic:
        evidence = self._evidence[question.capstone]
        check, asked = find_check(evidence, question.check), self._tx.questions.get(question.id)
        title = next(
            (
                shown.criterion.title
                for shown in evidence.values()
                if any(found.check.id == question.check for found in shown.checks)
            ),
            question.path,
        )
        return Topic(
            kind,
            title,
            question.text,
            check.ask if check else "",
            asked.quote if asked else "",
            f"{question.path}, line {question.line}",
            self._day(question.at),
        )

    def _day(self, at: datetime) -> date:
        return day_in(self._zone, at)
