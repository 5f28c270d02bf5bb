"""Receives requests from Slack: answers those that only read, and stores those that change something.

It is the same for Socket Mode and signed HTTP. Only answers to commands and forms may write rows here, and
buttons and forms that say so; a refused click in an App Home adds the job that updates it. All other requests
are stored as deliveries before they are acknowledged, under an id that stays the same if Slack sends the
request again.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from math import ceil
from types import MappingProxyType
from typing import Any

import structlog

from bot.domain.chat import slash_commands
from bot.domain.chat.events import (
    ACTION,
    COMMAND,
    EVENT,
    SHORTCUT,
    VIEW,
    Click,
    Mention,
    MessageShortcut,
    Other,
    PaneOpened,
    SlashCommand,
    Submission,
    ThreadReply,
    delivery_id,
    payload_to_keep,
    read_payload,
)
from bot.errors import PermanentError, TransientError, UserError
from bot.ports.chat import Chat, ChatUser, OutgoingMessage, TriggerExpiredError, Urgency, View
from bot.ports.deliveries import Delivery
from bot.ports.store import Store
from bot.rendering.chat import slack_notices
from bot.rendering.chat.slack_validation import checked_message, checked_view
from bot.workflows.chat import forms
from bot.workflows.chat.actors import Clock, find_actor, refusal
from bot.workflows.chat.features import AnswersForm, Button, Features, Kept, Subcommand, is_feature_name
from bot.workflows.chat.form_rate_limit import AlreadyWarnedError, FormRateLimit, TooManyFormsError
from bot.workflows.chat.home_refresh import refresh_user_home
from bot.workflows.chat.profile_lookup import ProfileLookup

log = structlog.get_logger(__name__)

Body = Mapping[str, Any]

_MOST_OF_A_GUID = 64
_NOT_DONE = "Not done"
_GONE_SHORTCUT = "This shortcut no longer works. Nothing was changed.", "Use `/dojo help` instead."
_NOT_SAVED = "I couldn't save this.", "Nothing was changed. Please try again in a minute."
_NOT_CONFIRMED = (
    "I couldn't confirm that I saved this.",
    "If I did, I'll tell you in a direct message in a moment. If you don't hear from me, please try again.",
)


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """The content of an acknowledgement: a message that only the author sees, or the errors of a form.

    ``view`` replaces a submitted form. Only forms have ``view`` and ``errors``.
    """

    message: OutgoingMessage | None = None
    errors: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    view: View | None = None


NOTHING = Acknowledgement()


@dataclass(frozen=True)
class ChatIntake:
    """Answers commands, opens forms and stores deliveries.

    ``receive`` returns once a delivery is stored.
    ``here`` returns the workspace where the app is installed, or None while it is not known. Every method may
    raise TransientError or the store's errors. Then the request must not be acknowledged, and nothing was
    stored, unless it is UnconfirmedError.
    """

    features: Features
    store: Store
    chat: Chat
    receive: Callable[[Delivery], bool]
    here: Callable[[], str | None]
    clock: Clock
    pace: FormRateLimit = field(default_factory=FormRateLimit)
    profiles: ProfileLookup = field(default_factory=ProfileLookup)

    def command(self, body: Body) -> Acknowledgement:
        """Answer ``/dojo``, open its form, or store the command."""
        asked = read_payload(COMMAND, body)
        if not isinstance(asked, SlashCommand) or self._is_elsewhere(asked.team):
            return NOTHING
        parsed = slash_commands.parse(asked.text)
        command = self.features.commands.get(parsed.word)
        try:
            if command is None:
                return Acknowledgement(self._answer_unknown(asked, parsed.word))
            if command.find_form(parsed.argument):
                self.pace.take(asked.user)
            return self._answer_command(body, asked, command, parsed.argument)
        except AlreadyWarnedError:
            return NOTHING
        except UserError as refused:
            return Acknowledgement(slack_notices.refused(refused.what, refused.remedy))

    def click(self, body: Body) -> Acknowledgement:
        """Open a form, rebuild a view, or store the click."""
        click = read_payload(ACTION, body)
        if not isinstance(click, Click) or self._is_elsewhere(click.team):
            return NOTHING
        button = self.features.buttons.get(click.id)
        if button is None:
            return self._answer_unknown_click(click)
        try:
            if button.opens or button.redraws:
                self.pace.take(click.user)
            self._handle_click(body, click, button)
        except AlreadyWarnedError:
            return NOTHING
        except UserError as refused:
            told = self._tell_author(click, refused)
            if click.home and not isinstance(refused, TooManyFormsError):
                self._redraw_home(click)
            return told
        return NOTHING

    def shortcut(self, body: Body) -> Acknowledgement:
        """Open the form of a message's shortcut. The message goes into the form, and isn't stored."""
        used = read_payload(SHORTCUT, body)
        if not isinstance(used, MessageShortcut) or self._is_elsewhere(used.team):
            return NOTHING
        found = self.features.shortcuts.get(used.id)
        if found is None:
            return Acknowledgement(slack_notices.refused(*_GONE_SHORTCUT))
        try:
            self.pace.take(used.user)
            with self.store.read() as tx:
                actor = find_actor(tx, used.team, used.user)
                found.check(tx, actor, used, self.clock)
                view = forms.open_form(
                    self.features, tx, actor, found.opens, found.fill(actor, used), self.clock
                )
            self._open(used.trigger, view)
        except AlreadyWarnedError:
            return NOTHING
        except UserError as refused:
            return Acknowledgement(slack_notices.refused(refused.what, refused.remedy))
        return NOTHING

    def submission(self, body: Body) -> Acknowledgement:
        """Check a submitted form, and store it if it has no errors."""
        sent = read_payload(VIEW, body)
        if not isinstance(sent, Submission) or self._is_elsewhere(sent.team):
            return NOTHING
        profile = self._look_up(sent.id, sent.user, self.profiles.recall)
        try:
            with self.store.read() as tx:
                actor = replace(find_actor(tx, sent.team, sent.user), profile=profile)
                errors = forms.find_faults(self.features, tx, actor, sent, self.clock)
            answers = self.features.forms[sent.id].answers
            if answers and not errors:
                return Acknowledgement(view=self._answer_form(answers, sent))
        except UserError as refused:
            return Acknowledgement(view=slack_notices.modal(refused.what, refused.remedy))
        if errors:
            return Acknowledgement(errors=errors)
        self._store(VIEW, body)
        return NOTHING

    def _answer_form(self, answers: AnswersForm, sent: Submission) -> View:
        with self.store.begin() as tx:
            return checked_view(answers(tx, find_actor(tx, sent.team, sent.user), sent, self.clock))

    def event(self, body: Body) -> None:
        """Store an event if Sensei handles its type; ignore all others."""
        happened = read_payload(EVENT, body)
        if isinstance(happened, Other) or self._is_elsewhere(happened.team):
            return
        if isinstance(happened, Mention | PaneOpened):
            self._store_if_kept(body, happened)
        elif not isinstance(happened, ThreadReply):
            self._store(EVENT, body)
        elif (kept := self._find_kept(happened)) is not Kept.NOTHING:
            self._store(EVENT, body, happened, text=kept is Kept.TEXT)
        elif not isinstance(read_payload(EVENT, payload_to_keep(body)), Other):
            self._store(EVENT, body)  # like any direct message, without its text

    def _store_if_kept(self, body: Body, happened: Mention | PaneOpened) -> None:
        with self.store.read() as tx:
            if isinstance(happened, PaneOpened):
                kept = Kept.NOTHING
                if any(pane.keep(tx, happened) for pane in self.features.panes):
                    kept = Kept.REFERENCE
            else:
                kept = _first_kept(mentions.keep(tx, happened) for mentions in self.features.mentions)
        if kept is not Kept.NOTHING:
            self._store(EVENT, body, text=kept is Kept.TEXT)

    def _find_kept(self, reply: ThreadReply) -> Kept:
        with self.store.read() as tx:
            return _first_kept(replies.keep(tx, reply) for replies in self.features.replies)

    def _answer_command(
        self, body: Body, asked: SlashCommand, command: Subcommand, argument: str
    ) -> Acknowledgement:
        opens = command.find_form(argument)
        profile = self._look_up(opens, asked.user)
        with self.store.begin() if command.answer_writes else self.store.read() as tx:
            actor = replace(find_actor(tx, asked.team, asked.user), profile=profile)
            if not actor.may_ever(command.action):
                raise refusal(actor)
            command.require_alone(argument)
            view = answer = None
            if opens:
                view = forms.open_form(self.features, tx, actor, opens, argument, self.clock)
            elif command.answer:
                answer = command.answer(tx, actor, argument, self.clock)
        if view is not None:
            self._open(asked.trigger, view)
            return NOTHING
        told = Acknowledgement(checked_message(answer) if answer else None)
        if command.then:
            self._store(COMMAND, body)
        return told

    def _handle_click(self, body: Body, click: Click, button: Button) -> None:
        argument = click.value if isinstance(click.value, str) else ""
        profile = self._look_up(button.opens, click.user)
        with self.store.begin() if self.features.writes_at_once(button) else self.store.read() as tx:
            actor = replace(find_actor(tx, click.team, click.user), profile=profile)
            if not actor.may_anywhere(button.action):
                raise refusal(actor)
            if button.check:
                button.check(tx, actor, click, self.clock)
            view = None
            if button.opens:
                view = forms.open_form(self.features, tx, actor, button.opens, argument, self.clock)
            elif button.redraws:
                view = button.redraws(tx, actor, click, self.clock)
            in_modal = bool(click.view) and not click.home
            after = button.then(tx, actor, click, self.clock) if button.then and in_modal else None
        if view is None:
            self._store(ACTION, body)
            if after:
                self._show_change(click, after)
        elif click.home and button.redraws:
            self._call_slack(lambda: self.chat.publish_home(click.user, view, Urgency.PRESSING))
        elif click.view and not click.home:
            # A form on top of another would need a way back, so the new form replaces the old one.
            self._call_slack(lambda: self.chat.update_view(click.view, view))
        else:
            self._open(click.trigger, view)

    def _show_change(self, click: Click, view: View) -> None:
        """Show a modal after a change that is stored, so an error must not say that nothing changed."""
        try:
            self.chat.update_view(click.view, view)
        except (TransientError, PermanentError) as failed:
            log.info("slack.not_shown", why=str(failed))

    def _look_up(
        self, form: str, user: str, find: Callable[[Chat, str], ChatUser | None] | None = None
    ) -> ChatUser | None:
        """Return a user's profile in the chat if a form asks for it, or None if the chat doesn't answer."""
        known = self.features.forms.get(form)
        return (find or self.profiles.ask)(self.chat, user) if known and known.meets else None

    def _open(self, trigger: str, view: View) -> None:
        try:
            self._call_slack(lambda: self.chat.open_view(trigger, view))
        except TriggerExpiredError:
            raise UserError(
                "I couldn't open the form within Slack's limit of three seconds.",
                "Nothing was changed. Please try again.",
            ) from None

    def _call_slack(self, request: Callable[[], object]) -> None:
        """Make a request to Slack.

        Raises:
            UserError: Slack refused the request, or couldn't be reached.
        """
        try:
            request()
        except (TransientError, PermanentError) as failed:
            log.warning("slack.not_shown", why=str(failed))
            if isinstance(failed, TransientError) and failed.retry_in is not None:
                raise UserError(
                    "Slack is limiting how much I can open right now.",
                    f"Nothing was changed. Please try again in {ceil(failed.retry_in)} seconds.",
                ) from None
            raise UserError(
                "Slack didn't let me show this.", "Nothing was changed. Please try again in a minute."
            ) from None

    def _tell_author(self, click: Click, why: UserError, title: str = _NOT_DONE) -> Acknowledgement:
        """Show an error to a click's author: in a modal, or in an answer if the click was in a message."""
        if click.response_url or not (click.home or click.view):
            return Acknowledgement(slack_notices.refused(why.what, why.remedy))
        try:
            shown = self._count_notice(click.user, why)
            view = slack_notices.modal(shown.what, shown.remedy, title)
            if click.home:
                self.chat.open_view(click.trigger, view)
            else:
                self.chat.update_view(click.view, view)
        except (TriggerExpiredError, TransientError, PermanentError, AlreadyWarnedError) as failed:
            log.info("slack.untold", why=str(failed) or type(failed).__name__)
            return Acknowledgement(slack_notices.refused(why.what, why.remedy))
        return NOTHING

    def _redraw_home(self, click: Click) -> None:
        """Update an App Home whose button was refused: what it shows may be out of date.

        The author has been told already, so a failure is only logged.
        """
        try:
            with self.store.begin() as tx:
                refresh_user_home(tx, click.team, click.user, self.clock())
        except TransientError as failed:
            log.warning("slack.home_not_redrawn", why=str(failed))

    def _count_notice(self, user: str, why: UserError) -> UserError:
        """Count an error modal as a form, unless the error is that there were too many forms.

        Return the error to show, because this modal may itself be one too many.
        """
        if isinstance(why, TooManyFormsError):
            return why
        try:
            self.pace.take(user)
        except TooManyFormsError as instead:
            return instead
        return why

    def unkept(self, event: str, body: Body, *, is_certain: bool = True) -> Acknowledgement:
        """Return the answer to a request that wasn't stored, or of which that isn't certain."""
        problem, remedy = _NOT_SAVED if is_certain else _NOT_CONFIRMED
        title = _NOT_DONE if is_certain else "Not confirmed"
        if event == VIEW:
            return Acknowledgement(view=slack_notices.modal(problem, remedy, title))
        happened = read_payload(event, body)
        if isinstance(happened, Click):
            return self._tell_author(happened, UserError(problem, remedy), title)
        return Acknowledgement(slack_notices.refused(problem, remedy))

    def _answer_unknown(self, asked: SlashCommand, word: str) -> OutgoingMessage:
        with self.store.read() as tx:
            actor = find_actor(tx, asked.team, asked.user)
        commands = self.features.commands.values()
        allowed = [command.word for command in commands if actor.may_ever(command.action)]
        return slack_notices.unknown(word, slash_commands.nearest_command(word, allowed))

    def _answer_unknown_click(self, click: Click) -> Acknowledgement:
        """Answer a button that only another version knows.

        Slack reports clicks on links too, and changes of a form's fields. Neither has such an id, or is
        outside a form.
        """
        if not is_feature_name(click.id) or (click.view and not click.home):
            return NOTHING
        gone = UserError("This button no longer works. Nothing was changed.", "Use `/dojo help` instead.")
        return self._tell_author(click, gone)

    def _is_elsewhere(self, team: str) -> bool:
        here = self.here()
        if here is None:
            raise TransientError("The workspace where the app is installed isn't known yet.")
        if team != here:
            log.info("slack.elsewhere")
        return team != here

    def _store(self, event: str, body: Body, reply: ThreadReply | None = None, *, text: bool = False) -> None:
        identity = delivery_id(event, body)
        if not identity:
            log.warning("slack.no_id", kind=event)
            return
        # ASCII, because the JSON may contain an unpaired surrogate, which UTF-8 cannot encode.
        kept = payload_to_keep(body, reply, text=text)
        self.receive(Delivery(_make_guid(identity), event, json.dumps(kept).encode("ascii")))


def _first_kept(found: Iterable[Kept]) -> Kept:
    return next((kept for kept in found if kept is not Kept.NOTHING), Kept.NOTHING)


def _make_guid(identity: str) -> str:
    """Return the id under which a delivery is stored. Ids that are too long become a digest."""
    guid = f"slack:{identity}"
    if len(guid) <= _MOST_OF_A_GUID:
        return guid
    return f"slack:{hashlib.sha256(guid.encode()).hexdigest()}"[:_MOST_OF_A_GUID]
