"""Carrying out a comment's command, in the same transaction as its delivery.

A comment can give only one command, even if it is edited later. The reply is a job (``command_replies``).
"""

from datetime import datetime, timedelta
from typing import Protocol

import structlog

from bot.domain.pull_requests import comment_command_rules
from bot.domain.pull_requests.comment_command_rules import (
    CommandContext,
    CommandOutcome,
    CommentCommand,
    CommentPlace,
    ParsedCommand,
    Verb,
)
from bot.domain.pull_requests.comment_parsing import command_further_down, gives_command, parse_comment
from bot.domain.pull_requests.permissions import HostAction, is_allowed, is_person
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
from bot.ports.jobs import Job
from bot.ports.store import Tx
from bot.workflows.dojo import account_linking
from bot.workflows.pull_requests.account_roles import role_on

log = structlog.get_logger(__name__)

MOST_WITHIN = 20
"""Maximum commands per author, pull request and hour that Sensei carries out and answers.

A reply costs two writes. All pull requests share one write a second, so one author can use at most 40 of the
3,600 writes in an hour. With eight commands, a person who reads the replies needs fewer.
"""
WITHIN = timedelta(hours=1)


class ReadScheduler(Protocol):
    """Schedules rounds of pull requests."""

    def request_round(self, tx: Tx, pull_request: PullRequest, by: Account | None = None) -> None:
        """Start a round that a person (``by``) requested."""

    def schedule_round(self, tx: Tx, pull_request: PullRequest) -> None:
        """Schedule a round if there is anything new to read."""


def hear_comment(
    tx: Tx, capstone: Capstone, event: CommentChanged, scheduler: ReadScheduler, at: datetime
) -> bool:
    """Carry out a comment's command; return False if the comment is ordinary text."""
    known = tx.commands.by_comment(event.comment, inline=event.inline)
    parsed = parse_comment(event.body)
    if known is not None:
        return _handle_known_comment(tx, event, known, parsed)
    pull_request = tx.pull_requests.find(capstone.id, event.number)
    if parsed is None:
        if pull_request is not None:
            _hint_at_first_line(tx, capstone, pull_request, event, at)
        return False
    if pull_request is not None:
        _handle_command(tx, capstone, pull_request, event, parsed, scheduler, at)
    return True


def needs_unknown_pull_request(tx: Tx, capstone: Capstone, event: CommentChanged) -> bool:
    """Return whether a comment contains a command that counts, on a pull request that isn't stored yet.

    Deliveries arrive in any order, and no event mentions a pull request that was closed before its repository
    was enrolled. A stranger's command is worth no request to the host, unless it links an account.
    """
    if event.forged or not is_person(event.author):
        return False
    if tx.pull_requests.find(capstone.id, event.number) is not None:
        return False
    if is_allowed(HostAction.COMMAND, role_on(tx, capstone, event.author, event.at)):
        return gives_command(event.body)
    parsed = parse_comment(event.body)
    return parsed is not None and parsed.verb is Verb.LINK


def is_about_no_question(event: CommentChanged) -> bool:
    """Return whether a comment gives a command that does not depend on the question of its thread."""
    parsed = parse_comment(event.body)
    return parsed is not None and not parsed.about_a_question


def forget_comment(tx: Tx, capstone: Capstone, event: CommentChanged, at: datetime) -> None:
    """Record that a comment was deleted, so that its command is never carried out or answered.

    The delivery about the deletion may arrive before the one about the comment.
    """
    known = tx.commands.by_comment(event.comment, inline=event.inline)
    if known is None and (parsed := parse_comment(event.body) or command_further_down(event.body)):
        pull_request = tx.pull_requests.find(capstone.id, event.number)
        if pull_request is None:
            return
        known = tx.commands.get(_store_command(tx, pull_request, event, parsed, CommandOutcome.SILENT, None))
    if known is not None:
        tx.commands.mark_deleted(known.id, at)
        account_linking.withdraw_code(tx, event.comment, at, inline=event.inline)


def _handle_known_comment(
    tx: Tx, event: CommentChanged, known: CommentCommand, parsed: ParsedCommand | None
) -> bool:
    """Handle another delivery about a comment that gave a command; return False if it is now ordinary text.

    An edited reason replaces the stored one. A delivery that is older than the command, or arrives after its
    deletion, changes nothing. A comment that only received the hint about the first line still counts as
    ordinary text.
    """
    if parsed is None and known.verb is None and known.answer is CommandOutcome.ALONE:
        return False
    if known.deleted or not event.newer_than(known.at):
        return True
    if parsed is None:
        return False
    gave_command = known.answer is CommandOutcome.DONE and parsed.verb is known.verb
    if gave_command and parsed.has_reason and known.question:
        tx.questions.save_message(known.question, event.comment, event.author.id, parsed.reason, event.at)
    return True


def _handle_command(  # noqa: PLR0913, PLR0917 - a comment, its place, and what it can change
    tx: Tx,
    capstone: Capstone,
    pull_request: PullRequest,
    event: CommentChanged,
    parsed: ParsedCommand,
    scheduler: ReadScheduler,
    at: datetime,
) -> None:
    if _is_over_limit(tx, capstone, pull_request, event):
        _store_command(tx, pull_request, event, parsed, CommandOutcome.SILENT, None)
        return
    question = tx.questions.by_comment(event.thread) if event.thread else None
    answer = comment_command_rules.decide_outcome(
        parsed, _describe_context(tx, capstone, pull_request, event, question)
    )
    if answer is CommandOutcome.NOT_YOURS and tx.commands.was_told_not_theirs(
        pull_request.id, event.author.id
    ):
        answer = CommandOutcome.SILENT
    if answer is CommandOutcome.DONE and _is_overtaken(tx, pull_request, event, parsed):
        answer = CommandOutcome.OVERTAKEN
    if parsed.verb is Verb.LINK:
        answer = account_linking.take_code(tx, event, parsed, answer, at)
    command = _store_command(tx, pull_request, event, parsed, answer, question)
    if answer is CommandOutcome.DONE:
        _carry_out(tx, tx.commands.get(command), event.author, parsed, scheduler, at)
    if answer is not CommandOutcome.SILENT:
        _schedule_reply(tx, capstone, pull_request, command, at)


def _hint_at_first_line(
    tx: Tx, capstone: Capstone, pull_request: PullRequest, event: CommentChanged, at: datetime
) -> None:
    """Reply, once per person and pull request, that a command must be on the first line of a comment."""
    role = role_on(tx, capstone, event.author, event.at)
    if not is_allowed(HostAction.COMMAND, role):
        return
    parsed = command_further_down(event.body)
    if parsed is None or tx.commands.was_told_first_line(pull_request.id, event.author.id):
        return
    if _is_over_limit(tx, capstone, pull_request, event):
        return
    command = _store_command(tx, pull_request, event, parsed, CommandOutcome.ALONE, None)
    _schedule_reply(tx, capstone, pull_request, command, at)


def _schedule_reply(
    tx: Tx, capstone: Capstone, pull_request: PullRequest, command: int, at: datetime
) -> None:
    if capstone.speaks:
        identity = f"answer:{capstone.repository}#{pull_request.number}:{command}"
        tx.jobs.add(Job(identity, "answer", {"command": command}, at))


def _is_over_limit(tx: Tx, capstone: Capstone, pull_request: PullRequest, event: CommentChanged) -> bool:
    """Return whether an author has reached the limit of commands; log the first one above it."""
    given = tx.commands.count_given(pull_request.id, event.author.id, event.at - WITHIN, event.at)
    if given == MOST_WITHIN:
        about = f"{capstone.repository}#{pull_request.number}"
        log.warning("commands.too_many", pull_request=about, author=event.author.id)
    return given >= MOST_WITHIN


def _is_overtaken(tx: Tx, pull_request: PullRequest, event: CommentChanged, parsed: ParsedCommand) -> bool:
    """Return whether a command arrived late, and would undo one that was written after it."""
    overtaking = comment_command_rules.OVERTAKEN_BY.get(parsed.verb) if parsed.verb else None
    return overtaking is not None and tx.commands.is_any_done_after(
        pull_request.id, overtaking, event.at, event.comment, inline=event.inline
    )


def _describe_context(
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
        role_on(tx, capstone, event.author, event.at),
        place,
        question.state if question else None,
        ruled=question is not None and question.ruling is not None,
        open=pull_request.state == "open",
    )


def _store_command(  # noqa: PLR0913, PLR0917 - one row's columns
    tx: Tx,
    pull_request: PullRequest,
    event: CommentChanged,
    parsed: ParsedCommand,
    answer: CommandOutcome,
    question: AskedQuestion | None,
) -> int:
    about = parsed.meant or ""
    if parsed.verb is Verb.EXPLAIN:
        about = parsed.check or (question.check if question and question.check else "")
    return tx.commands.add(
        parsed,
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


def _carry_out(  # noqa: PLR0913, PLR0917 - a command, who gave it, and what it can change
    tx: Tx,
    command: CommentCommand,
    by: Account,
    parsed: ParsedCommand,
    scheduler: ReadScheduler,
    at: datetime,
) -> None:
    pull_request = tx.pull_requests.get(command.pull_request)
    match command.verb:
        case Verb.REVIEW:
            scheduler.request_round(tx, pull_request, by)
        case Verb.DEFER | Verb.DISPUTE if command.question is not None:
            state = QuestionState.DEFERRED if command.verb is Verb.DEFER else QuestionState.DISPUTED
            tx.questions.set_state(command.question, state, at)
            tx.questions.save_message(
                command.question, command.comment, command.author, parsed.reason, command.at
            )
        case Verb.PRIVATE:
            tx.pull_requests.set_private(pull_request.id, True)
        case Verb.QUIET:
            tx.pull_requests.set_quiet(pull_request.id, True)
            _cancel_waiting(tx, pull_request, at)
        case Verb.SPEAK:
            tx.pull_requests.set_quiet(pull_request.id, False)
            tx.pull_requests.set_private(pull_request.id, False)
            if pull_request.state == "open":
                scheduler.schedule_round(tx, tx.pull_requests.get(pull_request.id))


def _cancel_waiting(tx: Tx, pull_request: PullRequest, at: datetime) -> None:
    """Cancel waiting rounds that nobody requested; ``/sensei speak`` schedules one again."""
    for round_ in tx.rounds.of(pull_request.id):
        if round_.state is RoundState.WAITING and round_.trigger is not Trigger.ASKED:
            tx.rounds.supersede(round_.id, at)
