"""The shortcut in a message's menu: a form with the message's words, asked in the direct messages.

The form gets only the words of the person's own message. Someone else's would reach a model without their
knowledge, so for their messages the field is empty.

The question is stored when the form is sent. Then Sensei posts it in the direct messages, which begins the
thread in which it is answered. Its asker deletes it with a button, since the message is Sensei's.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import sleep
from typing import NoReturn

from bot.domain.chat.events import Acted, Click, MessageShortcut, Submission
from bot.domain.dojo.people import Member
from bot.domain.dojo.permissions import Action
from bot.domain.enquiries.records import Place
from bot.domain.text.numbers import parse_number
from bot.errors import PermanentError, UserError
from bot.ports.chat import Chat, PostedMessage, View
from bot.ports.engine import RETRY_SEPARATOR, Json, Steps
from bot.ports.jobs import Job
from bot.ports.store import Store, Tx
from bot.rendering.enquiries.slack_answers import LIMIT_WORDS
from bot.rendering.enquiries.slack_form import DELETE, QUESTION, ask_form, asked_message, deleted_message
from bot.workflows.chat.actors import Actor, Clock, refusal
from bot.workflows.chat.addresses import chat_address
from bot.workflows.chat.features import Button, Feature, Form, Shortcut
from bot.workflows.enquiries.hearing import (
    ENQUIRY,
    answer_with_later,
    find_asker,
    find_reached_limit,
    hear_deletion,
)
from bot.workflows.enquiries.showing import or_give_up
from bot.workflows.jobs.retry import LIST_LAG, PAUSED, insist

ASK = "enquiries.ask"
"""The shortcut and its form."""
ENQUIRY_FORM = "enquiry_form"
"""The workflow that begins the thread of a question from the form."""
_NOWHERE = ""
_CLOCKS_DIFFER = timedelta(minutes=5)


def shortcut_feature(*, is_on: bool = True) -> Feature:
    """Return the shortcut, the form that it opens, and the button below what was asked there.

    The app's manifest has the shortcut anyway. If it isn't ``is_on``, it only says so.
    """
    if is_on:
        form = Form(Action.ENQUIRY_ASK, _open, _ask, _check, does="ask your question")
        shortcut = Shortcut(Action.ENQUIRY_ASK, ASK, _check_asker, _fill)
    else:
        form = Form(Action.ENQUIRY_ASK, _refuse, _refuse, _refuse, does="ask your question")
        shortcut = Shortcut(Action.ENQUIRY_ASK, ASK, _refuse, _fill)
    delete = Button(Action.ENQUIRY_ASK, do=_delete, does="delete your question")
    return Feature(buttons={DELETE: delete}, forms={ASK: form}, shortcuts={ASK: shortcut})


def _refuse(_tx: Tx, _actor: Actor, _asked: object, _clock: Clock) -> NoReturn:
    raise UserError(
        "I don't answer questions here. Nothing was saved.", "Please ask your sensei, or a lead of your dojo."
    )


def _fill(actor: Actor, used: MessageShortcut) -> str:
    return used.text if used.author == actor.user else ""


def _check_asker(tx: Tx, actor: Actor, _used: MessageShortcut, clock: Clock) -> None:
    _require_asker(tx, actor, clock())


def _open(tx: Tx, actor: Actor, argument: str, clock: Clock) -> View:
    _require_asker(tx, actor, clock())
    return ask_form(argument)


def _check(tx: Tx, actor: Actor, sent: Submission, clock: Clock) -> Mapping[str, str]:
    asker = _require_asker(tx, actor, clock())
    limit = find_reached_limit(tx, asker.enrolment, sent.text(QUESTION), clock())
    return {QUESTION: LIMIT_WORDS[limit]} if limit else {}


def _ask(tx: Tx, actor: Actor, acted: Acted, clock: Clock) -> None:
    """Store the question. Its thread isn't known before Sensei has posted it."""
    at = clock()
    asker = _require_asker(tx, actor, at)
    if not isinstance(acted, Submission) or not (words := acted.text(QUESTION)):
        return
    place = f"form:{asker.enrolment}:{int(at.timestamp() * 1_000_000)}"
    enquiry = tx.enquiries.open(asker.enrolment, Place.DIRECT, _NOWHERE, place, at)
    message = tx.enquiries.add_message(enquiry.id, place, words, at)
    # With the enrolment, an erasure finds the job and the engine's record of its workflow.
    about = {"message": message.id, "enrolment": asker.enrolment}
    tx.jobs.add(Job(_make_key(about), ENQUIRY_FORM, about, at))


def _delete(tx: Tx, actor: Actor, acted: Acted, clock: Clock) -> None:
    """Delete a question's words and its answer, and take the words out of the message that has the button."""
    value = acted.value if isinstance(acted, Click) and isinstance(acted.value, str) else ""
    message = tx.enquiries.get_message(parse_number(value) or 0)
    enquiry = tx.enquiries.get(message.enquiry) if message else None
    if message is None or enquiry is None or not isinstance(acted, Click):
        raise refusal(actor)
    if tx.members.get(enquiry.enrolment).person != actor.person:
        raise refusal(actor)
    where = (enquiry.channel, enquiry.thread, message.ts)
    hear_deletion(tx, enquiry.enrolment, enquiry.place, *where, clock)
    about = {"message": message.id, "enrolment": enquiry.enrolment, "deleted": [acted.channel, acted.ts]}
    tx.jobs.add(Job(f"{_make_key(about)}:deleted", ENQUIRY_FORM, about, clock()))


def _make_key(about: Json) -> str:
    """Return the job's id, which is also the key of the message that it posts."""
    return f"{ENQUIRY_FORM}:{about['enrolment']}:{about['message']}"


def _require_asker(tx: Tx, actor: Actor, at: datetime) -> Member:
    asker = find_asker(tx, actor.workspace, actor.user, at)
    if asker is None:
        raise UserError(
            "Only active members of a cohort that isn't over can ask me questions. Nothing was saved.",
            "If you've paused, use `/dojo resume`. To join a cohort, use `/dojo join`.",
        )
    return asker


@dataclass(frozen=True)
class FormQuestions:
    """The workflow ``enquiry_form``."""

    chat: Chat | None
    store: Store
    now: Callable[[], datetime]

    def run(self, steps: Steps, argument: Json) -> Json:
        """Post the question, store where, and let it be answered. Each happens once.

        ``deleted`` in the argument is the place of the message of a question that was deleted.
        """
        if "deleted" in argument:
            return self._run_deletion(steps, argument)
        began = steps.step("began", lambda: {"at": self.now().isoformat()})
        since = datetime.fromisoformat(argument.get("since", began["at"])) - _CLOCKS_DIFFER
        posted = insist(steps, "post", lambda: or_give_up(lambda: self._post(argument, since)))
        if posted["outcome"] == PAUSED:
            steps.tx("wait", lambda tx: self._put_back(tx, argument, began["at"]))
        if posted["outcome"] == "done" and posted["ts"]:
            steps.tx("ask", lambda tx: self._begin_thread(tx, argument, posted["channel"], posted["ts"]))
        return {"outcome": posted["outcome"]}

    def _run_deletion(self, steps: Steps, argument: Json) -> Json:
        deleted = insist(steps, "delete", lambda: or_give_up(lambda: self._take_words_out(argument)))
        if deleted["outcome"] == PAUSED:
            steps.tx("wait", lambda tx: self._put_back(tx, argument, self.now().isoformat()))
        return {"outcome": deleted["outcome"]}

    def _take_words_out(self, argument: Json) -> Json:
        channel, ts = argument["deleted"]
        self._require_chat().update(PostedMessage(channel, ts), deleted_message())
        return {}

    def _post(self, argument: Json, since: datetime) -> Json:
        """Post the question to its asker, unless an earlier attempt has, or it was erased meanwhile."""
        key = _make_key(argument)
        with self.store.read() as tx:
            asked = tx.enquiries.get_message(argument["message"])
            user = chat_address(tx, tx.members.get(argument["enrolment"]).person) if asked else None
            tried, known = tx.effects.find(key)
        if known:
            channel, _, ts = known.partition(" ")
            return {"channel": channel, "ts": ts}
        if asked is None or user is None or asked.deleted_at is not None:
            return {"channel": "", "ts": ""}
        chat = self._require_chat()
        channel = chat.conversation([user])
        if tried:
            sleep(LIST_LAG)  # the answer to an earlier post was lost, and the list may lag behind
        posted: PostedMessage | None = chat.find(channel, key, since) if tried else None
        if posted is None:
            with self.store.begin() as tx:
                tx.effects.begin(key, self.now())
            posted = chat.post(channel, asked_message(asked.text, asked.id), key)
        with self.store.begin() as tx:
            tx.effects.finish(key, f"{posted.channel} {posted.ts}", self.now())
        return {"channel": posted.channel, "ts": posted.ts}

    def _begin_thread(self, tx: Tx, argument: Json, channel: str, ts: str) -> Json:
        message, enrolment = argument["message"], argument["enrolment"]
        asked = tx.enquiries.get_message(message)
        if asked is not None and asked.deleted_at is None:
            tx.enquiries.place(asked.enquiry, channel, ts)
            placed = tx.enquiries.get(asked.enquiry)
            if placed is not None and answer_with_later(tx, placed, message, self.now()):
                return {}  # its asker wrote below it before its place was known
            about = {"message": message, "enrolment": enrolment}
            tx.jobs.add(Job(f"{ENQUIRY}:{message}", ENQUIRY, about, self.now()))
        return {}

    def _put_back(self, tx: Tx, argument: Json, since: str) -> Json:
        """Add the job again under another id, since each id runs only once."""
        again = f"{_make_key(argument)}{RETRY_SEPARATOR}{int(self.now().timestamp() * 1000)}"
        tx.jobs.add(Job(again, ENQUIRY_FORM, {"since": since, **argument}, self.now()))
        return {}

    def _require_chat(self) -> Chat:
        if self.chat is None:
            raise PermanentError("Slack is not set up.", "`sensei setup slack` shows how to set it up.")
        return self.chat
