"""A conversation about a question on a pull request, whose answers a test understands in Sensei's place."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from bot.domain.articulation.conversations import Conversation, ConversationState
from bot.domain.articulation.slots import Slot
from bot.domain.decisions.records import Decision, RevisedBy
from bot.domain.dojo.people import CohortRole
from bot.ports.engine import Json
from bot.ports.jobs import Job
from bot.workflows.decisions.records import draft_decision, withdraw_decision
from bot.workflows.pull_requests.decision_announcements import DecisionAnnouncements
from bot.workflows.pull_requests.thread_turns import ThreadTurns
from tests.fakes.github.model import Comment
from tests.fakes.steps import Straight
from tests.workflows.pull_requests.test_command_replies import Talk
from tests.workflows.shop import RULES

PROBE = "Was there another way to do this, or was this the only one that worked?"


class Debate(Talk):
    """A talk in which Sensei follows up, drafts a decision, and announces it."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.asked = self.question
        self.turns = ThreadTurns(self.host, self.store, RULES.guide, self.now)
        self.announcements = DecisionAnnouncements(self.host, self.store, self.now)

    @property
    def conversation(self) -> Conversation:
        with self.store.begin() as tx:
            found = tx.conversations.by_question(self.asked)
        assert found
        return found

    @property
    def decision(self) -> Decision | None:
        with self.store.begin() as tx:
            return tx.decisions.by_question(self.asked)

    def brings_sensei_to_chat(self) -> None:
        """Let the capstone's sensei be in its cohort, and in Slack."""
        with self.store.begin() as tx:
            sensei = tx.capstones.get(self.capstone.id).sensei
            assert sensei
            known = tx.members.by_host_account(sensei.id)
            if known and any(role.chat for role in tx.members.roles(known)):
                return  # for another test of this database
            person = tx.members.find_or_add_by_chat("T0", f"U{self.number}", "Sen", self.now())
            tx.members.join(self.capstone.cohort, person, CohortRole.SENSEI, self.now())
            tx.members.prove(person, sensei, self.now())

    def words(self) -> list[str]:
        """What the participant has said in the conversation, as Sensei reads it."""
        with self.store.begin() as tx:
            conversation = tx.conversations.open(self.asked, self.now())
            found = tx.conversations.messages(conversation.id, self.capstone.participant.id)
        return [message.text for message in found]

    def understood(self, state: ConversationState, **changes: Any) -> int:
        """Let Sensei have considered the answers; return the turn that it now has to say."""
        with self.store.begin() as tx:
            conversation = tx.conversations.open(self.asked, self.now())
            turn = conversation.turn + 1
            tx.conversations.save(replace(conversation, state=state, turn=turn, **changes), self.now())
            argument = {"question": self.asked, "turn": turn, "numbered": True}
            identity = f"say:{self.number}#1:{self.asked}.{turn}"
            tx.jobs.add(Job(identity, "say", argument, self.now()))
        return turn

    def probed(self) -> int:
        return self.understood(ConversationState.PROBED, probe=PROBE, probe_slot=Slot.AGAINST)

    def drafted(self, **texts: str) -> int:
        words = {Slot(name): text for name, text in texts.items()}
        with self.store.begin() as tx:
            conversation = tx.conversations.open(self.asked, self.now())
            decision = draft_decision(tx, conversation, words, RevisedBy.SENSEI, self.now())
        return self.understood(ConversationState.DRAFTED, decision=decision.id)

    def withdrawn(self) -> int:
        with self.store.begin() as tx:
            decision = tx.decisions.by_question(self.asked)
            assert decision
            withdraw_decision(tx, decision, self.now())
        return self.understood(ConversationState.CLOSED)

    def say(self, turn: int, steps: Straight | None = None) -> Json:
        argument = {"question": self.asked, "turn": turn, "numbered": True}
        return self.turns.say(steps or Straight(self.store), argument)

    def announce(self, steps: Straight | None = None) -> list[Json]:
        """Run what announces decisions and has not begun."""
        outcomes = []
        for job in self.jobs("decided"):
            with self.store.begin() as tx:
                tx.jobs.mark_begun(job.id, self.now())
            outcomes.append(self.announcements.decided(steps or Straight(self.store), job.argument))
        return outcomes

    def edits(self, comment: Comment, body: str) -> None:
        """Let the author of a comment change it a minute later."""
        self.wait(60)
        self.github.edit_comment(comment, body)
        self.tell("edited", comment)

    def deletes(self, comment: Comment) -> None:
        self.github.delete_comment(comment)
        self.tell("deleted", comment)

    def resolves(self, action: str) -> None:
        """Let the participant resolve the question's thread, or open it again (``unresolved``)."""
        self.deliver(
            "pull_request_review_thread",
            {
                "action": action,
                "repository": self.repository(name="desk"),
                "pull_request": {"number": 1},
                "sender": {"id": self.ada.id, "login": self.ada.login, "type": "User"},
                "thread": {"comments": [{"id": self.thread.comments[0].id}]},
            },
        )

    def loses_its_thread(self) -> None:
        """Let the question stand only in the summary."""
        with self.store.begin() as tx:
            tx.questions.mark_asked(self.asked, self.now(), inline=False)
        with self.engine.begin() as connection:
            forget = sa.text("UPDATE question SET comment_id = NULL WHERE id = :id")
            connection.execute(forget, {"id": self.asked})

    def link(self) -> None:
        """Link the participant's account to Slack, until ``unlink``."""
        with self.store.begin() as tx:
            cohort = tx.cohorts.add("dojo", self.now()).id
            tx.cohorts.set_workspace(cohort, "T1")
            person = tx.members.find_or_add_by_chat("T1", f"U{self.number}", "Ada", self.now())
            tx.members.join(cohort, person, CohortRole.PARTICIPANT, self.now())
            tx.members.prove(person, self.capstone.participant, self.now())

    def unlink(self) -> None:
        """Take the link back, since all tests of a file share a database."""
        with self.store.begin() as tx:
            if person := tx.members.by_chat("T1", f"U{self.number}"):
                tx.members.disprove(person, self.now())

    def messages(self) -> list[Job]:
        """The messages in Slack about the question, whenever they are due."""
        with self.store.begin() as tx:
            due = tx.jobs.due(self.now() + timedelta(days=9), 10_000)
            mine = {question.id for question in tx.questions.of(self.rounds_in(tx)[0].pull_request)}
        return [job for job in due if job.kind == "message" and job.argument["about"].get("question") in mine]

    def finds_missed(self) -> None:
        """Let Sensei look for comments whose deliveries never came, and handle them."""
        self.run("reconcile")
        with self.store.begin() as tx:
            for comment in self.pull_there.comments:
                self.inbox.handle(tx, f"comment:{self.number}:{comment.id}")
