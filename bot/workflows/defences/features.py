"""What a sensei can do with a defence in the chat: prepare it, see its questions, rule on them."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from bot.domain.chat.events import Acted, Click, Submission
from bot.domain.chat.slack_escapes import find_mentioned_user
from bot.domain.defences.records import DefenceOutcome
from bot.domain.dojo.local_days import day_in, load_zone
from bot.domain.dojo.permissions import Action
from bot.domain.pull_requests.records import Capstone
from bot.domain.text.numbers import parse_number
from bot.domain.triage.level_words import LevelWords
from bot.errors import UserError
from bot.ports.chat import View
from bot.ports.store import Tx
from bot.rendering.defences import slack_session as page
from bot.rendering.defences.slack_messages import MOST_OF_A_NOTE, SHOW
from bot.workflows.chat.actors import Actor, Clock
from bot.workflows.chat.features import Button, Feature, Form, Subcommand
from bot.workflows.chat.working_hours import find_hours
from bot.workflows.defences.defence_permissions import require_capstone, require_question
from bot.workflows.defences.messages import ANNOUNCED, READY, RESULT, DefenceMessages
from bot.workflows.defences.sessions import (
    find_closing_day,
    find_final_day,
    is_stuck,
    prepare_defence,
    require_open,
    rule_on_question,
    set_session,
)
from bot.workflows.dojo.member_messages import find_name
from bot.workflows.triage.capstone_ledgers import LedgerLoader
from bot.workflows.triage.own_capstones import list_own_capstones
from bot.workflows.triage.responsibilities import find_responsibility
from bot.workflows.triage.ruling_input import has_words
from bot.workflows.triage.shown_people import show_people

_TEN = 10 * 60
_WEEK = timedelta(days=7)


def defence_features(
    make_loader: Callable[[], LedgerLoader], web: str, now: Callable[[], datetime]
) -> tuple[Feature, ...]:
    """Return the features. ``make_loader`` loads the rubric on its first call, ``web`` is the host's page."""
    return (DefenceFeature(make_loader, web, DefenceMessages(make_loader, web, now)).feature(),)


@dataclass(frozen=True)
class DefenceFeature:
    """``/dojo defence``, the page of a defence with its forms, and the messages."""

    make_loader: Callable[[], LedgerLoader]
    web: str
    messages: DefenceMessages

    def feature(self) -> Feature:
        """Return the command, the buttons, the forms and the messages.

        The forms are answered at once, so that no delivery keeps the sensei's sentence.
        """
        run = Action.DEFENCE_RUN
        return Feature(
            commands=(
                Subcommand(
                    "defence",
                    run,
                    "prepare a participant's defence, or rule on it",
                    usage="@participant",
                    opens=SHOW,
                    takes_text=True,
                ),
            ),
            buttons={
                SHOW: Button(run, opens=SHOW),
                page.PREPARE: Button(run, opens=page.PREPARE),
                page.TIME: Button(run, opens=page.TIME),
                page.RULE: Button(run, opens=page.RULE),
                page.CALL_OFF: Button(run, redraws=self._call_off, writes=True, does="call the session off"),
            },
            forms={
                SHOW: Form(run, self._open, _submit_nothing),
                page.PREPARE: Form(
                    run,
                    self._open_preparing,
                    _submit_nothing,
                    self._check_time,
                    answers=self._prepare,
                    does="prepare the defence",
                ),
                page.TIME: Form(
                    run,
                    self._open_time,
                    _submit_nothing,
                    self._check_time,
                    answers=self._save_time,
                    does="save the time",
                ),
                page.RULE: Form(
                    run,
                    self._open_ruling,
                    _submit_nothing,
                    self._check_ruling,
                    answers=self._rule,
                    does="save your ruling",
                ),
            },
            words={
                READY: self.messages.write_ready,
                ANNOUNCED: self.messages.write_announced,
                RESULT: self.messages.write_result,
            },
        )

    def _open(self, tx: Tx, actor: Actor, argument: str, clock: Clock) -> View:
        """Show the defence of a capstone (a button's value) or a named person, or a list of them."""
        at = clock()
        if parse_number(argument) is not None:
            return self._show(tx, require_capstone(tx, actor, argument, at), at)
        theirs = _list_theirs(tx, actor, at)
        if argument.strip():
            person = _find_participant(tx, actor, argument, set(theirs.values()))
            theirs = {capstone: owner for capstone, owner in theirs.items() if owner == person}
            if not theirs:
                raise UserError(
                    "This person isn't one of your participants, or has no enrolled repository.",
                    "`/dojo defence` lists yours.",
                )
        if not theirs:
            raise UserError(
                "You have no participants with an enrolled repository now, so there's no defence to prepare.",
                "Ask your lead if one is missing.",
            )
        if len(theirs) == 1:
            return self._show(tx, require_capstone(tx, actor, str(next(iter(theirs))), at), at)
        rows = []
        for capstone, person in theirs.items():
            row = tx.capstones.get(capstone)
            rows.append((capstone, show_people(tx, row.cohort, [person])[person], row.full_name))
        return page.list_view(rows)

    def _show(self, tx: Tx, capstone: Capstone, at: datetime, notice: str = "") -> View:
        participant = find_responsibility(tx, capstone.id, at).participant
        defence = tx.defences.newest([capstone.id]).get(capstone.id)
        words = LevelWords.of_rubric(self.make_loader().load(tx, [capstone.id])[capstone.id].rubric)
        return page.session_view(
            page.ShownDefence(
                capstone.id,
                show_people(tx, capstone.cohort, [participant])[participant],
                capstone.full_name,
                defence,
                words.titles,
                f"{self.web}/{capstone.full_name}",
                notice,
                defence is not None and is_stuck(defence, at),
            )
        )

    def _open_preparing(self, tx: Tx, actor: Actor, argument: str, clock: Clock) -> View:
        return self._open_form(tx, actor, argument, clock, prepares=True)

    def _open_time(self, tx: Tx, actor: Actor, argument: str, clock: Clock) -> View:
        return self._open_form(tx, actor, argument, clock, prepares=False)

    def _open_form(self, tx: Tx, actor: Actor, argument: str, clock: Clock, *, prepares: bool) -> View:
        capstone = require_capstone(tx, actor, argument, clock())
        zone = find_hours(tx, actor.person or "", capstone.cohort).time_zone
        defence = tx.defences.newest([capstone.id]).get(capstone.id)
        if defence is not None and defence.session_at is not None:
            local = defence.session_at.astimezone(load_zone(zone))
            return page.time_form(
                capstone.id, local.date(), local.hour * 60 + local.minute, prepares=prepares
            )
        today = day_in(zone, clock())
        final = find_final_day(tx, capstone.cohort)
        day = final if final is not None and final >= today else today + _WEEK
        return page.time_form(capstone.id, day, _TEN, prepares=prepares)

    def _check_time(self, tx: Tx, actor: Actor, sent: Submission, clock: Clock) -> Mapping[str, str]:
        capstone = require_capstone(tx, actor, sent.metadata, clock())
        session_at = _read_time(tx, actor, capstone, sent)
        if session_at is None:
            return {page.DAY: "Choose a day and a time."}
        return {page.DAY: "This time is in the past."} if session_at < clock() else {}

    def _prepare(self, tx: Tx, actor: Actor, sent: Submission, clock: Clock) -> View:
        capstone = require_capstone(tx, actor, sent.metadata, clock())
        session_at = _require_time(tx, actor, capstone, sent)
        prepare_defence(tx, capstone, actor.person or "", session_at, clock())
        return self._show(tx, capstone, clock())

    def _save_time(self, tx: Tx, actor: Actor, sent: Submission, clock: Clock) -> View:
        capstone = require_capstone(tx, actor, sent.metadata, clock())
        session_at = _require_time(tx, actor, capstone, sent)
        defence = tx.defences.newest([capstone.id]).get(capstone.id)
        if defence is None:
            raise UserError("There's no defence to change, so I haven't saved a time.", "Prepare one first.")
        is_told = set_session(tx, defence, actor.person or "", session_at, clock())
        return self._show(tx, capstone, clock(), page.describe_time(is_told=is_told))

    def _call_off(self, tx: Tx, actor: Actor, click: Click, clock: Clock) -> View:
        value = click.value if isinstance(click.value, str) else ""
        capstone = require_capstone(tx, actor, value, clock())
        defence = tx.defences.newest([capstone.id]).get(capstone.id)
        if defence is not None:
            set_session(tx, defence, actor.person or "", None, clock())
        return self._show(tx, capstone, clock(), page.CALLED_OFF)

    def _open_ruling(self, tx: Tx, actor: Actor, argument: str, clock: Clock) -> View:
        defence, question = require_question(tx, actor, argument, clock())
        require_open(tx, defence, question, actor.person or "", clock())
        return page.ruling_form(question)

    def _check_ruling(self, tx: Tx, actor: Actor, sent: Submission, clock: Clock) -> Mapping[str, str]:
        require_question(tx, actor, sent.metadata, clock())
        outcome, note = sent.text(page.OUTCOME), sent.text(page.NOTE)
        if outcome not in set(DefenceOutcome):
            return {page.OUTCOME: "Choose one."}
        if outcome != DefenceOutcome.NOT_ASKED and not has_words(note):
            return {page.NOTE: "Write one sentence: they read it with the question."}
        if len(note) > MOST_OF_A_NOTE:
            return {page.NOTE: f"This has {len(note)} characters; the maximum is {MOST_OF_A_NOTE}."}
        return {}

    def _rule(self, tx: Tx, actor: Actor, sent: Submission, clock: Clock) -> View:
        at = clock()
        defence, question = require_question(tx, actor, sent.metadata, at)
        outcome = DefenceOutcome(sent.text(page.OUTCOME))
        rule_on_question(tx, defence, question, actor.person or "", outcome, sent.text(page.NOTE), at)
        capstone, ruled = tx.capstones.get(defence.capstone), tx.defences.find(defence.id)
        is_last = ruled is not None and ruled.is_ruled and not defence.is_ruled
        saved = page.describe_saved(question, outcome, at)
        if is_last:
            today = day_in(find_hours(tx, actor.person or "", capstone.cohort).time_zone, at)
            saved = f"{saved} {page.describe_last(find_closing_day(tx, capstone.cohort), today)}"
        return self._show(tx, capstone, at, saved)


def _list_theirs(tx: Tx, actor: Actor, at: datetime) -> Mapping[int, str]:
    """Return the participants for whom the actor is responsible now, by capstone, in all their cohorts."""
    cohorts = dict.fromkeys(member.cohort for member in actor.members)
    return {
        own.capstone: own.participant
        for cohort in cohorts
        if actor.person is not None
        for own in list_own_capstones(tx, actor.person, cohort, at)
    }


def _find_participant(tx: Tx, actor: Actor, text: str, theirs: Collection[str]) -> str | None:
    """Return the person whom a text mentions, or the one of some participants whom it names.

    A name's beginning is enough.

    Raises:
        UserError: several of these participants are called so.
    """
    if (user := find_mentioned_user(text)) is not None:
        return tx.members.by_chat(actor.workspace, user)
    wanted = text.strip().lstrip("@").casefold()
    names = {person: find_name(tx, person).casefold() for person in theirs}
    exact = [person for person, name in names.items() if name == wanted]
    found = exact or [person for person, name in names.items() if wanted and name.startswith(wanted)]
    if len(found) > 1:
        raise UserError("Several of your participants are called that.", "Mention the one you mean: @name.")
    return next(iter(found), None)


def _require_time(tx: Tx, actor: Actor, capstone: Capstone, sent: Submission) -> datetime:
    session_at = _read_time(tx, actor, capstone, sent)
    if session_at is None:
        raise UserError(
            "I couldn't read the day and the time, so I haven't saved anything.", "Choose both again."
        )
    return session_at


def _read_time(tx: Tx, actor: Actor, capstone: Capstone, sent: Submission) -> datetime | None:
    """Return the moment that a form names, in the actor's time zone, or None if it names none."""
    zone = load_zone(find_hours(tx, actor.person or "", capstone.cohort).time_zone)
    try:
        day = date.fromisoformat(sent.text(page.DAY))
        clock = time.fromisoformat(sent.text(page.CLOCK))
    except ValueError:
        return None
    return datetime.combine(day, clock.replace(tzinfo=None), zone).astimezone(UTC)


def _submit_nothing(_tx: Tx, _actor: Actor, _acted: Acted, _clock: Clock) -> None:
    """Do nothing: the forms are answered at once, and nobody can submit the page."""
