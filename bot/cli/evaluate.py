"""``sensei eval``: how good the first pass is, on cases whose right reading is known."""

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.formats import Format
from bot.errors import UserError

BELOW = 4
_CONFIGURE = "Set SENSEI_MODEL_PROVIDER and SENSEI_MODEL; `sensei settings` says what each means."


def evaluate(
    cases: Annotated[
        Path | None, typer.Option(help="Folder of the cases. Default: evals/cases of this checkout.")
    ] = None,
    only: Annotated[str | None, typer.Option(help="Read this case only.")] = None,
    rubric: Annotated[str | None, typer.Option(help="A rubric's id or file. Default: capstone.")] = None,
    recorded: Annotated[
        Path | None, typer.Option(help="Answer from the recordings in this folder; ask no model.")
    ] = None,
    record: Annotated[
        Path | None, typer.Option(help="Keep the configured model's answers in this folder.")
    ] = None,
    no_model: Annotated[
        bool, typer.Option("--no-model", help="Signals only, whatever the settings say of a model.")
    ] = False,
    format_: Annotated[Format, typer.Option("--format", help="How to print it.")] = Format.TERMINAL,
) -> None:
    """Read cases whose right reading is known, and count what was right.

    By the configured model, by recorded answers, or, without either, by signals alone. docs/evals.md says
    what each figure means. Exit status: 0 every threshold is kept, 4 one is not (thresholds.yaml beside the
    cases), 2 unusable input.
    """
    from bot import bootstrap
    from bot import settings as environment
    from bot.adapters.files import eval_cases as files
    from bot.bootstrap import evals
    from bot.cli.output import complain, progress, say, show
    from bot.domain.evals.scoring import evaluate as score
    from bot.domain.rubrics.overlays import criterion_of
    from bot.rendering.evals import results as rendering

    settings = environment.load()
    library = bootstrap.load_library(settings, rubric)
    criteria = criterion_of(library)
    known = files.load(cases, only, criteria)
    thresholds = files.thresholds(cases)
    if recorded and (record or no_model):
        raise UserError("--recorded needs no model, so --record and --no-model mean nothing beside it.")
    readings = []
    with progress() as bar:
        for case in known:
            # Opened for each case: a budget is that of one review.
            with bootstrap.connect_model(settings, wanted=not (no_model or recorded)) as model:
                if record and model is None:
                    raise UserError(
                        "--record keeps a model's answers, and no model is configured.", _CONFIGURE
                    )
                port = evals.port_for(case, model, recorded, record)
                readings.append((case, evals.run_case(case, port, library, settings, bar)))
    evaluation = score(readings, criteria)
    match format_:
        case Format.JSON:
            say(rendering.as_json(evaluation, thresholds))
        case Format.MD:
            say(rendering.markdown(evaluation, thresholds))
        case Format.TERMINAL:
            show(rendering.terminal(evaluation, thresholds))
    if broken := thresholds.broken(evaluation):
        complain(f"sensei: below threshold: {', '.join(broken)}.")
        raise typer.Exit(BELOW)
