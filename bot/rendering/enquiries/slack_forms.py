"""Forms about an enquiry: what goes to a person, their answer, and why an answer didn't help."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.domain.enquiries.records import FeedbackReason
from bot.domain.enquiries.summaries import MOST_OF_A_SUMMARY
from bot.ports.chat import Block, View
from bot.rendering.chat.slack_blocks import MOST_OF_A_NAME, section
from bot.rendering.chat.slack_form_fields import (
    checkboxes,
    input_block,
    modal,
    radio_buttons,
    single_select,
    text_field,
)
from bot.rendering.chat.slack_text import mrkdwn
from bot.rendering.enquiries.slack_answers import HAND_OVER, NOT_HELPFUL
from bot.rendering.enquiries.slack_handovers import ANSWER, word_sections

SUMMARY, READER, TEXT, REASON, GAP, GAP_TEXT = "summary", "reader", "text", "reason", "gap", "gap_text"
"""The fields."""
SHOW = "show"
"""The value of the box that shows a question to whoever runs Sensei."""
MOST_OF_AN_ANSWER, MOST_OF_A_GAP = 3000, 500
REASONS: Mapping[FeedbackReason, str] = {
    FeedbackReason.WRONG: "It's wrong",
    FeedbackReason.NOT_MY_QUESTION: "It answers a different question",
    FeedbackReason.TOO_VAGUE: "It's too vague",
    FeedbackReason.KNEW_IT: "I knew that already",
    FeedbackReason.WANTED_A_PERSON: "I'd rather ask a person",
}
"""What each reason is called in the form."""


@dataclass(frozen=True, slots=True)
class ShownReader:
    """A person who could get a question. ``key`` is what the form sends back."""

    key: str
    name: str
    is_deputy: bool = False
    is_lead: bool = False


def handover_form(readers: Sequence[ShownReader], summary: str, metadata: str, *, is_sensitive: bool) -> View:
    """Return the form that passes a question on. If there are several readers, the asker chooses one."""
    blocks: list[Block] = []
    if len(readers) == 1:
        blocks.append(
            section(f"*Who reads it:* {mrkdwn(readers[0].name, MOST_OF_A_NAME)}, {_say(readers[0])}")
        )
    else:
        titles = {reader.key: f"{reader.name}, {_say(reader)}" for reader in readers}
        chosen = readers[0].key
        blocks.append(input_block(READER, "Who should read it?", single_select(READER, titles, chosen)))
    hint = (
        "Change it as you like. They see this text and your name, and nothing else of what you asked me. "
        f"{_say_who_else(readers, is_sensitive=is_sensitive)}"
    )
    field = text_field(SUMMARY, summary, MOST_OF_A_SUMMARY, multiline=True)
    blocks.append(input_block(SUMMARY, "What they'll read", field, hint=hint))
    return {**modal("Ask a person", "Send", blocks, metadata), "callback_id": HAND_OVER}


def _say_who_else(readers: Sequence[ShownReader], *, is_sensitive: bool) -> str:
    is_on_duty = len(readers) == 1 and not readers[0].is_lead and not is_sensitive
    if is_on_duty and not readers[0].is_deputy:
        return "While your sensei is away, their deputy reads it and can answer."
    if is_on_duty:
        return "Your sensei can read it too, once they're back."
    return "I tell nobody else."


def _say(reader: ShownReader) -> str:
    if reader.is_lead:
        return "who leads your cohort"
    return "who stands in for your sensei" if reader.is_deputy else "your sensei"


def answer_form(handover: int, asker: str, summary: str) -> View:
    """Return the form in which a person answers, below the summary."""
    name = mrkdwn(asker, MOST_OF_A_NAME)
    blocks = [
        *word_sections(summary),
        input_block(
            TEXT,
            "Your answer",
            text_field(TEXT, "", MOST_OF_AN_ANSWER, multiline=True),
            hint=f"I'll show it to {name} word for word, with your name. Nobody else reads it. "
            "You can't change it later, but you can add to it in the thread.",
        ),
    ]
    return {**modal("Answer", "Send", blocks, str(handover)), "callback_id": ANSWER}


def not_helpful_form(metadata: str, words: str) -> View:
    """Return the form that asks why an answer didn't help.

    If the question may become a gap in the handbook, ``words`` are the asker's; otherwise they are empty.
    """
    choices = radio_buttons(REASON, {reason.value: title for reason, title in REASONS.items()}, "")
    blocks = [input_block(REASON, "Why didn't it help?", choices)]
    if words:
        tick = checkboxes(GAP, {SHOW: "Show this question to whoever runs Sensei, without my name"})
        hint = (
            "They can show it to the leads, who may add a page. They see only the words below, and the day."
        )
        blocks.append(input_block(GAP, "A gap in the handbook?", tick, optional=True, hint=hint))
        field = text_field(GAP_TEXT, words[:MOST_OF_A_GAP], MOST_OF_A_GAP, multiline=True)
        hint = "Remove anything that shows who you are. I show these words only if you tick the box."
        blocks.append(input_block(GAP_TEXT, "What they'd read", field, optional=True, hint=hint))
    return {**modal("Not helpful", "Send", blocks, metadata), "callback_id": NOT_HELPFUL}
