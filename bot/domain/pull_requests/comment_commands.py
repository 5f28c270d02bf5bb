"""What people may ask of Sensei in a comment on a pull request: ``/sensei review`` and the like.

A comment holds one command at most: its first line, if that begins with ``/sensei``. Only quotes that end in
a blank line may stand above it. What follows may be somebody else's: a reply by e-mail holds the original.
That line may be, too: some mail programs begin with the name of whom they quote, which they may have chosen.
What is not written exactly is never carried out, only answered with what may have been meant.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from difflib import get_close_matches
from enum import StrEnum
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token

from bot.domain.pull_requests import link_codes
from bot.domain.pull_requests.email_replies import may_be_quote_heading, own_lines
from bot.domain.pull_requests.permissions import TABLE, CapstoneRole, HostAction
from bot.domain.pull_requests.records import QuestionState


class Verb(StrEnum):
    """A command's word. ``RECORD`` is known, and cannot be done yet."""

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


class CommentPlace(StrEnum):
    """Where a comment stands: in the conversation, in the thread of a question, in another thread."""

    CONVERSATION = "conversation"
    QUESTION = "question"
    THREAD = "thread"


class CommandOutcome(StrEnum):
    """What follows from a command. Only ``DONE`` changes anything; ``SILENT`` is not even answered."""

    DONE = "done"
    SILENT = "silent"
    UNKNOWN = "unknown"
    NOT_YET = "not_yet"
    NOT_YOURS = "not_yours"
    ALONE = "alone"
    """Words where none may be: after a command that takes none, or above one (``verb`` is then None)."""
    NO_REASON = "no_reason"
    IN_THREAD = "in_thread"
    """It concerns a question, and has to stand in its thread."""
    ALREADY = "already"
    SETTLED = "settled"
    WITH_SENSEI = "with_sensei"
    RULED = "ruled"
    YOU_RULE = "you_rule"
    CLOSED = "closed"
    OVERTAKEN = "overtaken"
    """What was written later was done before."""
    NO_CODE = "no_code"
    """There is no such code: it is wrong, was used, or is too old."""
    TAKEN = "taken"
    """One of the two accounts is linked to another one."""
    TOO_OFTEN = "too_often"
    OTHER_ACCOUNT = "other_account"
    """The code was asked for another account."""
    VOID = "void"
    """Two accounts wrote the code."""


MOST_OF_A_NAME = 80
"""Characters of a check's name that are looked at."""
_PREFIX = "/sensei"
# Blanks but no line's end: a pattern that went on over ends of lines would look at each of them from each.
_MAY_BE = re.compile(r"^[^\S\n]*/sen", re.IGNORECASE | re.MULTILINE)
_MISSPELT = re.compile(r"/([a-z]{4,9})\s+([a-z]+)[.!]?\s*", re.IGNORECASE)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_BEHIND_A_WORD = ".,:;!?"
_AROUND_A_NAME = "`'\"“”‘’<>()[]{}*_~.,:;!?"
# Words that people may try, and what they mean by them: offered, never done.
_MEANT = {
    **dict.fromkeys(("mute", "silence", "stop", "ignore", "pause"), Verb.QUIET),
    **dict.fromkeys(("unmute", "unquiet", "resume", "public", "talk", "loud"), Verb.SPEAK),
    **dict.fromkeys(("later", "postpone", "skip"), Verb.DEFER),
    **dict.fromkeys(("disagree", "object", "appeal", "wrong"), Verb.DISPUTE),
    **dict.fromkeys(("why", "what", "describe"), Verb.EXPLAIN),
    **dict.fromkeys(("read", "rerun", "check"), Verb.REVIEW),
}
_markdown = MarkdownIt("commonmark").enable("table")
_markdown.core.ruler.enableOnly(["normalize", "block"])  # what stands where; nothing within a line


@dataclass(frozen=True, slots=True)
class ParsedCommand:
    """A command as it was written. ``verb`` is None if it is none, ``meant`` then what comes nearest to it.

    ``argument`` is the rest of its line, ``reason`` that and all of their own that its author wrote below it.
    ``apart``: a blank line follows it, or nothing; a link's code is the only line of its comment.
    """

    verb: Verb | None
    argument: str = ""
    reason: str = ""
    meant: Verb | None = None
    apart: bool = True

    @property
    def has_reason(self) -> bool:
        """Say whether the reason holds a word at all."""
        return any(character.isalnum() for character in self.reason)

    @property
    def about_a_question(self) -> bool:
        """Say whether what follows depends on the question of the thread that it stands in."""
        rule = RULES.get(self.verb) if self.verb else None
        return (rule is not None and rule.question is not None) or (
            self.verb is Verb.EXPLAIN and not self.check
        )

    @property
    def check(self) -> str:
        """Return the name of a check that was given, without what people put around it; else nothing."""
        # Cut last: a letter's lower case may be two.
        return self.argument.strip(_AROUND_A_NAME + " \t").lower()[:MOST_OF_A_NAME]


def parse_comment(body: str) -> ParsedCommand | None:
    """Return the command of a comment, or None if its first line is not a command."""
    if not _MAY_BE.search(_normal(body)):
        return None
    everything = _normal(body).split("\n")
    source = own_lines(everything)
    lines, first, end = _first_paragraph(source) or ([""], 0, 0)
    if may_be_quote_heading(everything[first:]):
        return None
    if lines[0].lower().startswith(_PREFIX):
        said = _said(lines[0], "\n".join([*lines[1:], *source[end:]]))
        return said and replace(said, apart=_is_apart(said, everything, first))
    match = _MISSPELT.fullmatch(lines[0])
    if not match or match[2].lower() not in set(Verb):
        return None
    near = get_close_matches(match[1].lower(), [_PREFIX[1:]], cutoff=0.75)
    return ParsedCommand(None, meant=Verb(match[2].lower())) if near else None


def command_further_down(body: str) -> ParsedCommand | None:
    """Return the command on a later line of a comment's own words, as what was meant.

    For comments that ``parse`` finds none in. A link is never offered: its code may be a stranger's.
    """
    if not _MAY_BE.search(_normal(body)):
        return None
    source = own_lines(_normal(body).split("\n"), past_quotes=True)
    written = (_said(line, "") for line in _own_words(source) if line.lower().startswith(_PREFIX))
    first = next((said for said in written if said and said.verb), None)
    return None if first is None or first.verb is Verb.LINK else ParsedCommand(None, meant=first.verb)


def _is_apart(said: ParsedCommand, everything: Sequence[str], first: int) -> bool:
    """Say whether a command's line holds no part of what may be a longer line, or anybody else's text."""
    if said.verb is Verb.LINK:
        return len("\n".join(everything).strip(" \t\n").split("\n")) == 1
    # Two dashes begin a signature. A line of nothing but wider blanks was wrapped.
    return not everything[first + 1 : first + 2] or everything[first + 1].strip(" \t") in {"", "--"}


def _normal(body: str) -> str:
    return body.replace("\r\n", "\n").replace("\r", "\n")


def _first_paragraph(source: Sequence[str]) -> tuple[list[str], int, int] | None:
    """Return the lines of a comment's first paragraph, and the numbers of its first and of the next line.

    Above it may stand quotes, the last of which ends in a blank line; else a comment begins with none.
    """
    quoted = 0
    for opened, it in pairwise(_markdown.parse("\n".join(source))):
        if opened.level or opened.nesting < 0 or opened.map is None:
            continue
        if opened.type == "blockquote_open":
            quoted = opened.map[1]
            continue
        first, end = opened.map
        # A line that is shown nowhere, such as a link's definition, is no blank one.
        blank = not any(line.strip() for line in [*source[quoted:first], *source[max(first - 1, 0) : first]])
        return (_lines(it), first, end) if blank and _is_paragraph(opened) else None
    return None


def _own_words(source: Sequence[str]) -> Iterator[str]:
    """Yield the lines of a comment's paragraphs, without quotes, lists, tables, code and HTML."""
    for opened, it in pairwise(_markdown.parse("\n".join(source))):
        if not opened.level and _is_paragraph(opened):
            yield from _lines(it)


def _is_paragraph(opened: Token) -> bool:
    # A signature's dashes make the lines above them a heading.
    return opened.type == "paragraph_open" or (opened.type == "heading_open" and opened.markup in "=-")


def _lines(inline: Token) -> list[str]:
    return [line.strip() for line in _COMMENT.sub("", inline.content).split("\n")]


def _said(line: str, below: str) -> ParsedCommand | None:
    rest = line[len(_PREFIX) :]
    bare = rest.lstrip(_BEHIND_A_WORD)
    glued = bool(bare) and not bare[0].isspace()
    words = (rest.lstrip("-_/:") if glued else bare).split(None, 1)
    word = words[0].rstrip(_BEHIND_A_WORD).lower() if words else ""
    if glued:
        # "/senseireview"; but "/sensei.md" or "/senseis" is somebody's word.
        return ParsedCommand(None, meant=Verb(word)) if word in set(Verb) else None
    argument = words[1].strip() if len(words) > 1 else ""
    if not word:
        return ParsedCommand(Verb.HELP)
    if word not in set(Verb):
        return ParsedCommand(None, meant=_nearest(word))
    return ParsedCommand(Verb(word), argument, f"{argument}\n{below}".strip())


def _nearest(word: str) -> Verb | None:
    if word in _MEANT:
        return _MEANT[word]
    known = [verb for verb in Verb if verb in RULES]
    near = get_close_matches(word[:MOST_OF_A_NAME], known, n=1)
    return Verb(near[0]) if near else None


@dataclass(frozen=True, slots=True)
class CommandContext:
    """By whom, where and when a command is given.

    ``question`` is where the question of its thread stands, ``ruled`` whether a sensei has ruled on it,
    ``open`` whether the pull request is. Whose pull request it is changes nothing: the participant answers
    for all of the capstone, and the sensei with them.
    """

    role: CapstoneRole
    place: CommentPlace
    question: QuestionState | None = None
    ruled: bool = False
    open: bool = True


@dataclass(frozen=True, slots=True)
class CommandRule:
    """Who may give a command, and what follows.

    - ``others``: what those are answered who answer for the capstone and may not give it.
    - ``question``: what follows from where its thread's question stands; None: it concerns no question.
    - ``alone``: nothing may stand behind it, nor on the line below it.
    - ``code``: a one-time code has to stand behind it, and nothing else in the comment.
    """

    roles: frozenset[CapstoneRole] = TABLE[HostAction.COMMAND]
    others: CommandOutcome = CommandOutcome.NOT_YOURS
    question: Mapping[QuestionState, CommandOutcome] | None = None
    alone: bool = False
    code: bool = False
    when_closed: CommandOutcome = CommandOutcome.DONE


_DEFERS = {
    QuestionState.ASKED: CommandOutcome.DONE,
    QuestionState.ANSWERED: CommandOutcome.DONE,
    QuestionState.DEFERRED: CommandOutcome.ALREADY,
    QuestionState.DISPUTED: CommandOutcome.WITH_SENSEI,
    QuestionState.RESOLVED: CommandOutcome.SETTLED,
    QuestionState.WITHDRAWN: CommandOutcome.SETTLED,
}
_DISPUTES = _DEFERS | {
    QuestionState.DEFERRED: CommandOutcome.DONE,
    QuestionState.DISPUTED: CommandOutcome.ALREADY,
}

RULES: Mapping[Verb, CommandRule] = {
    Verb.HELP: CommandRule(),
    Verb.REVIEW: CommandRule(alone=True, when_closed=CommandOutcome.CLOSED),
    Verb.EXPLAIN: CommandRule(),
    Verb.DEFER: CommandRule(question=_DEFERS),
    Verb.DISPUTE: CommandRule(
        roles=TABLE[HostAction.DISPUTE], others=CommandOutcome.YOU_RULE, question=_DISPUTES
    ),
    Verb.PRIVATE: CommandRule(alone=True),
    Verb.QUIET: CommandRule(alone=True),
    Verb.SPEAK: CommandRule(alone=True),
    Verb.LINK: CommandRule(roles=TABLE[HostAction.LINK], code=True),
}
"""Every command that can be done."""

OVERTAKEN_BY: Mapping[Verb, frozenset[Verb]] = {
    Verb.PRIVATE: frozenset({Verb.SPEAK}),
    Verb.QUIET: frozenset({Verb.SPEAK}),
    Verb.SPEAK: frozenset({Verb.PRIVATE, Verb.QUIET}),
}
"""Commands that must not undo what was written after them, however late they come: which those are."""


def decide_outcome(said: ParsedCommand, occasion: CommandContext) -> CommandOutcome:
    """Decide what follows from a command."""
    rule = RULES.get(said.verb) if said.verb else None
    if occasion.role is CapstoneRole.OTHER and (rule is None or CapstoneRole.OTHER not in rule.roles):
        return CommandOutcome.NOT_YOURS
    if rule is None:
        return CommandOutcome.NOT_YET if said.verb else CommandOutcome.UNKNOWN
    if occasion.role not in rule.roles:
        return rule.others
    if rule.question is not None:
        return _about_a_question(said, rule.question, occasion)
    return _as_written(said, rule) or (CommandOutcome.DONE if occasion.open else rule.when_closed)


def _as_written(said: ParsedCommand, rule: CommandRule) -> CommandOutcome | None:
    """Return what is answered to words behind a command that may not be there, or are not what is needed."""
    if (rule.alone and said.argument) or ((rule.alone or rule.code) and not said.apart):
        return CommandOutcome.ALONE
    if rule.code and link_codes.find_code(said.argument) is None:
        return CommandOutcome.NO_CODE
    return None


def _about_a_question(
    said: ParsedCommand, follows: Mapping[QuestionState, CommandOutcome], occasion: CommandContext
) -> CommandOutcome:
    if occasion.place is not CommentPlace.QUESTION or occasion.question is None:
        return CommandOutcome.IN_THREAD
    then = follows.get(occasion.question, CommandOutcome.IN_THREAD)
    if then is CommandOutcome.DONE and said.verb is Verb.DISPUTE and occasion.ruled:
        return CommandOutcome.RULED
    return CommandOutcome.NO_REASON if then is CommandOutcome.DONE and not said.has_reason else then


@dataclass(frozen=True, slots=True)
class CommentCommand:
    """A command that somebody gave, as it is kept: one for each comment, whatever becomes of the comment.

    ``at`` is the host's time of the words that gave it. ``comment`` and ``inline`` name it, ``thread`` is the
    comment that began its thread. ``about`` is the name of a check, or the command that was meant.
    ``deleted``: its author took it back.
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
