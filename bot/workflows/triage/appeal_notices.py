"""Sends the messages about appeals, and keeps those that were sent up to date.

A person can be told of the same appeal more than once, for example if they are named as the second sensei
again. So a message's key ends with a number, and contains the participant's id, under which it is erased.
"""

from collections.abc import Iterator
from datetime import datetime
from itertools import count, takewhile

from bot.domain.dojo.working_moments import next_working_moment
from bot.ports.engine import Json
from bot.ports.store import Tx
from bot.workflows.chat.home_refresh import refresh_homes_with_leads
from bot.workflows.chat.outbox import rewrite_message, send_message
from bot.workflows.chat.working_hours import find_hours
from bot.workflows.triage.appeal_contexts import AppealContext, list_leads

APPEALED, ASKED, ASSIGNED = "triage.appealed", "triage.appeal_asked", "triage.appeal_assigned"
"""The kinds of messages to the participant, to leads and to the second sensei."""
SECOND_RULED = "triage.second_ruled"
"""The kind of message that tells the first sensei."""


def confirm_appeal(tx: Tx, context: AppealContext, at: datetime) -> None:
    """Confirm to the participant what they have asked for."""
    _send(tx, context, APPEALED, context.participant, at)


def ask_leads(tx: Tx, context: AppealContext, at: datetime) -> None:
    """Ask the leads to name a second sensei, in their working hours."""
    for lead in list_leads(tx, context):
        if lead.chat:
            _send(tx, context, ASKED, lead.person, _find_moment(tx, context, lead.person, at))


def ask_second(tx: Tx, context: AppealContext, second: str, at: datetime) -> None:
    """Ask a second sensei to rule, in their working hours."""
    _send(tx, context, ASSIGNED, second, _find_moment(tx, context, second, at))


def tell_first(tx: Tx, context: AppealContext, at: datetime) -> None:
    """Tell the sensei who ruled before that a second one has, in their working hours."""
    first = context.ruling.sensei
    if first is not None:
        _send(tx, context, SECOND_RULED, first, _find_moment(tx, context, first, at))


def show_change(tx: Tx, context: AppealContext, at: datetime, *seconds: str | None) -> None:
    """Bring all messages and App Homes up to date. ``seconds`` are senseis who were asked to rule."""
    people = [second for second in dict.fromkeys((context.second, *seconds)) if second]
    addressed = [(APPEALED, context.participant), *((ASSIGNED, second) for second in people)]
    addressed += [(ASKED, lead.person) for lead in list_leads(tx, context)]
    for kind, person in addressed:
        for key in _list_keys(tx, context, kind, person):
            rewrite_message(tx, key, kind, _describe(context, key, person), at)
    refresh_homes_with_leads(tx, context.capstone.cohort, [context.participant, *people], at)


def _send(tx: Tx, context: AppealContext, kind: str, person: str, due: datetime) -> None:
    known = len(list(_list_keys(tx, context, kind, person)))
    key = f"{_prefix(context, kind, person)}{known + 1}"
    send_message(tx, key, kind, _describe(context, key, person), due)


def _list_keys(tx: Tx, context: AppealContext, kind: str, person: str) -> Iterator[str]:
    """Yield the keys of the messages of a kind about the appeal that a person got, or is going to get."""
    keys = (f"{_prefix(context, kind, person)}{number}" for number in count(1))
    return takewhile(
        lambda key: tx.effects.find(f"message:{key}")[0] or tx.jobs.find_due_time(f"message:{key}"), keys
    )


def _prefix(context: AppealContext, kind: str, person: str) -> str:
    return f"{kind}:{context.participant}:{context.appeal.id}:{person}:"


def _describe(context: AppealContext, key: str, person: str) -> Json:
    return {"appeal": context.appeal.id, "capstone": context.capstone.id, "reader": person, "key": key}


def _find_moment(tx: Tx, context: AppealContext, person: str, at: datetime) -> datetime:
    return next_working_moment(find_hours(tx, person, context.capstone.cohort), at)
