"""Direct messages to a decision's author: that it is recorded, and what they have changed.

The texts are written from rows when they are sent. The message that it is recorded follows later changes.
"""

from datetime import datetime
from functools import partial

from bot.domain.decisions.records import Decision
from bot.domain.decisions.shown import ShownDecision
from bot.ports.engine import Json
from bot.ports.store import Tx
from bot.rendering.decisions import slack_messages
from bot.workflows.chat.features import AddressedMessage, Feature
from bot.workflows.chat.outbox import rewrite_message, send_message
from bot.workflows.decisions.whole_decision import gather_decision

RECORDED, CHANGED = "decisions.recorded", "decisions.changed"
PUBLISHED = "published"


def send_recorded(tx: Tx, decision: Decision, at: datetime) -> None:
    """Tell a decision's author, once, that it is recorded. The announcement in private has the same key."""
    send_message(tx, _recorded_key(decision), RECORDED, {"decision": decision.id}, at)


def send_changed(tx: Tx, decision: Decision, what: str, at: datetime) -> None:
    """Tell a decision's author what they changed: ``edited``, ``withdrawn``, ``published`` or ``drafted``."""
    key = f"{CHANGED}:{decision.id}:{what}:{int(at.timestamp() * 1000)}"
    if what == PUBLISHED:
        key = _published_key(decision)
    send_message(tx, key, CHANGED, {"decision": decision.id, "what": what}, at)
    rewrite_message(tx, _recorded_key(decision), RECORDED, {"decision": decision.id}, at)


def show_new_place(tx: Tx, decision: Decision, at: datetime) -> None:
    """Let the messages about a decision, if it has any, name the place of its file."""
    about = {"decision": decision.id}
    for key, kind, more in (
        (_recorded_key(decision), RECORDED, {}),
        (_published_key(decision), CHANGED, {"what": PUBLISHED}),
    ):
        if tx.effects.find(f"message:{key}")[0]:  # one that still waits is written later
            rewrite_message(tx, key, kind, {**about, **more}, at)


def _published_key(decision: Decision) -> str:
    """Return the key of the message that a decision is public, which it can become only once."""
    return f"{CHANGED}:{decision.id}:{PUBLISHED}"


def _recorded_key(decision: Decision) -> str:
    return f"decisions:{decision.id}:recorded"


def _write_recorded(tx: Tx, about: Json, *, web: str) -> AddressedMessage | None:
    found = _find(tx, about)
    if found is None:
        return None
    person, shown = found
    return AddressedMessage((person,), slack_messages.recorded(gather_decision(tx, shown, web)))


def _write_changed(tx: Tx, about: Json, *, web: str) -> AddressedMessage | None:
    found = _find(tx, about)
    if found is None:
        return None
    person, shown = found
    return AddressedMessage((person,), slack_messages.changed(gather_decision(tx, shown, web), about["what"]))


def _find(tx: Tx, about: Json) -> tuple[str, ShownDecision] | None:
    """Return a decision and its author, unless one of them is gone."""
    decision = tx.decisions.find(about["decision"])
    if decision is None:
        return None
    capstone = tx.capstones.get(decision.capstone)
    person = decision.person
    if person is None and not decision.private:
        person = tx.members.by_host_account(capstone.participant.id)
    return (person, ShownDecision(decision, capstone.full_name, is_own=True)) if person else None


def feature(web: str) -> Feature:
    """Return the messages. ``web`` is the code host's page, such as https://github.com."""
    return Feature(
        words={RECORDED: partial(_write_recorded, web=web), CHANGED: partial(_write_changed, web=web)}
    )
