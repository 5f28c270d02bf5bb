"""A sensei decides that a check, or a whole criterion, doesn't apply to a capstone; or that it applies again.

The participant reads the reason beside the evidence, and nothing else about it. A model never exempts.
"""

from datetime import datetime

from bot.domain.dojo.permissions import Action
from bot.domain.rubrics.rubric import Rubric
from bot.domain.triage.records import ExemptSubject, GrantedExemption
from bot.errors import UserError
from bot.ports.store import Tx
from bot.workflows.chat.home_refresh import refresh_home
from bot.workflows.triage.capstone_ledgers import LedgerLoader
from bot.workflows.triage.responsibilities import find_role
from bot.workflows.triage.rulers import not_theirs, require_active
from bot.workflows.triage.ruling_input import MOST_OF_A_REASON, has_words, require_length
from bot.workflows.triage.rulings import OPERATOR
from bot.workflows.triage.second_senseis import find_waiting_appeal


def exempt(  # noqa: PLR0913, PLR0917 - one row's columns
    tx: Tx,
    loader: LedgerLoader,
    person: str,
    capstone: int,
    kind: ExemptSubject,
    subject: str,
    reason: str,
    at: datetime,
    entered_by_operator: bool = False,
) -> GrantedExemption:
    """Store that a check or a criterion (``subject``, its id) doesn't apply, in place of any earlier reason.

    The same person's same reason, such as that of a form sent twice, changes nothing.

    Raises:
        UserError: the person is not the responsible sensei, the rubric has no such check or criterion, a
            second sensei decides about it, or the reason is missing or too long.
    """
    _require_responsible(tx, person, capstone, at)
    require_length("The reason", reason, MOST_OF_A_REASON)
    if not has_words(reason):
        raise UserError(
            "An exemption needs a reason, so I haven't saved it.", "Write one. The participant will read it."
        )
    criterion = _find_criterion(_load_rubric(tx, loader, capstone), kind, subject)
    if criterion is None:
        raise UserError(
            f"The rubric no longer has this {kind}, so I haven't saved anything.", "Open the evidence again."
        )
    _require_no_appeal(tx, capstone, criterion)
    for known in tx.exemptions.of([capstone]):
        if (known.kind, known.subject, known.sensei, known.reason) == (kind, subject, person, reason.strip()):
            return known
    granted = tx.exemptions.grant(capstone, kind, subject, reason.strip(), person, at)
    actor = OPERATOR if entered_by_operator else person
    tx.audit(actor, "exemption.grant", f"capstone:{capstone}", exemption=granted.id, kind=kind, about=subject)
    refresh_home(tx, person, at)
    return granted


def end_exemption(  # noqa: PLR0913, PLR0917 - who ends what, when and how
    tx: Tx,
    loader: LedgerLoader,
    person: str,
    exemption: int,
    at: datetime,
    entered_by_operator: bool = False,
) -> GrantedExemption:
    """Store that what a sensei exempted applies again. Its evidence counts at once.

    Raises:
        UserError: the person is not the responsible sensei, the exemption has ended already, or a second
            sensei decides about its criterion.
    """
    granted = tx.exemptions.find(exemption)
    if granted is None:
        raise UserError(
            "This exemption has already ended, so I haven't changed anything.", "Open the evidence again."
        )
    _require_responsible(tx, person, granted.capstone, at)
    rubric = _load_rubric(tx, loader, granted.capstone)
    if criterion := _find_criterion(rubric, granted.kind, granted.subject):
        _require_no_appeal(tx, granted.capstone, criterion)
    tx.exemptions.end(exemption, at)
    actor = OPERATOR if entered_by_operator else person
    tx.audit(actor, "exemption.end", f"capstone:{granted.capstone}", exemption=exemption)
    refresh_home(tx, person, at)
    return granted


def _require_responsible(tx: Tx, person: str, capstone: int, at: datetime) -> None:
    require_active(tx, capstone)
    if find_role(tx, person, Action.RULING_MAKE, capstone, at) is None:
        raise not_theirs()


def _require_no_appeal(tx: Tx, capstone: int, criterion: str) -> None:
    if find_waiting_appeal(tx, capstone, criterion) is not None:
        raise UserError(
            "The ruling on this criterion is under appeal, so I haven't saved anything.",
            "Once a second sensei has ruled, you can change which checks apply.",
        )


def _load_rubric(tx: Tx, loader: LedgerLoader, capstone: int) -> Rubric:
    return loader.load(tx, [capstone])[capstone].rubric


def _find_criterion(rubric: Rubric, kind: ExemptSubject, subject: str) -> str | None:
    """Return the criterion to which an exemption belongs, or None if the rubric no longer has it."""
    for criterion in rubric.criteria:
        checks = {check.id for check in criterion.checks}
        if subject in (checks if kind is ExemptSubject.CHECK else {criterion.id}):
            return criterion.id
    return None
