"""Who comes in from the chat: what only reads is answered at once, what changes something is kept first.

The same for Socket Mode and for signed HTTP. Nothing here changes a row but what an answer itself leaves; all
else is kept as a delivery, by an id that is the same when Slack brings it again, before it is acknowledged.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

import structlog

from bot.domain.chat import slash_commands
from bot.domain.chat.events import (
    ACTION,
    COMMAND,
    EVENT,
    VIEW,
    Click,
    Other,
    SlashCommand,
    Submission,
    delivery_id,
    payload_to_keep,
    read_payload,
)
from bot.errors import PermanentError, TransientError, UserError
from bot.ports.chat import Chat, ChatUser, OutgoingMessage, TriggerExpiredError, View
from bot.ports.store import Delivery, Store
from bot.rendering.chat import slack_notices
from bot.rendering.chat.slack_validation import checked_message, checked_view
from bot.workflows.chat import forms
from bot.workflows.chat.actors import Clock, find_actor, refusal
from bot.workflows.chat.features import Button, Features, Subcommand
from bot.workflows.chat.form_rate_limit import AlreadyWarnedError, FormRateLimit, TooManyFormsError

log = structlog.get_logger(__name__)

Body = Mapping[str, Any]

_MOST_OF_A_GUID = 64


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """What an acknowledgement says: a message that its author alone sees, or what is wrong with a form.

    ``view`` takes the place of a form that was sent. ``view`` and ``errors`` are of forms alone.
    """

    message: OutgoingMessage | None = None
    errors: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    view: View | None = None


NOTHING = Acknowledgement()


@dataclass(frozen=True)
class ChatIntake:
    """Answers, opens and keeps. ``receive`` returns once a delivery is safe.

    ``here`` is the workspace that the app is installed in, None while nobody knows. Every method may raise
    what the store raises, and TransientError: nothing was kept then, and it must not be acknowledged as if.
    """

    features: Features
    store: Store
    chat: Chat
    receive: Callable[[Delivery], bool]
    here: Callable[[], str | None]
    clock: Clock
    pace: FormRateLimit = field(default_factory=FormRateLimit)

    def command(self, body: Body) -> Acknowledgement:
        """Answer ``/dojo``, open its form, or keep what it asks for."""
        asked = read_payload(COMMAND, body)
        if not isinstance(asked, SlashCommand) or self._elsewhere(asked.team):
            return NOTHING
        word = slash_commands.parse(asked.text)
        command = self.features.commands.get(word.word)
        try:
            if command is None:
                return Acknowledgement(self._unknown(asked, word.word))
            if command.opens:
                self.pace.take(asked.user)
            return self._command(body, asked, command, word.argument)
        except AlreadyWarnedError:
            return NOTHING
        except UserError as refused:
            return Acknowledgement(slack_notices.refused(refused.what, refused.remedy))

    def click(self, body: Body) -> Acknowledgement:
        """Open a form, draw it anew, or keep what was clicked."""
        click = read_payload(ACTION, body)
        if not isinstance(click, Click) or self._elsewhere(click.team):
            return NOTHING
        button = self.features.buttons.get(click.id)
        if button is None:
            return NOTHING  # a link, say: Slack tells of those as well
        try:
            if button.opens or button.redraws:
                self.pace.take(click.user)
            self._click(body, click, button)
        except AlreadyWarnedError:
            return NOTHING
        except UserError as refused:
            return self._told(click, refused)
        return NOTHING

    def submission(self, body: Body) -> Acknowledgement:
        """Look a form over, and keep it if nothing is wrong with it."""
        sent = read_payload(VIEW, body)
        if not isinstance(sent, Submission) or self._elsewhere(sent.team):
            return NOTHING
        try:
            with self.store.begin() as tx:
                actor = find_actor(tx, sent.team, sent.user)
                wrong = forms.find_faults(self.features, tx, actor, sent, self.clock)
        except UserError as refused:
            return Acknowledgement(view=slack_notices.modal(refused.what, refused.remedy))
        if wrong:
            return Acknowledgement(errors=wrong)
        self._keep(VIEW, body)
        return NOTHING

    def event(self, body: Body) -> None:
        """Keep what somebody acts on; of all else nothing."""
        happened = read_payload(EVENT, body)
        if not isinstance(happened, Other) and not self._elsewhere(happened.team):
            self._keep(EVENT, body)

    def _command(
        self, body: Body, asked: SlashCommand, command: Subcommand, argument: str
    ) -> Acknowledgement:
        met = self._meet(command.opens, asked.user)
        with self.store.begin() as tx:
            actor = replace(find_actor(tx, asked.team, asked.user), profile=met)
            if not actor.anyhow(command.action):
                raise refusal(actor)
            view = answer = None
            if command.opens:
                view = forms.open_form(self.features, tx, actor, command.opens, argument, self.clock)
            elif command.answer:
                answer = command.answer(tx, actor, argument, self.clock)
        if view is not None:
            self._open(asked.trigger, view)
            return NOTHING
        if command.then:
            self._keep(COMMAND, body)
        return Acknowledgement(checked_message(answer) if answer else None)

    def _click(self, body: Body, click: Click, button: Button) -> None:
        argument = click.value if isinstance(click.value, str) else ""
        met = self._meet(button.opens, click.user)
        with self.store.begin() as tx:
            actor = replace(find_actor(tx, click.team, click.user), profile=met)
            if not actor.anywhere(button.action):
                raise refusal(actor)
            if button.check:
                button.check(tx, actor, click, self.clock)
            view = None
            if button.opens:
                view = forms.open_form(self.features, tx, actor, button.opens, argument, self.clock)
            elif button.redraws:
                view = button.redraws(tx, actor, click, self.clock)
        if view is None:
            self._keep(ACTION, body)
        elif click.home and button.redraws:
            self._outside(lambda: self.chat.publish_home(click.user, checked_view(view)))
        elif click.view and not click.home:
            # A form over a form would need its own way back: the new one takes its place.
            self._outside(lambda: self.chat.update_view(click.view, checked_view(view)))
        else:
            self._open(click.trigger, view)

    def _meet(self, form: str, user: str) -> ChatUser | None:
        """Look up who opens a form that asks for it; a form opens without that too."""
        if not form or not self.features.forms[form].meets:
            return None
        try:
            return self.chat.user(user)
        except (UserError, TransientError, PermanentError) as failed:
            log.info("slack.not_met", why=type(failed).__name__)
            return None

    def _open(self, trigger: str, view: View) -> None:
        checked = checked_view(view)
        try:
            self._outside(lambda: self.chat.open_view(trigger, checked))
        except TriggerExpiredError:
            raise UserError(
                "That took too long: Slack opens a form within three seconds or not at all.",
                "Nothing was changed. Please try again.",
            ) from None

    def _outside(self, do: Callable[[], object]) -> None:
        try:
            do()
        except (TransientError, PermanentError) as failed:
            log.warning("slack.not_shown", why=str(failed))
            raise UserError(
                "Slack did not let us show this.", "Nothing was changed. Please try again in a minute."
            ) from None

    def _told(self, click: Click, why: UserError) -> Acknowledgement:
        """Return what tells the author of a click: where it stood in no message there is a window for it."""
        if click.response_url or not (click.home or click.view):
            return Acknowledgement(slack_notices.refused(why.what, why.remedy))
        try:
            said = self._paced(click.user, why)
            view = slack_notices.modal(said.what, said.remedy)
            if click.home:
                self.chat.open_view(click.trigger, view)
            else:
                self.chat.update_view(click.view, view)
        except (TriggerExpiredError, TransientError, PermanentError, AlreadyWarnedError) as failed:
            log.info("slack.untold", why=str(failed) or type(failed).__name__)
            return Acknowledgement(slack_notices.refused(why.what, why.remedy))
        return NOTHING

    def _paced(self, user: str, why: UserError) -> UserError:
        """Return what a window is to say. It counts as a form, unless it says that there were too many."""
        if isinstance(why, TooManyFormsError):
            return why
        try:
            self.pace.take(user)
        except TooManyFormsError as instead:
            return instead
        return why

    def unkept(self, event: str, body: Body) -> Acknowledgement:
        """Return what tells somebody that what they did could not be kept."""
        what, remedy = "This could not be kept.", "Nothing was changed. Please try again in a minute."
        if event == VIEW:
            return Acknowledgement(view=slack_notices.modal(what, remedy))
        happened = read_payload(event, body)
        if isinstance(happened, Click):
            return self._told(happened, UserError(what, remedy))
        return Acknowledgement(slack_notices.refused(what, remedy))

    def _unknown(self, asked: SlashCommand, word: str) -> OutgoingMessage:
        with self.store.begin() as tx:
            actor = find_actor(tx, asked.team, asked.user)
        theirs = [each.word for each in self.features.commands.values() if actor.anyhow(each.action)]
        return slack_notices.unknown(word, slash_commands.nearest_command(word, theirs))

    def _elsewhere(self, team: str) -> bool:
        here = self.here()
        if here is None:
            raise TransientError("Nobody knows yet in which workspace the app is installed.")
        if team != here:
            log.info("slack.elsewhere")
        return team != here

    def _keep(self, event: str, body: Body) -> None:
        identified = delivery_id(event, body)
        if not identified:
            log.warning("slack.no_id", kind=event)
            return
        # As ASCII: half of a surrogate pair, which JSON can escape, is in no other encoding.
        self.receive(Delivery(_guid(identified), event, json.dumps(payload_to_keep(body)).encode("ascii")))


def _guid(identified: str) -> str:
    """Return an id under which a delivery is kept; one that is too long is told apart by its digest."""
    guid = f"slack:{identified}"
    if len(guid) <= _MOST_OF_A_GUID:
        return guid
    return f"slack:{hashlib.sha256(guid.encode()).hexdigest()}"[:_MOST_OF_A_GUID]
