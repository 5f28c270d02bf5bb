"""Generate the published JSON Schemas from the pydantic models."""

import json
from typing import Annotated, Any

from pydantic import Field, TypeAdapter

from bot.domain.articulation.guide import ArticulationGuide
from bot.domain.review.report import Report
from bot.domain.rubrics.rubric import Overlay, Pack, Rubric

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def report() -> str:
    """Return the schema of ``sensei.report/1``, as shipped in ``bot/report.schema.json``."""
    return format_schema("Sensei report", Report.model_json_schema(mode="serialization"))


def rubric() -> str:
    """Return the schema of the files in ``rubrics/``, as shipped in ``rubrics/schema.json``."""
    kinds = Annotated[Rubric | Pack | Overlay | ArticulationGuide, Field(discriminator="schema_")]
    return format_schema("Sensei rubric, stack pack or overlay", TypeAdapter[Any](kinds).json_schema())


def format_schema(title: str, schema: dict[str, Any]) -> str:
    """Return a schema as text, with its dialect and title."""
    document = {"$schema": DIALECT, **schema, "title": title}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
