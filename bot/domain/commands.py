"""What people may ask of Sensei in a comment on a pull request: ``/sensei review`` and the like.

A comment holds one command at most: its first line outside of quotes and code that begins with ``/sensei``.
What is not written exactly is never carried out, only answered with what may have been meant.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from enum import StrEnum
from itertools import pairwise

from markdown_it import MarkdownIt

from bot.domain import linking
from bot.domain.pull_request_permissions import TABLE, Act, Role
from bot.domain.tracking import QuestionState


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


class Place(StrEnum):
    """Where a comment stands: in the conversation, in the thread of a question, in another thread."""

    CONVERSATION = "conversation"
    QUESTION = "question"
    THREAD = "thread"


class Answer(StrEnum):
    """What follows from a command. Only ``DONE`` changes anything; ``SILENT`` is not even answered."""

    DONE = "done"
    SILENT = "silent"
    UNKNOWN = "unknown"
    NOT_YET = "not_yet"
    NOT_YOURS = "not_yours"
    ALONE = "alone"
    """Words stand behind a command that takes none."""
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
_MOST_LIKENESSES = 20  # lines of one comment that are compared with the command's name
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
_markdown = MarkdownIt("commonmark")
_markdown.core.ruler.enableOnly(["normalize", "block"])  # what stands where; nothing within a line


@dataclass(frozen=True, slots=True)
class Said:
    """A command as it was written. ``verb`` is None if it is none, ``meant`` then what comes nearest to it.

    ``argument`` is the rest of its line, ``reason`` that and all that stands below it.
    """

    verb: Verb | None
    argument: str = ""
    reason: str = ""
    meant: Verb | None = None

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


def parse(body: str) -> Said | None:
    """Return the command of a comment, None where there is none."""
    body = body.replace("\r\n", "\n").replace("\r", "\n")
    if not _MAY_BE.search(body):
        return None
    source, left = body.split("\n"), _MOST_LIKENESSES
    for lines, end in _paragraphs(body):
        for n, line in enumerate(lines):
            if line.lower().startswith(_PREFIX):
                return _said(line, "\n".join([*lines[n + 1 :], *source[end:]]))
            match = _MISSPELT.fullmatch(line)
            if not match or match[2].lower() not in set(Verb) or left == 0:
                continue
            left -= 1
            if get_close_matches(match[1].lower(), [_PREFIX[1:]], cutoff=0.75):
                return Said(None, meant=Verb(match[2].lower()))
    return None


def _paragraphs(body: str) -> Iterator[tuple[list[str], int]]:
    """Yield the lines of a comment's own words by paragraphs, each with the number of the line behind it.

    Quotes, lists, code and HTML are none. A signature's dashes make the lines above them a heading.
    """
    tokens = _markdown.parse(body)
    for opened, it in pairwise(tokens):
        own = opened.type == "paragraph_open" or (opened.type == "heading_open" and opened.markup in "=-")
        if opened.level or not own or it.map is None:
            continue
        yield [line.strip() for line in _COMMENT.sub("", it.content).split("\n")], it.map[1]


def _said(line: str, below: str) -> Said | None:
    rest = line[len(_PREFIX) :]
    bare = rest.lstrip(_BEHIND_A_WORD)
    glued = bool(bare) and not bare[0].isspace()
    words = (rest.lstrip("-_/:") if glued else bare).split(None, 1)
    word = words[0].rstrip(_BEHIND_A_WORD).lower() if words else ""
    if glued:
        # "/senseireview"; but "/sensei.md" or "/senseis" is somebody's word.
        return Said(None, meant=Verb(word)) if word in set(Verb) else None
    argument = words[1].strip() if len(words) > 1 else ""
    if not word:
        return Said(Verb.HELP)
    if word not in set(Verb):
        return Said(None, meant=_nearest(word))
    return Said(Verb(word), argument, f"{argument}\n{below}".strip())


def _nearest(word: str) -> Verb | None:
    if word in _MEANT:
        return _MEANT[word]
    known = [verb for verb in Verb if verb in RULES]
    near = get_close_matches(word[:MOST_OF_A_NAME], known, n=1)
    return Verb(near[0]) if near else None


@dataclass(frozen=True, slots=True)
class Occasion:
    """By whom, where and when a command is given.

    ``question`` is where the question of its thread stands, ``ruled`` whether a sensei has ruled on it,
    ``open`` whether the pull request is. Whose pull request it is changes nothing: the participant answers
    for all of the capstone, and the sensei with them.
    """

    role: Role
    place: Place
    question: QuestionState | None = None
    ruled: bool = False
    open: bool = True


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may give a command, and what follows.

    - ``others``: what those are answered who answer for the capstone and may not give it.
    - ``question``: what follows from where its thread's question stands; None: it concerns no question.
    - ``alone``: nothing may stand behind it.
    - ``code``: a one-time code has to.
    """

    roles: frozenset[Role] = TABLE[Act.COMMAND]
    others: Answer = Answer.NOT_YOURS
    question: Mapping[QuestionState, Answer] | None = None
    alone: bool = False
    code: bool = False
    when_closed: Answer = Answer.DONE


_DEFERS = {
    QuestionState.ASKED: Answer.DONE,
    QuestionState.ANSWERED: Answer.DONE,
    QuestionState.DEFERRED: Answer.ALREADY,
    QuestionState.DISPUTED: Answer.WITH_SENSEI,
    QuestionState.RESOLVED: Answer.SETTLED,
    QuestionState.WITHDRAWN: Answer.SETTLED,
}
_DISPUTES = _DEFERS | {QuestionState.DEFERRED: Answer.DONE, QuestionState.DISPUTED: Answer.ALREADY}

RULES: Mapping[Verb, Rule] = {
    Verb.HELP: Rule(),
    Verb.REVIEW: Rule(alone=True, when_closed=Answer.CLOSED),
    Verb.EXPLAIN: Rule(),
    Verb.DEFER: Rule(question=_DEFERS),
    Verb.DISPUTE: Rule(roles=TABLE[Act.DISPUTE], others=Answer.YOU_RULE, question=_DISPUTES),
    Verb.PRIVATE: Rule(alone=True),
    Verb.QUIET: Rule(alone=True),
    Verb.SPEAK: Rule(alone=True),
    Verb.LINK: Rule(roles=TABLE[Act.LINK], code=True),
}
"""Every command that can be done."""

OVERTAKEN_BY: Mapping[Verb, frozenset[Verb]] = {
    Verb.PRIVATE: frozenset({Verb.SPEAK}),
    Verb.QUIET: frozenset({Verb.SPEAK}),
    Verb.SPEAK: frozenset({Verb.PRIVATE, Verb.QUIET}),
}
"""Commands that must not undo what was written after them, however late they come: which those are."""


def answer(said: Said, occasion: Occasion) -> Answer:
    """Decide what follows from a command."""
    rule = RULES.get(said.verb) if said.verb else None
    if occasion.role is Role.OTHER and (rule is None or Role.OTHER not in rule.roles):
        return Answer.NOT_YOURS
    if rule is None:
        return Answer.NOT_YET if said.verb else Answer.UNKNOWN
    if occasion.role not in rule.roles:
        return rule.others
    if rule.question is not None:
        return _about_a_question(said, rule.question, occasion)
    return _as_written(said, rule) or (Answer.DONE if occasion.open else rule.when_closed)


def _as_written(said: Said, rule: Rule) -> Answer | None:
    """Return what is answered to words behind a command that may not be there, or are not what is needed."""
    if rule.alone and said.argument:
        return Answer.ALONE
    if rule.code and linking.as_written(said.argument) is None:
        return Answer.NO_CODE
    return None


def _about_a_question(said: Said, follows: Mapping[QuestionState, Answer], occasion: Occasion) -> Answer:
    if occasion.place is not Place.QUESTION or occasion.question is None:
        return Answer.IN_THREAD
    then = follows.get(occasion.question, Answer.IN_THREAD)
    if then is Answer.DONE and said.verb is Verb.DISPUTE and occasion.ruled:
        return Answer.RULED
    return Answer.NO_REASON if then is Answer.DONE and not said.has_reason else then


@dataclass(frozen=True, slots=True)
class Command:
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
    answer: Answer
    about: str
    question: int | None
    at: datetime
    deleted: bool
