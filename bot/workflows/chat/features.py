"""The features of the chat: commands, buttons, forms and messages. Each names the action it needs.

A feature is a value. To add one, add it to the list in ``bot/bootstrap/chat.py``.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeVar

from bot.domain.chat.events import Acted, Click, Submission
from bot.domain.dojo.permissions import Action
from bot.ports.chat import OutgoingMessage, View
from bot.ports.engine import Json
from bot.ports.store import Tx
from bot.workflows.chat.actors import Actor, Clock

Handler = Callable[[Tx, Actor, Acted, Clock], None]
"""Changes rows and adds jobs, in the transaction that closes the delivery.

It may raise UserError if that cannot be done any more. Then nothing is changed, and the person is told.
"""
Answers = Callable[[Tx, Actor, str, Clock], OutgoingMessage]
"""Answers a command at once, given the text after its word. Only the command's author sees the answer.

A UserError is shown as the answer. Rows that it writes are stored whether or not the answer arrives.
"""
Opens = Callable[[Tx, Actor, str, Clock], View]
"""Makes a form from rows, given the text after the command's word, or the button's value."""
Checks = Callable[[Tx, Actor, Submission, Clock], Mapping[str, str]]
"""Returns the errors of a form by block id, a sentence each. A form without errors is stored and handled."""
Redraws = Callable[[Tx, Actor, Click, Clock], View]
"""Makes a view again after a click in it."""


def nothing_wrong(_tx: Tx, _actor: Actor, _sent: Submission, _clock: Clock) -> Mapping[str, str]:
    """Return no errors."""
    return {}


@dataclass(frozen=True, slots=True)
class Button:
    """A button, whose click does one of three things.

    ``do`` changes rows, ``opens`` names a form, ``redraws`` makes the view again. ``check`` may refuse with a
    UserError before the click is stored; the error is shown at once.
    """

    action: Action
    do: Handler | None = None
    opens: str = ""
    redraws: Redraws | None = None
    check: Callable[[Tx, Actor, Click, Clock], None] | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """A modal. Its name is its callback id. ``submit`` gets a Submission in which ``check`` found no errors.

    ``meets``: the chat's profile of the person who opens it is looked up first, as ``Actor.profile``.
    """

    action: Action
    open: Opens
    submit: Handler
    check: Checks = nothing_wrong
    meets: bool = False


@dataclass(frozen=True, slots=True)
class Subcommand:
    """``/dojo word``. It opens a form, or answers; ``then`` changes rows after the answer.

    ``usage`` describes the text after the word, ``about`` says in half a sentence what the command does.
    ``for_leads`` replaces both for leads, if the command does something else for them.
    """

    word: str
    action: Action
    about: str
    usage: str = ""
    answer: Answers | None = None
    opens: str = ""
    then: Handler | None = None
    for_leads: tuple[str, str] | None = None

    def helped(self, *, lead: bool) -> tuple[str, str, str]:
        """Return the word, its usage and what it does, as help shows them."""
        usage, about = (lead and self.for_leads) or (self.usage, self.about)
        return self.word, usage, about


@dataclass(frozen=True, slots=True)
class AddressedMessage:
    """A message and its recipients: one person, or several in a group conversation.

    ``to`` are Sensei's own ids of people; ``users`` are accounts in the chat of people not known yet.
    """

    to: tuple[str, ...]
    message: OutgoingMessage
    users: tuple[str, ...] = ()


Words = Callable[[Tx, Json], AddressedMessage | None]
"""Writes a message, given the ids that it is about; None if it is no longer wanted."""


@dataclass(frozen=True, slots=True)
class Feature:
    """Commands, buttons, forms and messages of a feature. Names are ``<feature>.<verb>``, except commands."""

    commands: Sequence[Subcommand] = ()
    buttons: Mapping[str, Button] = field(default_factory=lambda: MappingProxyType({}))
    forms: Mapping[str, Form] = field(default_factory=lambda: MappingProxyType({}))
    words: Mapping[str, Words] = field(default_factory=lambda: MappingProxyType({}))


T = TypeVar("T")
_NAME = re.compile(r"[a-z_]+\.[a-z_]+\Z")


class Features:
    """All features together.

    Raises:
        ValueError: a name is malformed or used twice, or a form that something opens is missing.
    """

    def __init__(self, features: Iterable[Feature]) -> None:
        self.commands: dict[str, Subcommand] = {}
        self.buttons: dict[str, Button] = {}
        self.forms: dict[str, Form] = {}
        self.words: dict[str, Words] = {}
        for feature in features:
            self.enter(feature)
        for name, opens in self._list_openers():
            if opens not in self.forms:
                raise ValueError(f"{name} opens {opens}, which is not a form")
        for command in self.commands.values():
            if bool(command.opens) == bool(command.answer):
                raise ValueError(f"/dojo {command.word} either opens a form or answers")
        for name, button in self.buttons.items():
            if sum(map(bool, (button.do, button.opens, button.redraws))) != 1:
                raise ValueError(f"{name} does one thing")

    def enter(self, feature: Feature) -> None:
        """Add a feature.

        Raises:
            ValueError: one of its names is malformed or used already.
        """
        _enter(self.commands, {command.word: command for command in feature.commands}, dotted=False)
        _enter(self.buttons, feature.buttons)
        _enter(self.forms, feature.forms)
        _enter(self.words, feature.words)

    def _list_openers(self) -> list[tuple[str, str]]:
        """Return the commands and buttons that open forms, with the forms' names."""
        commands = [(command.word, command.opens) for command in self.commands.values()]
        buttons = [(name, button.opens) for name, button in self.buttons.items()]
        return [(name, opens) for name, opens in commands + buttons if opens]


def _enter(registry: dict[str, T], entries: Mapping[str, T], *, dotted: bool = True) -> None:
    for name, entry in entries.items():
        if name in registry:
            raise ValueError(f"{name} is taken")
        if dotted and not _NAME.match(name):
            raise ValueError(f"{name} is not <feature>.<verb>")
        registry[name] = entry
