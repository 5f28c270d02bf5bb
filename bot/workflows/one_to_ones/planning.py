"""``/dojo one-to-one``: either of a pair plans, moves and cancels their one-to-ones in one form.

Nobody is sent a message about it: the two arrange their hour themselves, and both see it in their Home tabs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.chat.events import Acted, Click, Submission
from bot.domain.dojo.local_days import load_zone
from bot.domain.dojo.permissions import Action
from bot.domain.dojo.working_moments import next_working_moment
from bot.domain.one_to_ones.message_times import FARTHEST, read_moment
from bot.domain.one_to_ones.records import OneToOne
from bot.domain.text.numbers import parse_number
from bot.errors import UserError
from bot.ports.chat import View
from bot.ports.store import Tx
from bot.rendering.chat.slack_blocks import MOST_OF_A_NAME
from bot.rendering.chat.slack_text import moment, mrkdwn
from bot.rendering.dojo.home_one_to_ones import PLAN
from bot.rendering.one_to_ones import slack_plan as ids
from bot.workflows.chat.actors import Actor, Clock
from bot.workflows.chat.features import Button, Feature, Form, Subcommand
from bot.workflows.chat.home_refresh import refresh_home
from bot.workflows.chat.working_hours import choose_hours, find_hours
from bot.workflows.dojo.home_one_to_ones import list_own_pairs, show_meeting
from bot.workflows.dojo.member_messages import find_name
from bot.workflows.dojo.one_to_one_parties import MeetingPair
from bot.workflows.one_to_ones.calendar_changes import is_in_calendar
from bot.workflows.one_to_ones.message_keys import refresh_briefs

MOST_PLANNED = 10
"""Maximum coming one-to-ones of a pair."""
_ACTION = Action.ONE_TO_ONE_PLAN
_MOVE_OF = "move:"
"""How the metadata of a form that moves a one-to-one begins. Its id follows."""


@dataclass(frozen=True)
class OneToOnePlanning:
    """The command, the form and its buttons."""

    def feature(self) -> Feature:
        """Return the command, the buttons and the form."""
        return Feature(
            commands=(
                Subcommand(
                    "one-to-one",
                    _ACTION,
                    "your next one-to-ones: plan, move or cancel one, or use your calendar",
                    opens=PLAN,
                ),
            ),
            buttons={
                PLAN: Button(_ACTION, opens=PLAN),
                ids.MOVE: Button(_ACTION, redraws=_start_moving),
                ids.CANCEL: Button(_ACTION, redraws=_cancel, writes=True, does="cancel the one-to-one"),
            },
            forms={
                PLAN: Form(
                    _ACTION,
                    _open,
                    _handle_nothing,
                    _check,
                    answers=_save,
                    does="plan the one-to-one",
                )
            },
        )


def require_pairs(tx: Tx, actor: Actor, at: datetime) -> Sequence[MeetingPair]:
    """Return the pairs whose one-to-ones a person may plan, in all of their cohorts.

    Raises:
        UserError: there are none.
    """
    cohorts = dict.fromkeys(member.cohort for member in actor.members)
    pairs = [pair for cohort in cohorts for pair in list_own_pairs(tx, actor, cohort, at)]
    if not pairs:
        raise UserError(
            "You're not in a pair now, so there's no one-to-one to plan. Nothing was changed.",
            "I'll introduce you to your partner once a lead has approved a pair.",
        )
    return pairs


def find_chosen_pair(pairs: Sequence[MeetingPair], value: str) -> MeetingPair:
    """Return the pair with a participant's enrolment, given as text; without any, the only or the first one.

    Raises:
        UserError: the pair is not, or no longer, one of these.
    """
    if not value:
        return pairs[0]
    chosen = next((pair for pair in pairs if pair.enrolment == parse_number(value)), None)
    if chosen is None:
        raise UserError(
            "This pair has ended, so nothing was changed.", "`/dojo one-to-one` shows those that go on."
        )
    return chosen


def name_partner(tx: Tx, pair: MeetingPair, reader: str) -> str:
    """Return the name of the other of a pair. For a deputy, that is the participant."""
    return find_name(tx, find_partner(pair, reader))


def find_partner(pair: MeetingPair, reader: str) -> str:
    """Return the other of a pair. For a deputy, that is the participant."""
    return pair.sensei if reader == pair.participant else pair.participant


def list_coming(tx: Tx, pairs: Sequence[MeetingPair], at: datetime) -> list[OneToOne]:
    """List the planned one-to-ones of some pairs from a moment on, by time."""
    planned = tx.one_to_ones.planned_with({pair.participant for pair in pairs}, at)
    return [meeting for meeting in planned if any(pair.has(meeting) for pair in pairs)]


def find_coming(
    tx: Tx, actor: Actor, value: object, at: datetime
) -> tuple[Sequence[MeetingPair], tuple[MeetingPair, OneToOne]]:
    """Return the actor's pairs, and the coming one-to-one that a value names, with its pair.

    Raises:
        UserError: it is over or cancelled, or it isn't theirs. The error doesn't reveal which.
    """
    pairs = require_pairs(tx, actor, at)
    number = parse_number(value) if isinstance(value, str) else None
    for pair in pairs:
        for meeting in list_coming(tx, [pair], at):
            if meeting.id == number:
                return pairs, (pair, meeting)
    raise UserError(
        "This one-to-one is over or was cancelled. Nothing was changed.",
        "`/dojo one-to-one` shows those to come.",
    )


def _open(tx: Tx, actor: Actor, argument: str, clock: Clock) -> View:
    pairs = require_pairs(tx, actor, clock())
    return _show(tx, actor, pairs, find_chosen_pair(pairs, argument), clock())


def show_plan(tx: Tx, actor: Actor, pair: MeetingPair, at: datetime, notice: str) -> View:
    """Return the form as it is after a change that ``notice`` confirms."""
    return _show(tx, actor, require_pairs(tx, actor, at), pair, at, notice)


def _show(  # noqa: PLR0913, PLR0917 - what the form depends on
    tx: Tx,
    actor: Actor,
    pairs: Sequence[MeetingPair],
    chosen: MeetingPair,
    at: datetime,
    notice: str = "",
    moving: OneToOne | None = None,
) -> View:
    person = actor.person or ""
    zone = _find_zone(tx, actor, chosen)
    begins = moving.at if moving else _suggest_time(at)
    coming = list_coming(tx, pairs, at)
    shown = ids.PlanForm(
        {str(pair.enrolment): name_partner(tx, pair, person) for pair in pairs},
        str(chosen.enrolment),
        [(meeting.id, show_meeting(tx, meeting, person)) for meeting in coming],
        begins.astimezone(load_zone(zone)),
        zone,
        moving.id if moving else None,
        notice,
        [meeting.id for meeting in coming if is_in_calendar(tx, pairs, meeting)],
    )
    return ids.plan_form(shown, f"{_MOVE_OF}{moving.id}" if moving else str(chosen.enrolment))


def _suggest_time(at: datetime) -> datetime:
    """Return the time that the pickers begin with: tomorrow, at a full hour."""
    return at.replace(minute=0, second=0, microsecond=0) + timedelta(days=1)


def _mention_partner(tx: Tx, pair: MeetingPair, actor: Actor) -> str:
    """Return the partner's name for a notice, such that it formats and mentions nothing."""
    return mrkdwn(name_partner(tx, pair, actor.person or ""), MOST_OF_A_NAME)


def _find_zone(tx: Tx, actor: Actor, pair: MeetingPair) -> str:
    return find_hours(tx, actor.person or "", pair.cohort).time_zone


def _start_moving(tx: Tx, actor: Actor, click: Click, clock: Clock) -> View:
    pairs, (pair, meeting) = _find_movable(tx, actor, click.value, clock())
    return _show(tx, actor, pairs, pair, clock(), moving=meeting)


def _cancel(tx: Tx, actor: Actor, click: Click, clock: Clock) -> View:
    at = clock()
    pairs, (pair, meeting) = find_coming(tx, actor, click.value, at)
    tx.one_to_ones.cancel(meeting.id)
    tx.audit(actor.person or "", ids.CANCEL, f"one_to_one:{meeting.id}")
    _announce(tx, meeting, at)
    name = _mention_partner(tx, pair, actor)
    notice = f"*Cancelled.* I won't message {name} about this, so please tell them."
    return _show(tx, actor, pairs, pair, at, notice)


def _check(tx: Tx, actor: Actor, sent: Submission, clock: Clock) -> Mapping[str, str]:
    """Return what is wrong with each field. The form must still be about a pair of theirs."""
    at = clock()
    pair, moving = _find_target(tx, actor, sent, at)
    wanted = read_moment(sent.text(ids.DAY), sent.text(ids.CLOCK), _find_zone(tx, actor, pair))
    if wanted is None:
        return {ids.DAY: "Choose a day and a time."}
    if wanted <= at:
        return {ids.CLOCK: "This is in the past. Choose a later time."}
    if wanted > at + FARTHEST:
        return {ids.DAY: f"Choose a day within the next {FARTHEST.days} days."}
    coming = list_coming(tx, [pair], at)
    if any(meeting.at == wanted for meeting in coming):
        return {ids.CLOCK: "You two already have a one-to-one at this time."}
    if moving is None and len(coming) >= MOST_PLANNED:
        return {ids.DAY: f"You already have {MOST_PLANNED} planned. Cancel one first."}
    return {}


def _save(tx: Tx, actor: Actor, sent: Submission, clock: Clock) -> View:
    at = clock()
    pair, moving = _find_target(tx, actor, sent, at)
    wanted = read_moment(sent.text(ids.DAY), sent.text(ids.CLOCK), _find_zone(tx, actor, pair))
    if wanted is None or wanted <= at:
        raise UserError("This time has passed. Nothing was changed.", "Choose a later one.")
    name, when = _mention_partner(tx, pair, actor), moment(wanted)
    if moving is not None:
        tx.one_to_ones.move(moving.id, wanted)
        meeting = moving
        notice = f"*Moved to {when}.* I won't message {name} about this, so please tell them."
    else:
        meeting = tx.one_to_ones.plan(pair.cohort, pair.participant, pair.sensei, wanted, at)
        notice = f"*Planned for {when}.* {name} can see it in their Home tab."
    notice += _hint_hours(tx, pair, actor, wanted)
    action = ids.MOVE if moving else PLAN
    tx.audit(actor.person or "", action, f"one_to_one:{meeting.id}")
    _announce(tx, meeting, at)
    return show_plan(tx, actor, pair, at, notice)


def _hint_hours(tx: Tx, pair: MeetingPair, actor: Actor, wanted: datetime) -> str:
    """Return a sentence if a time is outside the hours that the partner has entered, or nothing."""
    partner = find_partner(pair, actor.person or "")
    hours = choose_hours(tx.members.roles(partner))
    if hours is None or next_working_moment(hours, wanted) == wanted:
        return ""
    return f" The time is outside {_mention_partner(tx, pair, actor)}'s working hours."


def _announce(tx: Tx, meeting: OneToOne, at: datetime) -> None:
    """Update both Homes, and the briefs that were sent already."""
    for person in (meeting.participant, meeting.sensei):
        refresh_home(tx, person, at)
    refresh_briefs(tx, meeting, at)


def _find_target(tx: Tx, actor: Actor, sent: Submission, at: datetime) -> tuple[MeetingPair, OneToOne | None]:
    """Return the pair that a form is about, and the one-to-one that it moves, if it moves one."""
    if sent.metadata.startswith(_MOVE_OF):
        _, (pair, meeting) = _find_movable(tx, actor, sent.metadata.removeprefix(_MOVE_OF), at)
        return pair, meeting
    return find_chosen_pair(require_pairs(tx, actor, at), sent.text(ids.WITH) or sent.metadata), None


def _find_movable(
    tx: Tx, actor: Actor, value: object, at: datetime
) -> tuple[Sequence[MeetingPair], tuple[MeetingPair, OneToOne]]:
    """Return what ``find_coming`` does.

    Raises:
        UserError: also if the one-to-one is in a calendar, which would move it back.
    """
    pairs, (pair, meeting) = find_coming(tx, actor, value, at)
    if is_in_calendar(tx, pairs, meeting):
        raise UserError(
            "This one-to-one comes from a calendar, so I haven't moved it.",
            "Move it in that calendar, which I read once a day. Or cancel it here, and plan another time.",
        )
    return pairs, (pair, meeting)


def _handle_nothing(_tx: Tx, _actor: Actor, _acted: Acted, _clock: Clock) -> None:
    """Do nothing: the form is answered at once, so no submission is stored."""
