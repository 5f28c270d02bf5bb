"""The message that hands open questions over to a sensei."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.domain.articulation.conversations import TalkedWith
from bot.ports.chat import Block, OutgoingMessage
from bot.rendering.articulation.slack_disputes import thread_link, word_blocks
from bot.rendering.articulation.slack_questions import ShownContext, context_blocks, place_link
from bot.rendering.articulation.slack_turns import ended_message
from bot.rendering.articulation.thread_texts import how_to_reply, say_talked
from bot.rendering.chat.slack_blocks import (
    MOST_OF_A_NAME,
    button,
    confirmed,
    count,
    divider,
    fitted,
    section,
    small,
)
from bot.rendering.chat.slack_text import mrkdwn

TALKED = "articulation.talked"
"""The button with which a sensei says that they've talked. Its value are the questions' numbers."""
_HOW_TO_RECORD = (
    "write it in a message of your own, open that message's menu and choose “Record as a decision”"
)
_MOST_OF_WORDS, _MOST_OF_A_CODE, _MOST_MESSAGES = 500, 500, 4
_MOST_LEFT_OUT = "The rest didn't fit into this message. Your Home tab lists all open questions."


@dataclass(frozen=True, slots=True)
class HandedOver:
    """A question that is left to the sensei. ``words`` are the participant's messages, oldest first."""

    context: ShownContext
    participant: str
    words: Sequence[str]
    private: bool


def handover_message(left: Sequence[HandedOver]) -> OutgoingMessage:
    """Tell a sensei which questions are left to them, with the participants' words."""
    title = f"{count(len(left), 'question needs', 'questions need')} you"
    return OutgoingMessage(f"{title}.", fitted(_handover_blocks(title, left), _MOST_LEFT_OUT))


def talked_button(questions: Sequence[int], number: int) -> dict[str, Any]:
    """Return the button that says that the sensei has talked about questions. ``number`` makes it unique."""
    these, them = ("this question", "it") if len(questions) == 1 else ("these questions", "them")
    return confirmed(
        button("We've talked", f"{TALKED}:{number}", " ".join(map(str, questions))),
        f"Have you talked about {these}?",
        f"I'll take {them} off your list and tell the participant that you've talked.",
        "We've talked",
    )


def talked_message(question: str, talked_with: TalkedWith, *, can_reply: bool) -> OutgoingMessage:
    """Tell a participant that their sensei says that they've talked about a question.

    ``can_reply``: a reply in the message's thread is an answer to the question.
    """
    how = how_to_reply(None) if can_reply else _HOW_TO_RECORD
    return ended_message(say_talked(talked_with, how), question)


def _handover_blocks(title: str, left: Sequence[HandedOver]) -> Iterable[Block]:
    is_one = len(left) == 1
    who = "the participant hasn't" if is_one else "the participants haven't"
    these = "this question" if is_one else "these questions"
    is_on_github = any(handed.context.pull_request for handed in left)
    how = "when you meet, or reply on the pull request" if is_on_github else "when you meet"
    yield section(
        f"*{title}.* I've asked what I could, but {who} recorded a decision. I've told them that you'll read "
        f"their words next. You can talk about {these} {how}. Once you've talked in person, choose *We've "
        f"talked* in your weekly digest, and I'll take {these} off your list."
    )
    for handed in left:
        yield divider()
        yield from _question_blocks(handed)


def _question_blocks(handed: HandedOver) -> Iterable[Block]:
    name = mrkdwn(handed.participant, MOST_OF_A_NAME)
    where = place_link(handed.context) if handed.private else thread_link(handed.context)
    yield section(f"*{name}*, on {where}")
    yield from context_blocks(handed.context.question, _MOST_OF_A_CODE)
    yield from word_blocks(handed.words[-_MOST_MESSAGES:], _MOST_OF_WORDS)
    if handed.private:
        yield small("They answered in private. Please don't repeat their words on GitHub.")
