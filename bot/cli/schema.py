"""``sensei schema``: the JSON Schemas of what Sensei reads and prints."""

from enum import StrEnum
from typing import Annotated

import typer


class Document(StrEnum):
    """What has a schema."""

    REPORT = "report"
    RUBRIC = "rubric"


def schema(
    document: Annotated[
        Document, typer.Argument(help="report: what --format json prints; rubric: YAML files.")
    ],
) -> None:
    """Print a JSON Schema, for editors and for programs that read reports."""
    from bot.cli.output import say
    from bot.rendering.review import schemas

    say(schemas.report() if document is Document.REPORT else schemas.rubric())
