"""A sensei reads a criterion's evidence and rules on it.

Whoever opens the evidence holds a lock on the criterion for ``LOCK``, with the digest of what they saw. A
ruling is accepted only from the lock's holder, and only if the evidence is still what they saw.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.dojo.local_days import load_zone
from bot.domain.triage.criterion_evidence import CriterionEvidence
from bot.domain.triage.milestone_windows import find_open_milestone
from bot.domain.triage.records import (
    Appeal,
    AppealState,
    CriterionRuling,
    Milestone,
    NewRuling,
    RulerRole,
    Verdict,
)
from bot.errors import UserError
from bot.ports.store import Tx
from bot.workflows.chat.working_hours import find_hours
from bot.workflows.triage.capstone_ledgers import LedgerLoader
from bot.workflows.triage.due import milestone_dates
from bot.workflows.triage.responsibilities import find_responsibility
from bot.workflows.triage.second_senseis import find_second, find_waiting_appeal

LOCK = timedelta(minutes=15)
"""How long nobody else can rule after a sensei has opened the evidence."""
MOST_OF_A_REASON, MOST_OF_A_SENTENCE = 1000, 300
"""Maximum characters of the reason, for senseis, and of the sentence to the participant."""

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


@dataclass(frozen=True, slots=True)
class RulingInput:
    """What a sensei submits. ``level`` counts only with ``Verdict.OTHER``."""

    capstone: int
    criterion: str
    verdict: Verdict
    level: int | None = None
    reason: str = ""
    sentence: str = ""
    entered_by_operator: bool = False


@dataclass(frozen=True)
class CriterionRulings:
    """Shows evidence to senseis, and stores their rulings."""

    loader: LedgerLoader
    on_ruled: OnRuled

    def show_evidence(
        self, tx: Tx, person: str, capstone: int, criterion: str, at: datetime
    ) -> ShownEvidence:
        """Return a criterion's evidence, and lock the criterion for the person.

        Raises:
            UserError: they may not rule on it, someone else is ruling on it, or there is no such criterion.
        """
        role, appeal = find_ruler(tx, person, capstone, criterion, at)
        evidence = self._find_evidence(tx, capstone, criterion)
        require_not_final(tx, evidence, capstone, at)
        lock = tx.rulings.lock(capstone, criterion, person, evidence.digest, at, at + LOCK)
        if lock.sensei != person:
            zone = load_zone(find_hours(tx, person, tx.capstones.get(capstone).cohort).time_zone)
            raise UserError(
                "Someone else is ruling on this criterion now.",
                f"Try again after {lock.until.astimezone(zone):%H:%M}.",
            )
        tx.audit(person, "evidence.see", f"capstone:{capstone}", criterion=criterion)
        participant = find_responsibility(tx, capstone, at).participant
        last = tx.rulings.latest([capstone])[capstone].get(criterion)
        return ShownEvidence(capstone, participant, evidence, last, role, lock.until, appeal)

    def rule(self, tx: Tx, person: str, given: RulingInput, at: datetime) -> CriterionRuling:
        """Store a ruling, release the lock and let the participant know.

        Raises:
            UserError: they may not rule, they have not opened the evidence or their lock has ended, the
                ruling is incomplete, or (``EvidenceMovedError``) the evidence changed meanwhile.
        """
        role, appeal = find_ruler(tx, person, given.capstone, given.criterion, at)
        lock = tx.rulings.find_lock(given.capstone, given.criterion, at)
        if lock is None or lock.sensei != person:
            raise UserError(
                "You haven't opened this evidence in the last 15 minutes, so I haven't saved a ruling.",
                "Open it, then rule.",
            )
        evidence = self._find_evidence(tx, given.capstone, given.criterion)
        if lock.basis != evidence.digest:
            raise EvidenceMovedError
        require_not_final(tx, evidence, given.capstone, at)
        draft = evidence.draft.level
        new = NewRuling(
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
            find_milestone(tx, given.capstone, at),
            appeal.id if appeal else None,
            given.entered_by_operator,
            find_responsibility(tx, given.capstone, at).participant or None,
        )
        ruling = tx.rulings.add(new, at)
        tx.rulings.unlock(given.capstone, given.criterion, person)
        if appeal is not None:
            tx.appeals.set_state(appeal.id, AppealState.RULED, at)
        tx.audit(
            "operator" if given.entered_by_operator else person,
            "ruling.make",
            f"capstone:{given.capstone}",
            criterion=given.criterion,
            ruling=ruling.id,
            role=role,
        )
        self.on_ruled(tx, ruling, at)
        return ruling

    def _find_evidence(self, tx: Tx, capstone: int, criterion: str) -> CriterionEvidence:
        evidence = self.loader.load(tx, [capstone])[capstone].evidence.get(criterion)
        if evidence is None:
            raise UserError(
                "The rubric no longer has this criterion.", "Refresh the list and choose another."
            )
        return evidence


def check_level(given: RulingInput, draft: int | None) -> int | None:
    """Return the level that a ruling gives.

    Raises:
        UserError: the ruling is incomplete.
    """
    match given.verdict:
        case Verdict.AGREED if draft is None:
            raise UserError(
                "There is no draft level to agree with.", "Choose a level, or say that you can't judge."
            )
        case Verdict.AGREED:
            return draft
        case Verdict.CANNOT_JUDGE:
            return None
        case Verdict.OTHER:
            if given.level is None or not 0 <= given.level <= 4:
                raise UserError("A ruling needs a level from 0 to 4.", "Choose one.")
            if not given.reason.strip():
                raise UserError(
                    "A level other than the draft needs a reason.", "Write one, for other senseis."
                )
            return given.level


def find_milestone(tx: Tx, capstone: int, at: datetime) -> Milestone | None:
    """Return the milestone that is open for a capstone's cohort, or None."""
    return find_open_milestone(milestone_dates(tx, tx.capstones.get(capstone).cohort), at.date())


def require_not_final(tx: Tx, evidence: CriterionEvidence, capstone: int, at: datetime) -> None:
    """Refuse a ruling on the evidence on which a second sensei has ruled, until another milestone opens.

    Raises:
        UserError: a second sensei's ruling is final.
    """
    last = tx.rulings.latest([capstone])[capstone].get(evidence.criterion.id)
    if last is None or last.role is not RulerRole.SECOND or last.basis != evidence.digest:
        return
    if find_milestone(tx, capstone, at) in {None, last.milestone}:
        raise UserError(
            "A second sensei has ruled on this evidence after an appeal, and that ruling is final.",
            "You can rule again when the evidence changes, or at the next milestone.",
        )


def find_ruler(
    tx: Tx, person: str, capstone: int, criterion: str, at: datetime
) -> tuple[RulerRole, Appeal | None]:
    """Return in which role a person rules on a criterion now, and the appeal that they decide, if any.

    Until a lead has named a second sensei, the participant's own can still rule: that settles the appeal.

    Raises:
        UserError: they are not responsible for it.
    """
    appeal = find_waiting_appeal(tx, capstone, criterion)
    if appeal is not None and (second := find_second(tx, appeal)) is not None:
        if second == person:
            return RulerRole.SECOND, appeal
        raise UserError("This ruling is under appeal, and a second sensei decides.", "Nothing was saved.")
    role = find_responsibility(tx, capstone, at).role_of(person)
    if role is None:
        raise UserError(
            "You're not this participant's sensei or deputy now, so I haven't saved anything.",
            "Their sensei can rule.",
        )
    return role, None
