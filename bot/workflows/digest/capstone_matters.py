"""What waits about capstones, read for all of them at once."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.check_ins.records import SKIPS_TOLD
from bot.domain.decisions.records import Decision
from bot.domain.digest.matters import DriftedDecision, Matter, ParticipantMatters, Place
from bot.domain.dojo.local_days import day_in
from bot.domain.ledger.evidence import CheckState
from bot.domain.pull_requests.records import OpenQuestion, QuestionState
from bot.domain.triage.due_rulings import DueRuling, RulingCalendar
from bot.domain.triage.records import CriterionRuling
from bot.ports.pull_requests import CapstoneEnrolment
from bot.ports.store import Tx
from bot.workflows.triage.capstone_ledgers import CapstoneLedger, LedgerLoader
from bot.workflows.triage.due import pick_from

HANDOVER_LIFE = timedelta(days=28)
"""How long an unanswered hand-over stays in digests. By then, the two have met."""

GrowthLines = Callable[[Tx, Collection[int]], Mapping[int, Sequence[str]]]
"""Returns sentences about growth that a sensei could say in a one-to-one, by capstone."""


@dataclass(frozen=True)
class CapstoneRows:
    """Rows about some capstones. Questions are oldest first; ``drifted`` is by question.

    ``waiting`` are the questions that a sensei must decide: disputes, and those to keep or withdraw.
    ``skipped`` is when the last check-in was skipped, where the one before was skipped too.
    """

    enrolments: Mapping[int, CapstoneEnrolment]
    read_times: Mapping[int, datetime | None]
    questions: Sequence[OpenQuestion]
    waiting: Sequence[OpenQuestion]
    handovers: Sequence[OpenQuestion]
    drifted: Mapping[int, Decision]
    code_gone: Sequence[tuple[int, int, datetime]]
    ledgers: Mapping[int, CapstoneLedger]
    due: Mapping[int, tuple[DueRuling, ...]]
    rulings: Mapping[int, Mapping[str, CriterionRuling]]
    growth: Mapping[int, Sequence[str]]
    skipped: Mapping[int, datetime]


@dataclass(frozen=True)
class CapstoneRowsLoader:
    """Reads rows, each kind in one go. Without ``find_growth``, nothing is read about growth."""

    ledgers: LedgerLoader
    find_growth: GrowthLines | None = None

    def load(self, tx: Tx, capstones: Collection[int], weeks: RulingCalendar, at: datetime) -> CapstoneRows:
        """Read the rows of some capstones; ``weeks`` says which rulings are due."""
        questions = tx.standings.questions(capstones)
        ledgers = self.ledgers.load(tx, capstones)
        return CapstoneRows(
            tx.standings.enrolments(capstones),
            tx.standings.last_read_times(capstones),
            questions,
            tx.standings.waiting_for_senseis(capstones),
            [left for left in tx.standings.handovers(capstones) if left.at > at - HANDOVER_LIFE],
            tx.decisions.drifted_of([question.id for question in questions]),
            tx.decisions.list_code_gone(capstones),
            ledgers,
            pick_from(tx, ledgers, weeks),
            tx.rulings.latest(capstones),
            self.find_growth(tx, capstones) if self.find_growth else {},
            tx.check_ins.skipped_twice(capstones, at - SKIPS_TOLD),
        )


@dataclass(frozen=True)
class MatterSorter:
    """Sorts rows into what waits about each capstone. ``zone`` is the time zone of the digest's reader."""

    rows: CapstoneRows
    zone: str

    def sort(self, known: ParticipantMatters) -> ParticipantMatters:
        """Return what waits about a capstone, without appeals. ``known`` says whose it is."""
        capstone, rows = known.capstone, self.rows
        enrolment = rows.enrolments[capstone]
        read_at = rows.read_times[capstone] or enrolment.enrolled_at
        left = {question.id for question in rows.handovers}
        waiting = self._list(rows.waiting, capstone)
        asked = [
            question
            for question in self._list(rows.questions, capstone)
            if question.state is not QuestionState.DISPUTED and question.id not in left
        ]
        return replace(
            known,
            has_access=enrolment.has_access,
            read_on=day_in(self.zone, read_at),
            enrolled_on=day_in(self.zone, enrolment.enrolled_at),
            disputes=self._make_matters(
                question for question in waiting if question.state is QuestionState.DISPUTED
            ),
            questions=self._make_matters(
                question for question in waiting if question.state is QuestionState.PROPOSED
            ),
            handovers=self._make_matters(self._list(rows.handovers, capstone)),
            open_questions=self._make_matters(
                question
                for question in asked
                if question.state is QuestionState.ASKED and question.id not in rows.drifted
            ),
            drifted=(*self._list_asked_drift(asked), *self._list_gone(capstone)),
            rulings=rows.due[capstone],
            gates_unruled=tuple(_list_unruled_gates(rows.ledgers[capstone], rows.rulings[capstone])),
            gate_level=rows.ledgers[capstone].rubric.gate_level,
            growth=tuple(rows.growth.get(capstone, ())),
            check_ins_skipped_on=day_in(self.zone, rows.skipped[capstone])
            if capstone in rows.skipped
            else None,
        )

    def _list(self, questions: Iterable[OpenQuestion], capstone: int) -> list[OpenQuestion]:
        return [question for question in questions if question.capstone == capstone]

    def _make_matters(self, questions: Iterable[OpenQuestion]) -> tuple[Matter, ...]:
        return tuple(
            Matter(
                day_in(self.zone, question.at),
                bool(gate := self._find_gate(question)),
                self._find_place(question),
                gate,
                question.id,
            )
            for question in questions
        )

    def _list_asked_drift(self, asked: Iterable[OpenQuestion]) -> Iterator[DriftedDecision]:
        """Yield the decisions about which Sensei asks whether they hold, while nobody has answered."""
        for question in asked:
            decision = self.rows.drifted.get(question.id)
            if decision is not None:
                since = day_in(self.zone, question.at)
                yield DriftedDecision(decision.number, since, True, self._find_place(question))

    def _list_gone(self, capstone: int) -> Iterator[DriftedDecision]:
        for of, number, at in self.rows.code_gone:
            if of == capstone:
                yield DriftedDecision(number, day_in(self.zone, at), False)

    def _find_gate(self, question: OpenQuestion) -> str:
        """Return the title of the gate criterion that a question is about, or an empty string."""
        criteria = self.rows.ledgers[question.capstone].rubric.criteria
        return next(
            (
                criterion.title
                for criterion in criteria
                if criterion.gate and any(check.id == question.check for check in criterion.checks)
            ),
            "",
        )

    def _find_place(self, question: OpenQuestion) -> Place | None:
        if question.pull_request is None:
            return None
        name = self.rows.enrolments[question.capstone].name
        return Place(name, question.pull_request, question.comment)


def _list_unruled_gates(loaded: CapstoneLedger, rulings: Mapping[str, CriterionRuling]) -> Iterator[str]:
    """Yield the titles of gate criteria without a ruling at the gate level, unless none of it applies."""
    for shown in loaded.evidence.values():
        ruling = rulings.get(shown.criterion.id)
        level = ruling.level if ruling else None
        applies = any(check.state is not CheckState.NOT_APPLICABLE for check in shown.checks)
        if shown.criterion.gate and applies and (level is None or level < loaded.rubric.gate_level):
            yield shown.criterion.title
