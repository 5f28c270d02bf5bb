"""``/dojo checkin``: what comes next and why, a check-in now, and the cohort's rhythm."""

from datetime import timedelta

from bot.domain.chat.events import Acted, Click, SlashCommand
from bot.domain.chat.slash_commands import COMMAND, parse
from bot.domain.check_ins.holds import ONLY_UNPROMPTED, find_holds
from bot.domain.dojo.permissions import Action, Relation
from bot.errors import UserError
from bot.ports.chat import OutgoingMessage
from bot.ports.store import Tx
from bot.rendering.check_ins import slack_rhythm
from bot.rendering.check_ins.next_words import say_hold, say_next_step
from bot.workflows.chat.actors import Actor, Clock, refusal, require_permission
from bot.workflows.chat.features import Button, Subcommand, refuse_argument
from bot.workflows.chat.outbox import send_message
from bot.workflows.check_ins.askable import count_left_out, find_open, has_sensei, is_missing
from bot.workflows.check_ins.next_check_in import load_participant, show_next
from bot.workflows.check_ins.participants import Participant
from bot.workflows.check_ins.rhythm_forms import find_own_enrolment, require_own_enrolment
from bot.workflows.check_ins.schedule import ask_now
from bot.workflows.check_ins.standings import gather_facts

CHOOSING = "check_ins.choosing"
"""The kind of message that says that a check-in comes soon."""
_CHOOSING_TAKES = timedelta(minutes=15)
"""How long a check-in that was asked for is waited for."""
_NOW, _COHORT = "now", "cohort"
_USAGE = "[now]"


def commands() -> tuple[Subcommand, ...]:
    """Return the command."""
    return (
        Subcommand(
            "checkin",
            Action.CHECK_IN_SEE,
            "when I ask you next, and why not now; `now` asks you at once",
            _USAGE,
            answer=_answer,
            then=_act,
            takes_text=True,
            for_leads=("[now | cohort]", "your own check-ins, or the whole cohort's rhythm"),
        ),
    )


def buttons() -> dict[str, Button]:
    """Return the button that asks for a check-in now."""
    return {
        slack_rhythm.NOW: Button(
            Action.CHECK_IN_EDIT, do=_click_now, check=_check_click, does="choose a question for you"
        )
    }


def _answer(tx: Tx, actor: Actor, argument: str, clock: Clock) -> OutgoingMessage:
    match argument.casefold():
        case "":
            return _show_next(tx, actor, clock)
        case word if word == _NOW:
            _require_askable(tx, _require_participant(tx, actor, clock), clock)
            return slack_rhythm.choosing_message()
        case word if word == _COHORT:
            return _show_cohort(tx, actor, clock)
    raise refuse_argument("checkin", argument, "It shows when I ask you next.")


def _show_next(tx: Tx, actor: Actor, clock: Clock) -> OutgoingMessage:
    if find_own_enrolment(actor) is None and actor.may_ever(Action.COHORT_EDIT):
        return _show_cohort(tx, actor, clock)
    one = _require_participant(tx, actor, clock)
    today = one.calendar.day_of(clock())
    return slack_rhythm.next_message(
        show_next(tx, one, clock()), today, one.member.enrolment, has_sensei=has_sensei(tx, one.member)
    )


def _show_cohort(tx: Tx, actor: Actor, clock: Clock) -> OutgoingMessage:
    require_permission(tx, actor, Action.COHORT_EDIT, clock, Relation.COHORT)
    if actor.cohort is None:
        raise refusal(actor)
    rhythm = tx.rhythms.of_cohorts([actor.cohort])[actor.cohort]
    name, left_out = tx.cohorts.get(actor.cohort).name, count_left_out(tx, actor.cohort)
    return slack_rhythm.cohort_message(name, rhythm, actor.cohort, left_out)


def _act(tx: Tx, actor: Actor, acted: Acted, clock: Clock) -> None:
    """Ask now, after the answer to ``/dojo checkin now``. The other commands only show something."""
    if isinstance(acted, SlashCommand) and parse(acted.text).argument.casefold() == _NOW:
        one = _require_participant(tx, actor, clock)
        _require_askable(tx, one, clock)
        ask_now(tx, one, clock())


def _check_click(tx: Tx, actor: Actor, click: Click, clock: Clock) -> None:
    _require_askable(tx, _find_clicked(tx, actor, click, clock), clock)


def _click_now(tx: Tx, actor: Actor, acted: Acted, clock: Clock) -> None:
    if isinstance(acted, Click):
        one, at = _find_clicked(tx, actor, acted, clock), clock()
        _require_askable(tx, one, clock)
        ask_now(tx, one, at)
        key = f"check_ins.choosing:{one.member.person}:{int(at.timestamp() * 1000)}"
        send_message(tx, key, CHOOSING, {"enrolment": one.member.enrolment}, at)


def _find_clicked(tx: Tx, actor: Actor, click: Click, clock: Clock) -> Participant:
    argument = click.value if isinstance(click.value, str) else ""
    one = load_participant(tx, require_own_enrolment(tx, actor, argument, clock), clock())
    if one is None:
        raise refusal(actor)
    return one


def _require_participant(tx: Tx, actor: Actor, clock: Clock) -> Participant:
    member = find_own_enrolment(actor)
    require_permission(tx, actor, Action.CHECK_IN_EDIT, clock, Relation.OWN)
    one = load_participant(tx, member, clock()) if member is not None else None
    if one is None:
        raise refusal(actor)
    return one


def _require_askable(tx: Tx, one: Participant, clock: Clock) -> None:
    """Refuse a check-in that would go beyond the limits, or that isn't possible.

    Raises:
        UserError: one is open or was asked for today, or something else stands in the way.
    """
    enrolment, at = one.member.enrolment, clock()
    if (waits := find_open(tx, enrolment)) is not None:
        if is_missing(tx, waits):
            raise UserError(
                "I don't know whether your last check-in has reached Slack, so I haven't chosen another "
                "question.",
                "Look for it in our direct messages, and answer or skip it if it's there. If I still don't "
                "know after a week, I'll ask you something else when the next check-in is due.",
            )
        raise UserError(
            "Your last check-in still waits for your answer, so I haven't chosen another question.",
            "Answer it or skip it first. It's in our direct messages.",
        )
    today = one.calendar.day_of(at)
    prefix = f"checkin_now:{enrolment}:{today}:"
    if tx.check_ins.find(enrolment, today, asked_for=True) is not None:
        raise UserError(
            "You've already asked for a check-in today, so I haven't chosen another question.",
            f"Use `{COMMAND} checkin now` again tomorrow.",
        )
    if tx.jobs.list_waiting(prefix) or tx.jobs.begin_times_since(prefix, at - _CHOOSING_TAKES):
        raise UserError(
            "I'm already looking for a place in your code, so I haven't started again.",
            "If no message comes, try again in a quarter of an hour.",
        )
    facts = gather_facts(tx, one.member.cohort, [one], at)[enrolment]
    for hold in find_holds(facts, one.calendar):
        if hold.reason not in ONLY_UNPROMPTED:
            raise UserError(f"I can't ask you now. {say_hold(hold, today)}", say_next_step(hold))
