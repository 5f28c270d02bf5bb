"""Commands in comments: what a comment that gives one changes, in the transaction that handles its delivery.

A comment gives one command at most, whatever is made of it later. Its answer is a job (``answering``).
"""

from datetime import datetime, timedelta
from typing import Protocol

import structlog

from bot.domain.pull_requests import comment_commands
from bot.domain.pull_requests.comment_commands import (
    CommandContext,
    CommandOutcome,
    CommentCommand,
    CommentPlace,
    ParsedCommand,
    Verb,
)
from bot.domain.pull_requests.permissions import HostAction, is_allowed
from bot.domain.pull_requests.records import (
    Account,
    AskedQuestion,
    Capstone,
    PullRequest,
    QuestionState,
    RoundState,
    Trigger,
)
from bot.domain.pull_requests.webhook_events import CommentChanged
from bot.ports.store import Job, Tx
from bot.workflows.dojo import account_linking
from bot.workflows.pull_requests.account_roles import role_on

log = structlog.get_logger(__name__)

MOST_WITHIN = 20
"""Commands of one author on one pull request that are run and answered within an hour.

An answer is two writes, and everybody's reviews share one turn of writes, of one a second: these are forty of
an hour's 3,600. A person who reads the answers needs fewer; there are eight commands.
"""
WITHIN = timedelta(hours=1)


class ReadScheduler(Protocol):
    """What lets pull requests be read."""

    def ask(self, tx: Tx, pull_request: PullRequest, by: Account | None = None) -> None:
        """Let one be read because somebody asks."""

    def read(self, tx: Tx, pull_request: PullRequest) -> None:
        """Let one be read if there is something new."""


def hear_comment(
    tx: Tx, capstone: Capstone, event: CommentChanged, reads: ReadScheduler, at: datetime
) -> bool:
    """Do what a comment commands; False where it is no command, but its author's words."""
    known = tx.commands.of(event.comment, inline=event.inline)
    said = comment_commands.parse_comment(event.body)
    if known is not None:
        return _once_more(tx, event, known, said)
    pull_request = tx.pull_requests.find(capstone.id, event.number)
    if said is None:
        if pull_request is not None:
            _point_out(tx, capstone, pull_request, event, at)
        return False
    if pull_request is not None:
        _obey(tx, capstone, pull_request, event, said, reads, at)
    return True


def is_about_no_question(event: CommentChanged) -> bool:
    """Say whether a comment gives a command to which the question of its thread makes no difference."""
    said = comment_commands.parse_comment(event.body)
    return said is not None and not said.about_a_question


def forget_comment(tx: Tx, capstone: Capstone, event: CommentChanged, at: datetime) -> None:
    """Note that a comment was deleted: its command is not answered any more, nor ever carried out.

    News of its deletion may come before news of it.
    """
    known = tx.commands.of(event.comment, inline=event.inline)
    if known is None and (
        said := comment_commands.parse_comment(event.body)
        or comment_commands.command_further_down(event.body)
    ):
        pull_request = tx.pull_requests.find(capstone.id, event.number)
        if pull_request is None:
            return
        known = tx.commands.get(_keep(tx, pull_request, event, said, CommandOutcome.SILENT, None))
    if known is not None:
        tx.commands.deleted(known.id, at)
        account_linking.withdraw_code(tx, event.comment, at, inline=event.inline)


def _once_more(tx: Tx, event: CommentChanged, known: CommentCommand, said: ParsedCommand | None) -> bool:
    """Take news of a comment that has given its command: of an edited reason the new words are kept.

    News that is older than the command, or comes after its deletion, changes nothing. Words that were
    answered because a command stood below them stay their author's words.
    """
    if said is None and known.verb is None and known.answer is CommandOutcome.ALONE:
        return False
    if known.deleted or not event.newer_than(known.at):
        return True
    if said is None:
        return False
    gave = known.answer is CommandOutcome.DONE and said.verb is known.verb
    if gave and said.has_reason and known.question:
        tx.questions.said(known.question, event.comment, event.author.id, said.reason, event.at)
    return True


def _obey(  # noqa: PLR0913, PLR0917 - a comment, where it stands, and what it can change
    tx: Tx,
    capstone: Capstone,
    pull_request: PullRequest,
    event: CommentChanged,
    said: ParsedCommand,
    reads: ReadScheduler,
    at: datetime,
) -> None:
    if _too_many(tx, capstone, pull_request, event):
        _keep(tx, pull_request, event, said, CommandOutcome.SILENT, None)
        return
    question = tx.questions.by_comment(event.thread) if event.thread else None
    answer = comment_commands.decide_outcome(said, _occasion(tx, capstone, pull_request, event, question))
    if answer is CommandOutcome.NOT_YOURS and tx.commands.told(pull_request.id, event.author.id):
        answer = CommandOutcome.SILENT
    if answer is CommandOutcome.DONE and _overtaken(tx, pull_request, event, said):
        answer = CommandOutcome.OVERTAKEN
    if said.verb is Verb.LINK:
        answer = account_linking.take_code(tx, event, said, answer, at)
    command = _keep(tx, pull_request, event, said, answer, question)
    if answer is CommandOutcome.DONE:
        _do(tx, tx.commands.get(command), event.author, said, reads, at)
    if answer is not CommandOutcome.SILENT:
        _answer(tx, capstone, pull_request, command, at)


def _point_out(
    tx: Tx, capstone: Capstone, pull_request: PullRequest, event: CommentChanged, at: datetime
) -> None:
    """Tell somebody who may give commands, once on each pull request, that they begin a comment."""
    said = comment_commands.command_further_down(event.body)
    if said is None or tx.commands.pointed_out(pull_request.id, event.author.id):
        return
    role = role_on(tx, capstone, event.author, event.at.date())
    if not is_allowed(HostAction.COMMAND, role) or _too_many(tx, capstone, pull_request, event):
        return
    command = _keep(tx, pull_request, event, said, CommandOutcome.ALONE, None)
    _answer(tx, capstone, pull_request, command, at)


def _answer(tx: Tx, capstone: Capstone, pull_request: PullRequest, command: int, at: datetime) -> None:
    if capstone.speaks:
        identity = f"answer:{capstone.repository}#{pull_request.number}:{command}"
        tx.jobs.add(Job(identity, "answer", {"command": command}, at))


def _too_many(tx: Tx, capstone: Capstone, pull_request: PullRequest, event: CommentChanged) -> bool:
    """Say whether somebody goes on giving commands; the first one over the limit is logged."""
    given = tx.commands.given(pull_request.id, event.author.id, event.at - WITHIN, event.at)
    if given == MOST_WITHIN:
        about = f"{capstone.repository}#{pull_request.number}"
        log.warning("commands.too_many", pull_request=about, author=event.author.id)
    return given >= MOST_WITHIN


def _overtaken(tx: Tx, pull_request: PullRequest, event: CommentChanged, said: ParsedCommand) -> bool:
    """Say whether a command came so late that it would undo what was written after it."""
    by = comment_commands.OVERTAKEN_BY.get(said.verb) if said.verb else None
    return by is not None and tx.commands.done_after(
        pull_request.id, by, event.at, event.comment, inline=event.inline
    )


def _occasion(
    tx: Tx,
    capstone: Capstone,
    pull_request: PullRequest,
    event: CommentChanged,
    question: AskedQuestion | None,
) -> CommandContext:
    place = (
        CommentPlace.QUESTION
        if question
        else CommentPlace.THREAD
        if event.inline
        else CommentPlace.CONVERSATION
    )
    return CommandContext(
        role_on(tx, capstone, event.author, event.at.date()),
        place,
        question.state if question else None,
        ruled=question is not None and question.ruling is not None,
        open=pull_request.state == "open",
    )


def _keep(  # noqa: PLR0913, PLR0917 - one row's columns
    tx: Tx,
    pull_request: PullRequest,
    event: CommentChanged,
    said: ParsedCommand,
    answer: CommandOutcome,
    question: AskedQuestion | None,
) -> int:
    about = said.meant or ""
    if said.verb is Verb.EXPLAIN:
        about = said.check or (question.check if question and question.check else "")
    return tx.commands.add(
        said,
        answer,
        pull_request=pull_request.id,
        comment=event.comment,
        inline=event.inline,
        thread=(event.thread or event.comment) if event.inline else None,
        author=event.author.id,
        about=about,
        question=question.id if question else None,
        at=event.at,
    )


def _do(  # noqa: PLR0913, PLR0917 - a command, who gave it, and what it can change
    tx: Tx, command: CommentCommand, by: Account, said: ParsedCommand, reads: ReadScheduler, at: datetime
) -> None:
    pull_request = tx.pull_requests.get(command.pull_request)
    match command.verb:
        case Verb.REVIEW:
            reads.ask(tx, pull_request, by)
        case Verb.DEFER | Verb.DISPUTE if command.question is not None:
            state = QuestionState.DEFERRED if command.verb is Verb.DEFER else QuestionState.DISPUTED
            tx.questions.set(command.question, state, at)
            tx.questions.said(command.question, command.comment, command.author, said.reason, command.at)
        case Verb.PRIVATE:
            tx.pull_requests.keep_private(pull_request.id, True)
        case Verb.QUIET:
            tx.pull_requests.quieten(pull_request.id, True)
            _leave(tx, pull_request, at)
        case Verb.SPEAK:
            tx.pull_requests.quieten(pull_request.id, False)
            tx.pull_requests.keep_private(pull_request.id, False)
            if pull_request.state == "open":
                reads.read(tx, tx.pull_requests.get(pull_request.id))


def _leave(tx: Tx, pull_request: PullRequest, at: datetime) -> None:
    """Begin no reading that nobody asked for; once the pull request speaks again it is made up for."""
    for round_ in tx.rounds.of(pull_request.id):
        if round_.state is RoundState.WAITING and round_.trigger is not Trigger.ASKED:
            tx.rounds.supersede(round_.id, at)
