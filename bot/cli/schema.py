"""``sensei schema``: the JSON Schemas of the files that Sensei reads and prints."""

from enum import StrEnum
from typing import Annotated

import typer


class Document(StrEnum):
    """The documents that have a schema."""

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
    """Print a JSON Schema of reports or of rubrics.

    For programs that read reports, and for editors of rubrics.
    """
    from bot.cli.output import say
    from bot.rendering.review import schemas

    say(schemas.report() if document is Document.REPORT else schemas.rubric())
