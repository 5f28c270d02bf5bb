"""Writes the messages about appeals, from current rows. Leads read no words of a participant."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.domain.dojo.local_days import day_in
from bot.domain.triage.level_words import show_level
from bot.domain.triage.records import WAITING_APPEALS, AppealState
from bot.domain.triage.shown import AppealedRuling, RuledLevel, ShownAppeal
from bot.ports.chat import OutgoingMessage
from bot.ports.engine import Json
from bot.ports.store import Tx
from bot.rendering.triage import slack_appeals, slack_second_opinions
from bot.rendering.triage.slack_appeals import AppealStatus
from bot.workflows.articulation.question_contexts import find_name
from bot.workflows.chat.actors import Clock
from bot.workflows.chat.features import AddressedMessage, Words
from bot.workflows.triage.appeal_contexts import AppealContext, list_leads, load_appeal
from bot.workflows.triage.appeal_notices import APPEALED, ASKED, ASSIGNED, SECOND_RULED
from bot.workflows.triage.own_levels import LoadWords, find_zone
from bot.workflows.triage.responsibilities import find_responsibility

Write = Callable[[Tx, AppealContext, str], OutgoingMessage | None]


@dataclass(frozen=True)
class AppealMessages:
    """The writers. ``web`` is the code host's web address."""

    load_words: LoadWords
    web: str
    now: Clock

    def words(self) -> dict[str, Words]:
        """Return the writers by kind of message."""
        return {
            APPEALED: self._addressed(APPEALED, self._write_appealed),
            ASKED: self._addressed(ASKED, self._write_asked),
            ASSIGNED: self._addressed(ASSIGNED, self._write_assigned),
            SECOND_RULED: self._addressed(SECOND_RULED, self._write_second_ruled),
        }

    def _addressed(self, kind: str, write: Write) -> Words:
        """Return a writer that leaves a message unsent if there is nothing to say any more."""

        def write_about(tx: Tx, about: Json) -> AddressedMessage | None:
            context, reader = load_appeal(tx, about["appeal"]), about["reader"]
            was_sent = tx.effects.find(f"message:{about['key']}")[1] is not None
            if context is None or not (was_sent or _is_needed(tx, context, kind, reader)):
                return None
            message = write(tx, context, reader)
            return AddressedMessage((reader,), message) if message else None

        return write_about

    def _write_appealed(self, tx: Tx, context: AppealContext, reader: str) -> OutgoingMessage:
        return slack_appeals.appealed_message(
            self._show_level(tx, context, reader), self._find_status(tx, context)
        )

    def _write_asked(self, tx: Tx, context: AppealContext, reader: str) -> OutgoingMessage:
        shown = show_appeal(tx, context, self.load_words, find_zone(tx, reader, context.capstone.id))
        return slack_appeals.asked_message(shown, name_first(tx, context), self._find_status(tx, context))

    def _write_assigned(self, tx: Tx, context: AppealContext, reader: str) -> OutgoingMessage:
        level, name = self._show_level(tx, context, reader), find_name(tx, context.participant)
        if context.state is not AppealState.ASSIGNED or context.second != reader:
            has_ruled = context.appeal.second == reader
            return slack_second_opinions.unassigned_message(name, level.title, context.state, ruled=has_ruled)
        capstone = context.capstone.full_name
        shown = AppealedRuling(
            level,
            name,
            (capstone, f"{self.web}/{capstone}"),
            name_first(tx, context),
            context.ruling.reason,
            context.appeal.reason,
        )
        return slack_second_opinions.assigned_message(
            shown, f"{context.capstone.id}:{context.ruling.criterion}"
        )

    def _write_second_ruled(self, tx: Tx, context: AppealContext, reader: str) -> OutgoingMessage | None:
        ruled = next(
            (ruling for ruling in tx.rulings.of(context.capstone.id) if ruling.appeal == context.appeal.id),
            None,
        )
        if ruled is None:
            return None
        day = day_in(find_zone(tx, reader, context.capstone.id), ruled.at)
        level = show_level(ruled, self.load_words(), day)
        is_theirs = find_responsibility(tx, context.capstone.id, self.now()).role_of(reader) is not None
        second = find_name(tx, ruled.sensei) if ruled.sensei else ""
        return slack_second_opinions.second_ruled_message(
            find_name(tx, context.participant), level, second, shown=is_theirs
        )

    def _show_level(self, tx: Tx, context: AppealContext, reader: str) -> RuledLevel:
        """Return the ruling under appeal."""
        day = day_in(find_zone(tx, reader, context.capstone.id), context.ruling.at)
        return show_level(context.ruling, self.load_words(), day, context.state)

    def _find_status(self, tx: Tx, context: AppealContext) -> AppealStatus:
        return AppealStatus(
            context.state,
            find_name(tx, context.appeal.second) if context.appeal.second else "",
            any(lead.chat for lead in list_leads(tx, context)),
        )


def _is_needed(tx: Tx, context: AppealContext, kind: str, reader: str) -> bool:
    """Return whether a message that wasn't sent yet still has to be."""
    if kind == ASKED:
        is_lead = any(lead.person == reader for lead in list_leads(tx, context))
        return context.state is AppealState.ASKED and is_lead
    return kind != ASSIGNED or (context.state is AppealState.ASSIGNED and context.second == reader)


def show_appeal(tx: Tx, context: AppealContext, load_words: LoadWords, zone: str) -> ShownAppeal:
    """Return an appeal as a lead sees it. ``zone`` is their time zone."""
    return ShownAppeal(
        context.appeal.id,
        find_name(tx, context.participant),
        load_words().title_of(context.ruling.criterion),
        day_in(zone, context.appeal.at),
        find_name(tx, context.second) if context.second else None,
    )


def name_first(tx: Tx, context: AppealContext) -> str:
    """Return the name of the sensei whose ruling was appealed, or an empty string."""
    return find_name(tx, context.ruling.sensei) if context.ruling.sensei else ""


def list_waiting_appeals(
    tx: Tx, load_words: LoadWords, cohort: int, lead: str, zone: str
) -> tuple[ShownAppeal, ...]:
    """List the appeals that wait in a cohort and for which this lead can name a second sensei."""
    waiting = (load_appeal(tx, appeal.id) for appeal in tx.appeals.of_cohort(cohort, WAITING_APPEALS))
    return tuple(
        show_appeal(tx, context, load_words, zone)
        for context in waiting
        if context is not None and any(other.person == lead for other in list_leads(tx, context))
    )
