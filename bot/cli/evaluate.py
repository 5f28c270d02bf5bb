"""``sensei eval``: how good the first pass is, on cases whose right reading is known."""

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.review import Format

BELOW = 4


def evaluate(
    cases: Annotated[
        Path | None, typer.Option(help="Folder of the cases. Default: evals/cases of this checkout.")
    ] = None,
    only: Annotated[str | None, typer.Option(help="Read this case only.")] = None,
    rubric: Annotated[str | None, typer.Option(help="A rubric's id or file. Default: capstone.")] = None,
    format_: Annotated[Format, typer.Option("--format", help="How to print it.")] = Format.TERMINAL,
) -> None:
    """Read cases whose right reading is known, and count what was right.

    Without a model: what signals alone can do. docs/evals.md says what each figure means. Exit status:
    0 every threshold is kept, 4 one is not (thresholds.yaml beside the cases), 2 unusable input.
    """
    from bot import bootstrap
    from bot import settings as environment
    from bot.adapters import cases as files
    from bot.cli.output import complain, console, progress, say
    from bot.domain.rubric import criterion_of
    from bot.domain.scoring import evaluate as score
    from bot.rendering import evaluation as rendering

    settings = environment.load()
    library = bootstrap.library(settings, rubric)
    criteria = criterion_of(library)
    known = files.load(cases, only, criteria)
    thresholds = files.thresholds(cases)
    with progress() as bar:
        readings = [(case, bootstrap.run_case(case, None, library, settings, bar)) for case in known]
    evaluation = score(readings, criteria)
    match format_:
        case Format.JSON:
            say(rendering.as_json(evaluation, thresholds))
        case Format.MD:
            say(rendering.markdown(evaluation, thresholds))
        case Format.TERMINAL:
            console().print(rendering.terminal(evaluation, thresholds))
    if broken := thresholds.broken(evaluation):
        complain(f"sensei: below threshold: {', '.join(broken)}.")
        raise typer.Exit(BELOW)
