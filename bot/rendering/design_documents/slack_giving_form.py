"""The form in which a participant gives their design document, and what they read afterwards."""

from collections.abc import Mapping, Sequence

from bot.ports.chat import Block, View
from bot.rendering.chat.slack_blocks import actions, button, section, small
from bot.rendering.chat.slack_form_fields import input_block, modal, single_select, text_field
from bot.rendering.chat.slack_text import mrkdwn, plain_object

GIVE, MORE = "design.give", "design.more"
"""The form, and the button in it that adds a field for the next part of a long text."""
PATH, CAPSTONE = "path", "capstone"
MOST_PARTS = 7
"""Fields for a pasted text. Each takes 3,000 characters, which is Slack's limit."""
_MOST_OF_A_PART, _MOST_OF_A_PATH = 3000, 300
_WHAT = (
    "I'll read your design document against the checks that a design can answer, and quote what it says. "
    "{readers} Name a Markdown file on your default branch, or paste the text."
)
_READERS = {
    True: "Only you and your sensei see that.",
    False: "You don't have a sensei yet, so only you see that.",
}


def name_part(number: int) -> str:
    """Return the block of a part of the text, from 1."""
    return f"part{number}"


def giving_form(capstones: Mapping[str, str], parts: int = 1, *, has_sensei: bool = True) -> View:
    """Return the form, with ``parts`` fields. ``capstones`` are the participant's own, by id."""
    blocks: list[Block] = [section(_WHAT.format(readers=_READERS[has_sensei]))]
    if len(capstones) > 1:
        menu = single_select(CAPSTONE, capstones, next(iter(capstones)))
        blocks.append(input_block(CAPSTONE, "Capstone", menu))
    blocks.append(
        input_block(
            PATH,
            "Path of the file",
            text_field(PATH, "", _MOST_OF_A_PATH, placeholder="docs/design.md"),
            optional=True,
            hint="Leave all fields empty, and I'll look for a file with “design” or “architecture” in its "
            "name.",
        )
    )
    for number in range(1, parts + 1):
        label = "Or its text" if number == 1 else f"The text, part {number}"
        element = text_field(name_part(number), "", _MOST_OF_A_PART, multiline=True)
        blocks.append(input_block(name_part(number), label, element, optional=True))
    if parts < MOST_PARTS:
        blocks.append(actions(button("The text is longer", MORE, str(parts + 1))))
        blocks.append(small("Slack takes 3,000 characters in one field. I join the fields in their order."))
    only = next(iter(capstones)) if len(capstones) == 1 else ""
    return {**modal("Design document", "Send", blocks, f"{only}:{parts}"), "callback_id": GIVE}


def given_view(lines: Sequence[str]) -> View:
    """Return what a participant reads once their document is saved. The lines are our own."""
    return {
        "type": "modal",
        "title": plain_object("Design document"),
        "close": plain_object("Close"),
        "blocks": [section("\n".join(mrkdwn(line, 300) for line in lines))],
    }
