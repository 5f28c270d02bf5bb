"""A dispute in Slack: the card for the sensei, and the ruling for the participant."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.domain.pull_requests.records import Ruling
from bot.domain.pull_requests.rulings import DeciderRole
from bot.ports.chat import Block, OutgoingMessage
from bot.rendering.articulation.slack_questions import (
    ShownContext,
    answer_row,
    context_blocks,
    place_link,
)
from bot.rendering.chat.slack_blocks import MOST_OF_A_NAME, actions, button, confirmed, fitted, section, small
from bot.rendering.chat.slack_text import link, mrkdwn

STANDS, WITHDRAW = "articulation.stands", "articulation.withdraw_question"
"""The buttons that rule. Their value is the question's number."""
_MOST_OF_A_REASON, _MOST_OF_WORDS, _MOST_OF_A_CODE = 1500, 1000, 1000


@dataclass(frozen=True, slots=True)
class ShownDispute:
    """A dispute: who disputes the question, why, and what they said in private, oldest first.

    ``words`` is empty if the conversation is public: its thread has a link.
    """

    context: ShownContext
    participant: str
    reason: str
    words: Sequence[str]
    private: bool


def dispute_message(shown: ShownDispute, deputy: str = "") -> OutgoingMessage:
    """Ask a sensei to rule on a question that their participant disputes.

    ``deputy`` is the name of the person who can decide too, while the sensei is away.
    """
    name = mrkdwn(shown.participant, MOST_OF_A_NAME)
    return OutgoingMessage(
        f"{name} says that one of my questions is wrong. Please decide.",
        fitted(_dispute_blocks(shown, name, deputy), "The rest is too long to show here."),
    )


def _dispute_blocks(shown: ShownDispute, name: str, deputy: str) -> Iterable[Block]:
    yield section(f"*{name} says that this question is wrong.* Please decide: {thread_link(shown.context)}")
    yield from context_blocks(shown.context.question, _MOST_OF_A_CODE)
    reason = (
        mrkdwn(shown.reason, _MOST_OF_A_REASON, lines=True) if shown.reason.strip() else "No reason given."
    )
    yield section(f"*Their reason*\n{reason}")
    yield _ruling_row(shown.context.question.id, private=shown.private)
    if deputy:
        yield small(stand_in_words(deputy))
    yield from word_blocks(shown.words)
    yield small(_WHERE_PRIVATE if shown.private else _WHERE_PUBLIC)


_WHERE_PRIVATE = (
    "This conversation is private, so I'll tell them in Slack what you decide, and post nothing on GitHub."
)
_WHERE_PUBLIC = (
    "I'll post your decision in the question's thread. The post says whether the sensei or the deputy "
    "decided, but doesn't name you."
)


def word_blocks(words: Sequence[str], most: int = _MOST_OF_WORDS) -> Iterable[Block]:
    """Yield what a participant said in private, oldest first."""
    if words:
        yield section("*What they said about it*")
    for text in words:
        yield section(mrkdwn(text, most, lines=True))


def _ruling_row(question: int, *, private: bool) -> Block:
    where = "in Slack" if private else "in the thread"
    return actions(
        confirmed(
            button("The question stands", STANDS, str(question)),
            "The question stands",
            f"I'll ask them {where} to answer it. You can't change this later.",
            "It stands",
        ),
        confirmed(
            button("Withdraw the question", WITHDRAW, str(question)),
            "Withdraw the question",
            f"I'll tell them {where}, and won't ask it again. You can't change this later.",
            "Withdraw it",
        ),
    )


def stand_in_words(deputy: str) -> str:
    """Say that a deputy has been asked too. ``deputy`` is their name."""
    return f"While you're away, {mrkdwn(deputy, MOST_OF_A_NAME)} can decide too. The first decision counts."


def moved_message(context: ShownContext, decider: str | None) -> OutgoingMessage:
    """Tell somebody who was asked to rule that it is no longer theirs; repeat nothing of what was said.

    ``decider`` is the name of the person on duty now, or None if there is no sensei.
    """
    words = moved_words(decider)
    return OutgoingMessage(words, (section(f"You were asked about {place_link(context)}. {words}"),))


def moved_words(decider: str | None) -> str:
    """Say who decides now. ``decider`` is their name, or None if there is no sensei."""
    if decider is None:
        return (
            "The participant currently has no sensei, so their next sensei will decide. You don't need to do "
            "anything."
        )
    return f"{mrkdwn(decider, MOST_OF_A_NAME)} will decide instead. You don't need to do anything."


def settled_message(context: ShownContext, participant: str, ruling: Ruling | None) -> OutgoingMessage:
    """Show that a dispute needs no ruling any more. It repeats nothing of what the participant said."""
    name, words = mrkdwn(participant, MOST_OF_A_NAME), _describe_outcome(ruling)
    text = f"{name} disputed a question on {place_link(context)}. {words}"
    return OutgoingMessage(f"{name} disputed a question. {words}", (section(text),))


def _describe_outcome(ruling: Ruling | None) -> str:
    if ruling is None:
        return "It no longer needs a decision."
    return "The question stands." if ruling is Ruling.STANDS else "The question was withdrawn."


_WHO = {
    DeciderRole.SENSEI: "Your sensei",
    DeciderRole.DEPUTY: "Your sensei's deputy",
}


def ruled_message(
    context: ShownContext, ruling: Ruling, role: DeciderRole, *, answerable: bool
) -> OutgoingMessage:
    """Tell a participant about a ruling, and in which role somebody made it."""
    who = _WHO[role]
    if ruling is Ruling.WITHDRAWN:
        words = f"{who} has read both sides and withdrawn this question. You don't need to do anything."
    elif answerable:
        words = f"{who} has read both sides. This question stands, so please answer it in your own words."
    else:
        words = f"{who} has read both sides. This question stands, so please talk it over with them."
    blocks = [section(f"{words} {place_link(context)}"), *context_blocks(context.question)]
    if ruling is Ruling.STANDS and answerable:
        blocks.append(answer_row(context.question.id, disputable=False))
        blocks.append(small("You can also reply in this thread. I won't post it on GitHub."))
    return OutgoingMessage(words, tuple(blocks))


def thread_link(context: ShownContext) -> str:
    """Return a link to a question's thread, or to its pull request if it has none."""
    if context.question.comment is None or context.pull_request is None:
        return place_link(context)
    capstone, number = context.capstone, context.pull_request.number
    address = f"{context.web}/{capstone.full_name}/pull/{number}#discussion_r{context.question.comment}"
    return link(address, f"{capstone.full_name}#{number}")
