"""Messages about a defence: to the sensei that it is ready, to the participant when it is and how it went."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.defences.records import Defence, DefenceState
from bot.domain.dojo.working_moments import next_working_moment
from bot.ports.engine import Json
from bot.ports.store import Tx
from bot.rendering.defences.slack_messages import announcement, ready_message, result_message
from bot.workflows.articulation.question_contexts import find_capstone_duty, find_capstone_sensei, find_name
from bot.workflows.chat.features import AddressedMessage
from bot.workflows.chat.home_refresh import refresh_home
from bot.workflows.chat.outbox import is_on_its_way, rewrite_message, send_message
from bot.workflows.chat.unprompted import Feature, send_unprompted
from bot.workflows.chat.working_hours import find_hours
from bot.workflows.triage.capstone_ledgers import LedgerLoader

READY, ANNOUNCED, RESULT = "defence.ready", "defence.announced", "defence.result"
"""The kinds of the messages."""
_SITTING = timedelta(minutes=10)
"""How long the outcomes wait, so that a sensei can correct a slip before anyone reads it."""


def tell_ready(tx: Tx, defence: Defence, *, kept: bool, at: datetime) -> None:
    """Tell the sensei that the questions are ready, or that there are none.

    ``kept``: other questions were wanted, and the earlier ones stay because there are none.
    """
    key = f"{READY}:{defence.id}:{int(defence.prepared_at.timestamp() * 1000)}"
    send_message(tx, key, READY, {"defence": defence.id, "kept": kept}, at)


def announce(tx: Tx, defence: Defence, at: datetime) -> None:
    """Tell the participant when the defence is, in their hours. Rewrite what they were told before."""
    refresh_home(tx, defence.participant, at)
    key, about = f"{ANNOUNCED}:{defence.id}", {"defence": defence.id}
    if is_on_its_way(tx, key, at):
        rewrite_message(tx, key, ANNOUNCED, about, at)
    else:
        send_message(tx, key, ANNOUNCED, about, _in_hours(tx, defence, at))


def tell_result(tx: Tx, defence: Defence, at: datetime) -> None:
    """Tell the participant how it went, in their hours. After a second look, rewrite what they were told."""
    key, about = f"{RESULT}:{defence.id}", {"defence": defence.id}
    if is_on_its_way(tx, key, at):
        rewrite_message(tx, key, RESULT, about, at)
    else:
        send_unprompted(tx, Feature.DEFENCE, key, RESULT, about, _in_hours(tx, defence, at + _SITTING))


def _in_hours(tx: Tx, defence: Defence, at: datetime) -> datetime:
    cohort = tx.capstones.get(defence.capstone).cohort
    return next_working_moment(find_hours(tx, defence.participant, cohort), at)


def _has_sensei(tx: Tx, defence: Defence) -> bool:
    capstone = tx.capstones.get(defence.capstone)
    return find_capstone_sensei(tx, capstone, defence.participant) is not None


@dataclass(frozen=True)
class DefenceMessages:
    """Writes the messages. ``web`` is the code host's web address."""

    make_loader: Callable[[], LedgerLoader]
    web: str
    now: Callable[[], datetime]

    def write_ready(self, tx: Tx, about: Json) -> AddressedMessage | None:
        """Tell the sensei; if they are no longer on duty, whoever is."""
        defence = tx.defences.find(about["defence"])
        if defence is None or defence.state not in {DefenceState.READY, DefenceState.CANCELLED}:
            return None
        capstone = tx.capstones.get(defence.capstone)
        newest = tx.defences.newest([capstone.id]).get(capstone.id)
        duty = find_capstone_duty(tx, capstone, defence.participant, self.now())
        if duty is None or capstone.ended or (newest is not None and newest.id != defence.id):
            return None
        name = find_name(tx, defence.participant)
        return AddressedMessage((duty.person,), ready_message(defence, name, kept=about.get("kept", False)))

    def write_announced(self, tx: Tx, about: Json) -> AddressedMessage | None:
        """Tell the participant when the defence is, and what it is about. Never a question."""
        defence = self._find_of_participant(tx, about)
        if defence is None:
            return None
        message = announcement(defence.session_at, has_sensei=_has_sensei(tx, defence))
        return AddressedMessage((defence.participant,), message)

    def write_result(self, tx: Tx, about: Json) -> AddressedMessage | None:
        """Tell the participant the questions, the outcomes and their sensei's sentences."""
        defence = self._find_of_participant(tx, about)
        if defence is None or not defence.is_ruled:
            return None
        capstone = tx.capstones.get(defence.capstone)
        rubric = self.make_loader().load(tx, [capstone.id])[capstone.id].rubric
        titles = {criterion.id: criterion.title for criterion in rubric.criteria}
        page = f"{self.web}/{capstone.full_name}"
        message = result_message(defence, titles, page, has_sensei=_has_sensei(tx, defence))
        return AddressedMessage((defence.participant,), message)

    def _find_of_participant(self, tx: Tx, about: Json) -> Defence | None:
        """Return a defence, if whom it is about still is the capstone's participant."""
        defence = tx.defences.find(about["defence"])
        if defence is None:
            return None
        capstone = tx.capstones.get(defence.capstone)
        is_theirs = tx.members.by_host_account(capstone.participant.id) == defence.participant
        return defence if is_theirs and not capstone.ended else None
