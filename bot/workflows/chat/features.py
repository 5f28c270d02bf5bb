"""What features bring to the chat: answers to ``/dojo``, buttons, forms, messages. Each names its action.

A feature is a value; ``bot/bootstrap/chat.py`` lists them, and nothing else has to be touched.
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
"""Does what somebody asked for: rows and jobs, in the transaction that closes its delivery.

It may raise UserError where that cannot be done any more: nothing is changed then, and the person is told.
"""
Answers = Callable[[Tx, Actor, str, Clock], OutgoingMessage]
"""Answers a command at once, seen by its author alone; given what stands behind its word.

UserError is answered as well. What it writes is kept whether or not the answer arrives.
"""
Opens = Callable[[Tx, Actor, str, Clock], View]
"""Makes a form from rows; given what stands behind the command's word, or the button's value."""
Checks = Callable[[Tx, Actor, Submission, Clock], Mapping[str, str]]
"""Returns what is wrong with a form, by block id, each in a sentence; nothing: it is kept and handled."""
Redraws = Callable[[Tx, Actor, Click, Clock], View]
"""Makes the form anew in which something was clicked."""


def nothing_wrong(_tx: Tx, _actor: Actor, _sent: Submission, _clock: Clock) -> Mapping[str, str]:
    """Find no fault."""
    return {}


@dataclass(frozen=True, slots=True)
class Button:
    """What a click does: one of changing something (``do``), opening a form or drawing one anew.

    ``check`` may refuse with UserError before anything is kept: its sentence is shown at once.
    """

    action: Action
    do: Handler | None = None
    opens: str = ""
    redraws: Redraws | None = None
    check: Callable[[Tx, Actor, Click, Clock], None] | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """A modal. Its name is its callback id. ``submit`` is called with a Submission that ``check`` passed.

    ``meets``: who opens it is looked up in the chat before, as ``Actor.profile``.
    """

    action: Action
    open: Opens
    submit: Handler
    check: Checks = nothing_wrong
    meets: bool = False


@dataclass(frozen=True, slots=True)
class Subcommand:
    """``/dojo word``. Either opens a form, or answers; ``then`` changes something, once it was answered.

    ``usage`` is what may stand behind the word, ``about`` what it is for, in half a sentence. ``for_leads``
    are both as leads read them, where they can do something else with it.
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
        """Return the word, what may stand behind it, and what it is for, as somebody reads it."""
        usage, about = (lead and self.for_leads) or (self.usage, self.about)
        return self.word, usage, about


@dataclass(frozen=True, slots=True)
class AddressedMessage:
    """A message and whom it is for: one person, or several, who then talk in a group.

    ``to`` are our own ids; ``users`` are the chat's, for whom nobody has met yet.
    """

    to: tuple[str, ...]
    message: OutgoingMessage
    users: tuple[str, ...] = ()


Words = Callable[[Tx, Json], AddressedMessage | None]
"""Writes a message from the ids that it is about; None: it is not wanted any more."""


@dataclass(frozen=True, slots=True)
class Feature:
    """What one part of the dojo brings. All names are ``<feature>.<verb>``, but those of commands."""

    commands: Sequence[Subcommand] = ()
    buttons: Mapping[str, Button] = field(default_factory=lambda: MappingProxyType({}))
    forms: Mapping[str, Form] = field(default_factory=lambda: MappingProxyType({}))
    words: Mapping[str, Words] = field(default_factory=lambda: MappingProxyType({}))


T = TypeVar("T")
_NAME = re.compile(r"[a-z_]+\.[a-z_]+\Z")


class Features:
    """All features together.

    Raises:
        ValueError: a name is taken or is none, a form that is to be opened is missing.
    """

    def __init__(self, features: Iterable[Feature]) -> None:
        self.commands: dict[str, Subcommand] = {}
        self.buttons: dict[str, Button] = {}
        self.forms: dict[str, Form] = {}
        self.words: dict[str, Words] = {}
        for feature in features:
            self.enter(feature)
        for name, opens in self._opened():
            if opens not in self.forms:
                raise ValueError(f"{name} opens {opens}, which is no form")
        for command in self.commands.values():
            if bool(command.opens) == bool(command.answer):
                raise ValueError(f"/dojo {command.word} either opens a form or answers")
        for name, button in self.buttons.items():
            if sum(map(bool, (button.do, button.opens, button.redraws))) != 1:
                raise ValueError(f"{name} does one thing")

    def enter(self, feature: Feature) -> None:
        """Add a feature.

        Raises:
            ValueError: one of its names is taken or is none.
        """
        _enter(self.commands, {each.word: each for each in feature.commands}, named=False)
        _enter(self.buttons, feature.buttons)
        _enter(self.forms, feature.forms)
        _enter(self.words, feature.words)

    def _opened(self) -> list[tuple[str, str]]:
        commands = [(each.word, each.opens) for each in self.commands.values() if each.opens]
        return commands + [(name, each.opens) for name, each in self.buttons.items() if each.opens]


def _enter(into: dict[str, T], names: Mapping[str, T], *, named: bool = True) -> None:
    for name, thing in names.items():
        if name in into:
            raise ValueError(f"{name} is taken")
        if named and not _NAME.match(name):
            raise ValueError(f"{name} is no <feature>.<verb>")
        into[name] = thing
