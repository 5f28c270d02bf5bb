"""``sensei rubric``: check rubric files, and show a rubric."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.pages import CommandGroup
from bot.errors import UserError

app = CommandGroup("Check and show rubrics, stack packs and overlays.")


class Format(StrEnum):
    """Output formats of a rubric."""

    TERMINAL = "terminal"
    JSON = "json"


@app.command()
def check(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE", help="YAML files of rubrics, stack packs or overlays.")
    ],
    coverage: Annotated[
        bool,
        typer.Option("--coverage", help="Show, for each language, which anti-patterns signals can find."),
    ] = False,
) -> None:
    """Check rubrics, stack packs and overlays.

    Checks the form, ids, weights, references and rules, including each rule's snippets. Prints every error as
    file:line:column, and what the signals of each valid file find. Exit status: 0 all files are valid, 2 at
    least one is not.
    """
    from bot.adapters.files import rubrics
    from bot.cli.output import complain, say, show
    from bot.domain.articulation.guide import ArticulationGuide
    from bot.domain.rubrics.rubric import Overlay
    from bot.rendering.rubrics import rubric as rendering

    faults: list[rubrics.RubricFileError] = []
    for file in files:
        try:
            model = rubrics.check(file)
        except rubrics.RubricError as wrong:
            faults += wrong.faults
        else:
            if isinstance(model, Overlay | ArticulationGuide):
                what = f"the overlay for {model.rubric}" if isinstance(model, Overlay) else "the guide"
                say(f"{file}: {what} is valid.")
                continue
            say(f"{file}: {model.id} is valid.")
            show(rendering.render_summary(model))
            if coverage:
                show(rendering.render_coverage(model))
    for fault in faults:
        complain(str(fault))
    if faults:
        raise typer.Exit(2)


@app.command()
def show(
    rubric: Annotated[
        str | None,
        typer.Argument(
            metavar="RUBRIC", help="A rubric's id or file. Default: SENSEI_RUBRIC, else capstone."
        ),
    ] = None,
    stack: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="Include this stack's pack; may be repeated.")
    ] = None,
    overlay: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="File with a cohort's own wording, weights and probes."),
    ] = None,
    stacks: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Folder of your own stack packs.")
    ] = None,
    format_: Annotated[
        Format, typer.Option("--format", metavar="FORMAT", help="terminal or json.")
    ] = Format.TERMINAL,
) -> None:
    """Show a rubric: its questions, and the signals for each."""
    from bot import settings as environment
    from bot.bootstrap import wiring
    from bot.cli.output import say, show
    from bot.domain.rubrics.overlays import with_packs
    from bot.domain.rubrics.rubric import canonical_json
    from bot.rendering.rubrics.rubric import render

    library = wiring.load_library(environment.load(), rubric, overlay, stacks)
    known = {pack.id: pack for pack in library.packs}
    if unknown := sorted(set(stack or ()) - set(known)):
        raise UserError(f"There is no stack called {unknown[0]!r}.", f"Choose from {', '.join(known)}.")
    packs = [known[name] for name in stack or ()]
    effective = with_packs(library.rubric, packs)
    if format_ is Format.JSON:
        say(canonical_json(effective))
    else:
        show(render(effective, packs))
