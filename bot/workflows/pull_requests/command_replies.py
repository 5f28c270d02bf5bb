"""Posting replies to commands, and rulings: each in exactly one comment, even after a crash.

Before posting a comment, Sensei records it in the database. A later attempt that finds this record waits
until GitHub's lists are up to date. It then looks for the comment by its marker, and posts only if there is
none.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from time import sleep

from bot.domain.pull_requests.comment_command_rules import CommandOutcome, CommentCommand, Verb
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
from bot.workflows.pull_requests.review_posting import bears_marker


@dataclass(frozen=True)
class ReplyComment:
    """A comment to post.

    ``thread`` is the first comment of its thread; None for the conversation. ``key`` names its effect,
    ``is_wanted`` says whether to post it still, ``write`` returns its lines without the marker.
    """

    key: str
    marker: str
    capstone: Capstone
    number: int
    thread: int | None
    is_wanted: Callable[[], bool]
    write: Callable[[], list[str]]


@dataclass(frozen=True)
class CommandReplies:
    """The workflows ``answer`` and ``ruling``."""

    host: CodeHost
    store: Store
    library: Library
    now: Callable[[], datetime]

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
        return {"outcome": insist(steps, "reply", lambda: self._post_reply(command))["outcome"]}

    def ruling(self, steps: Steps, argument: Json) -> Json:
        """Post a ruling in the question's thread, as the sensei's or the deputy's."""
        question: int = argument["question"]
        by_deputy = bool(argument.get("deputy"))
        result = insist(steps, "tell", lambda: self._post_ruling(question, by_deputy=by_deputy))
        return {"outcome": result["outcome"]}

    def _check_command(self, tx: Tx, command: int) -> Json:
        given, _, capstone = _load_command(tx, command)
        return {"go": _is_answered(given, capstone), "nods": given.answer is not CommandOutcome.NOT_YOURS}

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

        return self._post_once(
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
            return command_replies.format_reply(given, pull_request, capstone.publish, once=once)
        found = explain_check(self.library, given.about)
        if isinstance(found, CheckExplanation):
            return list(command_replies.format_explanation(found))
        return command_replies.format_nearest_checks(found)

    def _post_ruling(self, number: int, *, by_deputy: bool) -> Json:
        with self.store.read() as tx:
            question, pull_request, capstone = _load_ruled_question(tx, number)
        ruling, thread = question.ruling, question.comment
        if ruling is None or thread is None:
            return {"comment": None}

        def is_wanted() -> bool:
            with self.store.read() as tx:
                _, pull_request, capstone = _load_ruled_question(tx, number)
            return capstone.speaks and not pull_request.private

        return self._post_once(
            ReplyComment(
                f"ruling:{number}",
                github_posts.ruling_marker(number),
                capstone,
                pull_request.number,
                thread,
                is_wanted,
                lambda: command_replies.format_ruling(ruling, by_deputy=by_deputy),
            )
        )

    def _post_once(self, reply: ReplyComment) -> Json:
        """Post a comment unless an earlier attempt did; return its id, or None if it is no longer wanted."""
        with self.store.read() as tx:
            was_tried, known = tx.effects.find(reply.key)
        if known is not None:
            return {"comment": int(known)}
        comment = self._find_posted(reply) if was_tried else None
        if comment is None:
            if not reply.is_wanted():
                return {"comment": None}
            with self.store.begin() as tx:
                tx.effects.begin(reply.key, self.now())
            body = github_posts.comment(reply.write(), reply.marker)
            comment = self.host.post_comment(
                self.host.repository(reply.capstone), reply.number, reply.thread, body
            )
        with self.store.begin() as tx:
            tx.effects.finish(reply.key, str(comment), self.now())
        return {"comment": comment}

    def _find_posted(self, reply: ReplyComment) -> int | None:
        sleep(LIST_LAG)  # GitHub's response was lost, and its list may not show the comment yet
        inline = reply.thread is not None
        found = self.host.comments(self.host.repository(reply.capstone), reply.number, inline=inline)
        posted = (
            comment.id for comment in found if comment.ours and bears_marker(comment.body, reply.marker)
        )
        return next(posted, None)


def _load_command(tx: Tx, command: int) -> tuple[CommentCommand, PullRequest, Capstone]:
    given = tx.commands.get(command)
    pull_request = tx.pull_requests.get(given.pull_request)
    return given, pull_request, tx.capstones.get(pull_request.capstone)


def _is_answered(given: CommentCommand, capstone: Capstone) -> bool:
    """Return whether a command gets a reply: not if it was deleted, or nothing may be posted."""
    return not given.deleted and given.answer is not CommandOutcome.SILENT and capstone.speaks


def _load_ruled_question(tx: Tx, number: int) -> tuple[AskedQuestion, PullRequest, Capstone]:
    question = tx.questions.get(number)
    if question is None:
        raise AssertionError("a question with a ruling is in the database")
    pull_request = tx.pull_requests.get(tx.rounds.get(question.round).pull_request)
    return question, pull_request, tx.capstones.get(pull_request.capstone)
