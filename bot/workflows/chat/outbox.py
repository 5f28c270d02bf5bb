"""Sends each message once, even if the process crashes in between.

A job contains only ids; the text is written from rows when the message is sent. Before posting, the outbox
stores a row about the attempt. If a later attempt finds that row, it first waits until the chat's lists must
be up to date, and then looks for the message there by its key.

A new picture can be shown only some seconds after its upload. If it can't be after two minutes, or was
deleted, the message goes out without it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from time import sleep

import structlog

from bot.errors import PermanentError
from bot.ports.chat import Chat, OutgoingMessage, PictureUnusableError, PostedMessage, Urgency
from bot.ports.engine import RETRY_SEPARATOR, Json, Steps
from bot.ports.jobs import Job
from bot.ports.store import Store, Tx
from bot.rendering.chat.slack_blocks import without_images
from bot.workflows.chat.addresses import chat_address
from bot.workflows.chat.features import AddressedMessage, Words
from bot.workflows.chat.token_watch import pause_if_rejected
from bot.workflows.chat.unprompted import IsKept, claim_day, wait_longer
from bot.workflows.jobs.fair_shares import is_in_bulk
from bot.workflows.jobs.retry import LIST_LAG, PAUSED, RefusedError, insist

log = structlog.get_logger(__name__)

_CLOCKS_DIFFER = timedelta(minutes=5)
_PICTURE_WAIT = timedelta(minutes=2)
_NO_PICTURE = "There's no picture here: Slack couldn't show it."
_MOST_LOOKS = 3
_PART = ":"
"""Separates the parts of a key."""
_LONGEST_SENDING = timedelta(days=1)
_LATER = "later"
"""What ``_post`` returns if the reader has had today's unprompted message: when to send this one."""


def send_message(tx: Tx, key: str, kind: str, about: Json, at: datetime) -> None:
    """Send a message once. Its key identifies it, and ``about`` has only ids, no text."""
    tx.jobs.add(Job(f"message:{key}", "message", {"key": key, "kind": kind, "about": about}, at))


def rewrite_message(tx: Tx, key: str, kind: str, about: Json, at: datetime) -> None:
    """Rewrite a message from current rows. If it was not sent or is gone, do nothing."""
    rewrites = f"rewrite:{key}:"
    argument = {"key": key, "kind": kind, "about": about}
    # The latest rewrite replaces any waiting ones, because it shows all their changes too.
    tx.jobs.replace(
        rewrites, Job(f"{rewrites}{int(at.timestamp() * 1000)}", "rewrite", argument, at), keep_place=True
    )


def is_on_its_way(tx: Tx, key: str, at: datetime) -> bool:
    """Return whether a message was sent, is due, or began to be sent so recently that it may still arrive.

    ``key`` is its key, or whole parts of how it begins: ``result:1`` is that of ``result:1:ada``, but not of
    ``result:12``. A message that nobody needed when it was due, or that had no reader in the chat, was never
    sent.
    """
    job = f"message:{key}"
    begun = tx.jobs.list_begun_since(job, at - _LONGEST_SENDING)
    found = (*tx.effects.find_by_prefix(job), *tx.jobs.list_waiting(job), *begun)
    return any(_has_key(one, job) for one in found)


def _has_key(name: str, key: str) -> bool:
    """Return whether a name that begins with a key has this key, and no longer number."""
    return key.endswith(_PART) or name.removeprefix(key)[:1] in {"", _PART, RETRY_SEPARATOR}


@dataclass(frozen=True)
class Outbox:
    """The workflows ``message`` and ``rewrite``.

    ``words`` has a writer for each kind of message. ``chat`` is None if no chat is set up. Then messages wait
    as dead letters. ``is_kept`` says which days are kept for digests.
    """

    chat: Chat | None
    store: Store
    words: Mapping[str, Words]
    now: Callable[[], datetime]
    is_kept: IsKept = lambda _tx, _person, _day: False

    def message(self, steps: Steps, argument: Json) -> Json:
        """Send a message. While the chat rejects the token, put its job back.

        An unprompted message waits if its reader has had another one today.
        """
        began = steps.step("began", lambda: {"at": self.now().isoformat()})
        first = argument.get("since", began["at"])  # when the first attempt began, maybe before a pause
        since = datetime.fromisoformat(first) - _CLOCKS_DIFFER
        result = insist(steps, "post", lambda: _or_give_up(lambda: self._post(argument, since)))
        if result["outcome"] == PAUSED:
            steps.tx("wait", lambda tx: self._put_back(tx, argument, first))
        if _LATER in result:
            later: Json = steps.tx("put_off", lambda tx: self._put_off(tx, argument, result[_LATER], first))
            return later
        return {"outcome": result["outcome"]}

    def rewrite(self, steps: Steps, argument: Json) -> Json:
        """Rewrite a message from current rows."""
        result = insist(steps, "update", lambda: _or_give_up(lambda: self._update(argument)))
        if result["outcome"] == PAUSED:
            key, kind, about = argument["key"], argument["kind"], argument["about"]
            steps.tx("wait", lambda tx: rewrite_message(tx, key, kind, about, self.now()))
        return {"outcome": result["outcome"]}

    def _put_back(self, tx: Tx, argument: Json, since: str) -> None:
        """Add the job again under another id, since each id runs only once. It keeps its place."""
        job = f"message:{argument['key']}"
        due = tx.jobs.find_due_time(job) or self.now()
        again = f"{job}{RETRY_SEPARATOR}{int(self.now().timestamp() * 1000)}"
        tx.jobs.add(Job(again, "message", {**argument, "since": since}, due))

    def _put_off(self, tx: Tx, argument: Json, due: str, since: str) -> Json:
        """Add the job again for later, unless the message is of no use then."""
        at, moment = self.now(), datetime.fromisoformat(due)
        if "until" in argument and moment >= datetime.fromisoformat(argument["until"]):
            return {"outcome": "late"}
        job = f"message:{argument['key']}"
        known = wait_longer(argument, moment, at)
        if tx.effects.find(job)[0]:  # it may be in the chat since then, although no answer came
            known["since"] = since
        again = f"{job}{RETRY_SEPARATOR}{int(at.timestamp() * 1000)}"
        tx.jobs.add(Job(again, "message", known, datetime.fromisoformat(known["due"])))
        return {"outcome": "put_off"}

    def _post(self, argument: Json, since: datetime) -> Json:
        key = f"message:{argument['key']}"
        with self.store.read() as tx:
            tried, known = tx.effects.find(key)
            letter = None if known else self._write(tx, argument)
            users = self._find_users(tx, letter) if letter else ()
        if known is not None:
            return self._rewrite(argument, _parse_posted(known), None)
        if letter is None or not users:
            return {"posted": None}
        chat = self._require_chat()
        urgency = Urgency.BACKGROUND if is_in_bulk(key) else Urgency.NORMAL
        channel = letter.thread.channel if letter.thread else chat.conversation(users, urgency)
        thread = letter.thread.ts if letter.thread else None
        if tried:
            sleep(LIST_LAG)  # the answer to an earlier post was lost, and the list may lag behind
        posted, shown = chat.find(channel, key, since, thread) if tried else None, None
        if posted is None:
            if (later := self._begin(argument, key, letter.to)) is not None:
                return {_LATER: later.isoformat()}
            patient = self.now() < since + _CLOCKS_DIFFER + _PICTURE_WAIT
            posted, shown = _post_message(chat, channel, letter, key, patient), letter.message
        with self.store.begin() as tx:
            tx.effects.finish(key, f"{posted.channel} {posted.ts}", self.now())
        return self._rewrite(argument, posted, shown)

    def _begin(self, argument: Json, key: str, to: tuple[str, ...]) -> datetime | None:
        """Record that a message is about to be posted, and take its reader's day; or return when it can be.

        One that was tried before keeps its day, but on another day it needs that one.
        """
        with self.store.begin() as tx:
            later = claim_day(tx, argument, to, self.now(), self.is_kept)
            if later is None:
                tx.effects.begin(key, self.now())
        return later

    def _update(self, argument: Json) -> Json:
        with self.store.read() as tx:
            _, known = tx.effects.find(f"message:{argument['key']}")
        return self._rewrite(argument, _parse_posted(known), None) if known else {}

    def _rewrite(self, argument: Json, posted: PostedMessage, shown: OutgoingMessage | None) -> Json:
        """Rewrite a posted message until it matches the rows.

        Rows may change while the message is being written, and a change adds no rewrite for a message that is
        not yet known to be posted. ``shown`` is the message's current content, or None if it is not known.
        """
        for _ in range(_MOST_LOOKS):
            with self.store.read() as tx:
                letter = self._write(tx, argument)
            if letter is None or letter.message == shown:
                break
            _update_message(self._require_chat(), posted, letter.message)
            shown = letter.message
        return {"posted": f"{posted.channel} {posted.ts}"}

    def _write(self, tx: Tx, argument: Json) -> AddressedMessage | None:
        return self.words[argument["kind"]](tx, argument["about"])

    def _find_users(self, tx: Tx, letter: AddressedMessage) -> tuple[str, ...]:
        found = {person: chat_address(tx, person) for person in letter.to}
        if missing := sum(user is None for user in found.values()):
            # Leads see these people in their App Homes.
            log.warning("message.unreachable", people=missing)
        users = [user for user in (*found.values(), *letter.users) if user]
        return tuple(dict.fromkeys(users))

    def _require_chat(self) -> Chat:
        if self.chat is None:
            raise PermanentError(
                "Slack is not set up.",
                "`sensei setup slack` shows how to set it up. Then send the waiting messages with "
                "`sensei dead retry`.",
            )
        return self.chat


def _post_message(
    chat: Chat, channel: str, letter: AddressedMessage, key: str, patient: bool
) -> PostedMessage:
    """Post a message, in its thread if it has one, and without its picture if the chat can't show it.

    Raises:
        PictureUnusableError: the chat can't show it, and the caller is ``patient``.
    """
    thread = letter.thread.ts if letter.thread else None
    try:
        return chat.post(channel, letter.message, key, thread)
    except PictureUnusableError:
        if patient:
            raise
        return chat.post(channel, _without_picture(letter.message), key, thread)


def _update_message(chat: Chat, posted: PostedMessage, message: OutgoingMessage) -> None:
    try:
        chat.update(posted, message)
    except PictureUnusableError:
        chat.update(posted, _without_picture(message))


def _without_picture(message: OutgoingMessage) -> OutgoingMessage:
    return replace(message, blocks=without_images(message.blocks, _NO_PICTURE))


def _parse_posted(known: str) -> PostedMessage:
    """Return where a message was posted, as stored in its row."""
    channel, _, ts = known.partition(" ")
    return PostedMessage(channel, ts)


def _or_give_up(attempt: Callable[[], Json]) -> Json:
    """Make a message that can never be sent a dead letter, with a remedy. A person can retry it.

    A message that can't be sent because the chat rejects the token is put back instead.
    """
    try:
        return pause_if_rejected(attempt)
    except PermanentError as refused:
        raise RefusedError(str(refused)) from refused
