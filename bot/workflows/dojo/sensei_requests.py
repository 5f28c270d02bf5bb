"""Asks leads to confirm or decline each sensei who joined on their own.

Every lead is asked, and the first answer counts. ``sensei_confirmation`` stores the request and the answer.
"""

from datetime import datetime

from bot.domain.chat.events import Acted, Click
from bot.domain.dojo.people import CohortRole, EnrolmentState, Member
from bot.domain.dojo.permissions import Action, DojoRole
from bot.domain.text.numbers import parse_number
from bot.errors import UserError
from bot.ports.engine import Json
from bot.ports.store import Tx
from bot.rendering.dojo import slack_sensei_requests
from bot.workflows.chat.actors import Actor, Clock, refusal
from bot.workflows.chat.features import AddressedMessage, Button, Feature
from bot.workflows.chat.home_refresh import refresh_homes_with_leads
from bot.workflows.chat.outbox import rewrite_message, send_message
from bot.workflows.dojo import sensei_confirmation
from bot.workflows.dojo.cohort_roles import is_lead, leads_of
from bot.workflows.dojo.member_messages import load_member, send_to_member

_ASKED, _ANSWERED = "people.asked", "people.answered"
_CONFIRMED, _DECLINED, _WITHDRAWN = "confirmed", "declined", "withdrawn"


def ask_leads(tx: Tx, member: Member, at: datetime) -> None:
    """Pause a new sensei and ask each lead about them, except leads who were already asked."""
    stamp = sensei_confirmation.open_request(tx, member, at)
    for lead in leads_of(tx, member.cohort):
        key, about = _address_request(member.enrolment, lead.person, stamp)
        send_message(tx, key, _ASKED, about, at)
    refresh_homes_with_leads(tx, member.cohort, [], at)


def withdraw_request(tx: Tx, member: Member, at: datetime) -> None:
    """Withdraw the request of a sensei who has left, and tell leads it no longer needs an answer."""
    stamp = sensei_confirmation.pending_request(tx, member.enrolment)
    if stamp:
        sensei_confirmation.withdraw_request(tx, member, at)
        _update_requests(tx, member, stamp, {"answer": _WITHDRAWN}, at)
        refresh_homes_with_leads(tx, member.cohort, [], at)


def _update_requests(tx: Tx, member: Member, stamp: str, outcome: Json, at: datetime) -> None:
    """Show the ``outcome`` in the messages that asked the leads: the ``answer``, and ``by`` which lead."""
    for lead in leads_of(tx, member.cohort):
        key, about = _address_request(member.enrolment, lead.person, stamp)
        rewrite_message(tx, key, _ASKED, {**about, **outcome}, at)


def _address_request(enrolment: int, lead: str, stamp: str) -> tuple[str, Json]:
    """Return the key and the content of the message that asks a lead."""
    return f"asked:{enrolment}:{lead}:{stamp}", {"enrolment": enrolment, "lead": lead, "stamp": stamp}


def _confirm(tx: Tx, actor: Actor, acted: Acted, clock: Clock) -> None:
    member, stamp = _find_request(tx, actor, acted)
    at = clock()
    sensei_confirmation.confirm_sensei(tx, member, actor.person or "", at)
    _announce_answer(tx, member, stamp, {"answer": _CONFIRMED, "by": actor.person}, at)


def _decline(tx: Tx, actor: Actor, acted: Acted, clock: Clock) -> None:
    member, stamp = _find_request(tx, actor, acted)
    at = clock()
    sensei_confirmation.decline_sensei(tx, member, actor.person or "", at)
    _announce_answer(tx, member, stamp, {"answer": _DECLINED, "by": actor.person}, at)


def _check_home(tx: Tx, actor: Actor, click: Click, _clock: Clock) -> None:
    """Refuse an answer from an App Home at once if the request no longer needs one."""
    if click.home:
        _find_request(tx, actor, click)


def _announce_answer(tx: Tx, member: Member, stamp: str, outcome: Json, at: datetime) -> None:
    _update_requests(tx, member, stamp, outcome, at)
    send_to_member(tx, _ANSWERED, member, at)
    refresh_homes_with_leads(tx, member.cohort, [member.person], at)


def _find_request(tx: Tx, actor: Actor, acted: Acted) -> tuple[Member, str]:
    """Return the sensei that a lead's click is about, and the stamp of the request.

    Raises:
        UserError: the request was answered or withdrawn, or the actor is not a lead of its cohort.
    """
    value = acted.value if isinstance(acted, Click) and isinstance(acted.value, str) else ""
    number, _, stamp = value.partition(":")
    enrolment = parse_number(number)
    if enrolment is None:
        raise refusal(actor)
    member = next((member for member in _find_waiting(tx, actor) if member.enrolment == enrolment), None)
    # The stamp must match too: if an older database is restored, newer buttons remain in Slack.
    stale = member is not None and sensei_confirmation.pending_request(tx, member.enrolment) != stamp
    if member is None or stale or DojoRole.LEAD not in actor.roles(member.cohort):
        raise UserError(
            "This request no longer needs an answer: another lead has answered it, or the person has left.",
            "Nothing was changed.",
        )
    return member, stamp


def _find_waiting(tx: Tx, actor: Actor) -> list[Member]:
    """Return the unconfirmed senseis in the actor's cohorts as a lead."""
    cohorts = {member.cohort for member in actor.members if member.role is CohortRole.LEAD}
    senseis = [sensei for cohort in cohorts for sensei in tx.members.of(cohort, CohortRole.SENSEI)]
    unconfirmed = sensei_confirmation.find_unconfirmed(tx, senseis)
    return [
        sensei
        for sensei in senseis
        if sensei.state is EnrolmentState.PAUSED and sensei.enrolment in unconfirmed
    ]


def _write_request(tx: Tx, about: Json) -> AddressedMessage | None:
    member, cohort = load_member(tx, about)
    if not is_lead(tx, about["lead"], member.cohort):
        return None
    outcome = None
    if sensei_confirmation.pending_request(tx, member.enrolment) != about["stamp"]:
        outcome = _describe_outcome(tx, member, about)
    value = f"{member.enrolment}:{about['stamp']}"
    message = slack_sensei_requests.sensei_request(member, cohort, value, outcome)
    return AddressedMessage((about["lead"],), message)


def _describe_outcome(tx: Tx, member: Member, about: Json) -> str:
    """Return how a request ended. A message that was sent only afterwards doesn't know who answered it."""
    lead = next((known.name for known in tx.members.roles(about.get("by") or "") if known.name), None)
    answer = about.get("answer")
    if answer == _CONFIRMED:
        return slack_sensei_requests.confirmed_by(lead)
    if answer == _DECLINED:
        return slack_sensei_requests.declined_by(lead)
    if answer == _WITHDRAWN:
        return slack_sensei_requests.LEFT
    active = member.state is EnrolmentState.ACTIVE
    return slack_sensei_requests.confirmed_by(None) if active else slack_sensei_requests.NOT_A_SENSEI


def _write_answer(tx: Tx, about: Json) -> AddressedMessage | None:
    member, cohort = load_member(tx, about)
    confirmed = not sensei_confirmation.is_waiting(tx, member)
    if confirmed and member.state is EnrolmentState.LEFT:
        return None
    message = slack_sensei_requests.sensei_answer(cohort, confirmed=confirmed, linked=bool(member.code))
    return AddressedMessage((member.person,), message)


FEATURE = Feature(
    buttons={
        slack_sensei_requests.CONFIRM: Button(
            Action.COHORT_EDIT, do=_confirm, check=_check_home, does="confirm the sensei"
        ),
        slack_sensei_requests.DECLINE: Button(
            Action.COHORT_EDIT, do=_decline, check=_check_home, does="decline the sensei"
        ),
    },
    words={_ASKED: _write_request, _ANSWERED: _write_answer},
)
