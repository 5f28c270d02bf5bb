"""Control points around the tools."""

import json
import logging
from typing import Any

from google.adk.tools import BaseTool, ToolContext

logger = logging.getLogger(__name__)

WRITE_TOOLS = frozenset({"order_laptop", "grant_badge"})
PENDING, CONFIRMED = "pending_call", "confirmed_call"


def call_key(tool_name: str, args: dict[str, Any]) -> str:
    """Name one call with its arguments, so that a yes to one order is no yes to another."""
    return f"{tool_name}:{json.dumps(args, sort_keys=True)}"


def confirm_writes(tool: BaseTool, args: dict[str, Any], tool_context: ToolContext) -> dict | None:
    """Block a tool that writes until a person has confirmed exactly this call.

    ADK runs the tool only if this returns None. A confirmation is used up by the call it allows.
    """
    if tool.name not in WRITE_TOOLS:
        return None
    key = call_key(tool.name, args)
    if tool_context.state.get(CONFIRMED) == key:
        tool_context.state[CONFIRMED] = None
        return None
    tool_context.state[PENDING] = key
    logger.info("waiting for a confirmation of %s", tool.name)
    return {"status": "needs_confirmation", "call": key}
