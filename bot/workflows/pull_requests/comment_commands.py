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
from bot.workflows.articulation.disputes import ask_sensei
from bot.workflows.articulation.hearing import hear_answer
from bot.workflows.articulation.private_talks import go_private
from bot.workflows.dojo import account_linking
from bot.workflows.pull_requests.account_roles import role_on
from bot.workflows.pull_requests.question_commands import (
    find_question,
    hear_stored_answer,
    message_key,
    move_to_chat,
)
from bot.workflows.pull_requests.question_decisions import decide_by_command, find_decider
from bot.workflows.pull_requests.question_places import talks_in_private
from bot.workflows.triage.question_cards import rewrite_cards

log = structlog.get_logger(__name__)

MOST_WITHIN = 20
"""Maximum commands per author, pull request and hour that Sensei carries out and answers.

A reply costs two writes. All pull requests share one write a second, so one author can use at most 40 of the
3,600 writes in an hour. With eight commands, a person who reads the replies needs fewer.
"""
WITHIN = timedelta(hours=1)
# What follows these commands is kept as a message about the question; an edited comment replaces it.
_WITH_WORDS = (Verb.ANSWER, Verb.DEFER, Verb.DISPUTE)


class CommandEffects(Protocol):
    """What commands set going: rounds of pull requests, and decision records."""

    def request_round(self, tx: Tx, pull_request: PullRequest, by: Account | None = None) -> None:
        """Start a round that a person (``by``) requested."""

    def schedule_round(self, tx: Tx, pull_request: PullRequest) -> None:
        """Schedule a round if there is anything new to read."""

    def record_decision(self, tx: Tx, question: AskedQuestion, words: str) -> CommandOutcome:
        """Record what came of a question, with the participant's own words; return what to tell them."""


def hear_comment(
    tx: Tx, capstone: Capstone, event: CommentChanged, effects: CommandEffects, at: datetime
) -> bool:
    """Carry out a comment's command; return False if the comment is ordinary text."""
    known = tx.commands.by_comment(event.comment, inline=event.inline)
    parsed = parse_comment(event.body)
    if known is not None:
        return _handle_known_comment(tx, event, known, parsed, at)
    pull_request = tx.pull_requests.find(capstone.id, event.number)
    if parsed is None:
        if pull_request is not None:
            _hint_at_first_line(tx, capstone, pull_request, event, at)
        return False
    if pull_request is not None:
        _handle_command(tx, capstone, pull_request, event, parsed, effects, at)
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


def names_unpublished_question(tx: Tx, event: CommentChanged) -> bool:
    """Return whether a command names a question that people may see before Sensei knows that they do.

    A command that decides about a waiting question is not about what people see.
    """
    parsed = parse_comment(event.body)
    if parsed is None or parsed.question is None or parsed.verb in comment_command_rules.DECISIONS:
        return False
    named = tx.questions.get(parsed.question)
    return named is not None and named.state in {QuestionState.PROPOSED, QuestionState.KEPT}


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
        _forget_words(tx, known, at)
        account_linking.withdraw_code(tx, event.comment, at, inline=event.inline)


def _forget_words(tx: Tx, command: CommentCommand, at: datetime) -> None:
    """Delete what a comment said about a question, if its command kept that."""
    if command.question is None or command.verb not in _WITH_WORDS:
        return
    key = message_key(command.comment, inline=command.inline)
    tx.questions.delete_message(command.question, key, command.author, at)
    if command.verb is Verb.ANSWER:
        hear_answer(tx, command.question, at)


def _handle_known_comment(
    tx: Tx, event: CommentChanged, known: CommentCommand, parsed: ParsedCommand | None, at: datetime
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
    same_question = parsed.question is None or parsed.question == known.question
    if gave_command and same_question and parsed.has_reason:
        _replace_words(tx, event, known, parsed, at)
    return True


def _replace_words(
    tx: Tx, event: CommentChanged, known: CommentCommand, parsed: ParsedCommand, at: datetime
) -> None:
    """Store the new wording of a reason or an answer, unless a newer one is stored."""
    if known.question is None or known.verb not in _WITH_WORDS:
        return
    key = message_key(event.comment, inline=event.inline)
    message = tx.questions.get_message(key)
    if message is not None and not event.newer_than(message.at):
        return
    tx.questions.save_message(known.question, key, event.author.id, parsed.reason, event.at)
    if known.verb is Verb.ANSWER:
        hear_answer(tx, known.question, at)


def _handle_command(  # noqa: PLR0913, PLR0917 - a comment, its place, and what it can change
    tx: Tx,
    capstone: Capstone,
    pull_request: PullRequest,
    event: CommentChanged,
    parsed: ParsedCommand,
    effects: CommandEffects,
    at: datetime,
) -> None:
    if _is_over_limit(tx, capstone, pull_request, event):
        _store_command(tx, pull_request, event, parsed, CommandOutcome.SILENT, None)
        return
    question = find_question(tx, pull_request, event, parsed)
    answer = comment_command_rules.decide_outcome(
        parsed, _describe_context(tx, capstone, pull_request, event, parsed, question)
    )
    if answer is CommandOutcome.NOT_YOURS and tx.commands.was_told_not_theirs(
        pull_request.id, event.author.id
    ):
        answer = CommandOutcome.SILENT
    is_about_all = question is None and answer is CommandOutcome.DONE
    if is_about_all and _is_overtaken(tx, pull_request, event, parsed):
        answer = CommandOutcome.OVERTAKEN
    if parsed.verb is Verb.LINK:
        answer = account_linking.take_code(tx, event, parsed, answer, at)
    if answer is CommandOutcome.DONE and question is not None:
        answer = _decide_with_question(tx, capstone, question, parsed, event, effects, at)
    command = _store_command(tx, pull_request, event, parsed, answer, question)
    if answer is CommandOutcome.DONE:
        _carry_out(tx, tx.commands.get(command), event.author, parsed, effects, at)
    if answer is not CommandOutcome.SILENT:
        _schedule_reply(tx, capstone, pull_request, command, at)


def _decide_with_question(  # noqa: PLR0913, PLR0917 - a command, its comment, and what it can change
    tx: Tx,
    capstone: Capstone,
    question: AskedQuestion,
    parsed: ParsedCommand,
    event: CommentChanged,
    effects: CommandEffects,
    at: datetime,
) -> CommandOutcome:
    """Carry out the commands whose outcome shows only then."""
    if parsed.verb is Verb.RECORD:
        return effects.record_decision(tx, question, parsed.reason)
    if parsed.verb is not None and parsed.verb in comment_command_rules.DECISIONS:
        by = find_decider(tx, capstone, event.author, event.at)
        return decide_by_command(tx, question.id, parsed.verb, by, at) if by else CommandOutcome.SENSEIS
    if parsed.verb is Verb.PRIVATE and not go_private(tx, question.id, at):
        return CommandOutcome.NO_CHAT
    return CommandOutcome.DONE


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


def _describe_context(  # noqa: PLR0913, PLR0917 - a comment, its place and what it is about
    tx: Tx,
    capstone: Capstone,
    pull_request: PullRequest,
    event: CommentChanged,
    parsed: ParsedCommand,
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
        private=question is not None and talks_in_private(tx, question.id),
        decides=parsed.verb in comment_command_rules.DECISIONS
        and find_decider(tx, capstone, event.author, event.at) is not None,
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
    effects: CommandEffects,
    at: datetime,
) -> None:
    pull_request = tx.pull_requests.get(command.pull_request)
    match command.verb:
        case Verb.REVIEW:
            effects.request_round(tx, pull_request, by)
        case Verb.DEFER | Verb.DISPUTE if command.question is not None:
            state = QuestionState.DEFERRED if command.verb is Verb.DEFER else QuestionState.DISPUTED
            tx.questions.set_state(command.question, state, at)
            _save_words(tx, command, parsed)
            if command.verb is Verb.DISPUTE:
                ask_sensei(tx, command.question, at)
        case Verb.ANSWER if command.question is not None:
            _save_words(tx, command, parsed)
            hear_stored_answer(tx, command.question, at)
        case Verb.PRIVATE if command.question is None:
            tx.pull_requests.set_private(pull_request.id, True)
            move_to_chat(tx, pull_request, tx.capstones.get(pull_request.capstone), at)
            rewrite_cards(tx, pull_request.id, at)
        case Verb.QUIET:
            tx.pull_requests.set_quiet(pull_request.id, True)
            _cancel_waiting(tx, pull_request, at)
        case Verb.SPEAK:
            tx.pull_requests.set_quiet(pull_request.id, False)
            tx.pull_requests.set_private(pull_request.id, False)
            rewrite_cards(tx, pull_request.id, at)
            if pull_request.state == "open":
                effects.schedule_round(tx, tx.pull_requests.get(pull_request.id))


def _save_words(tx: Tx, command: CommentCommand, parsed: ParsedCommand) -> None:
    if command.question is not None:
        key = message_key(command.comment, inline=command.inline)
        tx.questions.save_message(command.question, key, command.author, parsed.reason, command.at)


def _cancel_waiting(tx: Tx, pull_request: PullRequest, at: datetime) -> None:
    """Cancel waiting rounds that nobody requested; ``/sensei speak`` schedules one again."""
    for round_ in tx.rounds.of(pull_request.id):
        if round_.state is RoundState.WAITING and round_.trigger is not Trigger.ASKED:
            tx.rounds.supersede(round_.id, at)
