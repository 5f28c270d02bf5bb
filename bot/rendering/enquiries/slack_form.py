"""The form in which a person asks about a message, and what then stands above the answer."""

from bot.ports.chat import Block, OutgoingMessage, View
from bot.rendering.chat.slack_blocks import actions, button, confirmed, section, small
from bot.rendering.chat.slack_form_fields import input_block, modal, text_field
from bot.rendering.chat.slack_text import mrkdwn, units

QUESTION = "question"
DELETE = "enquiries.delete"
"""The button that deletes a question. Its value is the message's id."""
MOST_OF_A_QUESTION = 1500
"""Characters of the field, of which Slack counts some as two."""
_MOST_UNITS = 2 * MOST_OF_A_QUESTION
_MOST_QUOTED, _MOST_OF_A_NOTICE = 2800, 200


def ask_form(message: str) -> View:
    """Return the form, with the words of the asker's own message in it, or without any."""
    text, is_cut = _fit(message)
    blocks: list[Block] = [section("I'll answer in our direct messages, where only you can read it.")]
    if is_cut:
        blocks.append(small("Your message is too long for the field below, so I've left out its end."))
    if not text:
        blocks.append(
            small(
                "I only copy messages that you wrote yourself. If someone else wrote this one, please ask in "
                "your own words."
            )
        )
    field = text_field(QUESTION, text, MOST_OF_A_QUESTION, multiline=True)
    blocks.append(input_block(QUESTION, "Your question", field))
    return modal("Ask Sensei", "Ask", blocks, "")


def asked_message(question: str, message: int) -> OutgoingMessage:
    """Show somebody what they asked in the form. The answer follows in the thread.

    The message is Sensei's, so only Sensei can delete it for them.
    """
    quoted = mrkdwn(question, _MOST_QUOTED, lines=True).replace("\n", "\n&gt; ")
    delete = confirmed(
        button("Delete", DELETE, str(message)),
        "Delete your question?",
        "I'll delete its words and my answer to it, here and in my database.",
        "Delete",
    )
    return OutgoingMessage(
        f"You asked: {mrkdwn(question, _MOST_OF_A_NOTICE)}",
        (
            section(f"*You asked:*\n&gt; {quoted}"),
            small("I'll answer in this thread."),
            actions(delete),
        ),
    )


def deleted_message() -> OutgoingMessage:
    """Stand in for a question from the form that its asker deleted."""
    words = "You deleted this question."
    return OutgoingMessage(words, (section(words),))


def _fit(text: str) -> tuple[str, bool]:
    """Return the beginning of a text that fits into the field, and whether the rest was left out."""
    if units(text) <= _MOST_UNITS:
        return text, False
    kept = text[:_MOST_UNITS]
    while units(kept) > _MOST_UNITS:
        kept = kept[: -(units(kept) - _MOST_UNITS + 1) // 2 or -1]
    return kept.rstrip(), True
