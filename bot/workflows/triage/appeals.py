"""A participant asks for a second opinion on a ruling, and a lead names the sensei who gives it.

::

    ASKED ──a lead names a second sensei──► ASSIGNED ──they rule──► RULED
      │  ▲                                     │ │
      │  └──────they pause or leave────────────┘ └──the participant takes it back──► WITHDRAWN
      └──────the participant takes it back, or leaves──────► WITHDRAWN

While an appeal waits, the sensei who gave the ruling can't rule on its criterion again (``rulers``). Each
ruling can be appealed once, a second sensei's never. When the code changes, change this picture too.
"""

from datetime import datetime

from bot.domain.dojo.people import CohortRole, EnrolmentState
from bot.domain.triage.records import WAITING_APPEALS, Appeal, AppealState, CriterionRuling, RulerRole
from bot.errors import UserError
from bot.ports.store import Tx
from bot.workflows.triage import appeal_notices as notices
from bot.workflows.triage.appeal_contexts import AppealContext, load_appeal
from bot.workflows.triage.second_senseis import list_candidates


def require_appealable(tx: Tx, ruling: CriterionRuling) -> None:
    """Refuse an appeal against a ruling that can't be appealed.

    Raises:
        UserError: it is final, a later one counts, or it was appealed before.
    """
    if ruling.role is RulerRole.SECOND:
        raise UserError(
            "A second sensei gave this ruling, so it is final. I haven't changed anything.",
            "Talk it over with your sensei: they can rule again when your evidence changes.",
        )
    if tx.rulings.latest([ruling.capstone])[ruling.capstone][ruling.criterion].id != ruling.id:
        raise UserError(
            "A sensei has given a newer ruling on this, so I haven't changed anything.",
            "Your Home tab shows the newest ruling.",
        )
    appeal = tx.appeals.by_ruling([ruling.id]).get(ruling.id)
    if appeal is not None and appeal.state in WAITING_APPEALS:
        raise UserError(
            "You've already asked for a second opinion on this ruling, so I haven't changed anything."
        )
    if appeal is not None:
        raise UserError(
            "You took back your request for a second opinion on this ruling, so you can't ask again. I "
            "haven't changed anything.",
            "Talk it over with your sensei.",
        )


def ask_second_opinion(tx: Tx, person: str, ruling: CriterionRuling, reason: str, at: datetime) -> None:
    """Store an appeal, confirm it, and ask the leads to name a second sensei.

    Raises:
        UserError: the ruling can't be appealed.
    """
    require_appealable(tx, ruling)
    appeal = tx.appeals.ask(ruling.id, person, reason, at)
    context = load_appeal(tx, appeal.id) if appeal else None
    if context is None:
        raise UserError("This ruling isn't about your capstone any more, so I haven't changed anything.")
    _audit(tx, person, "ruling.appeal", context)
    notices.confirm_appeal(tx, context, at)
    notices.ask_leads(tx, context, at)
    notices.show_change(tx, context, at)


def take_back(tx: Tx, person: str, ruling: CriterionRuling, at: datetime) -> None:
    """Withdraw a participant's appeal against a ruling.

    Raises:
        UserError: there is none that waits.
    """
    _withdraw(tx, person, require_waiting(tx, ruling), at)


def require_waiting(tx: Tx, ruling: CriterionRuling) -> AppealContext:
    """Return the appeal that waits against a ruling.

    Raises:
        UserError: there is none: it is over.
    """
    appeal = tx.appeals.by_ruling([ruling.id]).get(ruling.id)
    context = load_appeal(tx, appeal.id) if appeal else None
    if context is None or context.appeal.state not in WAITING_APPEALS:
        was_ruled = context is not None and context.appeal.state is AppealState.RULED
        why = "A second sensei has already ruled" if was_ruled else "This request has already ended"
        raise UserError(
            f"{why}, so there is nothing to take back. I haven't changed anything.",
            "Your Home tab shows your levels.",
        )
    return context


def name_second(tx: Tx, lead: str, context: AppealContext, second: str, at: datetime) -> None:
    """Store the second sensei whom a lead names, and ask them to rule.

    Raises:
        UserError: they can't be named, or have been already.
    """
    if second == context.second:
        raise UserError("This person is already the second sensei, so I haven't changed anything.")
    if second not in {sensei.person for sensei in list_candidates(tx, context.appeal)}:
        raise UserError(
            "That sensei can no longer be asked, so I haven't changed anything.", "Name someone else."
        )
    before = context.appeal.second
    tx.appeals.assign(context.appeal.id, second, at)
    assigned = _reload(tx, context)
    _audit(tx, lead, "appeal.assign", context, second=second)
    notices.ask_second(tx, assigned, second, at)
    notices.show_change(tx, assigned, at, before)


def settle_appeal(tx: Tx, ruling: CriterionRuling, at: datetime) -> None:
    """Let everyone concerned know of the ruling that decides an appeal."""
    if ruling.appeal is not None and (context := load_appeal(tx, ruling.appeal)) is not None:
        notices.tell_first(tx, context, at)
        notices.show_change(tx, context, at, context.appeal.second)


def follow_departure(tx: Tx, person: str, cohort: int, at: datetime) -> None:
    """Reopen the appeals of a second sensei who pauses or leaves; end those of a participant who leaves."""
    has_left = not any(
        member.cohort == cohort
        and member.role is CohortRole.PARTICIPANT
        and member.state is not EnrolmentState.LEFT
        for member in tx.members.roles(person)
    )
    for appeal in tx.appeals.of_cohort(cohort, WAITING_APPEALS):
        context = load_appeal(tx, appeal.id)
        if context is None:
            continue
        if appeal.person == person and has_left:
            _withdraw(tx, person, context, at)
        elif appeal.second == person and context.second is None:
            _reopen(tx, context, at)


def _reopen(tx: Tx, context: AppealContext, at: datetime) -> None:
    """Ask the leads to name someone else."""
    before = context.appeal.second
    tx.appeals.unassign(context.appeal.id, at)
    reopened = _reload(tx, context)
    _audit(tx, before or "", "appeal.reopen", context)
    notices.show_change(tx, reopened, at, before)
    notices.ask_leads(tx, reopened, at)


def _withdraw(tx: Tx, by: str, context: AppealContext, at: datetime) -> None:
    tx.appeals.set_state(context.appeal.id, AppealState.WITHDRAWN, at)
    _audit(tx, by, "appeal.withdraw", context)
    notices.show_change(tx, _reload(tx, context), at, context.appeal.second)


def _reload(tx: Tx, context: AppealContext) -> AppealContext:
    return load_appeal(tx, context.appeal.id) or context


def _audit(tx: Tx, by: str, action: str, context: AppealContext, **detail: str) -> None:
    appeal: Appeal = context.appeal
    tx.audit(
        by,
        action,
        f"capstone:{appeal.capstone}",
        appeal=appeal.id,
        criterion=appeal.criterion,
        ruling=appeal.ruling,
        **detail,
    )
