"""A dojo of three in which things have happened, and a search that knows nothing of the product's own.

``zelda-quill`` is the one to be forgotten: participant with ``zelda-quill/loom``, sensei of ``ada/desk``,
where she has opened a pull request as well. ``ada`` stays, and so does ``sen``, who is zelda's sensei.
"""

import itertools
import json
import re
import shutil
import signal
import sqlite3
import urllib.parse
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import make_url

from bot.adapters.database import open_store
from bot.adapters.database.transaction import SqlStore
from bot.adapters.files.articulation import load_guide
from bot.domain.articulation.guide import ArticulationRules
from bot.domain.articulation.slots import Slot, SlotQuote
from bot.domain.decisions.records import RevisedBy
from bot.domain.dojo.people import MERGED, CohortRole, DateKind, Profile, WorkingHours
from bot.domain.pairing.records import UnassignedParticipant
from bot.domain.pairing.states import PairState
from bot.domain.pull_requests.records import Account
from bot.ports.deliveries import Delivery
from bot.ports.jobs import Job
from bot.workflows.decisions.records import confirm_decision, draft_decision, edit_decision
from tests import databases
from tests.fakes.github import GitHub
from tests.fakes.github.model import Pull
from tests.fakes.messages import KEY, NOTHING_FOUND, Messages, Says, Step, said
from tests.repositories import Files
from tests.reviewing import SHIPPED
from tests.ruled import Words, digest_for, rule_on
from tests.serving import Serving

ZELDA = "zelda-quill"
HER_WORDS = (
    "It halved the looms that tangled overnight.",
    "As your guide: which warp did you measure, «and when»?",
    "A patient shuttle for your desk",
)
"""What she writes: an answer in her own thread, a message in ada's, the title of her pull request there."""
HER_ASIDES = ("It is a fixture that nobody weaves with.", "the-warp-of-the-weaver")
"""Behind her commands: why she disputes a question, and what she takes for the name of a check."""
HER_SLACK, HER_NAME = "U0ZELDA42", "Zelda Quill"
HER_DOJO = (
    "To weave what nobody unpicks.",
    "A loom that answers for itself",
    "He hums while the shuttle flies.",
    "We share a flat above the mill.",
)
"""What she said on joining, what her capstone is about, whom she avoids, and why she vetoed a pair."""
HER_ANSWER = "Nobody has ever woven more than nine ells at a stretch."
"""What she tells Sensei in a direct message about a question, and no one else."""
HER_RECORD = ("We cut the warp at nine ells", "A longer warp tore thrice in the mill's own trial")
"""What was decided, in her words, and what she added to it in private."""
ABOUT_HER = Words(
    "Her loom argues better than it weaves.",
    "Weave one ell in the mill, and measure it.",
    "No loom of hers stands in the open.",
    "My loom has woven an ell since June.",
)
"""What sen writes as her sensei, and what she writes against it. The first is not hers to know before."""
ABOUT_ADA = Words(
    "His desk keeps a writer whom nobody asks.",
    "Ask the writer whom your desk keeps.",
    "This desk has no warp to tear.",
    "I have asked him, and he says no.",
)
"""What she writes as ada's sensei, which goes with her, and what ada writes against it."""
THEIR_ANSWER = "A clerk's desk is cleared at five, so longer answers wait."
"""What ada tells Sensei in a direct message."""
AGAINST_HER = "She laughs at whatever I weave."
"""What ada asked in confidence: gone with her, and not hers to know before."""
HER_MESSAGE = "message:joining.hello:1"
_LATER = datetime(2040, 1, 1, tzinfo=UTC)
_RULES = ArticulationRules.for_library(load_guide(), SHIPPED)
THEIR_WORDS = ("Because nobody at the desk waits for it.", "Have you seen the weft break in production?")
"""What ada writes in her own thread, and sen in zelda's."""


def code(whose: str, n: int) -> Files:
    """A client that leaves something to ask, and is unlike every other one."""
    return {
        f"{whose}_{n}.py": (
            f"import anthropic\n\nclient = anthropic.Anthropic()\n\n\ndef {whose}_answers_{n}(question):\n"
            f"    reply = client.messages.create(model={whose.upper()}, max_tokens={10_000 + n})\n"
            "    return reply.content[0].text\n"
        ).encode()
    }


def reply(body: Mapping[str, Any]) -> Step:
    """Ask about the client that is shown, if there is one, and refute nothing."""
    text = said(body)
    if "<items>" in text:
        items = text.rpartition("<items>")[2].count("\n{")
        kept = [{"n": n + 1, "because": "open", "verdict": "keep", "reworded": ""} for n in range(items)]
        return Says({"verdicts": kept, "best": 1})
    clients = re.findall(r"def (\w+?)_answers_(\d+)\(", text)
    if not clients:
        return Says(NOTHING_FOUND)
    whose, n = clients[-1]
    asked = {
        "check": "performance_cost.4",
        "path": f"{whose}_{n}.py",
        "side": "head",
        "source": "commit",
        "quote": f"reply = client.messages.create(model={whose.upper()}, max_tokens={10_000 + int(n)})",
        "question": f"What would be the first answer of {whose} number {n} to be cut off by this limit?",
        "why": f"the limit of {whose} number {n} is chosen and not argued",
    }
    nothing: dict[str, list[str]] = {"movements": [], "concerns": [], "strengths": []}
    return Says({"touched": ["performance_cost"], "questions": [asked], **nothing})


@dataclass
class Lived:
    """The dojo once its bot has been stopped, and all that tells of zelda."""

    it: Serving
    messages: Messages
    loom: int
    desk: int
    needles: list[str] = field(default_factory=list)
    keys: frozenset[str] = frozenset()
    """Ids and keys, whole, of work about her commands and questions that holds nothing else of hers."""

    @property
    def url(self) -> str:
        return self.it.environment["SENSEI_DATABASE_URL"]

    def rows(self) -> dict[str, list[tuple[Any, ...]]]:
        """All rows of all tables, by a way of its own."""
        if self.url.startswith("sqlite"):
            with closing(sqlite3.connect(self.url.removeprefix("sqlite:///"))) as file:
                names = [
                    row[0] for row in file.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
                ]
                return {name: file.execute(f'SELECT * FROM "{name}"').fetchall() for name in names}
        with self.it.database.connect() as connection:
            tables = connection.exec_driver_sql(
                "SELECT table_schema, table_name FROM information_schema.tables"
                " WHERE table_schema NOT IN ('pg_catalog', 'information_schema')"
            ).all()
            return {
                name: [tuple(row) for row in connection.exec_driver_sql(f'SELECT * FROM "{schema}"."{name}"')]
                for schema, name in tables
            }

    def columns(self, table: str) -> list[str]:
        with self.it.database.connect() as connection:
            return list(connection.exec_driver_sql(f'SELECT * FROM "{table}" LIMIT 0').keys())

    def left(self) -> list[str]:
        """Where anything of zelda's is: in rows, in the bytes of the files, in the names of clones."""
        found = [
            f"{table}: {needle}"
            for table, rows in self.rows().items()
            for row in rows
            for needle in self.needles
            if needle in as_text(row)
        ]
        found += [
            f"{table}: {cell}"
            for table, rows in self.rows().items()
            for row in rows
            for cell in row
            if isinstance(cell, str) and cell in self.keys
        ]
        if self.url.startswith("sqlite"):
            # A file that is opened and closed loses the locks of whatever SQLite has open in this process.
            self.it.database.dispose()
            for path in self.it.folder.glob("sensei.db*"):
                content = path.read_bytes()
                found += [f"{path.name}: {each}" for each in self.needles if each.encode() in content]
        return found + [
            f"{path.name}"
            for path in (self.it.folder / "checkouts").rglob("*")
            if str(self.loom) in path.name
        ]

    def erase(self, *options: str, who: str = ZELDA) -> Any:
        return self.it.run("erase", who, *options)


def as_text(value: Any) -> str:
    """Everything in a row as one text, escapes of JSON undone."""
    if isinstance(value, bytes | memoryview):
        value = bytes(value).decode("utf-8", "replace")
        if "=" in value and not value.startswith("{"):
            value += "\0" + urllib.parse.unquote_plus(value)
    if isinstance(value, tuple | list):
        return "\0".join(map(as_text, value))
    if isinstance(value, dict):
        return "\0".join(as_text(each) for pair in value.items() for each in pair)
    if isinstance(value, str):
        with_escapes = value
        try:
            parsed = json.loads(value)
        except ValueError:
            return with_escapes
        return with_escapes + "\0" + (as_text(parsed) if isinstance(parsed, dict | list) else "")
    return str(value)


@contextmanager
def lived(folder: Path, url: str | None = None) -> Iterator[Lived]:
    """Let pull requests be read, answered and closed on both repositories, then stop the bot."""
    with GitHub() as github, Messages(reply) as messages:
        github._ids = itertools.count(740_000_001)  # as many digits as GitHub's own have
        it = Serving(
            github,
            folder,
            url,
            model_provider="anthropic",
            model="claude-opus-5-5",
            anthropic_api_key=KEY,
            model_base_url=messages.url,
        )
        try:
            yield _lived(it, messages)
        finally:
            it.end(signal.SIGKILL)
            it.database.dispose()


def _lived(it: Serving, messages: Messages) -> Lived:
    github = it.github
    if not it.environment["SENSEI_DATABASE_URL"].startswith("sqlite"):
        assert it.run("db", "upgrade").returncode == 0
    databases.add_cohort(it.environment["SENSEI_DATABASE_URL"])
    loom = github.repository(f"{ZELDA}/loom", {"README.md": b"# Loom\n", "loom.py": b"LIMIT = 3\n"})
    zelda = loom.owner
    installation = github.install(it.app, loom)
    for repository, participant, sensei in (("ada/desk", "ada", ZELDA), (f"{ZELDA}/loom", ZELDA, "sen")):
        done = it.run("capstone", "add", repository, "--participant", participant, "--sensei", sensei)
        assert done.returncode == 0, done.stderr
    it.start()

    def opened(repository: Any, whose: str, n: int, **more: Any) -> Pull:
        branch = f"{whose}-{n}"
        github.push(repository, branch, code(whose, n))
        pull = github.open_pull(repository, branch, **more)
        it.wait(lambda: it.rounds(pull) == ["published"])
        return pull

    hers, theirs = opened(loom, "weaver", 1), opened(it.repository, "clerk", 1)
    github.reply(hers.threads[0], HER_WORDS[0], zelda)
    github.reply(hers.threads[0], THEIR_WORDS[1], it.sen)
    github.reply(theirs.threads[0], THEIR_WORDS[0], it.ada)
    github.reply(theirs.threads[0], HER_WORDS[1], zelda)
    opened(it.repository, "visitor", 1, by=zelda, title=HER_WORDS[2])
    opened(loom, "weaver", 2)
    github.comment(hers, "/sensei review", zelda)
    it.wait(lambda: it.rounds(hers) == ["published", "published"])
    _commands(it, hers, theirs, zelda)
    github.merge_pull(hers)
    it.settle()
    it.wait(lambda: not going_on(it))
    assert it.end(signal.SIGTERM) == 0
    assert it.errors() == []
    _undelivered(it, zelda, loom)
    _joined(it, zelda)
    lived = Lived(it, messages, loom.id, it.repository.id)
    numbers = [zelda.id, loom.id, installation.id]
    quotes = [line for n in (1, 2) for line in code("weaver", n)[f"weaver_{n}.py"].decode().split("\n")]  # type: ignore[union-attr]
    own = [line.strip() for line in quotes if "reply =" in line]
    lived.needles = [HER_SLACK, HER_NAME, *HER_DOJO, AGAINST_HER, HER_ANSWER, *HER_RECORD]
    lived.needles += [ABOUT_HER.reason, ABOUT_HER.sentence, ABOUT_HER.exemption, ABOUT_HER.appeal]
    lived.needles += [ABOUT_ADA.reason, ABOUT_ADA.sentence, ABOUT_ADA.exemption]
    lived.needles += [ZELDA, *map(str, numbers), *HER_WORDS, *HER_ASIDES, THEIR_WORDS[1], "weaver_", *own]
    lived.keys = frozenset({HER_MESSAGE}).union(
        row[0] for query in about_her(loom.id, zelda.id) for row in sql(it, query)
    )
    return lived


def _commands(it: Serving, hers: Pull, theirs: Pull, zelda: Any) -> None:
    """Let commands be given by everybody on both repositories, and rulings be told."""
    github = it.github
    given: list[tuple[Pull, str, Any, Any]] = [
        (hers, f"/sensei explain {HER_ASIDES[1]}", zelda, None),
        (hers, "/sensei help", it.sen, None),
        (hers, f"/sensei dispute {HER_ASIDES[0]}", zelda, hers.threads[0]),
        (theirs, f"/sensei explain {ZELDA}", it.ada, None),
        (theirs, "/sensei explain reliability.2", zelda, None),
        (theirs, "/sensei dispute It is nothing that a clerk calls.", it.ada, theirs.threads[0]),
    ]
    for pull, body, by, thread in given:
        if thread:
            github.reply(thread, body, by)
        else:
            github.comment(pull, body, by)
    it.wait(lambda: _count(it, "effect WHERE key LIKE 'reply:%' AND external_id <> ''") == 1 + len(given))
    for (question,) in sql(it, "SELECT id FROM question WHERE state = 'disputed'"):
        done = it.run("questions", "settle", str(question), "--stands")
        assert done.returncode == 0, done.stderr
    it.wait(lambda: _count(it, "effect WHERE key LIKE 'ruling:%' AND external_id <> ''") == 2)


def _count(it: Serving, of: str) -> int:
    return int(sql(it, f"SELECT count(*) FROM {of}")[0][0])


def about_her(loom: int, zelda: int) -> tuple[str, ...]:
    """Queries for keys and ids of work: of commands hers or on her repository, and of her questions."""
    pulls = (
        "(SELECT p.id FROM pull_request p JOIN capstone c ON c.id = p.capstone_id"
        f" WHERE c.repository_id = {loom})"
    )
    of_zelda = f"WHERE i.login = '{ZELDA}'"
    questions = f"SELECT id FROM question WHERE pull_request_id IN {pulls}"
    commands = f"SELECT id FROM command WHERE author_id = {zelda} OR pull_request_id IN {pulls}"
    return (
        f"SELECT 'reply:' || id FROM ({commands}) AS given",
        f"SELECT 'ruling:' || id FROM question WHERE pull_request_id IN {pulls}",
        f"SELECT 'message:articulation:' || id || ':1' FROM question WHERE pull_request_id IN {pulls}",
        f"SELECT 'message:articulation.dispute:' || id FROM question WHERE pull_request_id IN {pulls}",
        f"SELECT j.id FROM job j JOIN ({questions}) AS it ON j.id LIKE 'rewrite:art%:' || it.id || ':%'",
        f"SELECT j.id FROM job j JOIN identity i ON j.id LIKE 'home:' || i.person_id || ':%' {of_zelda}",
        f"SELECT j.id FROM job j JOIN ({commands}) AS given ON j.id LIKE 'answer:%:' || given.id",
    )


def going_on(it: Serving) -> int:
    schema = "" if it.environment["SENSEI_DATABASE_URL"].startswith("sqlite") else "dbos."
    query = f"SELECT count(*) FROM {schema}workflow_status WHERE status IN ('PENDING', 'ENQUEUED')"
    with it.database.connect() as connection:
        return int(connection.exec_driver_sql(query).scalar_one())


def _undelivered(it: Serving, zelda: Any, loom: Any) -> None:
    """Leave deliveries that nobody has handled, and one that could not be."""
    github = it.github
    github.hooks.settle()
    github.hooks.holding = True
    pull = github.open_pull(loom, "weaver-2", title="The weaver_ goes on by itself")
    github.comment(pull, HER_WORDS[0], zelda)
    github.comment(next(iter(it.repository.pulls.values())), "I asked @zelda-quill about it.", it.ada)
    held = list(github.hooks.held)
    url = it.environment["SENSEI_DATABASE_URL"]
    with open_store(url) as database, SqlStore(database, "127.0.0.1").begin() as tx:
        for n, each in enumerate(held):
            tx.deliveries.receive(Delivery(each.guid, each.event, each.raw), github.now())
            if n == 0:
                tx.deliveries.close(each.guid, "failed", "a bug; see the traceback in the log")
    assert len(held) == 3


def _joined(it: Serving, zelda: Any) -> None:
    """Let the three be of one chat and of one cohort, with all that they may have said there."""
    moment = datetime.now(UTC)
    url = it.environment["SENSEI_DATABASE_URL"]
    [(tenant,)] = sql(it, "SELECT DISTINCT tenant FROM identity")
    with open_store(url) as database, SqlStore(database, tenant).begin() as tx:
        [cohort] = tx.cohorts.all()
        tx.cohorts.set_workspace(cohort.id, "T0DOJO")
        people = {}
        for user, name, owner in (
            (HER_SLACK, HER_NAME, zelda),
            ("U0ADA4711", "Ada Lovelace", it.ada),
            ("U0SEN4712", "Sen", it.sen),
        ):
            account = Account(owner.id, owner.login)
            was = tx.members.by_host_account(owner.id)
            assert was
            person = tx.members.prove(
                tx.members.find_or_add_by_chat("T0DOJO", user, name, moment), account, moment
            )
            tx.audit(person, MERGED, f"person:{person}", was=was)
            people[owner.login] = person
        her, ada, sen = people[ZELDA], people["ada"], people["sen"]
        hours = WorkingHours("Europe/Lisbon")
        for person in people.values():
            for member in tx.members.roles(person):
                said = Profile(hours, goals="Something of my own to say", prefers=(ada,) * (person != ada))
                if person == her:
                    said = Profile(hours, goals=HER_DOJO[0], brief=HER_DOJO[1], prefers=(ada,))
                tx.members.set_profile(member.enrolment, said)
        [of_ada, *_] = tx.members.roles(ada)
        tx.members.set_profile(of_ada.enrolment, Profile(hours, prefers=(her, sen)))
        tx.members.join(cohort.id, her, CohortRole.LEAD, moment)
        tx.never_pairs.add(cohort.id, her, sen, HER_DOJO[2], moment)
        tx.never_pairs.add(cohort.id, ada, her, AGAINST_HER, moment)
        tx.never_pairs.add(cohort.id, ada, sen, "Nothing to do with her at all", moment)
        tx.audit(ada, "never.add", f"person:{her}")
        tx.absences.add(cohort.id, her, date(2027, 1, 1), date(2027, 1, 9), sen)
        tx.absences.add(cohort.id, sen, date(2027, 2, 1), date(2027, 2, 9), her)
        tx.link_codes.issue(her, "d" * 64, moment)
        tx.cohorts.add_date(cohort.id, DateKind.FINAL, "Final", date(2027, 3, 1))
        proposal = tx.pairings.propose(
            cohort.id, her, moment, [UnassignedParticipant(her, "never"), UnassignedParticipant(ada, "x")]
        )
        for participant, sensei, state, why in (
            (her, sen, PairState.ACTIVE, ""),
            (ada, her, PairState.VETOED, HER_DOJO[3]),
            (ada, sen, PairState.APPROVED, ""),
        ):
            reasons = [{"kind": "swap", "would_move": [her, ada]}]
            pair = tx.pairings.add(proposal.id, participant, sensei, fit=7, reasons=reasons, at=moment)
            tx.pairings.set_state(pair.id, state, moment, why)
        tx.jobs.add(Job(HER_MESSAGE, "message", {"kind": "joining.hello", "about": {"person": her}}, _LATER))
        tx.jobs.add(Job("message:joining.hello:2", "message", {"about": {"person": ada}}, _LATER))
        tx.effects.begin(HER_MESSAGE, moment)
        _argued(tx, her, ada, moment)
        _ruled(tx, cohort.id, her, ada, sen)
        _from_slack(tx, her, moment)


def _ruled(tx: Any, cohort: int, her: str, ada: str, sen: str) -> None:
    """Let sen have ruled on zelda's loom, and zelda on ada's desk, who each asked for a second sensei."""
    moment = datetime.now(UTC)
    for participant, sensei, second, words in ((her, sen, ada, ABOUT_HER), (ada, her, her, ABOUT_ADA)):
        [capstone] = tx.capstones.by_participant(participant)
        ruling = rule_on(tx, capstone.id, participant, sensei, words, moment)
        [appeal] = tx.appeals.by_ruling([ruling.id]).values()
        tx.appeals.assign(appeal.id, second, moment)
        tx.audit(participant, "appeal.ask", f"appeal:{appeal.id}")
        digest_for(tx, cohort, sensei, participant, moment)


def _argued(tx: Any, her: str, ada: str, moment: datetime) -> None:
    """Let both have answered a question in private, and confirmed what they decided."""
    for person, answer, texts in (
        (her, HER_ANSWER, {Slot.DECIDED: HER_RECORD[0], Slot.EVIDENCE: HER_RECORD[1]}),
        (ada, THEIR_ANSWER, {Slot.DECIDED: THEIR_ANSWER}),
    ):
        [capstone] = tx.capstones.by_participant(person)
        question = next(
            one
            for pull in tx.pull_requests.list_open(capstone.id)
            for one in tx.questions.of(pull.id)
            if one.comment
        )
        conversation = replace(tx.conversations.open(question.id, moment), private=True)
        tx.conversations.add_private_message(conversation.id, person, answer, f"D{person} 1.1", moment)
        [said] = [
            each for each in tx.conversations.messages(conversation.id, 0) if each.id.startswith("chat:")
        ]
        quotes = (SlotQuote(Slot.DECIDED, said.id, answer),)
        decision = draft_decision(tx, conversation, texts, RevisedBy.SENSEI, moment)
        tx.conversations.save(replace(conversation, quotes=quotes, decision=decision.id, turn=2), moment)
        decision = edit_decision(tx, decision, "", texts, moment)
        confirm_decision(tx, decision, _RULES, moment)
        tx.decisions.add_drift_question(question.id, decision.id)
        tx.effects.begin(f"message:articulation:{question.id}:1", moment)
        tx.audit(person, "decision.confirm", f"decision:{decision.id}")
    for job in tx.jobs.due(moment, 99):  # nobody is there to tell
        if job.kind in {"decided", "home"}:
            tx.jobs.add(replace(job, due_at=_LATER))


def _from_slack(tx: Any, her: str, moment: datetime) -> None:
    """Leave what Slack has sent, of her and about her, and could not be handled."""
    command = {"command": "/dojo", "user_id": HER_SLACK, "user_name": "zelda", "text": f"goals {HER_DOJO[0]}"}
    chosen = {"text": {"type": "plain_text", "text": HER_NAME}, "value": her}
    view = {
        "type": "view_submission",
        "user": {"id": "U0ADA4711", "name": "Ada Lovelace"},
        "view": {
            "state": {
                "values": {
                    "avoid": {"who": {"type": "users_select", "selected_user": HER_SLACK}},
                    "prefer": {"who": {"type": "static_select", "selected_option": chosen}},
                }
            }
        },
    }
    for guid, event, form in (
        ("slack:1", "slack.command", command),
        ("slack:2", "slack.view", {"payload": json.dumps(view)}),
    ):
        sent = urllib.parse.urlencode(form).encode()
        tx.deliveries.receive(Delivery(guid, event, sent), moment)
        tx.deliveries.close(guid, "failed", "a bug; see the traceback in the log")


@contextmanager
def on(kind: str, folder: Path) -> Iterator[Lived]:
    """The dojo on a kind of database."""
    if kind == "sqlite":
        with lived(folder) as it:
            yield it
    else:
        with databases.fresh() as url, lived(folder, url) as it:
            yield it


class Snapshot:
    """All that an erasure changes, as it was; ``back`` puts it back."""

    def __init__(self, it: Lived, folder: Path) -> None:
        self.it, self.folder = it, folder
        shutil.copytree(it.it.folder / "checkouts", folder / "checkouts")
        it.it.database.dispose()
        if it.url.startswith("sqlite"):
            for path in it.it.folder.glob("sensei.db*"):
                shutil.copy2(path, folder)
        else:
            self._copy(self._name, f"{self._name}_kept")

    @property
    def _name(self) -> str:
        return str(make_url(self.it.url).database)

    def _copy(self, source: str, target: str) -> None:
        server = make_url(self.it.url).set(drivername="postgresql+psycopg", database="postgres")
        admin = sa.create_engine(server, isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.exec_driver_sql(f'DROP DATABASE IF EXISTS "{target}" WITH (FORCE)')
            connection.exec_driver_sql(f'CREATE DATABASE "{target}" TEMPLATE "{source}"')
        admin.dispose()

    def back(self) -> Lived:
        it = self.it.it
        it.end(signal.SIGKILL)
        it.database.dispose()
        shutil.rmtree(it.folder / "checkouts")
        shutil.copytree(self.folder / "checkouts", it.folder / "checkouts")
        if not self.it.url.startswith("sqlite"):
            self._copy(f"{self._name}_kept", self._name)
            return self.it
        for path in it.folder.glob("sensei.db*"):
            path.unlink()
        for path in self.folder.glob("sensei.db*"):
            shutil.copy2(path, it.folder)
        return self.it


def sql(it: Serving, query: str) -> list[Any]:
    with it.database.connect() as connection:
        # A colon is no parameter's here.
        return [tuple(row) for row in connection.execute(sa.text(query.replace(":", "\\:")))]
