"""Gathers what a brief says, from rows."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.domain.decisions.records import Decision, DecisionState
from bot.domain.decisions.shown import is_author
from bot.domain.defences.records import DefenceState
from bot.domain.dojo.local_days import day_in
from bot.domain.one_to_ones.briefs import Brief, MovedSince, OpenMatters, Topic, TopicKind
from bot.domain.one_to_ones.progress import Movement, find_movements, pick_snapshots
from bot.domain.one_to_ones.records import OneToOne
from bot.domain.one_to_ones.topics import choose_topics, find_check, list_gate_topics, list_moved_topics
from bot.domain.pull_requests.records import Capstone, OpenQuestion, QuestionState
from bot.domain.triage.criterion_evidence import CriterionEvidence
from bot.ports.store import Tx
from bot.workflows.chat.working_hours import find_hours
from bot.workflows.check_ins.askable import find_open
from bot.workflows.check_ins.topic_rows import LEFT_OPEN
from bot.workflows.dojo.one_to_one_parties import find_pair
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
            capstone
            for capstone in tx.capstones.by_participant(meeting.participant)
            if capstone.cohort == meeting.cohort and not capstone.held
        ]
        if not capstones:
            return None
        ledgers = self.load_ledgers().load(tx, [capstone.id for capstone in capstones])
        evidence = {capstone: loaded.evidence for capstone, loaded in ledgers.items()}
        rows = _BriefRows(tx, meeting, reader, at, evidence, list_open_questions(tx, capstones, at))
        return Brief(rows.list_open(), rows.find_moved(), rows.choose_topics(), rows.find_decided())


def list_open_questions(tx: Tx, capstones: Sequence[Capstone], at: datetime) -> list[OpenQuestion]:
    """List the questions that wait on open pull requests, and those that were put off on merged ones.

    A participant's own merged changes count only. Check-ins are left out: a sensei doesn't see them.
    """
    numbers = [capstone.id for capstone in capstones]
    since = at - LEFT_OPEN
    own = {
        (capstone.id, change.number)
        for capstone in capstones
        for change in tx.pull_requests.list_merged(capstone.id, since)
        if change.author.id == capstone.participant.id
    }
    left = [
        question
        for question in tx.standings.put_off_when_merged(numbers, since)
        if (question.capstone, question.pull_request) in own
    ]
    return [*tx.standings.questions(numbers), *left]


def list_withheld_checks(tx: Tx, capstones: Sequence[int]) -> set[str | None]:
    """Return the ids of the checks that the questions of a defence to come are about."""
    return {
        question.asked.check
        for defence in tx.defences.newest(capstones).values()
        if defence.state in {DefenceState.PREPARING, DefenceState.READY}
        for question in defence.questions
    }


class _BriefRows:
    """The rows behind one brief."""

    def __init__(  # noqa: PLR0913, PLR0917 - a one-to-one, its reader, and what is known of the capstones
        self,
        tx: Tx,
        meeting: OneToOne,
        reader: str,
        at: datetime,
        evidence: Mapping[int, Evidence],
        questions: Sequence[OpenQuestion],
    ) -> None:
        self._tx, self._meeting, self._reader, self._evidence = tx, meeting, reader, evidence
        self._zone = find_hours(tx, reader, meeting.cohort).time_zone
        self._last = tx.one_to_ones.last_before(meeting.participant, meeting.sensei, min(at, meeting.at))
        self._since = self._last.at if self._last else at - _FIRST_LOOK
        self._questions = questions
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
        numbers |= {decision.number for decision in self._list_gone()}
        is_own = self._reader == self._meeting.participant
        return OpenMatters(
            len(drafts),
            tuple(drafts) if is_own else (),
            states.count(QuestionState.ASKED),
            states.count(QuestionState.DEFERRED),
            tuple(sorted(numbers)),
            check_in=is_own and self._has_check_in(),
        )

    def _has_check_in(self) -> bool:
        pair = find_pair(self._tx, self._meeting)
        return pair is not None and find_open(self._tx, pair.enrolment) is not None

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
        """Return the three topics, which are the same for both readers.

        What a defence to come asks about is left out: its participant hears it only there.
        """
        candidates = [*self._list_drift(), *self._list_questions()]
        for capstone, evidence in self._evidence.items():
            candidates += [
                *list_gate_topics(evidence),
                *list_moved_topics(evidence, self._movements[capstone]),
            ]
        return choose_topics(candidates, list_withheld_checks(self._tx, list(self._evidence)))

    def find_decided(self) -> str:
        """Return what the reader wrote after the last one-to-one, if they took part."""
        notes = self._tx.one_to_ones.notes(self._last.id) if self._last else ()
        return next((note.decided for note in notes if note.person == self._reader), "")

    def _list_drift(self) -> Iterator[Topic]:
        for question in self._questions:
            if decision := self._drifted.get(question.id):
                yield _make_drift(decision, question.text)
        for decision in self._list_gone():
            yield _make_drift(decision, "")

    def _list_gone(self) -> Sequence[Decision]:
        """List the decisions whose code is gone."""
        found = [
            self._tx.decisions.by_number(capstone, number)
            for capstone, number, _ in self._tx.decisions.list_code_gone(list(self._evidence))
        ]
        return [decision for decision in found if decision and self._is_theirs(decision)]

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
            check=question.check,
        )

    def _day(self, at: datetime) -> date:
        return day_in(self._zone, at)


def _make_drift(decision: Decision, question: str) -> Topic:
    anchor = next(iter(decision.anchors), None)
    return Topic(
        TopicKind.DRIFT,
        decision.title,
        question,
        quote=anchor.quote if anchor else "",
        place=f"{anchor.path}, line {anchor.line_start}" if anchor else "",
        number=decision.number,
    )
