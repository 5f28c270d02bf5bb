"""Gathers what a brief says, from rows."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from bot.domain.articulation.slots import Slot
from bot.domain.decisions.records import Decision, DecisionState
from bot.domain.decisions.shown import is_author
from bot.domain.defences.records import DefenceState
from bot.domain.dojo.local_days import day_in
from bot.domain.one_to_ones.briefs import (
    Brief,
    DecisionWords,
    MovedSince,
    OpenMatters,
    Topic,
    TopicCode,
    TopicKind,
)
from bot.domain.one_to_ones.progress import Movement, find_movements, pick_snapshots
from bot.domain.one_to_ones.records import OneToOne
from bot.domain.one_to_ones.topics import (
    choose_topics,
    find_criterion,
    find_known_ask,
    find_known_fact,
    hide_draft,
    list_gate_topics,
    list_moved_topics,
    make_draft_topic,
)
from bot.domain.pull_requests.records import Capstone, OpenQuestion, PublishPolicy, QuestionState
from bot.domain.review.paths import name_file
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
_STILL_HOLDS = "Does it still hold, or has something changed?"
_REOPENED = "It says what would reopen it: has that happened, or is this for another reason?"

Evidence = Mapping[str, CriterionEvidence]


@dataclass(frozen=True)
class BriefGatherer:
    """Gathers briefs. ``load_ledgers`` loads the rubric on its first call.

    ``web`` is the code host's web address; without it, code isn't linked.
    """

    load_ledgers: Callable[[], LedgerLoader]
    web: str = ""

    def gather(self, tx: Tx, meeting: OneToOne, reader: str, at: datetime) -> Brief | None:
        """Return what a reader's brief says, or None if there is no capstone to speak about.

        A capstone that is on hold, or about which nothing may be posted unapproved, isn't spoken about.
        """
        capstones = [
            capstone
            for capstone in tx.capstones.by_participant(meeting.participant)
            if capstone.cohort == meeting.cohort
            and not capstone.held
            and capstone.publish is not PublishPolicy.HELD
        ]
        if not capstones:
            return None
        ledgers = self.load_ledgers().load(tx, [capstone.id for capstone in capstones])
        evidence = {capstone: loaded.evidence for capstone, loaded in ledgers.items()}
        pages = {
            capstone.id: f"{self.web}/{capstone.full_name}" if self.web else "" for capstone in capstones
        }
        rows = _BriefRows(tx, meeting, reader, at, evidence, pages, list_open_questions(tx, capstones, at))
        return Brief(rows.list_open(), rows.find_moved(), rows.choose_topics(), rows.find_decided())


def list_open_questions(tx: Tx, capstones: Sequence[Capstone], at: datetime) -> list[OpenQuestion]:
    """List the questions that wait on open pull requests, and those that were put off on merged ones.

    Only the participant's own pull requests count. Check-ins are left out: a sensei doesn't see them.
    """
    numbers = [capstone.id for capstone in capstones]
    since = at - LEFT_OPEN
    own = {
        (capstone.id, change.number)
        for capstone in capstones
        for change in (
            *tx.pull_requests.list_open(capstone.id),
            *tx.pull_requests.list_merged(capstone.id, since),
        )
        if change.author.id == capstone.participant.id
    }
    found = [*tx.standings.questions(numbers), *tx.standings.put_off_when_merged(numbers, since)]
    return [question for question in found if (question.capstone, question.pull_request) in own]


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
        pages: Mapping[int, str],
        questions: Sequence[OpenQuestion],
    ) -> None:
        self._tx, self._meeting, self._reader, self._evidence = tx, meeting, reader, evidence
        self._pages = pages
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
        drafts = [decision.title for decision in self._list_drafts()]
        plain = [question for question in self._questions if question.id not in self._drifted]
        states = [question.state for question in plain]
        doubted = {decision.number for decision in self._drifted.values()}
        gone = {decision.number for decision, _ in self._list_gone()} - doubted
        is_own = self._reader == self._meeting.participant
        return OpenMatters(
            len(drafts),
            tuple(drafts) if is_own else (),
            states.count(QuestionState.ASKED),
            states.count(QuestionState.DEFERRED),
            tuple(sorted(gone)),
            tuple(sorted(doubted)),
            check_in=is_own and self._has_check_in(),
        )

    def _list_drafts(self) -> list[Decision]:
        """Return the decisions that the participant hasn't confirmed."""
        return [
            decision
            for capstone in self._evidence
            for decision in self._tx.decisions.of(capstone, {DecisionState.DRAFT})
            if self._is_theirs(decision)
        ]

    def _list_draft(self) -> Iterator[Topic]:
        """Yield the newest draft as a topic. One is enough: their sensei reads of each the same words."""
        drafts = sorted(self._list_drafts(), key=lambda draft: (draft.created_at, draft.number))
        for newest in drafts[-1:]:
            yield make_draft_topic(newest.title, newest.check, self._day(newest.created_at))

    def _has_check_in(self) -> bool:
        pair = find_pair(self._tx, self._meeting)
        return pair is not None and find_open(self._tx, pair.enrolment) is not None

    def find_moved(self) -> MovedSince:
        """Return the titles of the criteria that moved, or were ruled on, since the last one-to-one."""
        gained, lost, against, ruled = [], [], [], []
        for capstone, evidence in self._evidence.items():
            titles = {criterion: shown.criterion.title for criterion, shown in evidence.items()}
            moved = self._movements[capstone]
            gained += [titles[found.criterion] for found in moved if found.gained]
            lost += [titles[found.criterion] for found in moved if found.lost]
            against += [titles[found.criterion] for found in moved if found.against]
            ruled += [
                titles[ruling.criterion]
                for ruling in self._tx.rulings.of(capstone)
                if ruling.at > self._since and ruling.criterion in titles
            ]
        since = self._day(self._last.at) if self._last else None
        return MovedSince(since, *(tuple(dict.fromkeys(found)) for found in (gained, lost, against, ruled)))

    def choose_topics(self) -> tuple[Topic, ...]:
        """Return the three topics, which are the same for both readers but for the title of a draft.

        What a defence to come asks about is left out: its participant hears it only there.
        """
        candidates = [*self._list_drift(), *self._list_questions(), *self._list_draft()]
        for capstone, evidence in self._evidence.items():
            found = [*list_gate_topics(evidence), *list_moved_topics(evidence, self._movements[capstone])]
            candidates += [replace(topic, page=self._pages[capstone]) for topic in found]
        chosen = choose_topics(candidates, list_withheld_checks(self._tx, list(self._evidence)))
        is_own = self._reader == self._meeting.participant
        return chosen if is_own else tuple(map(hide_draft, chosen))

    def find_decided(self) -> str:
        """Return what the reader wrote after the last one-to-one, if they took part."""
        notes = self._tx.one_to_ones.notes(self._last.id) if self._last else ()
        return next((note.decided for note in notes if note.person == self._reader), "")

    def _list_drift(self) -> Iterator[Topic]:
        for question in self._questions:
            if decision := self._drifted.get(question.id):
                yield self._make_doubt(decision, question)
        for decision, since in self._list_gone():
            yield self._make_gone(decision, since)

    def _list_gone(self) -> list[tuple[Decision, datetime]]:
        """List the decisions whose code is no longer as it was, each with when that was first seen."""
        found = [
            (self._tx.decisions.by_number(capstone, number), since)
            for capstone, number, since in self._tx.decisions.list_code_gone(list(self._evidence))
        ]
        return [(decision, since) for decision, since in found if decision and self._is_theirs(decision)]

    def _list_questions(self) -> Iterator[Topic]:
        kinds = {QuestionState.DEFERRED: TopicKind.PUT_OFF, QuestionState.ASKED: TopicKind.WAITING}
        for question in self._questions:
            if question.state in kinds and question.id not in self._drifted:
                yield self._make_question(kinds[question.state], question)

    def _make_question(self, kind: TopicKind, question: OpenQuestion) -> Topic:
        found = find_criterion(self._evidence[question.capstone], question.check)
        code = self._find_code(question)
        fact = find_known_fact(*found, code.quote) if found and code else ""
        return Topic(
            kind,
            found[0].criterion.title if found else question.path,
            question.text,
            find_known_ask(*found, fact) if found else "",
            fact=fact,
            code=code,
            since=self._day(question.at),
            check=question.check,
            is_gate=found is not None and found[0].criterion.gate,
            page=self._pages[question.capstone],
            pull_request=question.pull_request,
        )

    def _find_code(self, question: OpenQuestion) -> TopicCode | None:
        """Return the code that a question is about. If a change removed it, its commit isn't known."""
        asked = self._tx.questions.get(question.id)
        if asked is None:
            return None
        commit = asked.head if asked.side == "head" else ""
        return TopicCode(asked.path, asked.line_start, asked.line_end, asked.quote, commit)

    def _make_doubt(self, decision: Decision, question: OpenQuestion) -> Topic:
        """Return a decision about which a question asks whether it still holds."""
        return Topic(
            TopicKind.DRIFT,
            decision.title,
            question.text,
            code=self._find_code(question),
            decision=replace(_quote_words(decision), is_asked=True),
            since=self._day(question.at),
            page=self._pages[decision.capstone],
            pull_request=question.pull_request,
        )

    def _make_gone(self, decision: Decision, since: datetime) -> Topic:
        """Return a decision whose code is no longer as it was."""
        anchor = next(iter(decision.anchors), None)
        return Topic(
            TopicKind.DRIFT,
            decision.title,
            _ask_whether_it_holds(decision),
            code=TopicCode(anchor.path, anchor.line_start, anchor.line_end, anchor.quote, anchor.commit)
            if anchor
            else None,
            decision=_quote_words(decision),
            since=self._day(since),
            page=self._pages[decision.capstone],
        )

    def _day(self, at: datetime) -> date:
        return day_in(self._zone, at)


def _quote_words(decision: Decision) -> DecisionWords:
    texts = decision.texts
    why = texts.get(Slot.ACHIEVE) or texts.get(Slot.FACING) or texts.get(Slot.CONTEXT) or ""
    return DecisionWords(decision.number, texts.get(Slot.DECIDED, ""), why, texts.get(Slot.REVISIT, ""))


def _ask_whether_it_holds(decision: Decision) -> str:
    where = f" in {name_file(decision.anchors[0].path)}" if decision.anchors else ""
    asked = _REOPENED if decision.texts.get(Slot.REVISIT) else _STILL_HOLDS
    return f"The code that decision {decision.number} is about is no longer{where} as it was. {asked}"
