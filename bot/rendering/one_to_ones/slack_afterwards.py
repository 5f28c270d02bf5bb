"""The question after a one-to-one, and the two forms that answer it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.dojo.app_home import ShownPerson
from bot.domain.one_to_ones.records import Worth
from bot.ports.chat import Block, OutgoingMessage, View
from bot.rendering.chat.slack_blocks import MOST_OF_A_NAME, actions, button, section, small
from bot.rendering.chat.slack_form_fields import (
    checkboxes,
    input_block,
    modal,
    radio_buttons,
    text_field,
)
from bot.rendering.chat.slack_text import moment, mrkdwn

WORTH, DECIDED = "one_to_ones.worth", "one_to_ones.decided"
"""The two buttons, and the forms that they open. Their values are the id of the one-to-one."""
ANSWER, TEXT, KEEP = "answer", "text", "keep"
"""The fields of the forms."""
AS_DRAFT = "draft"
MOST_OF_A_TEXT = 1500
_MOST_SHOWN = 600
_ASKED = "If you like, note what came of it."
_SAVED = "I've saved what you noted. You can still change it."
_ANSWERS = {Worth.YES: "Yes", Worth.PARTLY: "Partly", Worth.NO: "No"}


@dataclass(frozen=True, slots=True)
class ShownNote:
    """What one of the two said. ``name`` is empty if it's the reader."""

    name: str
    worth: Worth | None
    decided: str


def afterwards_message(
    one_to_one: int, other: ShownPerson, at: datetime, notes: Sequence[ShownNote]
) -> OutgoingMessage:
    """Return the question about a one-to-one, with what the two have said so far."""
    name, value = mrkdwn(other.name, MOST_OF_A_NAME), str(one_to_one)
    head = f"*Your one-to-one with {name}*, {moment(at)}"
    is_noted = any(not note.name and (note.worth is not None or note.decided) for note in notes)
    blocks: list[Block] = [section(f"{head}\n{_SAVED if is_noted else _ASKED}")]
    blocks += [section(line) for note in notes for line in _describe_note(note)]
    blocks += [
        actions(
            button("Was the hour worth it?", WORTH, value),
            button("What was decided", DECIDED, value),
        ),
        small(f"Only you and {name} see what either of you answers. I won't ask again."),
    ]
    return OutgoingMessage(f"What came of your one-to-one with {name}?", tuple(blocks))


def _describe_note(note: ShownNote) -> Iterable[str]:
    who = mrkdwn(note.name, MOST_OF_A_NAME) if note.name else "You"
    if note.worth is not None:
        yield f"*Worth the hour?* {who}: {_ANSWERS[note.worth].lower()}"
    if note.decided:
        yield f"*Decided,* in {'your' if not note.name else who + '’s'} words: " + mrkdwn(
            note.decided, _MOST_SHOWN, lines=True
        )


def worth_form(other: ShownPerson, chosen: Worth | None, metadata: str) -> View:
    """Return the form that asks whether the hour was worth it."""
    name = mrkdwn(other.name, MOST_OF_A_NAME)
    choices = radio_buttons(ANSWER, {worth.value: words for worth, words in _ANSWERS.items()}, chosen or "")
    blocks = [
        input_block(ANSWER, "Was the hour worth it?", choices),
        small(f"Only you and {name} see this. It affects nothing else."),
    ]
    return {**modal("Worth the hour?", "Save", blocks, metadata), "callback_id": WORTH}


def decided_form(other: ShownPerson, text: str, metadata: str, *, can_keep: bool) -> View:
    """Return the form for what was decided. With ``can_keep``, it can become a draft decision.

    An empty text takes back what was written before.
    """
    name = mrkdwn(other.name, MOST_OF_A_NAME)
    blocks = [
        input_block(
            TEXT,
            "What was decided?",
            text_field(TEXT, text, MOST_OF_A_TEXT, multiline=True),
            optional=True,
            hint=f"At most {MOST_OF_A_TEXT} characters. To take it back, empty the field.",
        )
    ]
    if can_keep:
        tick = checkboxes(KEEP, {AS_DRAFT: "Make it a draft decision too. It counts once you confirm it"})
        blocks.append(input_block(KEEP, "Your decisions", tick, optional=True))
    blocks.append(small(f"Only you and {name} see this."))
    return {**modal("What was decided", "Save", blocks, metadata), "callback_id": DECIDED}
