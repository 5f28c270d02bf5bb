"""A dojo in which Ada confides something to Sensei, in direct messages, and everybody goes on.

The bot is a process of its own, before GitHub, Slack and a model on loopback. What Ada says is stored as the
bot's own workflows store it; whatever hears, says, drafts or exports it is called if it is there
(``if_there``), so that the scene becomes more as the bot learns more. To be added once the bot has them:

- ``bot.workflows.articulation.hearing.hear_answer``: is called already, and the model repeats what it hears.
- ``bot.workflows.articulation.private_talks.go_private``: is called already. Let Ada then answer by the form
  ``articulation.answer`` and by a reply in Slack's thread, instead of by ``_says``.
- The dispute's form and card (``articulation.dispute``, ``articulation.stands``): let Ada dispute by the
  form, and Sen rule on it, instead of by ``_disputes``.
- ``articulation.left``: the model says that Ada asks for her sensei, so he is told, as ``MAY_READ`` knows.
- Buttons ``decisions.confirm``, ``decisions.edit`` and ``decisions.withdraw``, ``/dojo decisions`` and the
  message shortcut: let Ada click and type, instead of calling ``confirm_decision`` and ``edit_decision``.
- Drift: the second push changes the lines of the record's anchors already; the question must go to Ada only.
- Export as a file: nothing to add, GitHub's requests and branches are searched; a private record has none.
"""

import importlib
import importlib.util
import inspect
import re
import signal
import subprocess
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bot.adapters.database import open_store
from bot.adapters.database.transaction import SqlStore, SqlTx
from bot.adapters.files.articulation import load_guide
from bot.bootstrap import engine as composition
from bot.domain.articulation.conversations import Conversation, ConversationState
from bot.domain.articulation.guide import ArticulationRules
from bot.domain.articulation.slots import Slot, SlotQuote
from bot.domain.decisions.records import RevisedBy
from bot.domain.dojo.people import CohortRole, Profile, WorkingHours
from bot.domain.pull_requests.records import Account, QuestionState
from bot.workflows.chat.home_refresh import refresh_home
from bot.workflows.decisions.records import (
    confirm_decision,
    draft_decision,
    edit_decision,
    withdraw_decision,
)
from tests.chaos.talking import MESSAGE, is_heard
from tests.erasing import code, going_on, reply
from tests.fakes.github import Fails, GitHub
from tests.fakes.github.model import Pull
from tests.fakes.messages import KEY, Messages, Says, Step, said
from tests.fakes.slack import Person, Slack, outage
from tests.repositories import Files
from tests.reviewing import SHIPPED
from tests.security.outgoing import EVERYBODY, MODEL, Sent, all_sent, as_text
from tests.serving import Serving

ADA, SEN, LOU, BOB = "Ada Lovelace", "Sen Oduya", "Lou Lead", "Bob Baker"
ANSWER, REWORDED, TAKEN_BACK = "canaryanswer7f3k", "canaryreworded8g4m", "canarytakenback9h5n"
DISPUTE, LEFT, ASIDE = "canarydispute2j6p", "canaryleft3k7q", "canaryaside4m8r"
RECORD, EDITED, TITLE, DRAFT = "canaryrecord5n9s", "canaryedited6p2t", "canarytitle7q3v", "canarydraft8r4w"
_OWN, _WITH_SENSEI = frozenset({ADA, MODEL}), frozenset({ADA, SEN, MODEL})
MAY_READ = {
    ANSWER: _OWN,
    REWORDED: _WITH_SENSEI,
    TAKEN_BACK: _OWN,
    DISPUTE: _WITH_SENSEI,
    LEFT: _WITH_SENSEI,
    ASIDE: frozenset[str](),
    RECORD: _WITH_SENSEI,
    EDITED: _WITH_SENSEI,
    TITLE: _WITH_SENSEI,
    DRAFT: _OWN,
}
"""Who may read what Ada confided: she herself, and her sensei after a hand-over, a dispute, or in a record.

The model may, for that same conversation; ``requests_about_a_change`` are held to more.
"""


def if_there(module: str, name: str) -> Callable[..., Any] | None:
    """Return a part of the bot, or None while the bot lacks it."""
    if importlib.util.find_spec(module) is None:
        return None
    found = getattr(importlib.import_module(module), name, None)
    return found if callable(found) else None


def runs(kind: str) -> bool:
    """Say whether the bot has a workflow of a kind."""
    return f'"{kind}"' in inspect.getsource(composition)


def answers(body: Mapping[str, Any]) -> Step:
    """Answer for the model: about a change as it should, and in a conversation as badly as it can."""
    if not is_heard(body):
        return reply(body)
    texts = [text for _, text in MESSAGE.findall(said(body))]
    parts = [{"part": "decided", "message": n, "quote": text} for n, text in enumerate(texts, 1)]
    stance = "asks_sensei" if any(LEFT in text for text in texts) else "argues"
    probe = {"part": "against", "text": f"You say: {' '.join(texts)} What did it lose against?"}
    return Says({"parts": parts, "stance": stance, "probe": probe})


@dataclass
class Scene:
    """Ada has ``ada/desk`` and a sensei, Sen; Bob has ``bob/desk`` and no sensei; Lou leads the cohort."""

    it: Serving
    slack: Slack
    messages: Messages
    people: dict[str, Person] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    read: list[Sent] = field(default_factory=list)
    """What people were handed or could look up: exports, reports, logs, metrics."""

    def sent(self) -> list[Sent]:
        """Return all that left the process."""
        return [*all_sent(self.it.github, self.slack, self.messages), *self.read]

    @contextmanager
    def tx(self) -> Iterator[SqlTx]:
        """Write beside the bot, as its own workflows do."""
        url = self.it.environment["SENSEI_DATABASE_URL"]
        with open_store(url) as database, SqlStore(database, "localhost").begin() as tx:
            yield tx

    # -- who is there

    def begin(self) -> None:
        bob = self.it.github.repository("bob/desk", {"README.md": b"# Desk\n"})
        self.it.github.install(self.it.app, bob)
        self.bob = bob
        self.it.enrol()
        done = self.it.run("capstone", "add", "bob/desk", "--participant", "bob")
        assert done.returncode == 0, done.stderr
        with self.tx() as tx:
            [cohort] = tx.cohorts.all()
            tx.cohorts.set_workspace(cohort.id, self.slack.team)
            for name, owner, roles in (
                (ADA, self.it.ada, [CohortRole.PARTICIPANT]),
                (SEN, self.it.sen, [CohortRole.SENSEI]),
                (BOB, bob.owner, [CohortRole.PARTICIPANT]),
                (LOU, self.it.github.user("lou"), [CohortRole.LEAD]),
            ):
                self._joins(tx, cohort.id, name, Account(owner.id, owner.login), roles)
        self.slack.events_url = f"http://127.0.0.1:{self.it.port}/slack/events"
        self.it.start()
        self.it.wait(lambda: self.it.readiness()["slack"] == "ready")

    def _joins(self, tx: SqlTx, cohort: int, name: str, account: Account, roles: list[CohortRole]) -> None:
        now = datetime.now(UTC)
        person = self.people[name] = self.slack.person(name)
        found = tx.members.find_or_add_by_chat(self.slack.team, person.id, name, now)
        self.ids[name] = tx.members.prove(found, account, now)
        tx.members.set_name(self.ids[name], name)
        for role in roles:
            member = tx.members.join(cohort, self.ids[name], role, now)
            tx.members.set_profile(member.enrolment, Profile(WorkingHours("Europe/London"), capacity=3))

    def opens(self, repository: Any, whose: str, n: int) -> Pull:
        """Let a pull request be opened and read."""
        branch = f"{whose}-{n}"
        self.it.github.push(repository, branch, code(whose, n))
        pull = self.it.github.open_pull(repository, branch)
        self.it.wait(lambda: self.it.rounds(pull) == ["published"])
        return pull

    # -- what Ada confides

    def confides(self) -> None:
        """Let Ada answer, reword, take back, dispute, leave and record, all in direct messages."""
        self.people[ADA].says(f"Just between us: {ASIDE}.")
        self.pulls = [self.opens(self.it.repository, "clerk", n) for n in (1, 2, 3, 4)]
        questions = [self._question(pull) for pull in self.pulls]
        self._records(questions[0])
        self._disputes(questions[1])
        self._leaves(questions[2])
        self._drafts(questions[3])
        self.hurries()

    def _question(self, pull: Pull) -> int:
        query = (
            "SELECT q.id FROM question q JOIN pull_request p ON p.id = q.pull_request_id"
            " JOIN capstone c ON c.id = p.capstone_id"
            " WHERE c.repository_id = :repository AND p.number = :number ORDER BY q.id"
        )
        with self.it.database.connect() as connection:
            found = {"repository": pull.repository.id, "number": pull.number}
            return int(connection.execute(sa.text(query), found).scalars().first() or 0)

    def _says(self, question: int, *texts: str, first: int = 0) -> Conversation:
        """Let Ada send direct messages about a question; return the conversation, which is private.

        ``first`` is the number of the first of them.
        """
        now = datetime.now(UTC)
        with self.tx() as tx:
            if go_private := if_there("bot.workflows.articulation.private_talks", "go_private"):
                assert go_private(tx, question, now)
            opened = replace(tx.conversations.open(question, now), private=True)
            tx.conversations.save(opened, now)
            for n, text in enumerate(texts, first):
                reference = f"{self.people[ADA].dm} {question}.{n}"
                assert tx.conversations.add_private_message(
                    opened.id, self.ids[ADA], f"We decided: {text}.", reference, now
                )
            tx.questions.set_state(question, QuestionState.ANSWERED, now)
            if hear := if_there("bot.workflows.articulation.hearing", "hear_answer"):
                hear(tx, question, now)
        self.hurries()
        with self.tx() as tx:
            return tx.conversations.get(opened.id)

    def _quotes(self, tx: SqlTx, opened: Conversation) -> Conversation:
        said = tx.conversations.messages(opened.id, self.it.ada.id)
        quotes = tuple(SlotQuote(Slot.DECIDED, each.id, each.text) for each in said)
        return replace(tx.conversations.get(opened.id), quotes=quotes, probe="You decided. Against what?")

    def _records(self, question: int) -> None:
        """Let Ada answer and reword it, take a message back, edit what was drafted, and confirm that."""
        opened, now = self._says(question, ANSWER, TAKEN_BACK), datetime.now(UTC)
        with self.tx() as tx:
            tx.conversations.edit_private_message(f"{self.people[ADA].dm} {question}.0", REWORDED)
            tx.conversations.delete_private_message(f"{self.people[ADA].dm} {question}.1", now)
            texts = {Slot.DECIDED: f"We did {RECORD}."}
            decision = draft_decision(tx, opened, texts, RevisedBy.SENSEI, now)
            found = replace(self._quotes(tx, opened), decision=decision.id, state=ConversationState.DRAFTED)
            tx.conversations.save(found, now)
            texts = {Slot.DECIDED: f"We did {EDITED}.", Slot.REVISIT: f"Once {REWORDED} is too slow."}
            decision = edit_decision(tx, decision, TITLE, texts, now)
            rules = ArticulationRules.for_library(load_guide(), SHIPPED)
            confirm_decision(tx, decision, rules, now)
            tx.audit(self.ids[ADA], "decision.confirm", f"decision:{decision.id}")

    def _disputes(self, question: int) -> None:
        self._says(question, DISPUTE)
        with self.tx() as tx:
            tx.questions.set_state(question, QuestionState.DISPUTED, datetime.now(UTC))

    def _leaves(self, question: int) -> None:
        opened = self._says(question, LEFT)
        with self.tx() as tx:
            found = replace(self._quotes(tx, opened), state=ConversationState.LEFT)
            tx.conversations.save(found, datetime.now(UTC))

    def _drafts(self, question: int) -> None:
        """Let a draft be made of what Ada said, which she withdraws."""
        self._says(question, DRAFT)
        opened, now = self._says(question, f"{DRAFT} and no more", first=1), datetime.now(UTC)
        with self.tx() as tx:
            decision = draft_decision(tx, opened, {Slot.DECIDED: DRAFT}, RevisedBy.SENSEI, now)
            tx.conversations.save(replace(self._quotes(tx, opened), decision=decision.id), now)
            withdraw_decision(tx, decision, now)

    def hurries(self) -> None:
        """Let what is due later be due now, and be done; what the bot can't do yet waits."""
        unknown = [kind for kind in ("hear", "say", "decided", "export", "dispute") if not runs(kind)]
        with self.it.database.begin() as connection:
            for kind in unknown:
                connection.execute(sa.text("DELETE FROM job WHERE kind = :kind"), {"kind": kind})
            soon = {"now": datetime.now(UTC)}
            later = (
                "UPDATE job SET due_at = :now WHERE started_at IS NULL AND kind IN ('hear', 'say', 'message')"
            )
            connection.execute(sa.text(later), soon)
        self.it.settle()
        query = "SELECT count(*) FROM job WHERE started_at IS NULL AND due_at < :now AND kind IN "
        kinds = "('hear', 'say', 'decided', 'export', 'message', 'rewrite', 'home')"

        def rests() -> bool:
            with self.it.database.connect() as connection:
                left = connection.execute(sa.text(query + kinds), {"now": datetime.now(UTC)})
                return int(left.scalar_one()) == 0 and not going_on(self.it)

        self.it.wait(rests)

    # -- what everybody else does

    def goes_on(self) -> None:
        """Let changes touch what was decided, and everybody look at everything."""
        self.slack.fault(outage(), "chat.postMessage")
        self.it.github.fault(Fails(502), "POST", "/repos/ada/desk/check-runs")
        theirs = self.opens(self.bob, "baker", 1)
        for n, pull in enumerate(self.pulls, 1):
            changed: Files = {path: text.replace(b"10_00", b"20_00") for path, text in _code(n).items()}
            self.it.github.push(self.it.repository, pull.head, {**changed, "NOTES.md": b"More.\n"})
        self.it.github.comment(self.pulls[0], "/sensei review", self.it.ada)
        self.it.github.comment(self.pulls[1], "/sensei help", self.it.sen)
        self.it.github.reply(self.pulls[2].threads[0], "/sensei explain", self.it.ada)
        self.it.github.comment(theirs, "/sensei review", self.bob.owner)
        self.it.settle()
        self.it.github.merge_pull(self.pulls[0])
        self.it.github.close_pull(self.pulls[3])
        self.it.settle()
        with self.tx() as tx:
            for known in self.ids.values():
                refresh_home(tx, known, datetime.now(UTC))
        for name, person in self.people.items():
            person.opens_home()
            for text in ("help", "status", "people", "pair", "pair mine", "decisions", f"decisions {ADA}"):
                if name != ADA:
                    person.command(f"/dojo {text}")
        self.hurries()

    def looks(self) -> None:
        """Read whatever can be read from outside, and what an operator may hand to others."""
        for name in (SEN, BOB, LOU):
            done = self.it.run("export", self.ids[name])
            assert done.returncode == 0, done.stderr
            page = self.it.run("export", self.ids[name], "--format", "md").stdout
            self.read.append(Sent(f"the export of {name}", frozenset({name}), as_text(done.stdout + page)))
        for command in (("doctor",), ("ledger", "bob/desk"), ("capstone", "list"), ("dead", "list")):
            done = self.it.run(*command)
            self.read.append(Sent(f"sensei {command[0]}", frozenset({EVERYBODY}), done.stdout + done.stderr))
        for path in ("metrics", "readyz"):
            with urllib.request.urlopen(f"http://127.0.0.1:{self.it.port}/{path}") as page:
                self.read.append(Sent(path, frozenset({EVERYBODY}), page.read().decode()))
        for repository in self.it.github.repositories.values():
            history = subprocess.run(
                ["git", "-C", str(repository.store.path), "log", "--all", "--patch", "--format=fuller"],
                capture_output=True,
                check=True,
            )
            self.read.append(Sent("what was pushed", frozenset({EVERYBODY}), as_text(history.stdout)))
        assert self.it.end(signal.SIGTERM) == 0
        self.read.append(Sent("the log", frozenset({EVERYBODY}), self.it.log()))

    def requests_about_a_change(self) -> list[Sent]:
        """Return what a model was sent to read a change: everything but conversations."""
        return [
            Sent("a reading of a change", frozenset({EVERYBODY}), one.text)
            for one in self.sent()
            if one.to == {MODEL} and re.search(r"def \w+_answers_\d+\(", one.text)
        ]


def _code(n: int) -> dict[str, bytes]:
    return {path: text for path, text in code("clerk", n).items() if isinstance(text, bytes)}


@contextmanager
def confided(folder: Path) -> Iterator[Scene]:
    """Let everything happen, and the bot end."""
    with GitHub() as github, Slack() as slack, Messages(answers) as messages:
        it = Serving(
            github,
            folder,
            model_provider="anthropic",
            model="claude-opus-5-5",
            anthropic_api_key=KEY,
            model_base_url=messages.url,
            slack_bot_token=slack.bot_token,
            slack_signing_secret=slack.signing_secret,
            slack_api_url=slack.api_url,
        )
        scene = Scene(it, slack, messages)
        try:
            scene.begin()
            scene.confides()
            scene.goes_on()
            scene.looks()
            yield scene
        finally:
            it.end(signal.SIGKILL)
            it.database.dispose()
