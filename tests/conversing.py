"""A capstone about whose decisions people talk: a running bot, GitHub, Slack and a model, all on loopback.

Whoever tests it lets people say something and waits for what Sensei says to it. Pauses are cut short: what is
due later becomes due at once.
"""

import json
import re
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlmodel import Session, col, select

from bot.adapters.database.check_ins.tables import UnpromptedMessageRow
from bot.adapters.database.jobs.tables import JobRow
from bot.adapters.database.transaction import SqlStore
from bot.domain.articulation.slots import Slot
from bot.domain.dojo.people import CohortRole
from bot.domain.pull_requests.records import Account
from tests import databases
from tests.fakes.github import GitHub
from tests.fakes.github.model import Comment, Pull, Thread, User
from tests.fakes.messages import KEY, NOTHING_FOUND, Messages, Says, said
from tests.fakes.slack import Person, Slack, look
from tests.fakes.slack.model import Json
from tests.serving import Serving

HEARD = {
    "We cap the answer at a few hundred tokens": Slot.DECIDED,
    "The whole answer lost because nobody reads on after a page": Slot.AGAINST,
    "What we accept is that a long answer is cut off": Slot.ACCEPTING,
    "We keep a queue now": Slot.DECIDED,
}
"""What the model understands, wherever somebody says it."""
PATIENCE = 60
"""Seconds until somebody gives up waiting; on a machine that does much else, too."""
VAGUE = "We cap the answer at a few hundred tokens."
ARGUED = (
    "The whole answer lost because nobody reads on after a page. "
    "What we accept is that a long answer is cut off, and the clerk asks again."
)
PROBE = "You cap the answer here. Was there another way to do it that lost out, or was this the only one?"
_MESSAGE = re.compile(r'"kind": ?"message", ?"n": ?(\d+), ?"text": ?"((?:[^"\\]|\\.)*)"')
_PASSAGE = re.compile(r'"kind": ?"passage", ?"n": ?1, .*?"text": ?"((?:[^"\\]|\\.)*)"')
_TURN = re.compile(r"<!-- sensei:turn=\d+\.(\w+)")
_READ: Mapping[str, Any] = {"touched": ["performance_cost"], "movements": [], "concerns": [], "strengths": []}


def code(name: str, limit: int = 500) -> dict[str, bytes]:
    """A client of that name, whose limit somebody has to argue for."""
    return {
        f"{name}.py": (
            f"import anthropic\n\nclient = anthropic.Anthropic()\n\n\ndef answer(question):\n"
            f"    {call(name, limit)}\n    return reply.content[0].text\n"
        ).encode()
    }


def call(name: str, limit: int) -> str:
    """The line of a client that asks a model, whose limit somebody has to argue for."""
    return f"reply = client.messages.create(model={name.upper()}, max_tokens={limit}, messages=question)"


def reply(body: Mapping[str, Any]) -> Says:
    """Ask about the newest client, if there is one, refute nothing, and hear the words in ``HEARD``."""
    properties = body.get("output_config", {}).get("format", {}).get("schema", {}).get("properties", {})
    text = said(body)
    if "probe" in properties:
        return _hear(text)
    if "claims" in properties:
        return _cite(text)
    before, _, items = text.rpartition("<items>")
    if before:
        return Says() if '"touched"' in items else _keep(items.count("\n{"))
    clients = re.findall(r"create\(model=(\w+), max_tokens=(\d+), messages=question", text)
    if not clients:
        return Says(NOTHING_FOUND)
    name, limit = clients[-1]
    asked = {
        "check": "performance_cost.2",
        "path": f"{name.lower()}.py",
        "side": "head",
        "source": "commit",
        "quote": call(name, int(limit)),
        "question": "Which of your answers would be the first to be cut off by this limit?",
        "why": "the limit is chosen and not argued",
    }
    return Says({**_READ, "questions": [asked]})


def _keep(items: int) -> Says:
    kept = {"because": "open", "verdict": "keep", "reworded": ""}
    return Says({"verdicts": [{"n": n + 1, **kept} for n in range(items)], "best": 1})


def _hear(text: str) -> Says:
    messages = [(int(n), words) for n, words in _MESSAGE.findall(text)]
    parts = [
        {"part": slot.value, "message": n, "quote": quote}
        for n, words in messages
        for quote, slot in HEARD.items()
        if quote in words
    ]
    newest = messages[-1][1]
    stance = "argues" if parts else "unsure"
    if newest.startswith("I don't know"):
        stance = "does_not_know"
    if newest.startswith("I'll ask my sensei"):
        stance = "unsure"  # a model may miss it
    if newest.startswith("It still holds"):
        stance = "holds"
    has_against = any(part["part"] == "against" for part in parts)
    probe = None if has_against or '"may_ask": false' in text else {"part": "against", "text": PROBE}
    return Says({"parts": parts, "stance": stance, "probe": probe})


def _cite(text: str) -> Says:
    """Answer a question of a participant with the first sentence of the first passage, if there is one."""
    found = _PASSAGE.search(text)
    sentence = json.loads(f'"{found[1]}"').split(". ")[0].strip().rstrip(".") if found else ""
    claims = [{"passage": 1, "quote": sentence, "text": f"{sentence}."}] if found else []
    asked = {"kind": "rubric", "tried": None, "covered": bool(found), "claims": claims}
    return Says({**asked, "question": "", "plainer": ""})


class Conversing(Serving):
    """Ada's capstone; Sen is her sensei. Both are in Slack with their GitHub accounts."""

    def __init__(
        self, folder: Path, github: GitHub, slack: Slack, database: str | None, **settings: str
    ) -> None:
        super().__init__(
            github,
            folder,
            database,
            slack_bot_token=slack.bot_token,
            slack_app_token=slack.app_token,
            slack_api_url=slack.api_url,
            **settings,
        )
        self.slack = slack
        slack.events.add("message.im")
        self.ada_there, self.sen_there = slack.person("Ada Rossi"), slack.person("Sen Okafor")

    @property
    def speakers(self) -> tuple[Person, ...]:
        """Those whose conversations with Sensei are in the transcript."""
        return self.ada_there, self.sen_there

    @property
    def store(self) -> SqlStore:
        return SqlStore(self.database, "localhost", now)

    def begin(self, *, may_write: bool) -> None:
        """Enrol the capstone, link its people, and start the bot."""
        if not self.environment["SENSEI_DATABASE_URL"].startswith("sqlite"):
            assert self.run("db", "upgrade").returncode == 0
        if may_write:
            self.installation.permissions["contents"] = "write"
        self.enrol()
        self.start()
        self.wait(lambda: self.readiness()["slack"] == "ready")
        with self.store.begin() as tx:
            [capstone] = tx.capstones.all()
            for person, user, role in (
                (self.ada_there, self.ada, CohortRole.PARTICIPANT),
                (self.sen_there, self.sen, CohortRole.SENSEI),
            ):
                found = tx.members.find_or_add_by_chat(self.slack.team, person.id, person.account.name, now())
                tx.members.join(capstone.cohort, found, role, now())
                tx.members.prove(found, Account(user.id, user.login), now())
        self.settle()

    def hurry(self) -> None:
        """Let every pause be over, and every sensei's working day begin; no day is kept for a digest."""
        with Session(self.database) as session:
            waiting = select(JobRow).where(
                col(JobRow.started_at).is_(None), col(JobRow.kind).in_(["hear", "message"])
            )
            for job in session.exec(waiting):
                job.due_at = now()
                if "unprompted" in job.argument:
                    job.argument = {**job.argument, "first": (now() - timedelta(days=30)).isoformat()}
            session.exec(sa.delete(UnpromptedMessageRow))
            session.commit()

    def comes(self, until: Callable[[], Any]) -> Any:
        """Wait until something has come, without pauses; return it."""

        def has_come() -> Any:
            self.hurry()
            return until()

        self.wait(has_come, PATIENCE)
        return until()

    def quiesce(self) -> None:
        """Wait until there is nothing left to do."""
        self.slack.settle()
        self.comes(self._is_quiet)

    def _is_quiet(self) -> bool:
        _ = self.github.deliveries
        schema = "dbos." if self.database.dialect.name == "postgresql" else ""
        query = (
            "SELECT (SELECT count(*) FROM delivery WHERE state = 'stored')"
            " + (SELECT count(*) FROM job WHERE started_at IS NULL AND due_at <= :now)"
            f" + (SELECT count(*) FROM {schema}workflow_status WHERE status IN ('PENDING', 'ENQUEUED'))"
        )
        with self.database.connect() as connection:
            return bool(connection.execute(sa.text(query), {"now": now()}).scalar_one() == 0)

    def opens(self, files: Mapping[str, bytes], branch: str) -> Pull:
        """Let Ada open a pull request; return it once it is read."""
        self.github.push(self.repository, branch, files)
        pull = self.github.open_pull(self.repository, branch, self.ada)
        self.wait(lambda: self.concluded(pull))
        self.settle()
        return pull

    def merges(self, pull: Pull) -> None:
        self.github.merge_pull(pull)
        self.quiesce()

    def answers(self, thread: Thread, words: str, by: User | None = None) -> Comment:
        """Let somebody reply in a thread; return the reply once Sensei has replied to it."""
        before = len(thread.comments)
        comment = self.github.reply(thread, words, by or self.ada)
        self.comes(lambda: len(thread.comments) > before + 1)
        self.quiesce()
        return comment

    def offered(self, person: Person, action: str) -> Json:
        """Return the newest direct message with a button, once it has come."""

        def find() -> Json | None:
            return next((one for one in reversed(person.messages) if _find_button(one, action)), None)

        message: Json = self.comes(find)
        return message

    def heard(self, person: Person, words: str) -> Json:
        """Return the newest direct message that says something, once it has come."""

        def find() -> Json | None:
            return next((one for one in reversed(person.messages) if words in self.read(one)), None)

        message: Json = self.comes(find)
        return message

    def read(self, seen: Any) -> str:
        """Return what is read, without the ends of lines."""
        return " ".join(look.text(seen, self.names).split())

    @property
    def names(self) -> dict[str, str]:
        return {person.id: person.account.name for person in self.slack.people.values()}

    def clicks(self, person: Person, message: Json, action: str) -> None:
        """Let somebody click a button of a message, and wait for what follows."""
        assert not person.click(message, _find_button(message, action)).failed
        self.quiesce()

    def sends(self, person: Person, values: Mapping[Any, Any]) -> None:
        """Fill in and send the form that is before somebody."""
        outcome = person.submit(values)
        assert (outcome.failed, outcome.errors) == (False, {}), outcome.answer
        self.quiesce()

    def rows(self, query: str, **values: Any) -> list[tuple[Any, ...]]:
        with self.database.connect() as connection:
            return [tuple(row) for row in connection.execute(sa.text(query), values)]

    def statements(self, pull: Pull) -> list[tuple[Any, ...]]:
        """What the ledger has of people's words: source, words, what is missing, whether it is pending."""
        return self.rows(
            "SELECT source, quote, missing, pending FROM statement"
            " JOIN pull_request ON pull_request.id = pull_request_id WHERE number = :number ORDER BY source",
            number=pull.number,
        )

    def decisions(self) -> list[tuple[Any, ...]]:
        """The records: number and state."""
        return self.rows("SELECT number, state FROM decision ORDER BY number")

    def public(self) -> str:
        """All that is on GitHub."""
        pulls = self.repository.pulls.values()
        comments = [one.body for pull in pulls for thread in pull.threads for one in thread.comments]
        comments += [one.body for pull in pulls for one in pull.comments]
        comments += [review.body for pull in pulls for review in pull.reviews]
        texts = [f"{pull.title}\n{pull.body}" for pull in pulls]
        files = [file.patch for pull in pulls for file in self.github.files(pull)]
        return "\n".join([*comments, *texts, *files])

    def transcript(self) -> str:
        """Everything that was said, for people to read."""
        lines = []
        for pull in self.repository.pulls.values():
            patches = "\n".join(file.patch for file in self.github.files(pull))
            lines.append(f"\n# Pull request {pull.number}, {pull.state}: {pull.title}\n\n{pull.body or ''}")
            around = [(review.user, review.body) for review in pull.reviews if review.body]
            around += [(one.user, one.body) for one in pull.comments]
            lines.append(f"\n```diff\n{patches}\n```")
            lines += [f"\n**{user.login}:**\n\n{body}" for user, body in around]
            for n, thread in enumerate(pull.threads, start=1):
                lines.append(f"\n## Thread {n}{' (resolved)' if thread.resolved_by else ''}")
                lines += [f"\n**{one.user.login}:**\n\n{one.body}" for one in thread.comments]
        for person in self.speakers:
            lines.append(f"\n# Slack: {person.account.name} and Sensei\n")
            for message in self.slack.messages(person.dm):
                by = self.names.get(message["user"], "Sensei")
                lines.append(f"\n**{by}:**\n\n```\n{look.text(message, self.names)}\n```")
        return "\n".join(lines)


def _find_button(message: Json, action: str) -> str:
    """Return the whole name of a message's button, which may end with a number; "" if it has none."""
    found = re.search(rf'"({re.escape(action)}(?::\d+)?)"', json.dumps(message))
    return found[1] if found else ""


def turn(comment: Comment) -> str:
    """Return what a comment of Sensei's is in a conversation: ``probe``, ``draft``, ``recorded``, or ""."""
    found = _TURN.search(comment.body)
    return found[1] if found else ""


Kind = TypeVar("Kind", bound=Conversing)


def now() -> datetime:
    return datetime.now(UTC)


@contextmanager
def conversing(
    folder: Path, database: str = "sqlite", *, model: bool = True, may_write: bool = True
) -> Iterator[Conversing]:
    """Let people talk before a running bot. At the end it has made no error, and nothing has failed."""
    if database == "sqlite":
        yield from _conversing(folder, None, model=model, may_write=may_write)
        return
    with databases.fresh() as url:
        yield from _conversing(folder, url, model=model, may_write=may_write)


def _conversing(folder: Path, url: str | None, *, model: bool, may_write: bool) -> Iterator[Conversing]:
    with GitHub() as github, Slack() as slack, Messages(reply) as messages:
        it = Conversing(folder, github, slack, url, **(read_by(messages) if model else {}))
        yield from running(it, may_write=may_write)


def read_by(messages: Messages) -> dict[str, str]:
    """Return the settings of a bot that asks this model."""
    return {
        "model_provider": "anthropic",
        "model": "claude-opus-5-5",
        "anthropic_api_key": KEY,
        "model_base_url": messages.url,
    }


def running(it: Kind, *, may_write: bool = True) -> Iterator[Kind]:
    """Let the bot run. At the end it has made no error, and nothing has failed."""
    try:
        it.begin(may_write=may_write)
        yield it
        it.quiesce()
        assert it.errors() == []
        assert it.run("dead", "list").stdout == "There is no failed work.\n"
        assert it.end(signal.SIGTERM) == 0
    finally:
        (it.folder / "conversation.md").write_text(it.transcript(), "utf-8")
        it.end(signal.SIGKILL)
        it.database.dispose()
