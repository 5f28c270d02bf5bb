"""Who rules on a criterion: the participant's sensei, today's deputy, or the second sensei of an appeal."""

from datetime import datetime

from bot.domain.dojo.permissions import Action
from bot.domain.triage.records import Appeal, RulerRole
from bot.errors import UserError
from bot.ports.store import Tx
from bot.workflows.triage.responsibilities import find_role, may_act_as_sensei
from bot.workflows.triage.second_senseis import find_second, find_waiting_appeal


def find_ruler(
    tx: Tx, person: str, capstone: int, criterion: str, at: datetime
) -> tuple[RulerRole, Appeal | None]:
    """Return in which role a person rules on a criterion now, and the appeal that they decide, if any.

    While an appeal waits, only its second sensei can rule, so that the appeal decides what it is about.

    Raises:
        UserError: they may not rule on it, or its capstone has ended.
    """
    require_active(tx, capstone)
    appeal = find_waiting_appeal(tx, capstone, criterion)
    if appeal is not None:
        if _decides(tx, person, appeal):
            return RulerRole.SECOND, appeal
        raise UserError(
            "This ruling is under appeal, so I haven't saved anything.", "A second sensei decides."
        )
    role = find_role(tx, person, Action.RULING_MAKE, capstone, at)
    if role is None:
        raise not_theirs()
    return role, None


def may_rule(tx: Tx, person: str, capstone: int, criterion: str, at: datetime) -> bool:
    """Return whether a person may rule on a criterion now."""
    try:
        find_ruler(tx, person, capstone, criterion, at)
    except UserError:
        return False
    return True


def require_active(tx: Tx, capstone: int) -> None:
    """Refuse what nobody decides about any more.

    Raises:
        UserError: the capstone has ended, or was deleted.
    """
    if capstone not in tx.standings.names([capstone]) or tx.capstones.get(capstone).ended:
        raise UserError(
            "This capstone has ended, so I haven't saved anything.", "Earlier rulings stay as they are."
        )


def not_theirs() -> UserError:
    """Return the error for whoever is not the participant's sensei or deputy now."""
    return UserError(
        "You're not currently this participant's sensei or that sensei's deputy, so I haven't saved "
        "anything.",
        "Their sensei can rule.",
    )


def _decides(tx: Tx, person: str, appeal: Appeal) -> bool:
    cohort = tx.capstones.get(appeal.capstone).cohort
    return find_second(tx, appeal) == person and may_act_as_sensei(tx, person, Action.APPEAL_RULE, cohort)
