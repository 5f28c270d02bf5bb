"""Commands in pull request comments, such as ``/sensei review``.

A comment contains at most one command: its first line, if that begins with ``/sensei``. Only quotes that end
in a blank line may precede it. The lines below may be another person's text, since a reply by e-mail contains
the original. Even the first line may be: some mail programs start with the name of the person they quote, and
people choose their own names. A command that is not written exactly is never carried out; Sensei only
suggests the probable one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.pull_requests import link_codes
from bot.domain.pull_requests.permissions import TABLE, CapstoneRole, HostAction
from bot.domain.pull_requests.records import QuestionState


class Verb(StrEnum):
    """The name of a command."""

    HELP = "help"
    REVIEW = "review"
    EXPLAIN = "explain"
    DEFER = "defer"
    DISPUTE = "dispute"
    PRIVATE = "private"
    QUIET = "quiet"
    SPEAK = "speak"
    RECORD = "record"
    LINK = "link"
    ANSWER = "answer"
    """Answers a question that has no thread, by its number."""
    KEEP = "keep"
    """Posts a question that waits for a sensei."""
    WITHDRAW = "withdraw"
    """Withdraws a question that waits for a sensei or is disputed."""
    STANDS = "stands"
    """Upholds a disputed question."""


class CommentPlace(StrEnum):
    """Where a comment is: in the conversation, in the thread of a question, or in another thread."""

    CONVERSATION = "conversation"
    QUESTION = "question"
    THREAD = "thread"


class CommandOutcome(StrEnum):
    """The outcome of a command. Only ``DONE`` changes anything; ``SILENT`` gets no reply."""

    DONE = "done"
    SILENT = "silent"
    UNKNOWN = "unknown"
    NOT_YET = "not_yet"
    NOT_YOURS = "not_yours"
    ALONE = "alone"
    """Extra text where none is allowed: after a command without an argument, or above one (no ``verb``)."""
    NO_REASON = "no_reason"
    IN_THREAD = "in_thread"
    """The command is about a question, so it must be in the question's thread."""
    ALREADY = "already"
    SETTLED = "settled"
    WITH_SENSEI = "with_sensei"
    RULED = "ruled"
    YOU_RULE = "you_rule"
    CLOSED = "closed"
    OVERTAKEN = "overtaken"
    """A newer command has already been carried out."""
    NO_CODE = "no_code"
    """The code is wrong, used or expired."""
    TAKEN = "taken"
    """One of the two accounts is already linked to another."""
    TOO_OFTEN = "too_often"
    OTHER_ACCOUNT = "other_account"
    """The code is for another account."""
    VOID = "void"
    """Two accounts posted the code."""
    NO_QUESTION = "no_question"
    """No question of this pull request has the given number."""
    PARTICIPANTS = "participants"
    """Only the participant can answer, and record what they decided."""
    NO_DRAFT = "no_draft"
    """There is neither a draft to record nor any of the participant's words."""
    NO_LABEL = "no_label"
    """The words below ``record`` don't begin with the name of a part."""
    TOO_LONG = "too_long"
    SUPERSEDED = "superseded"
    """A later decision replaced the one that came from this question."""
    RECORDED = "recorded"
    """The decision is recorded already; it has its newest words."""
    NO_CHAT = "no_chat"
    """The participant's account isn't linked to the chat."""
    SENSEIS = "senseis"
    """Only the sensei and today's deputy may do this, not the participant or a lead."""
    NOT_WAITING = "not_waiting"
    """The question waits for no such decision here."""
    UNPOSTABLE = "unpostable"
    """A kept question could not be posted, so it still waits."""


MOST_OF_A_NAME = 80
"""Maximum characters read of a check's name."""
_AROUND_NAME = "`'\"“”‘’<>()[]{}*_~.,:;!?"


@dataclass(frozen=True, slots=True)
class ParsedCommand:
    """A command as it was written.

    ``verb`` is None for an unknown command, and ``meant`` is the most similar one. ``question`` is the number
    in ``Q12``, if the command names a question. ``argument`` is the rest of its line; ``reason`` adds the
    author's own words below it. ``apart``: a blank line or nothing follows it, or for ``link``, it is the
    only line of the comment.
    """

    verb: Verb | None
    argument: str = ""
    reason: str = ""
    meant: Verb | None = None
    apart: bool = True
    question: int | None = None

    @property
    def has_reason(self) -> bool:
        """Return whether the reason contains a word."""
        return any(character.isalnum() for character in self.reason)

    @property
    def about_a_question(self) -> bool:
        """Return whether the command depends on the question of its thread, or on one that it names.

        ``private`` without a name never does: it may be meant to stop the next post.
        """
        rule = RULES.get(self.verb) if self.verb else None
        if rule is None:
            return False
        needs_one = rule.question is not None and not rule.question_optional
        return needs_one or self.question is not None or (self.verb is Verb.EXPLAIN and not self.check)

    @property
    def check(self) -> str:
        """Return the check's name from the argument, without surrounding punctuation; it may be empty."""
        # Shorten last, since lower case may turn one letter into two.
        return self.argument.strip(_AROUND_NAME + " \t").lower()[:MOST_OF_A_NAME]


@dataclass(frozen=True, slots=True)
class CommandContext:
    """The author, place and time of a command.

    ``question`` is the state of the question that it is about; ``private`` says whether the conversation
    about it goes on in the chat, and ``ruled`` whether a sensei has ruled on it. ``open`` says whether the
    pull request is open. ``decides`` says whether the author decides about the participant's questions now:
    their sensei or today's deputy does, a lead doesn't. The pull request's author does not matter, since the
    participant and the sensei are responsible for the whole capstone.
    """

    role: CapstoneRole
    place: CommentPlace
    question: QuestionState | None = None
    ruled: bool = False
    open: bool = True
    private: bool = False
    decides: bool = False


@dataclass(frozen=True, slots=True)
class CommandRule:
    """The people who may give a command, and its outcome.

    - ``others``: the outcome for people whose role on the capstone doesn't allow it.
    - ``question``: the outcome by the state of its question; None if it isn't about a question.
    - ``question_optional``: without a question, it is about the whole pull request.
    - ``reasoned``: if it is about a question, it needs some words.
    - ``alone``: it takes no argument, and the next line must be empty.
    - ``code``: it takes a one-time code, and must be the only line of the comment.
    """

    roles: frozenset[CapstoneRole] = TABLE[HostAction.COMMAND]
    others: CommandOutcome = CommandOutcome.NOT_YOURS
    question: Mapping[QuestionState, CommandOutcome] | None = None
    question_optional: bool = False
    reasoned: bool = True
    alone: bool = False
    code: bool = False
    when_closed: CommandOutcome = CommandOutcome.DONE


_DEFER_OUTCOMES = {
    QuestionState.ASKED: CommandOutcome.DONE,
    QuestionState.ANSWERED: CommandOutcome.DONE,
    QuestionState.DEFERRED: CommandOutcome.ALREADY,
    QuestionState.DISPUTED: CommandOutcome.WITH_SENSEI,
    QuestionState.RESOLVED: CommandOutcome.SETTLED,
    QuestionState.WITHDRAWN: CommandOutcome.SETTLED,
}
_DISPUTE_OUTCOMES = _DEFER_OUTCOMES | {
    QuestionState.DEFERRED: CommandOutcome.DONE,
    QuestionState.DISPUTED: CommandOutcome.ALREADY,
}
# The reply is public: whether a question exists that was never posted, it must not say.
_KEEP_OUTCOMES = dict.fromkeys(QuestionState, CommandOutcome.NOT_WAITING) | {
    QuestionState.PROPOSED: CommandOutcome.DONE,
    QuestionState.KEPT: CommandOutcome.ALREADY,
}
_WITHDRAW_OUTCOMES = dict.fromkeys(QuestionState, CommandOutcome.NOT_WAITING) | {
    QuestionState.PROPOSED: CommandOutcome.DONE,
    QuestionState.DISPUTED: CommandOutcome.DONE,
}
_STANDS_OUTCOMES = dict.fromkeys(QuestionState, CommandOutcome.NOT_WAITING) | {
    QuestionState.DISPUTED: CommandOutcome.DONE
}
_PRIVATE_OUTCOMES = _DEFER_OUTCOMES | {QuestionState.DEFERRED: CommandOutcome.DONE}
_ANSWER_OUTCOMES = _PRIVATE_OUTCOMES
# A participant who has resolved a thread themselves may still record what they decided.
_RECORD_OUTCOMES = _ANSWER_OUTCOMES | {QuestionState.RESOLVED: CommandOutcome.DONE}

RULES: Mapping[Verb, CommandRule] = {
    Verb.HELP: CommandRule(),
    Verb.REVIEW: CommandRule(alone=True, when_closed=CommandOutcome.CLOSED),
    Verb.EXPLAIN: CommandRule(),
    Verb.DEFER: CommandRule(question=_DEFER_OUTCOMES),
    Verb.DISPUTE: CommandRule(
        roles=TABLE[HostAction.DISPUTE], others=CommandOutcome.YOU_RULE, question=_DISPUTE_OUTCOMES
    ),
    Verb.ANSWER: CommandRule(
        roles=TABLE[HostAction.ANSWER], others=CommandOutcome.PARTICIPANTS, question=_ANSWER_OUTCOMES
    ),
    Verb.RECORD: CommandRule(
        roles=TABLE[HostAction.ANSWER],
        others=CommandOutcome.PARTICIPANTS,
        question=_RECORD_OUTCOMES,
        reasoned=False,
    ),
    **{
        verb: CommandRule(
            roles=TABLE[HostAction.DECISION],
            others=CommandOutcome.SENSEIS,
            question=outcomes,
            reasoned=False,
            alone=True,
        )
        for verb, outcomes in (
            (Verb.KEEP, _KEEP_OUTCOMES),
            (Verb.WITHDRAW, _WITHDRAW_OUTCOMES),
            (Verb.STANDS, _STANDS_OUTCOMES),
        )
    },
    Verb.PRIVATE: CommandRule(question=_PRIVATE_OUTCOMES, question_optional=True, reasoned=False, alone=True),
    Verb.QUIET: CommandRule(alone=True),
    Verb.SPEAK: CommandRule(alone=True),
    Verb.LINK: CommandRule(roles=TABLE[HostAction.LINK], code=True),
}
"""All commands that can be carried out."""

DECISIONS = frozenset({Verb.KEEP, Verb.WITHDRAW, Verb.STANDS})
"""The commands with which somebody decides about a question for the sensei's side."""

OVERTAKEN_BY: Mapping[Verb, frozenset[Verb]] = {
    Verb.PRIVATE: frozenset({Verb.SPEAK}),
    Verb.QUIET: frozenset({Verb.SPEAK}),
    Verb.SPEAK: frozenset({Verb.PRIVATE, Verb.QUIET}),
}
"""For each command, the later commands that it must not undo, even if it arrives after them."""


def decide_outcome(parsed: ParsedCommand, context: CommandContext) -> CommandOutcome:
    """Return the outcome of a command."""
    rule = RULES.get(parsed.verb) if parsed.verb else None
    if context.role is CapstoneRole.OTHER and (rule is None or CapstoneRole.OTHER not in rule.roles):
        return CommandOutcome.NOT_YOURS
    if rule is None:
        return CommandOutcome.NOT_YET if parsed.verb else CommandOutcome.UNKNOWN
    if context.role not in rule.roles or (parsed.verb in DECISIONS and not context.decides):
        return rule.others
    if parsed.question is not None and context.question is None:
        return CommandOutcome.NOT_WAITING if parsed.verb in DECISIONS else CommandOutcome.NO_QUESTION
    if rule.question is not None and not (rule.question_optional and context.question is None):
        return _check_argument(parsed, rule) or _decide_about_question(parsed, rule, context)
    return _check_argument(parsed, rule) or (CommandOutcome.DONE if context.open else rule.when_closed)


def _check_argument(parsed: ParsedCommand, rule: CommandRule) -> CommandOutcome | None:
    """Return the outcome if a command's argument is not allowed or not valid; else None."""
    if (rule.alone and parsed.argument) or ((rule.alone or rule.code) and not parsed.apart):
        return CommandOutcome.ALONE
    if rule.code and link_codes.find_code(parsed.argument) is None:
        return CommandOutcome.NO_CODE
    return None


def _decide_about_question(
    parsed: ParsedCommand, rule: CommandRule, context: CommandContext
) -> CommandOutcome:
    if context.question is None or rule.question is None:
        return CommandOutcome.IN_THREAD
    outcome = rule.question.get(context.question, CommandOutcome.IN_THREAD)
    if outcome is not CommandOutcome.DONE:
        return outcome
    if parsed.verb is Verb.DISPUTE and context.ruled:
        return CommandOutcome.RULED
    if parsed.verb in DECISIONS and context.private:
        return CommandOutcome.NOT_WAITING  # what is said in the chat is decided there
    if parsed.verb is Verb.PRIVATE and context.private:
        return CommandOutcome.ALREADY
    return CommandOutcome.NO_REASON if rule.reasoned and not parsed.has_reason else outcome


@dataclass(frozen=True, slots=True)
class CommentCommand:
    """A stored command: at most one for each comment, even if the comment is edited.

    ``at`` is the host's time of its text. ``comment`` and ``inline`` identify the comment; ``thread`` is the
    first comment of its thread. ``about`` is the name of a check, or the command that was probably meant.
    ``deleted`` says that its author deleted the comment.
    """

    id: int
    pull_request: int
    comment: int
    inline: bool
    thread: int | None
    author: int
    verb: Verb | None
    answer: CommandOutcome
    about: str
    question: int | None
    at: datetime
    deleted: bool
