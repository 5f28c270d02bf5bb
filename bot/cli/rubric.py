"""``sensei rubric``: check a file, show what a reading asks."""

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.output import say

app = typer.Typer(no_args_is_help=True, help="Check and show rubrics, stack packs and overlays.")


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="A rubric, a stack pack or a cohort's overlay, as YAML.")],
) -> None:
    """Check a file: form, ids, weights, references, rules and their snippets.

    Every error is printed as file:line:column. Exit status 2 if there is any.
    """
    from bot.adapters import rubrics

    try:
        model = rubrics.check(file)
    except rubrics.RubricError as wrong:
        for fault in wrong.faults:
            say(str(fault))
        raise typer.Exit(2) from None
    name = getattr(model, "id", None) or f"overlay of {getattr(model, 'rubric', '')}"
    say(f"{file}: {name} is in order.")
