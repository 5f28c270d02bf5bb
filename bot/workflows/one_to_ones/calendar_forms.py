"""The form in which either of a pair gives the address of the calendar with their one-to-ones."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.domain.chat.events import Acted, Click, Submission
from bot.domain.dojo.permissions import Action
from bot.domain.one_to_ones.calendar_addresses import UnusableAddressError, read_address
from bot.domain.one_to_ones.calendar_events import SHORTEST_TITLE, digest_name, is_long_enough
from bot.domain.one_to_ones.records import CalendarLink
from bot.errors import UserError
from bot.ports.chat import View
from bot.ports.store import Tx
from bot.rendering.one_to_ones import slack_calendar as ids
from bot.rendering.one_to_ones.slack_plan import CALENDAR, WITH
from bot.workflows.chat.actors import Actor, Clock
from bot.workflows.chat.features import Button, Feature, Form
from bot.workflows.chat.home_refresh import refresh_home
from bot.workflows.dojo.member_messages import find_name
from bot.workflows.dojo.one_to_one_parties import MeetingPair
from bot.workflows.one_to_ones.calendar_changes import drop_calendar
from bot.workflows.one_to_ones.calendar_schedule import read_soon
from bot.workflows.one_to_ones.planning import find_chosen_pair, name_partner, require_pairs, show_plan

_ACTION = Action.ONE_TO_ONE_PLAN
_SAVED = "*Your calendar is saved.* I'll read it in a moment. What I find appears in your Home tab."
_REMOVED = "*Removed.* I've forgotten its address. The coming one-to-ones that were in it are cancelled."


@dataclass(frozen=True)
class CalendarForms:
    """The form, and the button that removes a calendar. ``hosts`` are those that Sensei may fetch from."""

    hosts: Collection[str]

    def feature(self) -> Feature:
        """Return the buttons and the form."""
        return Feature(
            buttons={
                CALENDAR: Button(_ACTION, opens=CALENDAR),
                ids.FORGET: Button(_ACTION, redraws=self._forget, writes=True, does="remove the calendar"),
            },
            forms={
                CALENDAR: Form(
                    _ACTION,
                    self._open,
                    _handle_nothing,
                    self._check,
                    answers=self._save,
                    does="save the calendar",
                )
            },
        )

    def _open(self, tx: Tx, actor: Actor, argument: str, clock: Clock) -> View:
        return self._show(tx, actor, _require_pair(tx, actor, argument, clock()), clock())

    def _show(self, tx: Tx, actor: Actor, chosen: MeetingPair, at: datetime, notice: str = "") -> View:
        person = actor.person or ""
        own = {pair.enrolment: pair for pair in require_pairs(tx, actor, at) if _is_own(actor, pair)}
        partners = {str(number): name_partner(tx, pair, person) for number, pair in own.items()}
        known = [
            _show_link(tx, link, partners[str(link.enrolment)], person)
            for link in tx.calendar_links.find_all(own)
        ]
        return ids.calendar_form(partners, str(chosen.enrolment), known, self.hosts, notice)

    def _check(self, tx: Tx, actor: Actor, sent: Submission, clock: Clock) -> Mapping[str, str]:
        _require_pair(tx, actor, _read_pair(sent), clock())
        try:
            read_address(sent.text(ids.ADDRESS), self.hosts)
        except UnusableAddressError as unusable:
            return {ids.ADDRESS: str(unusable)}
        if len(sent.text(ids.TITLE)) > ids.MOST_OF_A_TITLE:
            return {ids.TITLE: f"A title has at most {ids.MOST_OF_A_TITLE} characters."}
        if not is_long_enough(sent.text(ids.TITLE)):
            return {ids.TITLE: f"Write at least {SHORTEST_TITLE} letters: fewer are in many titles."}
        return {}

    def _save(self, tx: Tx, actor: Actor, sent: Submission, clock: Clock) -> View:
        at, person = clock(), actor.person or ""
        pair = _require_pair(tx, actor, _read_pair(sent), at)
        address = read_address(sent.text(ids.ADDRESS), self.hosts).text
        looks_for = digest_name(name_partner(tx, pair, person))
        tx.calendar_links.save(pair.enrolment, address, person, looks_for, sent.text(ids.TITLE))
        tx.audit(person, CALENDAR, f"enrolment:{pair.enrolment}")
        read_soon(tx, pair.enrolment, at)
        return show_plan(tx, actor, pair, at, _SAVED)  # Slack keeps what was typed only in this form

    def _forget(self, tx: Tx, actor: Actor, click: Click, clock: Clock) -> View:
        at = clock()
        value = click.value if isinstance(click.value, str) else ""
        pair = _require_pair(tx, actor, value, at)
        drop_calendar(tx, pair, at)
        tx.audit(actor.person or "", ids.FORGET, f"enrolment:{pair.enrolment}")
        refresh_home(tx, actor.person or "", at)
        return self._show(tx, actor, pair, at, _REMOVED)


def _require_pair(tx: Tx, actor: Actor, value: str, at: datetime) -> MeetingPair:
    """Return the pair that a form is about, in which the actor must be one of the two.

    Raises:
        UserError: the pair has ended, or they only stand in for its sensei.
    """
    pair = find_chosen_pair(require_pairs(tx, actor, at), value)
    if not _is_own(actor, pair):
        raise UserError(
            "You stand in for this participant's sensei, so their calendar isn't yours to change. Nothing "
            "was changed.",
            "You can plan a single one-to-one with `/dojo one-to-one`.",
        )
    return pair


def _is_own(actor: Actor, pair: MeetingPair) -> bool:
    return actor.person in {pair.participant, pair.sensei}


def _read_pair(sent: Submission) -> str:
    """Return the value of the pair that was chosen. Whoever has only one doesn't choose."""
    return sent.text(WITH) or sent.metadata


def _show_link(tx: Tx, link: CalendarLink, person: str, reader: str) -> ids.ShownCalendar:
    by = "" if link.added_by == reader else find_name(tx, link.added_by)
    return ids.ShownCalendar(str(link.enrolment), person, by, link.read_at, "" if by else link.problem)


def _handle_nothing(_tx: Tx, _actor: Actor, _acted: Acted, _clock: Clock) -> None:
    """Do nothing: the form is answered at once, so no submission is stored."""
