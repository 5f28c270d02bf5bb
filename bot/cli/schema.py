"""``sensei schema``: print the JSON Schemas of Sensei's input and output files."""

from enum import StrEnum
from typing import Annotated

import typer


class Document(StrEnum):
    """Documents that have a schema."""

    REPORT = "report"
    RUBRIC = "rubric"


def schema(
    document: Annotated[
        Document,
        typer.Argument(
            metavar="DOCUMENT", help="report: the output of --format json. rubric: the YAML files of rubrics."
        ),
    ],
) -> None:
    """Print the JSON Schema of reports or rubrics.

    Use it in programs that read reports, or in an editor for rubrics.
    """
    from bot.cli.output import say
    from bot.rendering.review import schemas

    say(schemas.report() if document is Document.REPORT else schemas.rubric())
