"""Hands questions over to a sensei: several together, at most once a day, in their working hours."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from bot.domain.dojo.local_days import load_zone
from bot.domain.dojo.people import WorkingHours
from bot.domain.dojo.working_moments import next_working_moment
from bot.ports.engine import Json
from bot.ports.store import Tx
from bot.rendering.articulation.slack_handovers import HandedOver, handover_message
from bot.rendering.articulation.slack_questions import ShownContext
from bot.workflows.articulation.question_contexts import (
    QuestionContext,
    find_name,
    find_sensei,
    find_sensei_on_duty,
    list_words,
    load_context,
)
from bot.workflows.chat.actors import Clock
from bot.workflows.chat.features import AddressedMessage
from bot.workflows.chat.outbox import is_on_its_way
from bot.workflows.chat.unprompted import Feature, make_job
from bot.workflows.chat.working_hours import find_hours

LEFT = "articulation.left"
"""The kind of message that hands questions over."""
_QUIET = timedelta(hours=1)
"""How long the first question of a bundle waits for others."""
_DAY = timedelta(days=1)
_LONGEST_WAIT = timedelta(days=365)
_MOST = 20
"""Maximum questions in a bundle. The App Home shows all open ones."""


def hand_over(tx: Tx, question: int, at: datetime) -> None:
    """Add a question to the next message for its sensei, because nothing came of the conversation.

    While the sensei is away, their deputy gets it.
    """
    context = load_context(tx, question)
    on_duty = find_sensei_on_duty(tx, context, at) if context else None
    if context is None or on_duty is None:
        return
    reader = on_duty.person
    bundles = f"{LEFT}:{find_sensei(tx, context)}:{reader}:"
    # Two can wait: one that was put off, and one that was made while the first was being sent.
    waiting = tx.jobs.due_with_prefix(f"message:{bundles}", at + _LONGEST_WAIT, _MOST)
    earlier = sorted({str(job.argument["about"]["bundle"]) for job in waiting})
    since = min((int(known.split(":")[-1]) for known in earlier), default=_to_milliseconds(at))
    bundle = f"{bundles}{since}"
    questions = list(dict.fromkeys(number for known in earlier for number in _list_bundled(tx, known)))
    if question in questions:
        return
    _store_bundle(tx, bundle, [*questions, question], at)
    key = f"{bundle}:{_to_milliseconds(at)}"
    about: Json = {"bundle": bundle, "reader": reader}
    hours = find_hours(tx, reader, context.capstone.cohort)
    due = _find_due_time(tx, bundles, hours, since, at)
    job = make_job(Feature.HANDOVER, key, LEFT, about, due)
    if put_off := [known.argument["first"] for known in waiting if "first" in known.argument]:
        job.argument["first"] = min(put_off)  # so that it doesn't give way to digests for ever
    tx.jobs.replace(f"message:{bundles}", job)


def find_handed_over(tx: Tx, senseis: Collection[str], at: datetime) -> frozenset[tuple[str, int]]:
    """Return which questions senseis, or their deputies for them, have got or are about to get.

    Each is a sensei's opaque id with a question's number.
    """
    found: set[tuple[str, int]] = set()
    for sensei in senseis:
        for bundle, questions in tx.effects.find_by_prefix(f"{LEFT}:{sensei}:").items():
            if is_on_its_way(tx, f"{bundle}:", at):
                found.update((sensei, int(number)) for number in (questions or "").split())
    return frozenset(found)


def _find_due_time(tx: Tx, bundles: str, hours: WorkingHours, since: int, at: datetime) -> datetime:
    """Return when a bundle is due: after a while, within the reader's hours, and at most once a day."""
    earliest = datetime.fromtimestamp(since / 1000, UTC) + _QUIET
    told = tx.jobs.begin_times_since(f"message:{bundles}", at - _DAY)
    return next_working_moment(hours, max([earliest, *(_next_midnight(hours, moment) for moment in told)]))


def _next_midnight(hours: WorkingHours, moment: datetime) -> datetime:
    zone = load_zone(hours.time_zone)
    return datetime.combine(moment.astimezone(zone).date() + _DAY, time(), zone).astimezone(UTC)


def _list_bundled(tx: Tx, bundle: str) -> list[int]:
    _, questions = tx.effects.find(bundle)
    return [int(number) for number in (questions or "").split()]


def _store_bundle(tx: Tx, bundle: str, questions: Sequence[int], at: datetime) -> None:
    tx.effects.begin(bundle, at)
    tx.effects.finish(bundle, " ".join(map(str, questions[:_MOST])), at)


def _to_milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)


@dataclass(frozen=True)
class HandoverMessages:
    """Writes the message of a bundle. ``web`` is the code host's web address."""

    web: str
    now: Clock

    def write(self, tx: Tx, about: Json) -> AddressedMessage | None:
        """Hand over the questions that are still left.

        If the reader was a deputy and no longer is, the sensei gets the message.
        """
        readers: dict[str, list[QuestionContext]] = {}
        for number in _list_bundled(tx, about["bundle"]):
            context = load_context(tx, number)
            on_duty = find_sensei_on_duty(tx, context, self.now()) if context else None
            if context is not None and on_duty is not None and _is_left(context):
                readers.setdefault(on_duty.person, []).append(context)
        reader = about["reader"] if about["reader"] in readers else next(iter(readers), None)
        if reader is None:
            return None
        left = [self._show(tx, context) for context in readers[reader]]
        return AddressedMessage((reader,), handover_message(left))

    def _show(self, tx: Tx, context: QuestionContext) -> HandedOver:
        shown = ShownContext(context.question, context.pull_request, context.capstone, self.web)
        name = find_name(tx, context.participant)
        return HandedOver(shown, name, list_words(tx, context), private=context.is_private)


def _is_left(context: QuestionContext) -> bool:
    return context.conversation is not None and context.conversation.waits_for_sensei
