"""Build the request with which a model reads a design document.

The checks are instructions, and the text is data.
"""

from collections.abc import Sequence

from bot.domain.design_documents.answer_schema import SCHEMA
from bot.domain.design_documents.document_answers import ReadableDocument
from bot.domain.review.prompts import Prompt
from bot.domain.rubrics.rubric import Check, Rubric
from bot.ports.model import ModelRequest
from bot.workflows.review.model_requests import format_section


def build_document_request(
    prompt: Prompt, rubric: Rubric, checks: Sequence[Check], document: ReadableDocument
) -> ModelRequest:
    """Ask what a document says about some checks, and what it leaves open."""
    return ModelRequest(
        purpose="design",
        prompt=prompt.id,
        prompt_version=prompt.version,
        prompt_sha256=prompt.sha256,
        rubric_version=rubric.version,
        system=prompt.render(checks="\n".join(f"- `{check.id}`: {check.ask}" for check in checks)),
        user=format_section("items", [{"kind": "document", "text": document.display.shown}]),
        schema=SCHEMA,
        max_tokens=prompt.max_tokens,
        effort=prompt.effort,
    )
