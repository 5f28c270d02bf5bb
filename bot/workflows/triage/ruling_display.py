"""Shows a sensei the evidence for a criterion, with the form for their ruling below it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.defences.records import DefenceQuestion
from bot.domain.triage.due_rulings import DueRuling, RulingCalendar
from bot.domain.triage.records import ExemptSubject, RulerRole
from bot.domain.triage.ruling_form import RulingFormKey, RulingTarget
from bot.ports.chat import View
from bot.ports.store import Tx
from bot.rendering.triage.slack_evidence import ShownChecks
from bot.rendering.triage.slack_ruling_form import (
    RulingWords,
    ShownRuling,
    count_pages,
    describe_progress,
    ruling_form,
)
from bot.workflows.chat.working_hours import find_hours
from bot.workflows.triage.capstone_ledgers import CapstoneLedger
from bot.workflows.triage.due import make_calendar, pick_from
from bot.workflows.triage.quote_places import find_places
from bot.workflows.triage.ruling_input import MOST_OF_A_REASON, MOST_OF_A_SENTENCE
from bot.workflows.triage.rulings import CriterionRulings, ShownEvidence
from bot.workflows.triage.shown_people import show_people

_NO_WORDS = RulingWords()
_MOVED = "*The evidence has changed. Please read it again from the first page.*"


@dataclass(frozen=True)
class RulingDisplay:
    """Builds the form for a ruling. ``web`` is the code host's web address."""

    load_rulings: Callable[[], CriterionRulings]
    web: str

    def show(  # noqa: PLR0913 - what the form depends on
        self,
        tx: Tx,
        person: str,
        target: RulingTarget,
        at: datetime,
        *,
        turns: RulingFormKey | None = None,
        words: RulingWords = _NO_WORDS,
        notice: str = "",
    ) -> View:
        """Return the form with the evidence as it is now, and lock the criterion for the person.

        ``turns`` is the key of a form in which the person turns to ``turns.page``.

        Raises:
            UserError: they may not rule on it now, or someone else is ruling on it.
        """
        rulings = self.load_rulings()
        shown = rulings.show_evidence(tx, person, target.capstone, target.criterion, at)
        checks = self._show_checks(tx, target, shown)
        key = RulingFormKey(target, shown.evidence.view, shown.last.id if shown.last else 0)
        if turns is not None and (turns.digest, turns.last) == (key.digest, key.last):
            key = turns.turn_to(turns.page, count_pages(checks))
        elif turns is not None:
            notice = _MOVED
        capstone = tx.capstones.get(target.capstone)
        return ruling_form(
            ShownRuling(
                key=key,
                person=show_people(tx, capstone.cohort, [shown.participant])[shown.participant],
                capstone=capstone.full_name,
                evidence=shown.evidence,
                checks=checks,
                scale=rulings.loader.library.rubric.scale,
                most_of_a_reason=MOST_OF_A_REASON,
                most_of_a_sentence=MOST_OF_A_SENTENCE,
                last=shown.last,
                last_is_own=shown.last is not None and shown.last.sensei == person,
                progress=self._describe_progress(tx, person, target, at),
                appeal=shown.appeal.reason if shown.appeal else None,
                exemptable=shown.role is not RulerRole.SECOND,
                notice=notice,
                words=words,
                defended=_list_defended(tx, target),
            )
        )

    def find_due(self, tx: Tx, person: str, capstone: int, at: datetime) -> Sequence[DueRuling]:
        """Return what is due for one capstone, in the order in which a person is asked for it."""
        return self._find_due(tx, person, self._load(tx, capstone), at)[1]

    def _describe_progress(self, tx: Tx, person: str, target: RulingTarget, at: datetime) -> str:
        """Say which of how many rulings this is, if it is due."""
        ledger = self._load(tx, target.capstone)
        calendar, due = self._find_due(tx, person, ledger, at)
        if all(one.criterion != target.criterion for one in due):
            return ""
        criteria = sum(shown.applies for shown in ledger.evidence.values())
        return describe_progress(calendar.milestone, criteria, len(due) - 1)

    def _load(self, tx: Tx, capstone: int) -> CapstoneLedger:
        return self.load_rulings().loader.load(tx, [capstone])[capstone]

    def _find_due(
        self, tx: Tx, person: str, ledger: CapstoneLedger, at: datetime
    ) -> tuple[RulingCalendar, Sequence[DueRuling]]:
        cohort = tx.capstones.get(ledger.capstone).cohort
        calendar = make_calendar(tx, cohort, at, find_hours(tx, person, cohort).time_zone)
        return calendar, pick_from(tx, {ledger.capstone: ledger}, calendar)[ledger.capstone]

    def _show_checks(self, tx: Tx, target: RulingTarget, shown: ShownEvidence) -> ShownChecks:
        exemptions = tx.exemptions.of([target.capstone])
        by_check = {one.subject: one.id for one in exemptions if one.kind is ExemptSubject.CHECK}
        whole = [
            one.id
            for one in exemptions
            if one.kind is ExemptSubject.CRITERION and one.subject == target.criterion
        ]
        places = find_places(tx, shown.evidence, tx.capstones.get(target.capstone), self.web)
        return ShownChecks(str(target), shown.evidence.checks, places, by_check, whole[-1] if whole else None)


def _list_defended(tx: Tx, target: RulingTarget) -> Sequence[DefenceQuestion]:
    """Return a criterion's questions in the live defence that were ruled on."""
    defence = tx.defences.newest([target.capstone]).get(target.capstone)
    questions = defence.questions if defence is not None else ()
    return [
        question
        for question in questions
        if question.ruling is not None and question.asked.criterion == target.criterion
    ]
