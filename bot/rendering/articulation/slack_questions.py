"""A question in a direct message: its words, its code, who sees the answer, and the forms for it."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import quote

from bot.domain.pull_requests.records import AskedQuestion, Capstone, PullRequest
from bot.domain.review.paths import to_git
from bot.ports.chat import Block, OutgoingMessage, View
from bot.rendering.chat.slack_blocks import actions, button, section, small
from bot.rendering.chat.slack_text import link, mrkdwn, plain_object, preformatted, with_code

ANSWER, DISPUTE = "articulation.answer", "articulation.dispute"
"""The forms, and the buttons that open them. A button's value is the question's number."""
TEXT = "text"
"""The block of a form's only field."""
MOST_OF_AN_ANSWER = 3000
"""Maximum characters of an answer or a reason. It is also Slack's maximum for a field."""
_MOST_OF_A_QUESTION, _MOST_OF_A_CODE, _MOST_OF_A_PATH = 600, 1500, 200
_MOST_LINES = 20


class QuestionStatus(StrEnum):
    """What a question waits for, as its message shows it."""

    OPEN = "open"
    ANSWERED = "answered"
    DISPUTED = "disputed"
    WITHDRAWN = "withdrawn"
    OVER = "over"


_OUTCOMES = {
    QuestionStatus.ANSWERED: (
        "I've saved your answer. If you'd like to add something, reply in this thread."
    ),
    QuestionStatus.DISPUTED: (
        "You've said that this question is wrong. Your sensei will read your reason and decide, and I'll "
        "tell you the outcome here. You don't need to do anything until then."
    ),
    QuestionStatus.WITHDRAWN: "This question was withdrawn. You don't need to do anything.",
    QuestionStatus.OVER: "This question is settled. You don't need to do anything.",
}
_SUBJECTS = {True: "your pull request", False: "your code"}
_DISPUTED_WITHOUT_SENSEI = (
    "You've said that this question is wrong. You don't have a sensei yet. Once you have one, they'll read "
    "your reason and decide, and I'll tell you the outcome here. You don't need to do anything until then."
)
_WHO_SEES = {
    True: (
        "I won't post your answer on GitHub. If you don't know yet, say so in your first answer, and I'll "
        "pass the question on to your sensei. Your sensei (or, while they're away, their deputy) sees your "
        "answer only if I pass it on, if I can't draft a decision from it, or if you dispute the question. "
        "Once you confirm a decision, they can read it."
    ),
    False: (
        "I won't post your answer on GitHub. You don't have a sensei yet, so for now only you see your "
        "answer. Once you have a sensei, they'll see your answer only if you said at first that you don't "
        "know yet or asked for a sensei, if I can't draft a decision from it, or if you dispute the "
        "question. They can also read the decisions that you confirm."
    ),
}
"""Who sees an answer in private: with a sensei, and without one."""
_WHO_SEES_IN_SHORT = {
    True: (
        "Your sensei sees your answer only if you ask me to pass the question on, if you dispute it, or if I "
        "can't draft a decision from your answer. They can read a decision once you confirm it."
    ),
    False: "You don't have a sensei yet, so for now only you see your answer.",
}


@dataclass(frozen=True, slots=True)
class ShownContext:
    """A question and where it stands. ``web`` is the code host's web address.

    ``pull_request`` is None for a question of a check-in or a defence, which is about a commit.
    ``has_sensei``: its participant has a sensei now.
    """

    question: AskedQuestion
    pull_request: PullRequest | None
    capstone: Capstone
    web: str
    has_sensei: bool = True


@dataclass(frozen=True, slots=True)
class Framing:
    """What another feature adds to a question that it asks. All texts are our own or already safe.

    ``heading`` begins the message's first line, before the place. ``note`` and ``buttons`` are shown while
    the question waits for an answer. ``below`` is always shown, below the question's code.
    """

    heading: str
    note: str = ""
    buttons: tuple[dict[str, Any], ...] = ()
    below: tuple[Block, ...] = ()


PLAIN = Framing("A question")


def question_message(
    shown: ShownContext,
    status: QuestionStatus,
    probe: str = "",
    *,
    disputable: bool = True,
    framing: Framing = PLAIN,
) -> OutgoingMessage:
    """Ask a question in private, or show how it ended. ``probe`` is a follow-up that was already asked."""
    return OutgoingMessage(
        f"{framing.heading} about {_SUBJECTS[shown.pull_request is not None]}, just for you",
        tuple(_question_blocks(shown, status, probe, framing, disputable=disputable)),
    )


def _question_blocks(
    shown: ShownContext, status: QuestionStatus, probe: str, framing: Framing, *, disputable: bool
) -> Iterable[Block]:
    yield section(f"*{framing.heading} about {place_link(shown)}, just for you*")
    yield from context_blocks(shown.question)
    yield from framing.below
    if probe:
        yield section(f"*I've also asked:* {with_code(mrkdwn(probe, _MOST_OF_A_QUESTION))}")
    if status is not QuestionStatus.OPEN:
        yield section(_say_outcome(status, has_sensei=shown.has_sensei))
        return
    if framing.note:
        yield section(framing.note)
    yield answer_row(shown.question.id, disputable=disputable, more=framing.buttons)
    yield small(f"You can also reply in this thread. {_WHO_SEES[shown.has_sensei]}")


def say_who_sees(*, has_sensei: bool) -> str:
    """Return in one sentence who sees an answer in private."""
    return _WHO_SEES_IN_SHORT[has_sensei]


def _say_outcome(status: QuestionStatus, *, has_sensei: bool) -> str:
    if status is QuestionStatus.DISPUTED and not has_sensei:
        return _DISPUTED_WITHOUT_SENSEI
    return _OUTCOMES[status]


def context_blocks(question: AskedQuestion, most: int = _MOST_OF_A_CODE) -> Iterable[Block]:
    """Yield a question's words, and the place and the lines of its code, at most ``most`` characters."""
    yield section(with_code(mrkdwn(question.text, _MOST_OF_A_QUESTION)))
    place = f"{mrkdwn(question.path, _MOST_OF_A_PATH)}, {_format_lines(question)}"
    yield section(f"{place}\n{_format_code(question.quote, most)}")


def answer_row(question: int, *, disputable: bool, more: Iterable[dict[str, Any]] = ()) -> Block:
    """Return the buttons that answer and, unless a sensei has ruled, dispute a question.

    ``more`` are another feature's buttons, between these two.
    """
    row = [button("Answer", ANSWER, str(question), "primary"), *more]
    if disputable:
        row.append(button("This question is wrong", DISPUTE, str(question)))
    return actions(*row)


def place_link(shown: ShownContext) -> str:
    """Return a link to a question's pull request or, if it has none, to its lines."""
    name, question = shown.capstone.full_name, shown.question
    if shown.pull_request is not None:
        number = shown.pull_request.number
        return link(f"{shown.web}/{name}/pull/{number}", f"{name}#{number}")
    path = quote(to_git(question.path))
    lines = f"#L{question.line_start}-L{question.line_end}"
    return link(f"{shown.web}/{name}/blob/{question.head}/{path}{lines}", f"{name} at {question.head[:7]}")


def answer_form(question: AskedQuestion, probe: str = "", *, has_sensei: bool = True) -> View:
    """Return the form for an answer, below the question or the follow-up that it answers."""
    words = probe or question.text
    hint = f"Use your own words. You can leave parts open. {say_who_sees(has_sensei=has_sensei)}"
    return _one_field_form(question, words, "Answer", "Your answer", hint)


def dispute_form(question: AskedQuestion, *, has_sensei: bool = True) -> View:
    """Return the form for the reason of a dispute."""
    hint = _DISPUTE_HINTS[has_sensei]
    return _one_field_form(question, question.text, "Dispute", "What is wrong with it?", hint)


_DISPUTE_HINTS = {
    True: (
        "Your sensei (or, while they're away, their deputy) will read your reason and your answers so far, "
        "and decide. Nobody else sees them."
    ),
    False: (
        "You don't have a sensei yet. Once you have one, they'll read your reason and your answers so far, "
        "and decide."
    ),
}


def _one_field_form(question: AskedQuestion, words: str, title: str, label: str, hint: str) -> View:
    field: dict[str, Any] = {
        "type": "plain_text_input",
        "action_id": f"articulation.{TEXT}",
        "multiline": True,
        "max_length": MOST_OF_AN_ANSWER,
    }
    entry: Block = {
        "type": "input",
        "block_id": TEXT,
        "label": plain_object(label),
        "element": field,
        "hint": plain_object(hint),
    }
    return {
        "type": "modal",
        "title": plain_object(title),
        "submit": plain_object("Send"),
        "close": plain_object("Cancel"),
        "private_metadata": str(question.id),
        "blocks": [section(with_code(mrkdwn(words, _MOST_OF_A_QUESTION))), entry],
    }


def _format_lines(question: AskedQuestion) -> str:
    first, last = question.line_start, question.line_end
    where = f"line {first}" if first == last else f"lines {first} to {last}"
    return where if question.side == "head" else f"{where} before this change"


def _format_code(quote: str, most: int) -> str:
    lines = quote.strip("\n").split("\n")
    kept = "\n".join(lines[:_MOST_LINES])
    left = len(lines) - _MOST_LINES
    note = f"\n_and {left} more {'line' if left == 1 else 'lines'}_" if left > 0 else ""
    return f"{preformatted(kept, most)}{note}"
