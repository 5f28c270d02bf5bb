"""Requests as Slack would send them, for every button, form and command, by somebody who was offered none."""

import itertools
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from bot.adapters import slack as adapter
from bot.adapters.slack.failures import MethodRefusedError
from bot.domain.chat.events import ACTION, COMMAND, VIEW
from bot.ports.deliveries import Delivery
from bot.workflows.chat.features import Features
from bot.workflows.chat.form_rate_limit import FormRateLimit
from bot.workflows.chat.intake import Acknowledgement, ChatIntake
from tests.fakes.slack import Person, Slack
from tests.security.draft_surfaces import BUTTONS, FORMS, TYPED
from tests.security.outgoing import FORGED

Body = dict[str, Any]


class Forger:
    """Sends what nobody was offered. ``values`` fill in the tables of ``draft_surfaces``."""

    def __init__(self, slack: Slack, features: Features, values: Mapping[str, Any]) -> None:
        self.slack, self.features, self.values = slack, features, values

    def answers(self, person: Person, store: Any, keep: Callable[[Delivery], bool]) -> Iterator[object]:
        """Yield what each request was answered at once."""
        minutes = itertools.count(0.0, 60.0)
        chat = adapter.connect(self.slack.bot_token, self.slack.api_url)
        pace = FormRateLimit(lambda: next(minutes))
        intake = ChatIntake(
            self.features, store, chat, keep, lambda: self.slack.team, lambda: datetime.now(UTC), pace=pace
        )
        ways: dict[str, Callable[[Mapping[str, Any]], Acknowledgement]] = {
            ACTION: intake.click,
            COMMAND: intake.command,
            VIEW: intake.submission,
        }
        for kind, body in self._bodies(person):
            try:
                yield ways[kind](body)
            except MethodRefusedError as refused:  # Slack knows that it has shown no such view
                yield refused

    def _bodies(self, person: Person) -> Iterator[tuple[str, Body]]:
        for button in self.features.buttons:
            yield ACTION, self._click(person, button)
        for form in self.features.forms:
            yield VIEW, self._form(person, form)
        for word in self.features.commands:
            for text in ("@Ada Lovelace", str(self.values["capstone"])):
                body = {"team_id": self.slack.team, "user_id": person.id, "text": f"{word} {text}"}
                yield COMMAND, body | {"trigger_id": self.slack.trigger(person.id)}

    def _click(self, person: Person, button: str) -> Body:
        """Return a click in a message or, if the button redraws its form, in the form for a ruling."""
        act = {"action_id": button, "block_id": "b", "type": "button", "value": self._fill(BUTTONS[button])}
        body = person._payload("block_actions") | {"actions": [act]}
        if self.features.buttons[button].redraws:
            view = FORGED + person.id
            return body | {
                "view": {"id": view, "type": "modal", "private_metadata": str(self.values["key"])},
                "container": {"type": "view", "view_id": view},
            }
        container = {"type": "message", "channel_id": person.dm, "is_ephemeral": True}
        return body | {
            "container": container,
            "response_url": self.slack.response_url(person.id, person.dm, None),
        }

    def _form(self, person: Person, form: str) -> Body:
        typed = {
            self._fill(block): {"x": {"selected_option": {"value": self._fill(value)}}}
            for block, value in TYPED.get(form, {}).items()
        }
        view = {"id": "V1", "hash": "1.a", "callback_id": form, "private_metadata": self._fill(FORMS[form])}
        return person._payload("view_submission") | {"view": view | {"state": {"values": typed}}}

    def _fill(self, text: str) -> str:
        return text.format(**self.values)
