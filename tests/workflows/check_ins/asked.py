"""A participant in a workspace who is asked a check-in, and their sensei."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import sqlalchemy as sa

from bot.domain.check_ins.records import CheckIn, Topic
from bot.domain.pull_requests.records import QuestionState
from bot.workflows.articulation.private_talks import go_private
from bot.workflows.check_ins.askable import find_today
from bot.workflows.check_ins.reminders import plan_reminder
from tests.entrypoints.webhooks import now
from tests.fakes.slack import Person
from tests.workflows.articulation.talking import ADA, CODE, Talking, talking
from tests.workflows.running_dojo import question, sha

TEXT = "Where does the <50> come from & who chose *it*?"


class Asked(Talking):
    """Ada has a capstone with a pull request; Sen is her sensei, Lea the lead."""

    def checks_in(self, *, skipped: bool = False) -> int:
        """Ask Ada a check-in, as its workflow would; return its question."""
        member = self.member(ADA)
        fields = {"text": TEXT, "quote": CODE, "line_start": 3, "line_end": 4, "head": sha("a")}
        with self.here.store.begin() as tx:
            asked = question("", state=QuestionState.ASKED, inline=False, **fields)
            number = tx.questions.add_private(self.capstone.id, asked, now())
            day = find_today(tx, member, now())
            taken = {check_in.day for check_in in tx.check_ins.of(member.enrolment)}
            while day in taken:
                day -= timedelta(days=7)
            made = tx.check_ins.add(member.enrolment, self.capstone.id, day, Topic.GATE, number, False, now())
            assert go_private(tx, number, now())
            plan_reminder(tx, made, member, now())
        self.settle()
        if skipped:
            self.skips()
        return number

    def skips(self, reason: str = "") -> None:
        assert not self.ada.click(self.newest("check_ins.skip"), "check_ins.skip").failed
        assert not self.ada.submit({"join.reason": reason} if reason else {}).errors
        self.settle()

    def clicks(self, person: Person, button: str, value: str) -> None:
        """Click a button of the answer to a command."""
        body = person._payload("block_actions") | {
            "actions": [{"action_id": button, "type": "button", "value": value}],
            "container": {"type": "message", "channel_id": person.dm, "is_ephemeral": True},
        }
        person._bring("interactive", body)

    def check_in(self, number: int) -> CheckIn:
        """The check-in with a question."""
        with self.here.store.read() as tx:
            found = tx.check_ins.by_question(number)
        assert found
        return found

    @property
    def question_shown(self) -> str:
        """The newest message with a check-in's question, as Ada reads it."""
        return next(said for said in reversed(self.heard(self.ada)) if "Your check-in: a question" in said)


@contextmanager
def asked_dojo(engine: sa.Engine) -> Iterator[Asked]:
    """Serve a workspace with Ada, Sen and Lea."""
    with talking(engine) as it:
        it.__class__ = Asked
        yield it  # type: ignore[misc]
