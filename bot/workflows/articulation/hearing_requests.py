"""Build the request with which a model hears an answer: the guide as instructions, the conversation as data.

The data is one question's: the participant's messages, what Sensei asked them, and the code and the earlier
decision that it asked about. It never has words of another conversation or person.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from bot.domain.articulation import answer_schema
from bot.domain.articulation.guide import ArticulationGuide, ArticulationRules
from bot.domain.review.prompts import Prompt
from bot.domain.secrets.detection import Redactor
from bot.ports.model import ModelRequest
from bot.workflows.articulation.conversation_material import ConversationMaterial
from bot.workflows.review.model_requests import format_section

MOST_OF_THE_CODE = 2000
"""Maximum characters of the code that a question is about."""


def build_request(prompt: Prompt, rules: ArticulationRules, heard: ConversationMaterial) -> ModelRequest:
    """Ask which parts the participant has said, and for the one follow-up if there was none."""
    return ModelRequest(
        purpose="articulate",
        prompt=prompt.id,
        prompt_version=prompt.version,
        prompt_sha256=prompt.sha256,
        rubric_version=rules.guide.version,
        system=prompt.render(guide=_format_guide(rules.guide)),
        user=format_section("items", _list_items(rules, heard)),
        schema=answer_schema.SCHEMA,
        max_tokens=prompt.max_tokens,
        effort=prompt.effort,
    )


def _format_guide(guide: ArticulationGuide) -> str:
    return "\n".join(f"- `{part.id}` ({part.title}): {part.means}" for part in guide.slots)


def _list_items(rules: ArticulationRules, heard: ConversationMaterial) -> Iterator[Mapping[str, Any]]:
    redact = Redactor().redact
    question, talk = heard.question, heard.conversation
    yield {"kind": "task", "needed": list(rules.needed(question.check)), "may_ask": not talk.probe}
    yield {"kind": "question", "text": redact(question.text)}
    lines = f"{question.line_start}-{question.line_end}"
    code = redact(question.quote)[:MOST_OF_THE_CODE]
    yield {"kind": "code", "path": question.path, "lines": lines, "side": question.side, "code": code}
    if heard.earlier is not None:
        parts = {slot.value: redact(text) for slot, text in heard.earlier.texts.items()}
        yield {"kind": "earlier", "title": redact(heard.earlier.title), "parts": parts}
    if talk.probe:
        yield {"kind": "follow_up", "part": talk.probe_slot, "text": talk.probe}
    for number, message in enumerate(heard.messages, start=1):
        yield {"kind": "message", "n": number, "text": message.display.shown}
