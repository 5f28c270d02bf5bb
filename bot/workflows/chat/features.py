"""Features of the chat: commands, buttons, forms and messages. Each names its required permission.

A feature is a plain value. To add one, append it to the list in ``bot/bootstrap/chat.py``.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from types import MappingProxyType
from typing import Protocol, TypeVar

from bot.domain.chat import slash_commands
from bot.domain.chat.events import (
    Acted,
    Click,
    Mention,
    MessageShortcut,
    PaneOpened,
    SlashCommand,
    Submission,
    ThreadReply,
)
from bot.domain.chat.slash_commands import COMMAND
from bot.domain.dojo.permissions import Action
from bot.errors import UserError
from bot.ports.chat import OutgoingMessage, PostedMessage, View
from bot.ports.engine import Json
from bot.ports.store import Tx
from bot.workflows.chat.actors import Actor, Clock

Handler = Callable[[Tx, Actor, Acted, Clock], None]
"""Changes rows and adds jobs, in the transaction that closes the delivery.

It may raise UserError if the action is no longer possible. Then nothing changes, and the person is told.
"""
Answers = Callable[[Tx, Actor, str, Clock], OutgoingMessage]
"""Answers a command at once, given the text after the command. Only its author sees the answer.

A UserError is shown as the answer. Rows that it writes, if the command says that it writes some, are stored
even if the answer never arrives.
"""
Opens = Callable[[Tx, Actor, str, Clock], View]
"""Builds a form from rows, given the text after the command or the button's value."""
Checks = Callable[[Tx, Actor, Submission, Clock], Mapping[str, str]]
"""Returns a form's errors, one sentence per block id. A form without errors is stored and handled."""
AnswersForm = Callable[[Tx, Actor, Submission, Clock], View]
"""Answers a submitted form at once with a view that replaces it. It may write rows."""
Redraws = Callable[[Tx, Actor, Click, Clock], View]
"""Rebuilds a view after a click in it."""


def nothing_wrong(_tx: Tx, _actor: Actor, _sent: Submission, _clock: Clock) -> Mapping[str, str]:
    """Return no errors."""
    return {}


@dataclass(frozen=True, slots=True)
class Button:
    """A button, whose click does one of three things.

    ``do`` changes rows, ``opens`` names a form, ``redraws`` rebuilds the view; it may write rows only if
    ``writes`` is set. ``check`` may raise a UserError before the click is stored, and the error is shown at
    once. With ``do`` in a modal, ``then`` returns the modal as it looks after the change, which follows once
    the click is stored. ``does`` completes "I couldn't", such as "approve the pair", for the message to a
    person whose click couldn't be carried out.
    """

    action: Action
    do: Handler | None = None
    opens: str = ""
    redraws: Redraws | None = None
    check: Callable[[Tx, Actor, Click, Clock], None] | None = None
    then: Redraws | None = None
    does: str = ""
    writes: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """A modal. Its name is its callback id. ``submit`` gets a Submission in which ``check`` found no errors.

    If ``meets`` is set, the person's profile in the chat is looked up before ``open`` and ``check``, as
    ``Actor.profile``. It is None if the chat doesn't answer in time, and always in ``submit``. If ``answers``
    is set, it handles the submission at once, and ``submit`` is never called. ``does`` completes "I
    couldn't", such as "end the pair", for the message to a person whose form could not be handled. ``open``
    may write rows only if ``writes`` is set, and only buttons can open such a form.
    """

    action: Action
    open: Opens
    submit: Handler
    check: Checks = nothing_wrong
    meets: bool = False
    answers: AnswersForm | None = None
    does: str = ""
    writes: bool = False


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A shortcut in the menu of a message. Its name is its callback id. It opens a form.

    The form is opened with the message's text, or with what ``fill`` returns. ``check`` may raise a UserError
    before, whose words the person reads in place of the form. It also checks the permission, so that it can
    say what the shortcut is for.
    """

    action: Action
    opens: str
    check: Callable[[Tx, Actor, MessageShortcut, Clock], None]
    fill: Callable[[Actor, MessageShortcut], str] = lambda _actor, used: used.text


@dataclass(frozen=True, slots=True)
class Subcommand:
    """``/dojo word``. It opens a form, or answers; ``then`` changes rows after the answer.

    ``opens_alone`` names a form that opens, instead of an answer, if nothing follows the word.

    ``usage`` describes the text after the word, ``about`` says briefly what the command does. ``for_leads``
    replaces both for leads, if the command does something different for them. ``answer`` may write rows only
    if ``answer_writes`` is set. Unless ``takes_text`` is set, text after the word is refused; ``alone`` then
    says what the word alone does.
    """

    word: str
    action: Action
    about: str
    usage: str = ""
    answer: Answers | None = None
    opens: str = ""
    then: Handler | None = None
    for_leads: tuple[str, str] | None = None
    answer_writes: bool = False
    opens_alone: str = ""
    takes_text: bool = False
    alone: str = ""

    def find_form(self, argument: str) -> str:
        """Return the name of the form that the command opens with this argument, or an empty string."""
        return self.opens or ("" if argument else self.opens_alone)

    def helped(self, *, lead: bool) -> tuple[str, str, str]:
        """Return the word, its usage and its description for the help text."""
        usage, about = (lead and self.for_leads) or (self.usage, self.about)
        return self.word, usage, about

    def require_alone(self, argument: str) -> None:
        """Refuse text after a word that takes none.

        Raises:
            UserError: there is such text. The error names the form that works.
        """
        if argument and not self.takes_text:
            raise refuse_argument(self.word, argument, self.alone)


def refuse_argument(word: str, argument: str, alone: str = "") -> UserError:
    """Return the error for text that a command does not take."""
    shown = " ".join(argument.split())
    shown = f"{shown[:60]}…" if len(shown) > 60 else shown
    return UserError(
        f"I don't understand “{shown}” after `{COMMAND} {word}`. Nothing was changed.",
        f"Use `{COMMAND} {word}` with nothing after it. {alone}".strip(),
    )


@dataclass(frozen=True, slots=True)
class AddressedMessage:
    """A message and its recipients: one person, or several in a group conversation.

    ``to`` are Sensei's own ids of people. ``users`` are chat accounts of people who are not known yet.
    ``thread`` is the first message of the thread in which it is posted, if it isn't a message of its own.
    """

    to: tuple[str, ...]
    message: OutgoingMessage
    users: tuple[str, ...] = ()
    thread: PostedMessage | None = None


class Kept(Enum):
    """What may be stored of a reply in a thread: nothing, its place, or its text as well."""

    NOTHING = auto()
    REFERENCE = auto()
    TEXT = auto()


class ThreadReplies(Protocol):
    """Hears what people write to the app in direct messages. The text of any other message is dropped."""

    def keep(self, tx: Tx, reply: ThreadReply) -> Kept:
        """Return what may be stored of a reply, before it is stored."""

    def hear(self, tx: Tx, reply: ThreadReply, clock: Clock) -> bool:
        """Handle a stored reply. Return False if it isn't theirs to handle."""


class Mentions(Protocol):
    """Hears what people write in channels to the app, which they mention there."""

    def keep(self, tx: Tx, mention: Mention) -> Kept:
        """Return what may be stored of a mention, before it is stored."""

    def hear(self, tx: Tx, mention: Mention, clock: Clock) -> bool:
        """Handle a stored mention. Return False if it isn't theirs to handle."""


class Panes(Protocol):
    """Hears that people open their direct messages with the app, or begin a thread in its pane."""

    def keep(self, tx: Tx, opened: PaneOpened) -> bool:
        """Return whether it is worth storing that a person opened it, before it is stored."""

    def open(self, tx: Tx, opened: PaneOpened, clock: Clock) -> bool:
        """Handle it. Return False if there is nothing to do."""


Words = Callable[[Tx, Json], AddressedMessage | None]
"""Writes a message about the given ids. Returns None if it is no longer needed."""


@dataclass(frozen=True, slots=True)
class Feature:
    """The commands, buttons, forms, shortcuts and messages of a feature, and what it hears.

    All names except commands have the form ``<feature>.<verb>``.
    """

    commands: Sequence[Subcommand] = ()
    buttons: Mapping[str, Button] = field(default_factory=lambda: MappingProxyType({}))
    forms: Mapping[str, Form] = field(default_factory=lambda: MappingProxyType({}))
    words: Mapping[str, Words] = field(default_factory=lambda: MappingProxyType({}))
    shortcuts: Mapping[str, Shortcut] = field(default_factory=lambda: MappingProxyType({}))
    replies: Sequence[ThreadReplies] = ()
    mentions: Sequence[Mentions] = ()
    panes: Sequence[Panes] = ()


T = TypeVar("T")
_NAME = re.compile(r"[a-z_]+\.[a-z_]+\Z")


class Features:
    """All features together.

    Raises:
        ValueError: a name is malformed or used twice, or a command or button opens a missing form.
    """

    def __init__(self, features: Iterable[Feature]) -> None:
        self.commands: dict[str, Subcommand] = {}
        self.buttons: dict[str, Button] = {}
        self.forms: dict[str, Form] = {}
        self.words: dict[str, Words] = {}
        self.shortcuts: dict[str, Shortcut] = {}
        self.replies: list[ThreadReplies] = []
        self.mentions: list[Mentions] = []
        self.panes: list[Panes] = []
        for feature in features:
            self.enter(feature)
        for name, opens in self._list_openers():
            if opens not in self.forms:
                raise ValueError(f"{name} opens {opens}, which is not a form")
        for command in self.commands.values():
            if bool(command.opens) == bool(command.answer):
                raise ValueError(f"/dojo {command.word} must either open a form or answer")
        for name, button in self.buttons.items():
            if sum(map(bool, (button.do, button.opens, button.redraws))) != 1:
                raise ValueError(f"{name} must do exactly one thing")
        for name, opens in self._list_readers():
            if self.forms[opens].writes:
                raise ValueError(
                    f"{name} opens {opens}, which writes rows. Only a button may open such a form."
                )

    def enter(self, feature: Feature) -> None:
        """Add a feature.

        Raises:
            ValueError: one of its names is malformed or already in use.
        """
        _enter(self.commands, {command.word: command for command in feature.commands}, dotted=False)
        _enter(self.buttons, feature.buttons)
        _enter(self.forms, feature.forms)
        _enter(self.words, feature.words)
        _enter(self.shortcuts, feature.shortcuts)
        self.replies += feature.replies
        self.mentions += feature.mentions
        self.panes += feature.panes

    def writes_at_once(self, button: Button) -> bool:
        """Return whether a click may write rows before it is answered: in its form, or in its view."""
        return button.writes or (bool(button.opens) and self.forms[button.opens].writes)

    def describe(self, acted: Acted) -> str:
        """Complete "I couldn't" with what a person asked for; empty if it is not known."""
        match acted:
            case SlashCommand():
                return f"carry out `{COMMAND} {slash_commands.parse(acted.text).word}`"
            case Click():
                button = self.buttons.get(acted.id)
                return button.does if button else ""
            case Submission():
                form = self.forms.get(acted.id)
                return form.does if form else ""

    def _list_openers(self) -> list[tuple[str, str]]:
        """Return the commands, buttons and shortcuts that open forms, with the names of the forms."""
        buttons = [(name, button.opens) for name, button in self.buttons.items() if button.opens]
        return [*self._list_readers(), *buttons]

    def _list_readers(self) -> list[tuple[str, str]]:
        """Return the commands and shortcuts that open forms: they only read rows."""
        commands = [
            (command.word, form)
            for command in self.commands.values()
            for form in (command.opens, command.opens_alone)
        ]
        shortcuts = [(name, shortcut.opens) for name, shortcut in self.shortcuts.items()]
        return [(name, opens) for name, opens in commands + shortcuts if opens]


def is_feature_name(name: str) -> bool:
    """Return whether a name has the form that buttons, forms and messages of features have."""
    return _NAME.match(name) is not None


def _enter(registry: dict[str, T], entries: Mapping[str, T], *, dotted: bool = True) -> None:
    for name, entry in entries.items():
        if name in registry:
            raise ValueError(f"{name} is already registered")
        if dotted and not _NAME.match(name):
            raise ValueError(f"{name} must have the form <feature>.<verb>")
        registry[name] = entry
