"""Replies to commands, and rulings: each in exactly one comment."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.domain.articulation.guide import ArticulationGuide
from bot.domain.pull_requests.comment_command_rules import CommandOutcome, CommentCommand, Verb
from bot.domain.pull_requests.permissions import HostAction, is_allowed
from bot.domain.pull_requests.records import Capstone, PullRequest, Ruling
from bot.domain.pull_requests.rulings import DeciderRole, role_in
from bot.domain.rubrics.check_explanations import CheckExplanation, explain_check
from bot.domain.rubrics.rubric import Library
from bot.ports.code_host import CodeHost
from bot.ports.engine import Json, Steps
from bot.ports.store import Store, Tx
from bot.rendering.pull_requests import command_replies, github_posts
from bot.workflows.jobs.retry import attempt, insist
from bot.workflows.pull_requests.account_roles import role_on
from bot.workflows.pull_requests.comment_posting import CommentPoster, ReplyComment
from bot.workflows.pull_requests.question_places import address, load_question, talks_in_private
from bot.workflows.pull_requests.thread_closing import ThreadClosing


@dataclass(frozen=True)
class CommandReplies:
    """The workflows ``answer`` and ``ruling``."""

    host: CodeHost
    store: Store
    library: Library
    now: Callable[[], datetime]
    guide: ArticulationGuide

    @property
    def _poster(self) -> CommentPoster:
        return CommentPoster(self.host, self.store, self.now)

    def answer(self, steps: Steps, argument: Json) -> Json:
        """React to a command and reply to it; with ``void``, reply that its code no longer works."""
        command: int = argument["command"]
        if argument.get("void"):
            return {"outcome": insist(steps, "void", lambda: self._post_reply(command, void=True))["outcome"]}
        heard = steps.tx("heard", lambda tx: self._check_command(tx, command))
        if not heard["go"]:
            return {"outcome": "done"}
        if heard["nods"]:
            # The reaction is a courtesy: Sensei replies even if it fails.
            attempt(steps, "nod", lambda: self._react(command))
        if not heard.get("replies", True):  # missing in records by an earlier version
            return {"outcome": "done"}
        return {"outcome": insist(steps, "reply", lambda: self._post_reply(command))["outcome"]}

    def ruling(self, steps: Steps, argument: Json) -> Json:
        """Post a ruling in the question's thread, and close the thread if the question is withdrawn."""
        question: int = argument["question"]
        role = role_in(argument)
        told = insist(steps, "tell", lambda: self._post_ruling(question, role))
        if told["outcome"] == "done" and told.get("withdrawn"):
            closing = ThreadClosing(self.host, self.store, self.now)
            insist(steps, "close", lambda: closing.close(question))
        return {"outcome": told["outcome"]}

    def _check_command(self, tx: Tx, command: int) -> Json:
        given, _, capstone = _load_command(tx, command)
        return {
            "go": _is_answered(given, capstone),
            "nods": given.answer is not CommandOutcome.NOT_YOURS,
            "replies": not _is_answered_later(tx, given),
        }

    def _react(self, command: int) -> Json:
        with self.store.read() as tx:
            given, _, capstone = _load_command(tx, command)
        self.host.add_eyes_reaction(self.host.repository(capstone), given.comment, inline=given.inline)
        return {}

    def _post_reply(self, command: int, *, void: bool = False) -> Json:
        with self.store.read() as tx:
            given, pull_request, capstone = _load_command(tx, command)
            author = role_on(tx, capstone, pull_request.author, self.now())
        once = not is_allowed(HostAction.PULL_REQUEST, author)

        def is_wanted() -> bool:
            with self.store.read() as tx:
                current, _, capstone = _load_command(tx, command)
            return _is_answered(current, capstone)

        def write() -> list[str]:
            return self._write_reply(given, pull_request, capstone, once)

        return self._poster.post_once(
            ReplyComment(
                f"reply:{command}:void" if void else f"reply:{command}",
                github_posts.void_marker(given.comment) if void else github_posts.reply_marker(given.comment),
                capstone,
                pull_request.number,
                given.thread,
                is_wanted,
                command_replies.format_void_code if void else write,
            )
        )

    def _write_reply(
        self, given: CommentCommand, pull_request: PullRequest, capstone: Capstone, once: bool
    ) -> list[str]:
        if given.answer is not CommandOutcome.DONE or given.verb is not Verb.EXPLAIN:
            titles = [part.title for part in self.guide.slots]
            return command_replies.format_reply(given, pull_request, capstone.publish, titles, once=once)
        found = explain_check(self.library, given.about)
        if isinstance(found, CheckExplanation):
            return list(command_replies.format_explanation(found))
        return command_replies.format_nearest_checks(found)

    def _post_ruling(self, number: int, role: DeciderRole) -> Json:
        with self.store.read() as tx:
            question, pull_request, capstone = load_question(tx, number)
        ruling = question.ruling
        if ruling is None:
            return {"comment": None}

        def is_wanted() -> bool:
            with self.store.read() as tx:
                _, pull_request, capstone = load_question(tx, number)
                is_private = talks_in_private(tx, number)
            return capstone.speaks and not pull_request.private and not is_private

        told = self._poster.post_once(
            ReplyComment(
                f"ruling:{number}",
                github_posts.ruling_marker(number),
                capstone,
                pull_request.number,
                question.comment,
                is_wanted,
                lambda: address(question, command_replies.format_ruling(ruling, role)),
            )
        )
        return {**told, "withdrawn": ruling is Ruling.WITHDRAWN}


def _load_command(tx: Tx, command: int) -> tuple[CommentCommand, PullRequest, Capstone]:
    given = tx.commands.get(command)
    pull_request = tx.pull_requests.get(given.pull_request)
    return given, pull_request, tx.capstones.get(pull_request.capstone)


def _is_answered(given: CommentCommand, capstone: Capstone) -> bool:
    """Return whether a command gets a reply: not if it was deleted, or nothing may be posted."""
    return not given.deleted and given.answer is not CommandOutcome.SILENT and capstone.speaks


def _is_answered_later(tx: Tx, given: CommentCommand) -> bool:
    """Return whether what Sensei says next in the conversation answers a command.

    After a decision was recorded in private, nothing else is said here. A ruling is announced by itself.
    """
    if given.answer is not CommandOutcome.DONE or given.question is None:
        return False
    match given.verb:
        case Verb.ANSWER | Verb.KEEP | Verb.STANDS:
            return True
        case Verb.WITHDRAW:
            question = tx.questions.get(given.question)
            return question is not None and question.ruling is not None
        case Verb.RECORD:
            return not talks_in_private(tx, given.question)
        case _:
            return False
