"""The buttons of a check-in's question: skipping it, putting it off to a day, and being asked less often."""

from collections.abc import Mapping
from datetime import date, timedelta

from bot.domain.chat.events import Acted, Click, Submission
from bot.domain.check_ins.records import CheckIn
from bot.domain.check_ins.reminder_times import after_working_days
from bot.domain.check_ins.rhythm_offers import make_fortnightly
from bot.domain.dojo.people import Member
from bot.domain.dojo.permissions import Action
from bot.domain.text.numbers import parse_number
from bot.errors import UserError
from bot.ports.chat import View
from bot.ports.store import Tx
from bot.rendering.check_ins import slack_questions
from bot.rendering.check_ins.slack_questions import (
    FORTNIGHT,
    LATER,
    MOST_OF_A_REASON,
    REASON,
    SKIP,
    UNTIL,
)
from bot.workflows.articulation.private_talks import refresh_talk
from bot.workflows.articulation.question_contexts import find_capstone_sensei
from bot.workflows.chat.actors import Actor, Clock, refusal, require_permission
from bot.workflows.chat.features import Button, Form
from bot.workflows.chat.outbox import send_message
from bot.workflows.check_ins.askable import find_rhythm, find_today, find_working_time, is_waiting
from bot.workflows.check_ins.endings import skip_check_in
from bot.workflows.check_ins.reminders import plan_return, store_return_day
from bot.workflows.check_ins.rhythm_forms import save_rhythm

PUT_OFF = "check_ins.put_off"
"""The kind of message that confirms to which day a check-in was put off."""
LONGEST_DELAY = timedelta(days=28)
"""How far ahead a check-in can be put off."""


def buttons() -> dict[str, Button]:
    """Return the buttons by name."""
    return {
        **{name: Button(Action.CHECK_IN_EDIT, opens=name) for name in (SKIP, LATER)},
        FORTNIGHT: Button(
            Action.CHECK_IN_EDIT,
            do=_choose_fortnight,
            check=_check_fortnight,
            does="change how often I ask you",
        ),
    }


def forms() -> dict[str, Form]:
    """Return the forms by name."""
    action = Action.CHECK_IN_EDIT
    return {
        SKIP: Form(action, _open_skip, _save_skip, _check_skip, does="skip your check-in"),
        LATER: Form(action, _open_later, _save_later, _check_later, does="put off your check-in"),
    }


def _open_skip(tx: Tx, actor: Actor, argument: str, clock: Clock) -> View:
    check_in, member = _require_own(tx, actor, argument, clock)
    capstone = tx.capstones.get(check_in.capstone)
    is_guided = find_capstone_sensei(tx, capstone, member.person) is not None
    return slack_questions.skip_form(str(check_in.id), has_sensei=is_guided)


def _check_skip(tx: Tx, actor: Actor, sent: Submission, clock: Clock) -> Mapping[str, str]:
    _require_own(tx, actor, sent.metadata, clock)
    if len(sent.text(REASON)) > MOST_OF_A_REASON:
        return {REASON: f"Please shorten this to {MOST_OF_A_REASON} characters."}
    return {}


def _save_skip(tx: Tx, actor: Actor, acted: Acted, clock: Clock) -> None:
    if isinstance(acted, Submission):
        check_in, _ = _require_own(tx, actor, acted.metadata, clock)
        skip_check_in(tx, check_in, clock(), acted.text(REASON)[:MOST_OF_A_REASON])


def _open_later(tx: Tx, actor: Actor, argument: str, clock: Clock) -> View:
    check_in, member = _require_own(tx, actor, argument, clock)
    suggested = after_working_days(find_working_time(tx, member, clock()), clock(), 1)
    return slack_questions.later_form(find_today(tx, member, suggested), str(check_in.id))


def _check_later(tx: Tx, actor: Actor, sent: Submission, clock: Clock) -> Mapping[str, str]:
    _, member = _require_own(tx, actor, sent.metadata, clock)
    today, until = find_today(tx, member, clock()), _read_day(sent)
    if until is None or until <= today:
        return {UNTIL: "Choose a day after today."}
    if until > today + LONGEST_DELAY:
        return {UNTIL: "Choose a day within the next four weeks."}
    return {}


def _save_later(tx: Tx, actor: Actor, acted: Acted, clock: Clock) -> None:
    if not isinstance(acted, Submission):
        return
    if faults := _check_later(tx, actor, acted, clock):
        raise UserError(next(iter(faults.values())), "I haven't put off your check-in.")
    check_in, member = _require_own(tx, actor, acted.metadata, clock)
    until = _read_day(acted)
    if until is None:
        raise AssertionError("the form was checked")
    day = plan_return(tx, check_in, member, until, clock())
    store_return_day(tx, check_in, member, day, clock())
    key = f"check_ins.put_off:{member.person}:{int(clock().timestamp() * 1000)}"
    send_message(tx, key, PUT_OFF, {"check_in": check_in.id}, clock())


def _check_fortnight(tx: Tx, actor: Actor, click: Click, clock: Clock) -> None:
    check_in, member = _require_own(tx, actor, _read_value(click), clock)
    if not check_in.offers_fortnight or find_rhythm(tx, member).every_weeks != 1:
        raise UserError(
            "You've changed your rhythm since, so I haven't changed anything.",
            "`/dojo checkin` shows it, and changes it.",
        )


def _choose_fortnight(tx: Tx, actor: Actor, acted: Acted, clock: Clock) -> None:
    """Let the participant be asked every two weeks from now on, on the same day and at the same time."""
    if not isinstance(acted, Click):
        return
    _check_fortnight(tx, actor, acted, clock)
    check_in, member = _require_own(tx, actor, _read_value(acted), clock)
    save_rhythm(tx, member, make_fortnightly(find_rhythm(tx, member)), clock())
    if check_in.question is not None:
        refresh_talk(tx, check_in.question, clock())


def _read_value(click: Click) -> str:
    return click.value if isinstance(click.value, str) else ""


def _require_own(tx: Tx, actor: Actor, argument: str, clock: Clock) -> tuple[CheckIn, Member]:
    """Return the actor's own check-in that still waits for an answer, and their enrolment.

    Raises:
        UserError: it isn't theirs, or it no longer waits.
    """
    check_in = tx.check_ins.get(parse_number(argument) or 0)
    member = next(
        (member for member in actor.members if check_in and member.enrolment == check_in.enrolment), None
    )
    if check_in is None or member is None:
        raise refusal(actor)
    require_permission(tx, actor, Action.CHECK_IN_EDIT, clock, member.person)
    if not is_waiting(tx, check_in):
        raise UserError(
            "This check-in is no longer open, so I haven't changed anything.",
            "`/dojo checkin` shows when I ask you next.",
        )
    return check_in, member


def _read_day(sent: Submission) -> date | None:
    try:
        return date.fromisoformat(sent.text(UNTIL))
    except ValueError:
        return None
