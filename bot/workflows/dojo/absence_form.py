"""The form of ``/dojo away``: a person's holidays, each with a button to remove it, and fields to add one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from bot.domain.chat.events import Acted, Click, Submission
from bot.domain.dojo import profiles
from bot.domain.dojo.app_home import ShownPerson
from bot.domain.dojo.people import Absence
from bot.domain.dojo.permissions import Action, Relation, is_allowed
from bot.domain.text.numbers import parse_number
from bot.errors import UserError
from bot.ports.chat import View
from bot.ports.store import Tx
from bot.rendering.dojo import slack_absences
from bot.workflows.chat.actors import Actor, Clock, refusal, require_permission
from bot.workflows.chat.addresses import chat_address
from bot.workflows.chat.features import Button, Form
from bot.workflows.dojo.absence_changes import (
    LONGEST_DAYS,
    MOST_ABSENCES,
    AbsenceChanges,
    find_today,
    find_zone,
    future_absences,
    is_sensei,
    other_senseis,
)
from bot.workflows.dojo.form_submissions import cohort_metadata, find_own_cohort, require_submission
from bot.workflows.dojo.member_messages import find_name

FORM = "people.away"
_FIRST, _LAST, _DEPUTY = "first", "last", "deputy"


@dataclass(frozen=True)
class AbsenceForm:
    """The form, and the button that removes a holiday."""

    changes: AbsenceChanges

    @property
    def form(self) -> Form:
        """Return the form."""
        return Form(Action.ABSENCE_EDIT, _open, self._add, _check, does="save your holiday")

    @property
    def removal(self) -> Button:
        """Return the button that removes a holiday. The form then shows the others."""
        return Button(
            Action.ABSENCE_EDIT,
            do=self._remove,
            check=_check_removal,
            then=_show_without,
            does="remove your holiday",
        )

    def _add(self, tx: Tx, actor: Actor, acted: Acted, clock: Clock) -> None:
        sent = require_submission(acted)
        cohort = _find_cohort(actor, sent)
        if faults := _find_faults(tx, actor, cohort, sent, clock):
            raise UserError(next(iter(faults.values())), "Nothing was changed.")
        days, person = _read_days(sent), actor.person
        if days and person and is_sensei(actor, cohort):
            deputy = _find_deputy(tx, cohort, actor, sent.text(_DEPUTY))
            self.changes.add(tx, cohort, person, days, deputy, clock())
        elif days and person:
            self.changes.add_plain(tx, cohort, person, days, clock())

    def _remove(self, tx: Tx, actor: Actor, acted: Acted, clock: Clock) -> None:
        cohort, absence = _find_removed(tx, actor, acted, clock)
        remove = self.changes.remove if is_sensei(actor, cohort) else self.changes.remove_plain
        remove(tx, cohort, absence, clock())


def _open(tx: Tx, actor: Actor, _argument: str, clock: Clock) -> View:
    require_permission(tx, actor, Action.ABSENCE_EDIT, clock, Relation.OWN)
    if actor.cohort is None or actor.person is None:
        raise refusal(actor)
    return _show(tx, actor, actor.cohort, clock)


def _show(tx: Tx, actor: Actor, cohort: int, clock: Clock, removed: int | None = None) -> View:
    """Return the form for a cohort, without the holiday that is just being removed."""
    absences = future_absences(tx, cohort, actor.person or "", clock())
    shown = [
        (absence, _show_person(tx, absence.deputy) if absence.deputy else None)
        for absence in sorted(absences, key=lambda absence: absence.first)
        if absence.id != removed
    ]
    today = find_today(actor, clock, cohort)
    return slack_absences.absence_form(
        shown,
        today,
        find_zone(actor, cohort),
        cohort_metadata(cohort),
        full=len(shown) >= MOST_ABSENCES,
        has_deputy=is_sensei(actor, cohort),
    )


def _show_person(tx: Tx, person: str) -> ShownPerson:
    return ShownPerson(find_name(tx, person), chat_address(tx, person))


def _check(tx: Tx, actor: Actor, sent: Submission, clock: Clock) -> Mapping[str, str]:
    return _find_faults(tx, actor, _find_cohort(actor, sent), sent, clock)


def _find_cohort(actor: Actor, sent: Submission) -> int:
    """Return the cohort that the form was opened for, in which the actor must still have a role."""
    cohort = find_own_cohort(actor, sent)
    if not is_allowed(Action.ABSENCE_EDIT, actor.roles(cohort), Relation.OWN):
        raise refusal(actor)
    return cohort


def _find_faults(tx: Tx, actor: Actor, cohort: int, sent: Submission, clock: Clock) -> dict[str, str]:
    """Return what is wrong with each field, by block."""
    days = _read_days(sent)
    if days is None:
        return {_FIRST: "Choose the first and the last day."}
    (first, last), today = days, find_today(actor, clock, cohort)
    starts = {absence.first for absence in future_absences(tx, cohort, actor.person or "", clock())}
    faults = {}
    if first not in starts and len(starts) >= MOST_ABSENCES:
        faults[_FIRST] = f"You already have {MOST_ABSENCES} future holidays. Remove one first."
    elif first.year not in profiles.YEARS:
        faults[_FIRST] = "This day is too far in the past or future."
    if last < first:
        faults[_LAST] = "The last day is before the first day."
    elif last < today:
        faults[_LAST] = "These days are in the past."
    elif (last - first).days > LONGEST_DAYS:
        faults[_LAST] = (
            f"A holiday can't be longer than {LONGEST_DAYS} days. For a longer break, use `/dojo pause`."
        )
    user = sent.text(_DEPUTY)
    if user and _find_deputy(tx, cohort, actor, user) is None:
        faults[_DEPUTY] = "Choose another active sensei of this dojo, or leave this empty."
    return faults


def _read_days(sent: Submission) -> tuple[date, date] | None:
    try:
        return date.fromisoformat(sent.text(_FIRST)), date.fromisoformat(sent.text(_LAST))
    except ValueError:
        return None


def _find_deputy(tx: Tx, cohort: int, actor: Actor, user: str) -> str | None:
    """Return the active sensei with a Slack account, or None if there is none."""
    senseis = other_senseis(tx, cohort, actor.person or "")
    return next((sensei.person for sensei in senseis if user and sensei.chat == user), None)


def _find_removed(tx: Tx, actor: Actor, acted: Acted, clock: Clock) -> tuple[int, Absence]:
    """Return the holiday that a button removes, and its cohort.

    Raises:
        UserError: it is over or was removed, or it isn't the actor's.
    """
    value = acted.value if isinstance(acted, Click) and isinstance(acted.value, str) else ""
    for cohort in {member.cohort for member in actor.members}:
        for absence in future_absences(tx, cohort, actor.person or "", clock()):
            if absence.id == parse_number(value):
                return cohort, absence
    raise UserError("This holiday is over or was already removed.", "`/dojo away` shows your holidays.")


def _check_removal(tx: Tx, actor: Actor, click: Click, clock: Clock) -> None:
    _find_removed(tx, actor, click, clock)


def _show_without(tx: Tx, actor: Actor, click: Click, clock: Clock) -> View:
    cohort, absence = _find_removed(tx, actor, click, clock)
    return {**_show(tx, actor, cohort, clock, absence.id), "callback_id": FORM}
