"""What Sensei says in a private conversation: the follow-up, the draft, and how it ends."""

from collections.abc import Callable, Iterable

from bot.domain.articulation.slots import Slot
from bot.domain.decisions.records import Decision
from bot.ports.chat import Block, OutgoingMessage
from bot.rendering.articulation.slack_questions import answer_row
from bot.rendering.articulation.thread_texts import say_only_follow_up
from bot.rendering.chat.slack_blocks import (
    MOST_OF_A_NAME,
    actions,
    button,
    confirmed,
    fitted,
    section,
    small,
)
from bot.rendering.chat.slack_text import mrkdwn

CONFIRM, EDIT, WITHDRAW = "decisions.confirm", "decisions.edit", "decisions.withdraw"
"""The buttons for a draft, which the decisions' own feature handles. Their value is the decision's id."""
_MOST_OF_A_TEXT, _MOST_OF_A_PART, _MOST_OF_A_QUESTION = 1000, 1100, 200
NOT_REOPENED = "To change the record, use `/dojo decisions`."


def probe_message(  # noqa: PLR0913 - a follow-up, and what it offers
    question: int,
    text: str,
    about: str,
    *,
    waits: bool,
    disputable: bool = False,
    has_sensei: bool = True,
) -> OutgoingMessage:
    """Follow up on an answer. ``about`` is the question that was asked. ``waits`` for an answer, or not."""
    blocks = [section(f"Thanks, I've saved your answer. {mrkdwn(text, _MOST_OF_A_TEXT)}")]
    if waits:
        blocks.append(answer_row(question, disputable=disputable))
        note = f"You can also reply in this thread. {say_only_follow_up(has_sensei=has_sensei)}"
    else:
        note = "I've saved your answer."
    blocks.append(small(f"{note} {_name_question(about)}"))
    return OutgoingMessage(mrkdwn(text, _MOST_OF_A_TEXT), tuple(blocks))


def draft_message(
    decision: Decision, title: Callable[[Slot], str], about: str, *, has_sensei: bool = True
) -> OutgoingMessage:
    """Show a draft in its author's words, with the buttons for it. ``title`` names a part."""
    reader = ", and then your sensei can read it" if has_sensei else ""
    blocks = [
        section("*Here's the decision as I understood it, in your words*"),
        *_part_blocks(decision, title),
        _draft_row(decision.id),
        small(
            f"It counts once you confirm it{reader}. You can change any word first. "
            f"If you do nothing, it stays a draft, which only you can see. {_name_question(about)}"
        ),
    ]
    return OutgoingMessage(
        "I've drafted your decision. Please check it.", fitted(blocks, "The rest is in `/dojo decisions`.")
    )


def _draft_row(decision: int) -> Block:
    withdraw = confirmed(
        button("Withdraw", WITHDRAW, str(decision)),
        "Withdraw the draft?",
        "I won't record it, and I won't ask again. Your answers stay saved, and I won't pass them on.",
        "Withdraw it",
    )
    return actions(
        button("Confirm", CONFIRM, str(decision), "primary"),
        button("Edit", EDIT, str(decision)),
        withdraw,
    )


def _part_blocks(decision: Decision, title: Callable[[Slot], str]) -> Iterable[Block]:
    for slot, text in decision.texts.items():
        if text.strip():
            shown = mrkdwn(text, _MOST_OF_A_PART, lines=True)
            yield section(f"*{mrkdwn(title(slot), MOST_OF_A_NAME)}*\n{shown}")


def ended_message(words: str, about: str) -> OutgoingMessage:
    """Say how a conversation ended. ``words`` are our own; ``about`` is the question."""
    return OutgoingMessage(words, (section(words), small(_name_question(about))))


def confirmed_words(number: int) -> str:
    """Say that a draft was confirmed."""
    return f"You confirmed this as decision {number}. {NOT_REOPENED}"


def holds_words(number: int | None) -> str:
    """Say that an earlier decision still holds."""
    named = f"decision {number}" if number else "the decision"
    return f"Thanks. I've noted that {named} still holds. I haven't changed it, and the question is settled."


def left_words(sensei: str | None) -> str:
    """Thank a participant whose question is left open. ``sensei`` is the name of the person who reads it."""
    if sensei is None:
        return (
            "Thanks. I've saved your answer. You don't have a sensei yet, so nobody else reads it for now. "
            "Once you have one, I'll pass the question on to them with your words."
        )
    name = mrkdwn(sensei, MOST_OF_A_NAME)
    return (
        f"Thanks. I've saved your answer, and {name} will read it next, in their "
        "working hours. You don't need to do anything. If something comes to mind, reply in this thread."
    )


def withdrawn_words(*, was_recorded: bool, has_sensei: bool) -> str:
    """Say that a participant withdrew a private draft or record, and what they can still do."""
    what = "decision. It no longer counts" if was_recorded else "draft. Nobody else sees it"
    words = (
        f"You've withdrawn this {what}, and for now I won't pass your answers on. You can answer again in "
        "this thread."
    )
    if not has_sensei:
        return words
    ask = "If you reply “I'll ask my sensei”, I'll pass the question on to your sensei with your words."
    return f"{words} {ask}"


REPLACED = "I've replaced this draft with a newer one, further down."
DRAFT_WITHDRAWN = "This draft was withdrawn."
ANSWERS_DELETED = (
    "You deleted your answers, so I've withdrawn the draft that was here. You can answer the question again "
    "whenever you like."
)
CLOSED = "This question is no longer open, so there's nothing left to confirm. You don't need to do anything."


def unkept_message(why: str) -> OutgoingMessage:
    """Say what of a reply was not kept: ``cut``, ``empty``, ``recorded`` or ``closed``."""
    words = _UNKEPT[why]
    return OutgoingMessage(words.replace("`", ""), (section(words),))


_UNKEPT = {
    "cut": (
        "Your reply is longer than 3,000 characters. I've saved the first 3,000 and will read only those. "
        "To have me read the rest, send it as another reply in the same thread."
    ),
    "empty": (
        "I can't read files, so I haven't saved anything from your last reply. Please write your answer as "
        "text in the same thread."
    ),
    "recorded": (f"This decision is already recorded, so I haven't saved your last reply. {NOT_REOPENED}"),
    "closed": (
        "This question is no longer open, so I haven't saved your last reply. If your sensei or a lead "
        "should read it, please send it to them."
    ),
}


def _name_question(text: str) -> str:
    return f"The question was: “{mrkdwn(text, _MOST_OF_A_QUESTION)}”"
