"""A run of research: the model reads pages until it can write its report."""

import json

from openai import OpenAI

from research.pages import TOOL, read_page

MODEL = "gpt-5-mini-2025-08-07"
RULES = "Research the question on the open web. Read what you need, then write a report of one page."
MOST_CALLS = 40
HALF_WAY = "I stopped half way: this question needs a narrower one."


def research(question: str, client: OpenAI) -> str:
    """Return the report for the analyst who asked."""
    said: list = [{"role": "user", "content": question}]
    for _ in range(MOST_CALLS):
        reply = client.responses.create(
            model=MODEL, instructions=RULES, input=said, tools=[TOOL], timeout=60, store=False
        )
        calls = [item for item in reply.output if item.type == "function_call"]
        if not calls:
            return reply.output_text
        said += reply.output
        for call in calls:
            page = read_page(json.loads(call.arguments)["url"])
            said.append({"type": "function_call_output", "call_id": call.call_id, "output": page})
    return HALF_WAY
