"""The single validator for everything sent to Slack. Anything it refuses is a bug in Sensei.

``checked_message(message)``, ``checked_view(view)`` and ``checked_key(key)`` return their argument, or raise
``UnsendableError`` with the path to the block and the rule. ``bot.adapters.slack`` calls them before each
request; tests of rendering may too.

It is stricter than Slack, to prevent unintended effects:

* it accepts only the blocks and elements that Sensei sends (``slack_block_rules``, ``slack_object_rules``);
* every mrkdwn object is verbatim (``slack_text.mrkdwn_object``);
* ``<`` and ``>`` enclose a link, a user or a date: never ``<!channel>``;
* each interactive element has an action id, and each input a block id;
* Markdown of a growing message has no ``<`` and ``>`` at all, and no links (``slack_streams``).

Limits are those of https://docs.slack.dev/reference/block-kit and of the methods' own pages, counted in
UTF-16 units. ``slack_sdk``'s models check everything again.
"""

import json
import re
from collections.abc import Sequence

from bot.ports.chat import OutgoingMessage, SuggestedPrompt, View
from bot.rendering.chat.slack_block_rules import check_blocks
from bot.rendering.chat.slack_object_rules import MOST_OF_AN_ID, Inspection, check_text
from bot.rendering.chat.slack_value_rules import (
    UnsendableError,
    require,
    require_inert,
    require_keys,
    require_string,
)

MOST_BLOCKS_OF_A_MESSAGE, MOST_BLOCKS_OF_A_VIEW = 50, 100
# Slack cuts a message's own text at 40,000 characters and advises 4,000. For all blocks of one
# message together, the smallest documented limit is the one for markdown blocks.
MOST_OF_A_TEXT, MOST_OF_ALL_BLOCKS = 4_000, 12_000
MOST_OF_A_TITLE = 24
_MOST_BYTES_OF_A_VIEW = 250_000
_MOST_METADATA = 3000
_MOST_OF_A_KEY = 255
MOST_PROMPTS = 4
# Slack documents no limits for these three; longer ones wouldn't be read.
MOST_OF_A_STATUS, MOST_OF_A_THREAD_TITLE, MOST_OF_A_PROMPT = 100, 100, 300
MOST_OF_A_CHUNK = 12_000
_MARKDOWN_LINK = re.compile(r"(?<!\\)\]\(|[a-z]://|(?<![\\\w])@(?:here|channel|everyone)\b", re.IGNORECASE)


def checked_message(message: OutgoingMessage) -> OutgoingMessage:
    """Return a message if Slack will accept it.

    Raises:
        UnsendableError: Slack would refuse it, or it would have unintended effects.
    """
    require_string(message.text, "text", MOST_OF_A_TEXT)
    require_inert(message.text, "text")
    if message.blocks:
        inspection = Inspection()
        check_blocks(inspection, message.blocks, MOST_BLOCKS_OF_A_MESSAGE)
        characters = inspection.characters
        require(
            characters <= MOST_OF_ALL_BLOCKS,
            "blocks",
            f"may have {MOST_OF_ALL_BLOCKS} characters, not {characters}",
        )
    return message


def checked_view(view: View) -> View:
    """Return a view (a modal or a home) if Slack will accept it.

    Raises:
        UnsendableError: Slack would refuse it.
    """
    kind = view.get("type")
    require(kind in {"modal", "home"}, "type", "must be modal or home")
    if kind == "home":
        require_keys(view, "view", {"type", "blocks"}, {"callback_id", "private_metadata"})
    else:
        optional = {"callback_id", "private_metadata", "submit", "close"}
        require_keys(view, "view", {"type", "title", "blocks"}, optional)
    inspection = Inspection()
    for name in ("title", "submit", "close"):
        if name in view:
            check_text(inspection, view[name], name, MOST_OF_A_TITLE)
    if "callback_id" in view:
        require_string(view["callback_id"], "callback_id", MOST_OF_AN_ID)
    if "private_metadata" in view:
        require_string(view["private_metadata"], "private_metadata", _MOST_METADATA, empty=True)
    check_blocks(inspection, view["blocks"], MOST_BLOCKS_OF_A_VIEW)
    require(
        kind == "home" or not inspection.inputs or "submit" in view, "submit", "a form must have this key"
    )
    size = len(json.dumps(view).encode())
    require(size <= _MOST_BYTES_OF_A_VIEW, "view", f"may have {_MOST_BYTES_OF_A_VIEW} bytes, not {size}")
    _check_with_sdk(view)
    return view


def checked_key(key: str) -> str:
    """Return a message key if it fits into the metadata.

    Raises:
        UnsendableError: the key does not fit.
    """
    require_string(key, "metadata key", _MOST_OF_A_KEY)
    require(key.isprintable() and key.isascii(), "metadata key", "must be printable ASCII")
    return key


def checked_status(status: str) -> str:
    """Return the status of a thread, or an empty one.

    Raises:
        UnsendableError: Slack would refuse it. So in the three functions below.
    """
    return _checked_line(status, "status", MOST_OF_A_STATUS, empty=True)


def checked_title(title: str) -> str:
    """Return the title of a thread, or of suggested questions."""
    return _checked_line(title, "title", MOST_OF_A_THREAD_TITLE)


def checked_prompts(prompts: Sequence[SuggestedPrompt]) -> Sequence[SuggestedPrompt]:
    """Return suggested questions."""
    require(1 <= len(prompts) <= MOST_PROMPTS, "prompts", f"must be 1 to {MOST_PROMPTS}, not {len(prompts)}")
    for index, prompt in enumerate(prompts):
        _checked_line(prompt.title, f"prompts[{index}].title", MOST_OF_A_THREAD_TITLE)
        _checked_line(prompt.message, f"prompts[{index}].message", MOST_OF_A_PROMPT)
    return prompts


def checked_markdown(markdown: str) -> str:
    """Return a part of a growing message: it can't mention anyone, and links nowhere."""
    require_string(markdown, "markdown", MOST_OF_A_CHUNK, empty=True)
    require(bool(markdown), "markdown", "is empty")
    require_inert(markdown, "markdown")
    require("<" not in markdown, "markdown", "a < is not escaped")
    require(_MARKDOWN_LINK.search(markdown) is None, "markdown", "may not contain links")
    return markdown


def _checked_line(text: str, path: str, most: int, *, empty: bool = False) -> str:
    require_string(text, path, most, empty=empty)
    require("\n" not in text, path, "must be one line")
    require("<" not in text and ">" not in text, path, "a < or > is not escaped")
    return text


def _check_with_sdk(view: View) -> None:
    """Check a view with the model of ``slack_sdk``. ``check_blocks`` has already checked its blocks so."""
    from slack_sdk.errors import SlackObjectFormationError  # noqa: PLC0415 - 0.1 s, only where it is sent
    from slack_sdk.models.views import View as Model  # noqa: PLC0415

    try:
        Model(**{**view, "blocks": view["blocks"][:1]}).to_dict()
    except (SlackObjectFormationError, TypeError, ValueError) as refused:
        raise UnsendableError(f"view: {refused}") from None
