"""``sensei rubric``: check a file, show what a reading asks."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from bot.errors import UserError

app = typer.Typer(no_args_is_help=True, help="Check and show rubrics, stack packs and overlays.")


class Format(StrEnum):
    """How a rubric is shown."""

    TERMINAL = "terminal"
    JSON = "json"


@app.command()
def check(
    files: Annotated[list[Path], typer.Argument(help="Rubrics, stack packs or overlays, as YAML.")],
    coverage: Annotated[
        bool, typer.Option("--coverage", help="Show which anti-patterns a signal sees, by language.")
    ] = False,
) -> None:
    """Check files, down to each rule's snippets.

    Form, ids, weights, references and rules. Every error is printed as file:line:column; exit status 2 if
    there is any. Of a file in order it says what its signals see.
    """
    from bot.adapters.files import rubrics
    from bot.cli.output import complain, say, show
    from bot.domain.rubrics.rubric import Overlay
    from bot.rendering.rubrics import rubric as rendering

    faults: list[rubrics.RubricFileError] = []
    for file in files:
        try:
            model = rubrics.check(file)
        except rubrics.RubricError as wrong:
            faults += wrong.faults
        else:
            if isinstance(model, Overlay):
                say(f"{file}: the overlay of {model.rubric} is in order.")
                continue
            say(f"{file}: {model.id} is in order.")
            show(rendering.summary(model))
            if coverage:
                show(rendering.coverage(model))
    for fault in faults:
        complain(str(fault))
    if faults:
        raise typer.Exit(2)


@app.command()
def show(
    rubric: Annotated[str | None, typer.Argument(help="A rubric's id or file. Default: capstone.")] = None,
    stack: Annotated[
        list[str] | None, typer.Option(help="Add this stack's pack; may be repeated.", metavar="ID")
    ] = None,
    overlay: Annotated[Path | None, typer.Option(help="A cohort's own wording, weights and probes.")] = None,
    stacks: Annotated[Path | None, typer.Option(help="A folder of stack packs of your own.")] = None,
    format_: Annotated[Format, typer.Option("--format", help="How to show it.")] = Format.TERMINAL,
) -> None:
    """Show what a reading asks, and what is known without a model."""
    from bot import bootstrap
    from bot import settings as environment
    from bot.cli.output import say, show
    from bot.domain.rubrics.overlays import with_packs
    from bot.domain.rubrics.rubric import canonical
    from bot.rendering.rubrics.rubric import render

    library = bootstrap.load_library(environment.load(), rubric, overlay, stacks)
    known = {pack.id: pack for pack in library.packs}
    if unknown := sorted(set(stack or ()) - set(known)):
        raise UserError(f"There is no stack {unknown[0]!r}.", f"There are {', '.join(known)}.")
    packs = [known[name] for name in stack or ()]
    effective = with_packs(library.rubric, packs)
    if format_ is Format.JSON:
        say(canonical(effective))
    else:
        show(render(effective, packs))
