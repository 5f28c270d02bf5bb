"""The forms that change a participant's rhythm and a cohort's."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from bot.domain.chat.events import Acted, Submission
from bot.domain.check_ins.records import MOST_WEEKS, Rhythm
from bot.domain.dojo.people import CohortRole, EnrolmentState, Member, Weekday
from bot.domain.dojo.permissions import Action, Relation, is_allowed
from bot.domain.dojo.profiles import read_clock
from bot.domain.text.numbers import parse_number
from bot.errors import UserError
from bot.ports.chat import View
from bot.ports.store import Tx
from bot.rendering.check_ins import slack_rhythm
from bot.rendering.check_ins.slack_rhythm import AS_COHORT, CHANGE, COHORT, DAY, OFTEN, TIME, UNTIL
from bot.workflows.chat.actors import Actor, Clock, refusal, require_permission
from bot.workflows.chat.features import Button, Form
from bot.workflows.chat.home_refresh import refresh_home
from bot.workflows.chat.outbox import send_message
from bot.workflows.check_ins.askable import find_today, never_fits
from bot.workflows.check_ins.next_check_in import load_participant
from bot.workflows.check_ins.schedule import plan_again

CHANGED, COHORT_CHANGED = "check_ins.changed", "check_ins.cohort_changed"
"""The kinds of messages that confirm a new rhythm."""
LONGEST_REST = timedelta(days=56)
"""For how long a participant can want no check-ins, without turning them off."""
_UNREADABLE = "Choose how often I should ask, the day and the time."


def buttons() -> dict[str, Button]:
    """Return the buttons by name."""
    return {
        CHANGE: Button(Action.CHECK_IN_EDIT, opens=CHANGE),
        COHORT: Button(Action.COHORT_EDIT, opens=COHORT),
    }


def forms() -> dict[str, Form]:
    """Return the forms by name."""
    return {
        CHANGE: Form(
            Action.CHECK_IN_EDIT, _open_own, _save_own, _check_own, does="change how often I ask you"
        ),
        COHORT: Form(
            Action.COHORT_EDIT, _open_cohort, _save_cohort, _check_cohort, does="change the cohort's rhythm"
        ),
    }


def find_own_enrolment(actor: Actor, cohort: int | None = None) -> Member | None:
    """Return the actor's enrolment as a participant, where they act or in a cohort; None if there is none."""
    chosen = actor.cohort if cohort is None else cohort
    own = [member for member in actor.members if member.role is CohortRole.PARTICIPANT]
    return next((member for member in own if member.cohort == chosen), None)


def require_own_enrolment(tx: Tx, actor: Actor, argument: str, clock: Clock) -> Member:
    """Return the actor's own enrolment with a number.

    Raises:
        UserError: it isn't theirs.
    """
    number = parse_number(argument)
    member = next((member for member in actor.members if member.enrolment == number), None)
    if member is None or member.role is not CohortRole.PARTICIPANT:
        raise refusal(actor)
    require_permission(tx, actor, Action.CHECK_IN_EDIT, clock, member.person)
    return member


def _open_own(tx: Tx, actor: Actor, argument: str, clock: Clock) -> View:
    member = require_own_enrolment(tx, actor, argument, clock)
    choice = tx.rhythms.choices([member.enrolment])[member.enrolment]
    shown = choice.rhythm or tx.rhythms.of_cohorts([member.cohort])[member.cohort]
    until = choice.snoozed_until
    ahead = until if until is not None and until > find_today(tx, member, clock()) else None
    is_own = choice.rhythm is not None
    return slack_rhythm.rhythm_form(shown, is_own=is_own, until=ahead, metadata=str(member.enrolment))


def _check_own(tx: Tx, actor: Actor, sent: Submission, clock: Clock) -> Mapping[str, str]:
    member = require_own_enrolment(tx, actor, sent.metadata, clock)
    until = _read_day(sent)
    if until is not None and until > find_today(tx, member, clock()) + LONGEST_REST:
        return {
            UNTIL: "Choose a day within the next eight weeks. For longer, choose “Never” under “How often”."
        }
    if sent.text(OFTEN) == AS_COHORT:
        return {}
    rhythm = read_rhythm(sent)
    if rhythm is None:
        return {OFTEN: _UNREADABLE}
    if not never_fits(tx, member, rhythm):
        return {}
    days = "or change your working days with `/dojo profile` first."
    return {DAY: f"{slack_rhythm.say_never_fits(rhythm.weekday)} Choose another day, {days}"}


def _save_own(tx: Tx, actor: Actor, acted: Acted, clock: Clock) -> None:
    if not isinstance(acted, Submission):
        return
    if faults := _check_own(tx, actor, acted, clock):
        raise UserError(next(iter(faults.values())), "I haven't changed your rhythm.")
    member = require_own_enrolment(tx, actor, acted.metadata, clock)
    rhythm = None if acted.text(OFTEN) == AS_COHORT else read_rhythm(acted)
    until = _read_day(acted)
    is_ahead = until is not None and until > find_today(tx, member, clock())
    tx.rhythms.snooze(member.enrolment, until if is_ahead else None)
    save_rhythm(tx, member, rhythm, clock())


def save_rhythm(tx: Tx, member: Member, rhythm: Rhythm | None, at: datetime) -> None:
    """Store a participant's own rhythm, or that they keep the cohort's; plan by it, and confirm it."""
    tx.rhythms.choose(member.enrolment, rhythm)
    if (one := load_participant(tx, member, at)) is not None:
        plan_again(tx, one, at)
    key = f"check_ins.changed:{member.person}:{int(at.timestamp() * 1000)}"
    send_message(tx, key, CHANGED, {"enrolment": member.enrolment}, at)
    refresh_home(tx, member.person, at)


def _open_cohort(tx: Tx, actor: Actor, argument: str, _clock: Clock) -> View:
    cohort = _require_cohort(tx, actor, argument)
    return slack_rhythm.cohort_form(tx.rhythms.of_cohorts([cohort])[cohort], str(cohort))


def _check_cohort(tx: Tx, actor: Actor, sent: Submission, _clock: Clock) -> Mapping[str, str]:
    _require_cohort(tx, actor, sent.metadata)
    return {} if read_rhythm(sent) else {OFTEN: _UNREADABLE}


def _save_cohort(tx: Tx, actor: Actor, acted: Acted, clock: Clock) -> None:
    if not isinstance(acted, Submission):
        return
    cohort, rhythm = _require_cohort(tx, actor, acted.metadata), read_rhythm(acted)
    if rhythm is None:
        raise UserError(_UNREADABLE, "I haven't changed the cohort's rhythm.")
    tx.rhythms.set_cohort(cohort, rhythm)
    tx.audit(
        actor.person or "",
        "check_in.rhythm",
        f"cohort:{cohort}",
        every_weeks=rhythm.every_weeks,
        weekday=rhythm.weekday.value,
        minutes=rhythm.minutes,
    )
    key = f"check_ins.cohort_changed:{actor.person}:{int(clock().timestamp() * 1000)}"
    send_message(tx, key, COHORT_CHANGED, {"cohort": cohort, "lead": actor.person}, clock())
    for member in tx.members.of(cohort, CohortRole.PARTICIPANT):
        if member.state is not EnrolmentState.LEFT:
            refresh_home(tx, member.person, clock())


def _require_cohort(tx: Tx, actor: Actor, argument: str) -> int:
    """Return the number of a cohort that the actor leads.

    Raises:
        UserError: they don't lead a cohort with this number.
    """
    number = parse_number(argument) or 0
    known = any(cohort.id == number for cohort in tx.cohorts.all())
    if not known or not is_allowed(Action.COHORT_EDIT, actor.roles(number), Relation.COHORT):
        raise refusal(actor)
    return number


def _read_day(sent: Submission) -> date | None:
    try:
        return date.fromisoformat(sent.text(UNTIL))
    except ValueError:
        return None


def read_rhythm(sent: Submission) -> Rhythm | None:
    """Return the rhythm in a form, or None if it has none."""
    weeks = parse_number(sent.text(OFTEN))
    hour, _, minute = sent.text(TIME).partition(":")
    day = sent.text(DAY)
    if weeks is None or not 0 <= weeks <= MOST_WEEKS or day not in set(Weekday):
        return None
    try:
        return Rhythm(weeks, Weekday(day), read_clock(hour, minute))
    except UserError:
        return None
