"""Sending messages, each once, whatever crashes in between.

A job holds what a message is about, ids alone: its words are written from rows when it is sent. A row says
that it is about to be posted. A try that finds the row looks for the message by its key, after a wait that is
longer than lists lag, before it posts one.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import sleep

import structlog

from bot.errors import PermanentError
from bot.ports.chat import Chat, OutgoingMessage, PostedMessage
from bot.ports.engine import Json, Steps
from bot.ports.store import Job, Store, Tx
from bot.workflows.chat.addresses import chat_address
from bot.workflows.chat.features import AddressedMessage, Words
from bot.workflows.jobs.retry import LIST_LAG, GaveUpError, insist

log = structlog.get_logger(__name__)

_CLOCKS_DIFFER = timedelta(minutes=5)
_MOST_LOOKS = 3


def send_message(tx: Tx, key: str, kind: str, about: Json, at: datetime) -> None:
    """Let a message be sent once; the same key again is the same message. ``about`` holds ids, no words."""
    tx.jobs.add(Job(f"message:{key}", "message", {"key": key, "kind": kind, "about": about}, at))


def rewrite_message(tx: Tx, key: str, kind: str, about: Json, at: datetime) -> None:
    """Let a message that was sent say what is true now; one that was not sent, or is gone, is left alone."""
    rewrites = f"rewrite:{key}:"
    argument = {"key": key, "kind": kind, "about": about}
    # The last one says all that those before it would have.
    tx.jobs.replace(rewrites, Job(f"{rewrites}{int(at.timestamp() * 1000)}", "rewrite", argument, at))


@dataclass(frozen=True)
class Outbox:
    """The workflows ``message`` and ``rewrite``. ``words`` writes each kind of message.

    ``chat`` is None where no chat is set up: what somebody there should hear then waits as a dead letter.
    """

    chat: Chat | None
    store: Store
    words: Mapping[str, Words]
    now: Callable[[], datetime]

    def message(self, steps: Steps, argument: Json) -> Json:
        """Send a message."""
        began = steps.step("began", lambda: {"at": self.now().isoformat()})
        since = datetime.fromisoformat(began["at"]) - _CLOCKS_DIFFER
        result = insist(steps, "post", lambda: _or_give_up(lambda: self._post(argument, since)))
        return {"outcome": result["outcome"]}

    def rewrite(self, steps: Steps, argument: Json) -> Json:
        """Let a message say what is true now."""
        result = insist(steps, "update", lambda: _or_give_up(lambda: self._update(argument)))
        return {"outcome": result["outcome"]}

    def _post(self, argument: Json, since: datetime) -> Json:
        key = f"message:{argument['key']}"
        with self.store.begin() as tx:
            tried, known = tx.effects.of(key)
            letter = None if known else self._letter(tx, argument)
            users = self._users(tx, letter) if letter else ()
        if known is not None:
            return self._say(argument, _posted(known), None)
        if letter is None or not users:
            return {"posted": None}
        chat = self._connected()
        channel = chat.conversation(users)
        if tried:
            sleep(LIST_LAG)  # its answer was lost, and the list may lag behind it
        posted, shown = chat.find(channel, key, since) if tried else None, None
        if posted is None:
            with self.store.begin() as tx:
                tx.effects.begin(key, self.now())
            posted, shown = chat.post(channel, letter.message, key), letter.message
        with self.store.begin() as tx:
            tx.effects.done(key, f"{posted.channel} {posted.ts}", self.now())
        return self._say(argument, posted, shown)

    def _update(self, argument: Json) -> Json:
        with self.store.begin() as tx:
            _, known = tx.effects.of(f"message:{argument['key']}")
        return self._say(argument, _posted(known), None) if known else {}

    def _say(self, argument: Json, posted: PostedMessage, shown: OutgoingMessage | None) -> Json:
        """Let a message say what is true, and look again.

        What was written before another look may arrive after it, and nobody rewrites what is not known to be
        posted. ``shown`` is what stands there, None where nobody knows.
        """
        for _ in range(_MOST_LOOKS):
            with self.store.begin() as tx:
                letter = self._letter(tx, argument)
            if letter is None or letter.message == shown:
                break
            self._connected().update(posted, letter.message)
            shown = letter.message
        return {"posted": f"{posted.channel} {posted.ts}"}

    def _letter(self, tx: Tx, argument: Json) -> AddressedMessage | None:
        return self.words[argument["kind"]](tx, argument["about"])

    def _users(self, tx: Tx, letter: AddressedMessage) -> tuple[str, ...]:
        found = {person: chat_address(tx, person) for person in letter.to}
        if missing := sum(user is None for user in found.values()):
            # A lead's App Home names them.
            log.warning("message.unreachable", people=missing)
        users = [user for user in (*found.values(), *letter.users) if user]
        return tuple(dict.fromkeys(users))

    def _connected(self) -> Chat:
        if self.chat is None:
            raise PermanentError(
                "Slack is not set up.", "`sensei setup slack` shows how; then retry what waits."
            )
        return self.chat


def _posted(known: str) -> PostedMessage:
    """Return where a message stands, as its row has it."""
    channel, _, ts = known.partition(" ")
    return PostedMessage(channel, ts)


def _or_give_up(do: Callable[[], Json]) -> Json:
    """Let what will not work again by itself be a dead letter, with its remedy, to be retried by a person."""
    try:
        return do()
    except PermanentError as refused:
        raise GaveUpError(str(refused)) from refused
