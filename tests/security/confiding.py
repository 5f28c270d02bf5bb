"""A dojo in which Ada confides something to Sensei, in direct messages, and everybody goes on.

The bot is a process of its own, before GitHub, Slack and a model on loopback. Everybody types, clicks and
fills in what people do: Ada takes her questions to Slack, answers by form and by reply, rewords, takes back,
disputes, leaves, edits, confirms, publishes, keeps a message, asks Sensei and passes that on; later changes
touch what she decided.
"""

import json
import re
import signal
import subprocess
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bot.adapters.database import open_store
from bot.adapters.database.transaction import SqlStore, SqlTx
from bot.domain.dojo.people import CohortRole, Profile, WorkingHours
from bot.domain.pairing.states import PairState
from bot.domain.pull_requests.records import Account
from bot.workflows.chat.home_refresh import refresh_home
from tests.chaos.talking import MESSAGE, is_heard
from tests.erasing import code, going_on, reply
from tests.fakes.github import Fails, GitHub
from tests.fakes.github.model import Pull
from tests.fakes.messages import KEY, Messages, Says, Step, said
from tests.fakes.slack import Person, Slack, outage
from tests.repositories import Files
from tests.security.outgoing import EVERYBODY, MODEL, Sent, all_sent, as_text
from tests.serving import Serving

ADA, SEN, LOU, BOB = "Ada Lovelace", "Sen Oduya", "Lou Lead", "Bob Baker"
ANSWER, REWORDED, TAKEN_BACK = "canaryanswer7f3k", "canaryreworded8g4m", "canarytakenback9h5n"
DISPUTE, REASON = "canarydispute2j6p", "canaryreason9s5x"
LEFT, ASIDE = "canaryleft3k7q", "canaryaside4m8r"
RECORD, EDITED, TITLE, DRAFT = "canaryrecord5n9s", "canaryedited6p2t", "canarytitle7q3v", "canarydraft8r4w"
KEPT, HOLDS, BEFORE_IT = "canarykept2t6y", "canaryholds3v7z", "canarybefore4w8b"
ASKED, PASSED_ON = "canaryasked6y3d", "canarypassed7z4f"
PUBLISHED = "canarypublished5x9c"
"""What Ada makes public in the end: it is found everywhere, and shows that the search would find the rest."""
_OWN, _WITH_SENSEI = frozenset({ADA, MODEL}), frozenset({ADA, SEN, MODEL})
MAY_READ = {
    ANSWER: _OWN,
    REWORDED: _WITH_SENSEI,
    TAKEN_BACK: _OWN,
    DISPUTE: _WITH_SENSEI,
    REASON: frozenset({ADA, SEN}),
    LEFT: _WITH_SENSEI,
    ASIDE: _OWN,
    RECORD: _WITH_SENSEI,
    EDITED: _WITH_SENSEI,
    TITLE: _WITH_SENSEI,
    DRAFT: _OWN,
    KEPT: _WITH_SENSEI,
    HOLDS: _OWN,
    BEFORE_IT: _OWN,
    ASKED: _OWN,
    PASSED_ON: frozenset({ADA, SEN}),
}
"""Who may read what Ada confided: she herself, and her sensei after a hand-over, a dispute, or in a record.

The model may, for that same conversation or thread; ``requests_about_a_change`` are held to more. It is asked
neither about the reason of a dispute nor about what was passed on.
"""
RECORDED = {
    RECORD: "the record",
    KEPT: "the message that was kept",
    LEFT: "what was left",
    REASON: "the reason",
    PASSED_ON: "the question that was passed on",
}
"""What Sen reads, else it would show nothing that nobody else does."""


def answers(body: Mapping[str, Any]) -> Step:
    """Answer for the model: about a change as it should, and in a conversation as badly as it can."""
    if is_asked(body):
        return repeats(body)
    if not is_heard(body):
        return reply(body)
    texts = [text for _, text in MESSAGE.findall(said(body))]
    parts = [{"part": "decided", "message": n, "quote": text} for n, text in enumerate(texts, 1)]
    stances = {LEFT: "asks_sensei", HOLDS: "holds"}
    stance = next((one for word, one in stances.items() if any(word in text for text in texts)), "argues")
    probe = {"part": "against", "text": f"You say: {' '.join(texts)} What did it lose against?"}
    return Says({"parts": parts, "stance": stance, "probe": probe})


def is_asked(body: Mapping[str, Any]) -> bool:
    """Say whether a request to the model is about what somebody asks Sensei."""
    schema = body.get("output_config", {}).get("format", {}).get("schema", {})
    return "claims" in schema.get("properties", {})


def repeats(body: Mapping[str, Any]) -> Step:
    """Answer a question with all that the request has."""
    items = [json.loads(line) for line in said(body).splitlines() if line.startswith("{")]
    texts = [item["text"] for item in items if item["kind"] in {"message", "answer"}]
    claims = [
        {"passage": item["n"], "quote": item["text"][:80], "text": item["text"][:80]}
        for item in items
        if item["kind"] == "passage"
    ]
    answer = {"kind": "logistics", "tried": {"quote": texts[-1]}, "covered": True, "claims": claims[:5]}
    return Says({**answer, "question": f"You said: {' '.join(texts)}"})


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
            proposal = tx.pairings.propose(cohort.id, self.ids[LOU], datetime.now(UTC), [])
            pair = tx.pairings.add(
                proposal.id, self.ids[ADA], self.ids[SEN], fit=7, reasons=[], at=datetime.now(UTC)
            )
            tx.pairings.set_state(pair.id, PairState.ACTIVE, datetime.now(UTC), "")
        self.slack.events.add("message.im")
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
        """Let Ada answer, reword, take back, dispute, leave, record and publish, all in direct messages."""
        ada = self.people[ADA]
        aside = ada.says(f"Just between us: {ASIDE}.")
        self.pulls = [self.opens(self.it.repository, "clerk", 1)]
        self.questions = [self._goes_private(self.pulls[0])]
        self._records(self.questions[0])
        self._asks()
        self.it.github.merge_pull(self.pulls[0])
        self.it.settle()
        self.hurries()
        self._drifts()
        self.pulls += [self.opens(self.it.repository, "clerk", n) for n in (2, 3, 4, 5)]
        self.questions += [self._goes_private(pull) for pull in self.pulls[1:]]
        _, disputes, leaves, drafts, publishes = self.questions
        self._disputes(disputes)
        self._answers(leaves, f"My sensei may know more: {LEFT}.")
        self._drafts(drafts)
        self._publishes(publishes)
        ada.uses_shortcut(ada.says(f"We keep {KEPT} for now."), "decisions.new")
        ada.submit()
        ada.deletes(aside)
        self.hurries()

    def _goes_private(self, pull: Pull) -> int:
        """Let Ada take a question to Slack, from its thread."""
        question = self._question(pull)
        self.it.github.reply(pull.threads[0], "/sensei private", self.it.ada)
        self.it.settle()
        self.finds(ADA, "articulation.answer", question)
        return question

    def finds(self, name: str, action: str, value: int | None = None) -> dict[str, Any]:
        """Wait for a message with a button before somebody; return the newest."""

        def has(message: Mapping[str, Any]) -> bool:
            blocks = message.get("blocks", [])
            buttons = [each for block in blocks for each in block.get("elements", [])]
            return any(
                each.get("action_id", "").partition(":")[0] == action
                and (value is None or each.get("value") == str(value))
                for each in buttons
            )

        found: list[dict[str, Any]] = []

        def look() -> bool:
            found[:] = [each for each in reversed(self.people[name].messages) if has(each)][:1]
            return bool(found)

        self.it.wait(look, 30)
        return found[0]

    def _question(self, pull: Pull) -> int:
        query = (
            "SELECT q.id FROM question q JOIN pull_request p ON p.id = q.pull_request_id"
            " JOIN capstone c ON c.id = p.capstone_id"
            " WHERE c.repository_id = :repository AND p.number = :number ORDER BY q.id"
        )
        with self.it.database.connect() as connection:
            found = {"repository": pull.repository.id, "number": pull.number}
            return int(connection.execute(sa.text(query), found).scalars().first() or 0)

    def _answers(self, question: int, text: str) -> None:
        """Let Ada answer in the form that a button opens, and be heard."""
        ada = self.people[ADA]
        ada.click(self.finds(ADA, "articulation.answer", question), "articulation.answer", str(question))
        assert ada.submit({"articulation.text": text}).errors == {}
        self.hurries()

    def _clicks(self, name: str, action: str, message: dict[str, Any]) -> None:
        """Click the button of a message that has one action of that name."""
        buttons = [each for block in message["blocks"] for each in block.get("elements", [])]
        [full] = [b["action_id"] for b in buttons if b.get("action_id", "").partition(":")[0] == action]
        assert not self.people[name].click(message, full).failed

    def _records(self, question: int) -> None:
        """Let Ada answer by replies, reword one, take one back, edit what was drafted, and confirm that."""
        ada, asked = self.people[ADA], self.finds(ADA, "articulation.answer", question)
        said = [ada.says(f"We decided: {text}.", thread=asked["ts"]) for text in (ANSWER, TAKEN_BACK)]
        self.hurries()
        ada.edits(said[0], f"We decided: {REWORDED}.")
        ada.deletes(said[1])
        self.hurries()
        self._answers(question, f"We did {RECORD}.")
        self._clicks(ADA, "decisions.edit", self.finds(ADA, "decisions.edit"))
        parts = {"decided": f"We did {RECORD} and {EDITED}.", "revisit": f"Once {REWORDED} is too slow."}
        fields = {"title": TITLE, **parts, "too": ["confirm"]}
        assert ada.submit({f"join.{name}": value for name, value in fields.items()}).errors == {}
        self.hurries()

    def _asks(self) -> None:
        """Let Ada ask about what she has recorded, and pass on another question than she asked."""
        ada = self.people[ADA]
        ada.says(f"Did I record what we did about {RECORD}, and does it fit {ASKED}?")
        self.hurries()
        self._clicks(ADA, "enquiries.hand_over", self.finds(ADA, "enquiries.hand_over"))
        assert ada.submit({"join.summary": f"Would you look at {PASSED_ON} with me?"}).errors == {}
        self.hurries()
        self.finds(SEN, "enquiries.answer")

    def _disputes(self, question: int) -> None:
        """Let Ada answer a question and dispute it, and Sen let it stand."""
        self._answers(question, f"We decided: {DISPUTE}.")
        ada = self.people[ADA]
        ada.click(self.finds(ADA, "articulation.dispute", question), "articulation.dispute", str(question))
        assert ada.submit({"articulation.text": f"Nobody calls it: {REASON}."}).errors == {}
        self.hurries()
        self._clicks(SEN, "articulation.stands", self.finds(SEN, "articulation.stands", question))
        self.hurries()

    def _drafts(self, question: int) -> None:
        """Let a draft be made of what Ada said, which she withdraws."""
        for text in (f"We decided: {DRAFT}.", f"{DRAFT} and no more."):
            self._answers(question, text)
        self._clicks(ADA, "decisions.withdraw", self.finds(ADA, "decisions.withdraw"))
        self.hurries()

    def _publishes(self, question: int) -> None:
        """Let Ada say more than she records, and publish what she has recorded."""
        for text in (f"We decided: {BEFORE_IT}.", f"It was {BEFORE_IT} that settled it."):
            self._answers(question, text)
        self._clicks(ADA, "decisions.edit", self.finds(ADA, "decisions.edit"))
        parts = {"decided": f"We did {PUBLISHED}.", "title": f"It is {PUBLISHED}", "too": ["confirm"]}
        ada = self.people[ADA]
        assert ada.submit({f"join.{name}": value for name, value in parts.items()}).errors == {}
        self.hurries()
        self._clicks(ADA, "decisions.publish", self.finds(ADA, "decisions.publish"))
        self.hurries()

    def hurries(self) -> None:
        """Let what is due later be due now, and wait until all of it is done."""
        waiting = "FROM job WHERE started_at IS NULL AND kind IN "
        kinds = "('hear', 'say', 'decided', 'export', 'message', 'rewrite', 'home', 'enquiry')"
        later = f"UPDATE job SET due_at = :now WHERE id IN (SELECT id {waiting}{kinds} AND due_at > :now)"

        def rests() -> bool:
            with self.it.database.begin() as connection:
                now = {"now": datetime.now(UTC)}
                if connection.execute(sa.text(f"SELECT 1 {waiting}{kinds} AND due_at > :now"), now).first():
                    connection.execute(sa.text(later), now)
                    connection.execute(sa.text("DELETE FROM unprompted_message"))  # another day has begun
                left = connection.execute(sa.text(f"SELECT 1 {waiting}{kinds}")).first()
            return left is None and self.it.idle() and not going_on(self.it)

        self.slack.settle()
        self.it.settle()
        self.it.wait(rests, 60)

    # -- what everybody else does

    def goes_on(self) -> None:
        """Let changes touch what was decided, and everybody look at everything."""
        self.slack.fault(outage(), "chat.postMessage")
        self.it.github.fault(Fails(502), "POST", "/repos/ada/desk/check-runs")
        theirs = self.opens(self.bob, "baker", 1)
        for n, pull in enumerate(self.pulls[1:], 2):  # the code of the first stays as it was decided
            changed: Files = {**_code(n, b"max_tokens=2000")}
            self.it.github.push(self.it.repository, pull.head, {**changed, "NOTES.md": b"More.\n"})
        self.it.github.comment(self.pulls[0], "/sensei review", self.it.ada)
        for command in ("help", "record", "answer Because.", "private"):
            number = "" if command == "help" else f" Q{self.questions[1]}"
            word, _, rest = command.partition(" ")
            self.it.github.comment(self.pulls[1], f"/sensei {word}{number} {rest}".strip(), self.it.sen)
        self.it.github.reply(self.pulls[2].threads[0], "/sensei explain", self.it.ada)
        self.it.github.comment(theirs, "/sensei review", self.bob.owner)
        self.it.settle()
        self.it.github.close_pull(self.pulls[3])
        self.it.github.merge_pull(self.pulls[4])
        self.it.settle()
        with self.tx() as tx:
            for known in self.ids.values():
                refresh_home(tx, known, datetime.now(UTC))
        for name, person in self.people.items():
            person.opens_home()
            for text in ("help", "status", "people", "pair", "pair mine", "decisions", f"decisions {ADA}"):
                if name != ADA:
                    person.command(f"/dojo {text}")
        self.opens_records()
        self.hurries()

    def _drifts(self) -> None:
        """Let Bob, and then Ada, change lines that were decided about in private; Ada says that it holds."""
        for whose, user, limit in (
            ("bob", self.bob.owner, b"max_tokens=3000"),
            ("ada", self.it.ada, b"max_tokens=4000"),
        ):
            changed: Files = {**_code(1, limit)}
            self.it.github.push(self.it.repository, f"drift-{whose}", changed)
            pull = self.it.github.open_pull(self.it.repository, f"drift-{whose}", user)
            self.it.settle()
            if user is not self.it.ada:  # somebody else's is read when its capstone's participant asks
                self.it.github.comment(pull, "/sensei review", self.it.ada)
            self.it.wait(lambda pull=pull: "published" in self.it.rounds(pull), 40)  # type: ignore[misc]
            self.hurries()
            if user is not self.it.ada:
                self.it.github.close_pull(pull)
                self.it.settle()
        [asked] = self.drift_questions()  # the same lines are asked about once
        self._answers(asked, f"It still holds: {HOLDS}.")

    def drift_questions(self) -> list[int]:
        """Return the questions that were asked in private about earlier decisions."""
        query = (
            "SELECT d.question_id FROM drift_question d JOIN conversation c ON c.question_id = d.question_id"
            " WHERE c.private ORDER BY 1"
        )
        with self.it.database.connect() as connection:
            return [int(number) for (number,) in connection.execute(sa.text(query))]

    def opens_records(self) -> None:
        """Let Sen open every record of Ada's that he is offered."""
        sen = self.people[SEN]
        sen.command(f"/dojo decisions {ADA}")
        offered = sorted(
            set(re.findall(r'"(decisions\.see:\d+)"', json.dumps(sen.modal and sen.modal.document)))
        )
        assert offered
        for action in offered:
            sen.command(f"/dojo decisions {ADA}")
            assert sen.modal
            assert not sen.click(sen.modal, action).failed

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


def _code(n: int, limit: bytes) -> dict[str, bytes]:
    files = code("clerk", n).items()
    return {path: text.replace(b"max_tokens=1000", limit) for path, text in files if isinstance(text, bytes)}


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
