"""The single validator for everything sent to Slack. Anything it refuses is a bug in Sensei.

``checked_message(message)``, ``checked_view(view)`` and ``checked_key(key)`` return their argument, or raise
``UnsendableError`` with the path to the block and the rule. ``bot.adapters.slack`` calls them before each
request; tests of rendering may too.

It is stricter than Slack, to prevent unintended effects:

* it accepts only the blocks and elements that Sensei sends (``slack_block_rules``, ``slack_object_rules``);
* every mrkdwn object is verbatim (``slack_text.mrkdwn_object``);
* ``<`` and ``>`` enclose a link, a user or a date: never ``<!channel>``;
* each interactive element has an action id, and each input a block id.

Limits are those of https://docs.slack.dev/reference/block-kit and of the methods' own pages, counted in
UTF-16 units. ``slack_sdk``'s models check everything again.
"""

import json

from bot.ports.chat import OutgoingMessage, View
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


def _check_with_sdk(view: View) -> None:
    """Check a view with the model of ``slack_sdk``. ``check_blocks`` has already checked its blocks so."""
    from slack_sdk.errors import SlackObjectFormationError  # noqa: PLC0415 - 0.1 s, only where it is sent
    from slack_sdk.models.views import View as Model  # noqa: PLC0415

    try:
        Model(**{**view, "blocks": view["blocks"][:1]}).to_dict()
    except (SlackObjectFormationError, TypeError, ValueError) as refused:
        raise UnsendableError(f"view: {refused}") from None
