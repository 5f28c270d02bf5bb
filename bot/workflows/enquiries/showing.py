"""Showing an answer in the thread of its question, once, even if the process crashes in between.

The guard has read the whole answer before, so it only appears in parts to be read sooner. A message that was
begun is found in the thread, and replaced by the whole answer.

In a channel, it appears at once: Sensei may not read channels, so it couldn't find there what it began. If
Slack's answer to a post there is lost, Sensei posts again, because no answer at all would be worse than two.
If the matter is sensitive, nothing is shown there, and the asker reads the answer in their direct messages.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from time import sleep

import structlog

from bot.domain.enquiries.records import Answer, AnswerSource, AnswerState, Enquiry, Kind, Place
from bot.errors import PermanentError, TransientError
from bot.ports.chat import Chat, FeatureUnavailableError, OutgoingMessage, PostedMessage
from bot.ports.engine import Json
from bot.ports.store import Store, Tx
from bot.rendering.chat.slack_streams import stream_parts
from bot.rendering.chat.slack_value_rules import UnsendableError
from bot.rendering.enquiries.slack_answers import ELSEWHERE_NOTE, answer_message, first_note
from bot.workflows.chat.token_watch import pause_if_rejected
from bot.workflows.enquiries.material import find_helper
from bot.workflows.enquiries.pane import show_title
from bot.workflows.enquiries.sensitive_threads import is_sensitive
from bot.workflows.jobs.retry import LIST_LAG, RefusedError

log = structlog.get_logger(__name__)

STATUS = "is looking it up"
"""What people read below their question until the answer appears, after the app's name."""
DELETED = "A deleted question"
"""The title of a thread whose first question was deleted."""
_LOCKS = 16


@dataclass(frozen=True, slots=True)
class _Shown:
    """An answer as it is now, its message, and the account of its reader, or "".

    ``title`` is the question with which the thread began, if this is the first answer there and the question
    isn't a sensitive one, or "".
    ``place`` is where it was posted, if that is known.
    """

    answer: Answer
    enquiry: Enquiry
    message: OutgoingMessage
    reader: str
    tried: bool
    place: PostedMessage | None
    is_first: bool
    title: str

    @property
    def key(self) -> str:
        return answer_key(self.enquiry.enrolment, self.answer.id)

    @property
    def is_elsewhere(self) -> bool:
        """Whether it belongs into the asker's direct messages, although they asked in a channel."""
        return _is_elsewhere(self.enquiry, self.answer)

    @property
    def is_in_channel(self) -> bool:
        """Whether others read it too, and Sensei can't look for it."""
        return self.enquiry.place is Place.CHANNEL and not self.is_elsewhere

    def belongs_at(self, place: PostedMessage) -> bool:
        """Return whether an answer may stay where it was posted before its question was edited."""
        if self.enquiry.place is not Place.CHANNEL:
            return True
        return (place.channel == self.enquiry.channel) is self.is_in_channel


def answer_key(enrolment: int, answer: int) -> str:
    """Return the key of the message with an answer to what a member asked."""
    return f"enquiry_answer:{enrolment}:{answer}"


@dataclass(frozen=True)
class AnswerShowing:
    """Shows, replaces and deletes answers. ``chat`` is None if no chat is set up.

    ``has_model``: a model reads what people ask, which is said below their first answer.
    """

    chat: Chat | None
    store: Store
    now: Callable[[], datetime]
    has_model: bool = False
    # Two jobs may show something in one thread, after an edit. One waits, so that it finds what the other
    # has posted.
    _turns: tuple[threading.Lock, ...] = field(
        default_factory=lambda: tuple(threading.Lock() for _ in range(_LOCKS))
    )

    def show_status(self, message: int) -> Json:
        """Show that Sensei looks for an answer. It doesn't matter if that fails."""
        with self.store.read() as tx:
            found = tx.enquiries.get_message(message)
            enquiry = tx.enquiries.get(found.enquiry) if found else None
            if enquiry is not None and enquiry.place is Place.CHANNEL and is_sensitive(tx, enquiry.id):
                return {}  # nothing is shown there
        if self.chat is not None and enquiry is not None:
            _show_status(self.chat, enquiry, STATUS)
        return {}

    def show(self, answer: int, since: datetime) -> Json:
        """Show an answer as its row says. It was first tried to be shown after ``since``."""
        return or_give_up(lambda: self._show(answer, since))

    def delete(self, answer: int) -> Json:
        """Delete an answer's message. If it isn't posted yet, ``show`` deletes it."""
        return or_give_up(lambda: self._delete(answer))

    def _show(self, answer: int, since: datetime) -> Json:
        with self._take_turn(answer):
            with self.store.read() as tx:
                shown = self._load(tx, answer)
            if shown is None:
                return {}
            chat, posted, begun = self._require_chat(), self._find(shown, since), None
            if posted is None and shown.tried and shown.enquiry.place is not Place.CHANNEL:
                begun = chat.find_stream(shown.enquiry.channel, shown.enquiry.thread, since)
            if shown.answer.state is AnswerState.WITHDRAWN:
                self._delete_if_there(posted or begun)
                return {}
            if posted is not None and not shown.belongs_at(posted):
                chat.delete(posted)
                posted = None
            if posted is not None:
                chat.update(posted, shown.message)
                if shown.answer.state is AnswerState.WRITTEN:
                    _show_status(chat, shown.enquiry, "")  # Slack removes it only for a new message
            elif begun is not None:
                chat.stop_stream(begun, shown.message, shown.key)
            else:
                begun = self._post(shown)
            there = posted or begun
            with self.store.begin() as tx:
                is_gone = there is not None and self._note_shown(tx, shown, there)
            if is_gone:  # its question was deleted while it was posted
                self._delete_if_there(there)
            elif shown.title:
                show_title(chat, shown.enquiry, shown.title)
            return {}

    def _delete_if_there(self, posted: PostedMessage | None) -> None:
        if posted is not None:
            self._require_chat().delete(posted)

    def _delete(self, answer: int) -> Json:
        with self._take_turn(answer):
            with self.store.read() as tx:
                shown = self._load(tx, answer)
            self._delete_if_there(shown.place if shown else None)
            if shown is not None and shown.is_first:
                show_title(self._require_chat(), shown.enquiry, DELETED)
            return {}

    def _take_turn(self, answer: int) -> threading.Lock:
        with self.store.read() as tx:
            found = tx.enquiries.get_answer(answer)
        return self._turns[(found.enquiry if found else 0) % _LOCKS]

    def _load(self, tx: Tx, answer: int) -> _Shown | None:
        kept = tx.enquiries.get_answer(answer)
        enquiry = tx.enquiries.get(kept.enquiry) if kept else None
        if kept is None or enquiry is None:
            return None
        message = answer_message(
            kept,
            find_helper(tx, enquiry.enrolment, self.now()),
            is_public=enquiry.place is Place.CHANNEL and not _is_elsewhere(enquiry, kept),
            notes=self._list_notes(tx, enquiry, kept),
        )
        reader = tx.members.get(enquiry.enrolment).chat or ""
        tried, posted = tx.effects.find(answer_key(enquiry.enrolment, answer))
        first = tx.enquiries.messages(enquiry.id)[0]
        is_first = first.id == kept.message
        # A title stays in the asker's list of threads, where others may see it on their screen.
        has_title = is_first and kept.state is AnswerState.WRITTEN and not is_sensitive(tx, enquiry.id)
        title = first.text if has_title else ""
        place = _find_place(enquiry, kept, posted)
        return _Shown(kept, enquiry, message, reader, tried, place, is_first, title)

    def _list_notes(self, tx: Tx, enquiry: Enquiry, answer: Answer) -> list[str]:
        notes = [ELSEWHERE_NOTE] if _is_elsewhere(enquiry, answer) else []
        if _is_first(tx, enquiry.enrolment, answer):
            notes.append(first_note(has_model=self.has_model))
        return notes

    def _find(self, shown: _Shown, since: datetime) -> PostedMessage | None:
        """Return where an answer was posted earlier, or None."""
        if shown.place is not None or not shown.tried or shown.is_in_channel:
            return shown.place
        sleep(LIST_LAG)  # the answer to an earlier post was lost, and the list may lag behind
        chat, where = self._require_chat(), shown.enquiry
        if shown.is_elsewhere:
            return chat.find(chat.conversation([shown.reader]), shown.key, since)
        return chat.find(where.channel, shown.key, since, where.thread)

    def _post(self, shown: _Shown) -> PostedMessage:
        chat, channel, thread = self._require_chat(), shown.enquiry.channel, shown.enquiry.thread
        with self.store.begin() as tx:
            tx.effects.begin(shown.key, self.now())
        if shown.is_elsewhere:
            return chat.post(chat.conversation([shown.reader]), shown.message, shown.key)
        if shown.is_in_channel:
            return chat.post(channel, shown.message, shown.key, thread)
        try:
            posted = chat.start_stream(channel, thread, shown.reader)
        except FeatureUnavailableError:
            return chat.post(channel, shown.message, shown.key, thread)
        self._append(posted, shown.answer.text)
        chat.stop_stream(posted, shown.message, shown.key)
        return posted

    def _append(self, posted: PostedMessage, text: str) -> None:
        """Show an answer in parts. If a part can't be shown, the whole that follows has it."""
        chat = self._require_chat()
        try:
            for part in stream_parts(text):
                if not chat.append_stream(posted, part):
                    break
        except (TransientError, PermanentError, UnsendableError) as failed:
            log.info("enquiry.not_streamed", why=type(failed).__name__)

    def _note_shown(self, tx: Tx, shown: _Shown, posted: PostedMessage) -> bool:
        """Store where an answer is. Return whether its question was deleted meanwhile."""
        tx.effects.finish(shown.key, f"{posted.channel} {posted.ts}", self.now())
        now = tx.enquiries.get_answer(shown.answer.id)
        if now is None:  # erased
            return True
        is_newer = now.revision != shown.answer.revision
        state = now.state if now.state is AnswerState.WITHDRAWN or is_newer else AnswerState.SHOWN
        tx.enquiries.set_answer_state(now.id, state, posted.ts)
        return now.state is AnswerState.WITHDRAWN

    def _require_chat(self) -> Chat:
        if self.chat is None:
            raise PermanentError("Slack is not set up.", "`sensei setup slack` shows how to set it up.")
        return self.chat


def _show_status(chat: Chat, enquiry: Enquiry, status: str) -> None:
    """Show what Sensei does in a thread, or nothing any more. It doesn't matter if that fails."""
    try:
        chat.set_status(enquiry.channel, enquiry.thread, status)
    except (TransientError, PermanentError, UnsendableError) as failed:
        log.info("enquiry.no_status", why=type(failed).__name__)


def _is_elsewhere(enquiry: Enquiry, answer: Answer) -> bool:
    return enquiry.place is Place.CHANNEL and answer.kind is Kind.SENSITIVE


def _is_first(tx: Tx, enrolment: int, answer: Answer) -> bool:
    """Return whether it's somebody's first answer, apart from those in fixed words, which no model writes."""
    oldest_first = (
        other
        for enquiry in reversed(tx.enquiries.of(enrolment))
        for other in tx.enquiries.answers(enquiry.id)
        if other.source is not AnswerSource.FIXED
    )
    is_written = answer.source is not AnswerSource.FIXED
    return is_written and not any(other.id < answer.id for other in oldest_first)


def _find_place(enquiry: Enquiry, answer: Answer, posted: str | None) -> PostedMessage | None:
    """Return where an answer is. ``posted`` is what was noted when it was posted."""
    if posted:
        channel, _, ts = posted.partition(" ")
        return PostedMessage(channel, ts)
    return PostedMessage(enquiry.channel, answer.ts) if answer.ts else None


def or_give_up(do: Callable[[], Json]) -> Json:
    """Make what can never be done a dead letter, with a remedy, that a person can retry."""
    try:
        return pause_if_rejected(do)
    except PermanentError as refused:
        raise RefusedError(str(refused)) from refused
