"""``sensei schema``: print the JSON Schemas of Sensei's input and output files."""

from enum import StrEnum
from typing import Annotated

import typer


class Document(StrEnum):
    """Documents that have a schema."""

    REPORT = "report"
    PAIRING = "pairing"
    RUBRIC = "rubric"


def schema(
    document: Annotated[
        Document,
        typer.Argument(
            metavar="DOCUMENT",
            help="report: the output of `review --format json`. pairing: the output of `pair try --json`. "
            "rubric: the YAML files of rubrics.",
        ),
    ],
) -> None:
    """Print the JSON Schema of reports, trial pairings or rubrics.

    Use it in programs that read reports or pairings, or in an editor for rubrics.
    """
    from bot.cli.output import say

    if document is Document.PAIRING:
        from bot.rendering.pairing import schemas as pairing

        say(pairing.pairing())
        return
    from bot.rendering.review import schemas

    say(schemas.report() if document is Document.REPORT else schemas.rubric())
