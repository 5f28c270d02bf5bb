"""Answering commands, and telling of rulings: each in one comment, whatever crashes in between.

A row says that a comment is about to be written. A try that finds the row looks for the comment by its
marker, after a wait that is longer than lists lag, before it writes one.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from time import sleep

from bot.domain.pull_requests.comment_commands import CommandOutcome, CommentCommand, Verb
from bot.domain.pull_requests.permissions import HostAction, is_allowed
from bot.domain.pull_requests.records import AskedQuestion, Capstone, PullRequest
from bot.domain.rubrics.check_explanations import CheckExplanation, explain_check
from bot.domain.rubrics.rubric import Library
from bot.ports.code_host import CodeHost
from bot.ports.engine import Json, Steps
from bot.ports.store import Store, Tx
from bot.rendering.pull_requests import command_replies, github_posts
from bot.workflows.jobs.retry import LIST_LAG, attempt, insist
from bot.workflows.pull_requests.account_roles import role_on
from bot.workflows.pull_requests.review_posting import bears


@dataclass(frozen=True)
class ReplyComment:
    """A comment to be: ``thread`` began the thread that it belongs to, None: the conversation.

    ``key`` names its effect, ``wanted`` says whether it still is, ``text`` makes it without its marker.
    """

    key: str
    marker: str
    capstone: Capstone
    number: int
    thread: int | None
    wanted: Callable[[], bool]
    text: Callable[[], list[str]]


@dataclass(frozen=True)
class CommandReplies:
    """The workflows ``answer`` and ``ruling``."""

    host: CodeHost
    store: Store
    library: Library
    now: Callable[[], datetime]

    def answer(self, steps: Steps, argument: Json) -> Json:
        """Show that a command was seen, and answer it; or tell that its code is ``void`` since."""
        command: int = argument["command"]
        if argument.get("void"):
            return {"outcome": insist(steps, "void", lambda: self._reply(command, void=True))["outcome"]}
        heard = steps.tx("heard", lambda tx: self._heard(tx, command))
        if not heard["go"]:
            return {"outcome": "done"}
        if heard["nods"]:
            # A courtesy: the answer comes whatever becomes of it.
            attempt(steps, "nod", lambda: self._nod(command))
        return {"outcome": insist(steps, "reply", lambda: self._reply(command))["outcome"]}

    def ruling(self, steps: Steps, argument: Json) -> Json:
        """Tell in a question's thread what a sensei has ruled."""
        question: int = argument["question"]
        return {"outcome": insist(steps, "tell", lambda: self._tell(question))["outcome"]}

    def _heard(self, tx: Tx, command: int) -> Json:
        it, _, capstone = _of(tx, command)
        return {"go": _answers(it, capstone), "nods": it.answer is not CommandOutcome.NOT_YOURS}

    def _nod(self, command: int) -> Json:
        with self.store.begin() as tx:
            it, _, capstone = _of(tx, command)
        self.host.nod(self.host.repository(capstone), it.comment, inline=it.inline)
        return {}

    def _reply(self, command: int, *, void: bool = False) -> Json:
        with self.store.begin() as tx:
            it, pull_request, capstone = _of(tx, command)
            author = role_on(tx, capstone, pull_request.author, self.now().date())
        once = not is_allowed(HostAction.PULL_REQUEST, author)

        def wanted() -> bool:
            with self.store.begin() as tx:
                now, _, capstone = _of(tx, command)
            return _answers(now, capstone)

        return self._once(
            ReplyComment(
                f"reply:{command}:void" if void else f"reply:{command}",
                github_posts.void_marker(it.comment) if void else github_posts.reply_marker(it.comment),
                capstone,
                pull_request.number,
                it.thread,
                wanted,
                command_replies.void if void else lambda: self._answer_to(it, pull_request, capstone, once),
            )
        )

    def _answer_to(
        self, it: CommentCommand, pull_request: PullRequest, capstone: Capstone, once: bool
    ) -> list[str]:
        if it.answer is not CommandOutcome.DONE or it.verb is not Verb.EXPLAIN:
            return command_replies.answer(it, pull_request, capstone.publish, once=once)
        found = explain_check(self.library, it.about)
        if isinstance(found, CheckExplanation):
            return list(command_replies.explained(found))
        return command_replies.not_explained(found)

    def _tell(self, question: int) -> Json:
        with self.store.begin() as tx:
            it, pull_request, capstone = _ruled(tx, question)
        ruling, thread = it.ruling, it.comment
        if ruling is None or thread is None:
            return {"comment": None}

        def wanted() -> bool:
            with self.store.begin() as tx:
                _, pull_request, capstone = _ruled(tx, question)
            return capstone.speaks and not pull_request.private

        return self._once(
            ReplyComment(
                f"ruling:{question}",
                github_posts.ruling_marker(question),
                capstone,
                pull_request.number,
                thread,
                wanted,
                lambda: command_replies.ruling(ruling),
            )
        )

    def _once(self, it: ReplyComment) -> Json:
        """Write a comment unless an earlier try has; return its id, None where it is not wanted."""
        with self.store.begin() as tx:
            tried, known = tx.effects.of(it.key)
        if known is not None:
            return {"comment": int(known)}
        made = self._written(it) if tried else None
        if made is None:
            if not it.wanted():
                return {"comment": None}
            with self.store.begin() as tx:
                tx.effects.begin(it.key, self.now())
            body = github_posts.comment(it.text(), it.marker)
            made = self.host.say(self.host.repository(it.capstone), it.number, it.thread, body)
        with self.store.begin() as tx:
            tx.effects.done(it.key, str(made), self.now())
        return {"comment": made}

    def _written(self, it: ReplyComment) -> int | None:
        sleep(LIST_LAG)  # its answer was lost, and the list may lag behind it
        inline = it.thread is not None
        found = self.host.comments(self.host.repository(it.capstone), it.number, inline=inline)
        return next((one.id for one in found if one.ours and bears(one.body, it.marker)), None)


def _of(tx: Tx, command: int) -> tuple[CommentCommand, PullRequest, Capstone]:
    it = tx.commands.get(command)
    pull_request = tx.pull_requests.get(it.pull_request)
    return it, pull_request, tx.capstones.get(pull_request.capstone)


def _answers(it: CommentCommand, capstone: Capstone) -> bool:
    """Say whether a command is answered: not once it was taken back, nor where nothing is posted at all."""
    return not it.deleted and it.answer is not CommandOutcome.SILENT and capstone.speaks


def _ruled(tx: Tx, question: int) -> tuple[AskedQuestion, PullRequest, Capstone]:
    it = tx.questions.get(question)
    if it is None:
        raise AssertionError("a question that was ruled on is kept")
    pull_request = tx.pull_requests.get(tx.rounds.get(it.round).pull_request)
    return it, pull_request, tx.capstones.get(pull_request.capstone)
