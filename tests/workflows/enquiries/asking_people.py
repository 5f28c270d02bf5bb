"""A participant who has asked Sensei something, and the people who could answer instead."""

import itertools
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from bot.adapters import slack as adapter
from bot.domain.enquiries.records import (
    Answer,
    AnswerSource,
    AnswerState,
    Enquiry,
    Handover,
    HandoverReason,
    Kind,
    Place,
)
from bot.rendering.enquiries.slack_answers import answer_message
from bot.workflows.enquiries.handovers import HandoverDeliveries, hand_over
from bot.workflows.enquiries.showing import answer_key
from tests.entrypoints.slacking import served
from tests.entrypoints.webhooks import now
from tests.fakes.slack import Person, Slack, look
from tests.workflows.articulation.talking import ADA, SOME_DAYS
from tests.workflows.triage.holding_back import HoldingBack
from tests.workflows.whole_dojo import LEAD

ASKED = "Why <@U1> does *it* drop the `x` & who decides?"
SAID = "The handbook says so [1]. What would you measure?"
LEA = "Lea"
_numbers = itertools.count(1)


class AskingPeople(HoldingBack):
    """Ada asks Sensei; Sen is her sensei, and Sol another one."""

    @property
    def lea(self) -> Person:
        return self.people[LEA]

    def asks_sensei(
        self,
        name: str = ADA,
        *,
        kind: Kind = Kind.FACT,
        source: AnswerSource = AnswerSource.MODEL,
        place: Place = Place.DIRECT,
        thread: str = "",
        words: str = ASKED,
    ) -> Answer:
        """Let somebody have asked in a thread, and Sensei have answered there; its message is shown."""
        person, member = self.people[name], self.member(name)
        where = self.slack.channel(person, self.sol) if place is Place.CHANNEL else person.dm
        said = person.says(words, where, thread or None)
        self.here.handled()
        with self.here.store.begin() as tx:
            enquiry = tx.enquiries.open(member.enrolment, place, where, thread or said["ts"], now())
            message = tx.enquiries.add_message(enquiry.id, said["ts"], words, now())
            answer = tx.enquiries.keep_answer(message.id, 0, kind, None, source, SAID, (), "", now())
        chat = adapter.connect(self.slack.bot_token, self.slack.api_url)
        shown = answer_message(answer, "Sen")
        posted = chat.post(enquiry.channel, shown, f"answer:{next(_numbers)}", enquiry.thread)
        with self.here.store.begin() as tx:
            key = answer_key(member.enrolment, answer.id)
            tx.effects.begin(key, now())
            tx.effects.finish(key, f"{posted.channel} {posted.ts}", now())
            tx.enquiries.set_answer_state(answer.id, AnswerState.SHOWN, posted.ts)
            return tx.enquiries.get_answer(answer.id) or answer

    def enquiry(self, answer: Answer) -> Enquiry:
        with self.here.store.read() as tx:
            found = tx.enquiries.get(answer.enquiry)
        assert found
        return found

    def message_of(self, answer: Answer) -> dict[str, Any]:
        return next(it for it in self.slack.messages(self.enquiry(answer).channel) if it["ts"] == answer.ts)

    def opens(self, name: str, answer: Answer) -> str:
        """Let somebody choose to ask a person; return the form."""
        person = self.people[name]
        assert not person.click(self.message_of(answer), "enquiries.hand_over").failed
        return self.form(person) if person.modal else self.whispered(person)

    def forges(self, name: str, action: str, value: int) -> None:
        """Let somebody send the click of a button that they were never shown."""
        person = self.people[name]
        body = person._payload("block_actions") | {
            "actions": [{"action_id": action, "type": "button", "value": str(value)}],
            "container": {"type": "message", "channel_id": person.dm, "message_ts": "1.1"},
        }
        person._bring("interactive", body)
        self.settle()

    def passes_on(
        self, answer: Answer, summary: str = "Who decides?", name: str = ADA, **values: str
    ) -> None:
        """Let somebody pass their question on to a person."""
        self.opens(name, answer)
        sent = self.people[name].submit(
            {"join.summary": summary, **{f"join.{key}": value for key, value in values.items()}}
        )
        assert (sent.failed, sent.errors) == (False, {})
        self.settle()

    def stores_handover(self, answer: Answer, summary: str = "Who decides?", chosen: str = "") -> Handover:
        """Let a question have been passed on, as the form stores it."""
        reason = HandoverReason.REQUESTED
        with self.here.store.begin() as tx:
            return hand_over(tx, answer.enquiry, reason, summary, chosen or None, now())

    def handover(self, answer: Answer) -> Handover:
        with self.here.store.read() as tx:
            return tx.handovers.of(answer.enquiry)[-1]

    def helps(self, name: str, text: str) -> None:
        """Let somebody answer with the form of the newest message that brought them a question."""
        person = self.people[name]
        card = next(it for it in reversed(person.messages) if '"enquiries.answer"' in json.dumps(it))
        assert not person.click(card, "enquiries.answer").failed
        sent = person.submit({"join.text": text})
        assert (sent.failed, sent.errors) == (False, {})
        self.settle(SOME_DAYS)

    def looks(self) -> int:
        """Let the periodic look find what has got another reader."""
        found = HandoverDeliveries(self.here.store, now).look()
        self.settle(SOME_DAYS)
        return found

    def in_thread(self, answer: Answer) -> list[str]:
        """What Sensei says in the thread of a question, as it reads now."""
        enquiry = self.enquiry(answer)
        names = {account.id: name for name, account in self.people.items()}
        return [
            " ".join(look.text(message, names).split())
            for message in self.slack.messages(enquiry.channel)
            if message.get("thread_ts") == enquiry.thread and message["user"] == self.slack.bot_user
        ]


@contextmanager
def asking_people(engine: sa.Engine) -> Iterator[AskingPeople]:
    """Serve a workspace with Ada, her sensei Sen, Sol, and their lead Lea."""
    with Slack() as slack:
        it = AskingPeople(engine, slack)
        with served(engine, slack, "http", it.features) as here:
            it.here = here
            it.joins(LEA, LEAD)
            it.begin()
            yield it
