"""A sensei reads a criterion's evidence and rules on it.

Whoever opens the evidence holds a lock on the criterion for ``LOCK``, with the digest of what they saw. A
ruling is accepted only from the lock's holder, and only if the evidence is still what they saw.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.dojo.local_days import load_zone
from bot.domain.triage.criterion_evidence import CriterionEvidence
from bot.domain.triage.records import (
    Appeal,
    AppealState,
    CriterionRuling,
    Milestone,
    NewRuling,
    RulerRole,
    RulingLock,
    Verdict,
)
from bot.errors import UserError
from bot.ports.store import Tx
from bot.workflows.chat.home_refresh import refresh_home
from bot.workflows.chat.working_hours import find_hours
from bot.workflows.triage.capstone_ledgers import LedgerLoader
from bot.workflows.triage.due import make_calendar
from bot.workflows.triage.responsibilities import find_responsibility
from bot.workflows.triage.rulers import find_ruler, may_rule, require_active
from bot.workflows.triage.ruling_input import (
    MOST_OF_A_REASON,
    MOST_OF_A_SENTENCE,
    RulingInput,
    check_input,
    check_level,
)

__all__ = [
    "LOCK",
    "MOST_OF_A_REASON",
    "MOST_OF_A_SENTENCE",
    "OPERATOR",
    "CriterionRulings",
    "EvidenceMovedError",
    "OnRuled",
    "RulingInput",
    "ShownEvidence",
    "find_ruler",
]

LOCK = timedelta(minutes=15)
"""How long nobody else can rule after a sensei has opened the evidence."""
OPERATOR = "operator"
"""The actor of audit entries about what was done at the command line."""

OnRuled = Callable[[Tx, CriterionRuling, datetime], None]
"""Called for each new ruling, in its transaction: tells the participant, and marks the pull requests."""


class EvidenceMovedError(UserError):
    """The evidence changed after the sensei opened it. Nothing was saved; they must look again."""

    def __init__(self) -> None:
        super().__init__(
            "The evidence changed while you were reading it, so I haven't saved your ruling.",
            "Look at it again, then rule.",
        )


@dataclass(frozen=True, slots=True)
class ShownEvidence:
    """A criterion's evidence for the sensei who rules on it now. ``last`` is the newest ruling, or None.

    ``until`` is when their lock ends. ``appeal`` is the appeal that they decide, or None.
    """

    capstone: int
    participant: str
    evidence: CriterionEvidence
    last: CriterionRuling | None
    role: RulerRole
    until: datetime
    appeal: Appeal | None = None


@dataclass(frozen=True)
class CriterionRulings:
    """Shows evidence to senseis, and stores their rulings."""

    loader: LedgerLoader
    on_ruled: OnRuled

    def show_evidence(  # noqa: PLR0913, PLR0917 - who reads what, when and how
        self,
        tx: Tx,
        person: str,
        capstone: int,
        criterion: str,
        at: datetime,
        entered_by_operator: bool = False,
    ) -> ShownEvidence:
        """Return a criterion's evidence, and lock the criterion for the person.

        Raises:
            UserError: they may not rule on it, someone else is ruling on it, or there is no such criterion.
        """
        role, appeal = find_ruler(tx, person, capstone, criterion, at)
        evidence = self._find_evidence(tx, capstone, criterion)
        _require_not_final(tx, person, capstone, evidence, at)
        lock = _take_lock(tx, person, capstone, evidence, at)
        actor = OPERATOR if entered_by_operator else person
        tx.audit(actor, "evidence.see", f"capstone:{capstone}", criterion=criterion)
        participant = find_responsibility(tx, capstone, at).participant
        last = tx.rulings.latest([capstone])[capstone].get(criterion)
        return ShownEvidence(capstone, participant, evidence, last, role, lock.until, appeal)

    def rule(self, tx: Tx, person: str, given: RulingInput, at: datetime) -> CriterionRuling:
        """Store a ruling, release the lock and let the participant know.

        Raises:
            UserError: they may not rule, they have not opened the evidence or their lock has ended, they or
                someone else has just ruled, the ruling is incomplete, or (``EvidenceMovedError``) the
                evidence changed meanwhile.
        """
        require_active(tx, given.capstone)
        lock = tx.rulings.find_lock(given.capstone, given.criterion, at)
        if lock is None or lock.sensei != person:
            _refuse_repeated(tx, person, given, at)
        role, appeal = find_ruler(tx, person, given.capstone, given.criterion, at)
        if lock is None or lock.sensei != person:
            raise UserError(
                "You haven't opened this evidence in the last 15 minutes, so I haven't saved a ruling.",
                "Open it, then rule.",
            )
        evidence = self._find_evidence(tx, given.capstone, given.criterion)
        if not lock.basis == evidence.view == (given.view or lock.basis):
            raise EvidenceMovedError
        _require_not_final(tx, person, given.capstone, evidence, at)
        ruling = tx.rulings.add(_make_ruling(tx, person, given, evidence, role, appeal, at), at)
        tx.rulings.unlock(given.capstone, given.criterion, person)
        if appeal is not None:
            tx.appeals.set_state(appeal.id, AppealState.RULED, at)
        tx.audit(
            OPERATOR if given.entered_by_operator else person,
            "ruling.make",
            f"capstone:{given.capstone}",
            criterion=given.criterion,
            ruling=ruling.id,
            role=role,
        )
        refresh_home(tx, person, at)
        self.on_ruled(tx, ruling, at)
        return ruling

    def leave(self, tx: Tx, person: str, capstone: int, criterion: str) -> None:
        """Let others rule on a criterion whose evidence the person has opened."""
        tx.rulings.unlock(capstone, criterion, person)

    def _find_evidence(self, tx: Tx, capstone: int, criterion: str) -> CriterionEvidence:
        evidence = self.loader.load(tx, [capstone])[capstone].evidence.get(criterion)
        if evidence is None:
            raise UserError(
                "The rubric no longer has this criterion, so I haven't saved anything.",
                "Open the list again, and choose another criterion.",
            )
        return evidence


def _make_ruling(  # noqa: PLR0913, PLR0917 - the parts of one row
    tx: Tx,
    person: str,
    given: RulingInput,
    evidence: CriterionEvidence,
    role: RulerRole,
    appeal: Appeal | None,
    at: datetime,
) -> NewRuling:
    """Return a ruling to store. A level that is the draft's counts as agreeing with it.

    Raises:
        UserError: the ruling is incomplete.
    """
    draft = evidence.draft.level
    if given.verdict is Verdict.OTHER and draft is not None and given.level == draft:
        given = replace(given, verdict=Verdict.AGREED)
    check_input(given)
    return NewRuling(
        given.capstone,
        given.criterion,
        given.verdict,
        check_level(given, draft),
        draft,
        given.reason.strip(),
        given.sentence.strip(),
        evidence.digest,
        person,
        role,
        _find_milestone(tx, person, given.capstone, at),
        appeal.id if appeal else None,
        given.entered_by_operator,
    )


def _take_lock(tx: Tx, person: str, capstone: int, evidence: CriterionEvidence, at: datetime) -> RulingLock:
    """Lock a criterion for a person. The lock of someone who may no longer rule doesn't count.

    Raises:
        UserError: someone else is ruling on it.
    """
    criterion = evidence.criterion.id
    lock = tx.rulings.lock(capstone, criterion, person, evidence.view, at, at + LOCK)
    if lock.sensei != person and not may_rule(tx, lock.sensei, capstone, criterion, at):
        tx.rulings.unlock(capstone, criterion, lock.sensei)
        lock = tx.rulings.lock(capstone, criterion, person, evidence.view, at, at + LOCK)
    if lock.sensei != person:
        raise UserError(
            "Someone else is currently ruling on this criterion.",
            f"Try again after {_format_time(tx, person, capstone, lock.until)}.",
        )
    return lock


def _require_not_final(tx: Tx, person: str, capstone: int, evidence: CriterionEvidence, at: datetime) -> None:
    """Refuse another ruling on the evidence on which a second sensei has ruled, until a milestone opens.

    Raises:
        UserError: a second sensei's ruling is final.
    """
    last = tx.rulings.latest([capstone])[capstone].get(evidence.criterion.id)
    if last is None or last.role is not RulerRole.SECOND or last.basis != evidence.digest:
        return
    if _find_milestone(tx, person, capstone, at) in {None, last.milestone}:
        raise UserError(
            "A second sensei has ruled on this evidence after an appeal, and that ruling is final.",
            "You can rule again when the evidence changes, or at the next milestone.",
        )


def _find_milestone(tx: Tx, person: str, capstone: int, at: datetime) -> Milestone | None:
    """Return the milestone that is open for a capstone in a sensei's time zone, or None."""
    cohort = tx.capstones.get(capstone).cohort
    return make_calendar(tx, cohort, at, find_hours(tx, person, cohort).time_zone).milestone


def _refuse_repeated(tx: Tx, person: str, given: RulingInput, at: datetime) -> None:
    """Refuse a second ruling on evidence that was opened once, such as a form that was submitted twice.

    Raises:
        UserError: this person or someone else has ruled since the evidence was opened.
    """
    last = tx.rulings.latest([given.capstone])[given.capstone].get(given.criterion)
    if last is None or at - last.at > LOCK:
        return
    time = _format_time(tx, person, given.capstone, last.at)
    if last.sensei == person:
        raise UserError(
            f"You ruled on this at {time}, and that ruling counts. I haven't saved another one.",
            "To change it, open the evidence again.",
        )
    if may_rule(tx, person, given.capstone, given.criterion, at):
        raise UserError(
            f"Someone else ruled on this at {time}, so I haven't saved your ruling.",
            "Open the evidence to see theirs.",
        )


def _format_time(tx: Tx, person: str, capstone: int, moment: datetime) -> str:
    """Return a time of day in a person's time zone, such as ``10:32``."""
    zone = load_zone(find_hours(tx, person, tx.capstones.get(capstone).cohort).time_zone)
    return f"{moment.astimezone(zone):%H:%M}"
