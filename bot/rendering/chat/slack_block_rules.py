"""Rules for blocks. They cover the block types that Sensei sends and refuse all others."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bot.rendering.chat.slack_object_rules import (
    ANY_TEXT,
    Inspection,
    check_element,
    check_id,
    check_text,
)
from bot.rendering.chat.slack_value_rules import (
    UnsendableError,
    require,
    require_items,
    require_keys,
    require_string,
)

MOST_OF_A_SECTION, MOST_OF_A_FIELD, MOST_OF_A_HEADER, MOST_OF_A_LABEL = 3000, 2000, 150, 2000
MOST_OF_AN_ALTERNATIVE = 2000
"""Maximum length of the text that stands for a picture."""
_FILE = re.compile(r"F[A-Z0-9]{8,}")


def check_blocks(inspection: Inspection, blocks: Sequence[Any], most: int) -> None:
    """Check the blocks of a message or a view.

    Raises:
        UnsendableError: a block breaks a rule.
    """
    require(1 <= len(blocks) <= most, "blocks", f"must have 1 to {most} blocks, not {len(blocks)}")
    for index, block in enumerate(blocks):
        path = f"blocks[{index}]"
        require(isinstance(block, dict), path, "a block must be an object")
        kind = block.get("type")
        path = f"{path} ({kind})"
        check = _BLOCKS.get(str(kind))
        if check is None:
            raise UnsendableError(f"{path}: not a block type that Sensei sends")
        if "block_id" in block:
            check_id(block["block_id"], inspection.block_ids, f"{path}.block_id")
        inspection.action_ids = set()
        check(inspection, block, path)
        _check_with_sdk(block, path)


def _check_section(inspection: Inspection, block: Mapping[str, Any], path: str) -> None:
    require_keys(block, path, {"type"}, {"block_id", "text", "fields", "accessory"})
    require("text" in block or "fields" in block, path, "must have text or fields")
    if "text" in block:
        check_text(inspection, block["text"], f"{path}.text", MOST_OF_A_SECTION, ANY_TEXT)
    if "fields" in block:
        for field_path, text in require_items(block["fields"], f"{path}.fields", 10):
            check_text(inspection, text, field_path, MOST_OF_A_FIELD, ANY_TEXT)
    if "accessory" in block:
        check_element(inspection, block["accessory"], f"{path}.accessory", "section")


def _check_header(inspection: Inspection, block: Mapping[str, Any], path: str) -> None:
    require_keys(block, path, {"type", "text"}, {"block_id"})
    check_text(inspection, block["text"], f"{path}.text", MOST_OF_A_HEADER)


def _check_divider(_inspection: Inspection, block: Mapping[str, Any], path: str) -> None:
    require_keys(block, path, {"type"}, {"block_id"})


def _check_context(inspection: Inspection, block: Mapping[str, Any], path: str) -> None:
    require_keys(block, path, {"type", "elements"}, {"block_id"})
    for text_path, text in require_items(block["elements"], f"{path}.elements", 10):
        check_text(inspection, text, text_path, MOST_OF_A_SECTION, ANY_TEXT)


def _check_actions(inspection: Inspection, block: Mapping[str, Any], path: str) -> None:
    require_keys(block, path, {"type", "elements"}, {"block_id"})
    for element_path, element in require_items(block["elements"], f"{path}.elements", 25):
        check_element(inspection, element, element_path, "actions")


def _check_image(_inspection: Inspection, block: Mapping[str, Any], path: str) -> None:
    """Check a picture. It is a file in the workspace: an address elsewhere could learn who reads it."""
    require_keys(block, path, {"type", "slack_file", "alt_text"}, {"block_id"})
    require_string(block["alt_text"], f"{path}.alt_text", MOST_OF_AN_ALTERNATIVE)
    require_keys(block["slack_file"], f"{path}.slack_file", {"id"}, set())
    is_file = _FILE.fullmatch(str(block["slack_file"]["id"])) is not None
    require(is_file, f"{path}.slack_file.id", "must be the id of a file")


def _check_input(inspection: Inspection, block: Mapping[str, Any], path: str) -> None:
    require_keys(block, path, {"type", "block_id", "label", "element"}, {"hint", "optional"})
    inspection.inputs += 1
    check_text(inspection, block["label"], f"{path}.label", MOST_OF_A_LABEL)
    if "hint" in block:
        check_text(inspection, block["hint"], f"{path}.hint", MOST_OF_A_LABEL)
    check_element(inspection, block["element"], f"{path}.element", "input")


_BLOCKS: Mapping[str, Callable[[Inspection, Mapping[str, Any], str], None]] = {
    "section": _check_section,
    "header": _check_header,
    "divider": _check_divider,
    "context": _check_context,
    "actions": _check_actions,
    "input": _check_input,
    "image": _check_image,
}


def _check_with_sdk(block: Mapping[str, Any], path: str) -> None:
    """Check a block with the models of ``slack_sdk``, which turn unknown values into None."""
    from slack_sdk.errors import SlackObjectFormationError  # noqa: PLC0415 - 0.1 s, only where it is sent
    from slack_sdk.models.blocks import Block  # noqa: PLC0415

    try:
        parsed = Block.parse(dict(block))
        require(parsed is not None, path, "slack_sdk does not know this block")
        if parsed is not None:
            parsed.to_dict()
    except (SlackObjectFormationError, TypeError, ValueError) as refused:
        raise UnsendableError(f"{path}: {refused}") from None
