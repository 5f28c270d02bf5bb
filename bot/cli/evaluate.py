"""``sensei eval``: measure how well Sensei reviews cases whose correct results are known."""

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.formats import Format
from bot.errors import UserError

BELOW = 4
_CONFIGURE = "Set SENSEI_MODEL_PROVIDER and SENSEI_MODEL; `sensei settings` explains both."


def evaluate(
    cases: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Folder with the cases. Default: evals/cases in this checkout."),
    ] = None,
    only: Annotated[str | None, typer.Option(metavar="CASE", help="Review only this case.")] = None,
    rubric: Annotated[
        str | None,
        typer.Option(metavar="RUBRIC", help="A rubric's id or file. Default: SENSEI_RUBRIC, else capstone."),
    ] = None,
    recorded: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Use the recorded answers in this folder; call no model."),
    ] = None,
    record: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Store the model's answers in this folder.")
    ] = None,
    no_model: Annotated[
        bool, typer.Option("--no-model", help="Use signals only, even if a model is set.")
    ] = False,
    format_: Annotated[
        Format, typer.Option("--format", metavar="FORMAT", help="terminal, md or json.")
    ] = Format.TERMINAL,
) -> None:
    """Measure how well Sensei reviews cases with known results.

    Uses the model from the settings, recorded answers, or signals alone. docs/evals.md explains each figure.

    Exit status: 0 every threshold in the cases' thresholds.yaml is met, 4 one is missed, 2 unusable input.
    """
    from bot import settings as environment
    from bot.adapters.files import eval_cases as files
    from bot.bootstrap import evals, wiring
    from bot.cli.output import complain, progress, say, show
    from bot.domain.evals.scoring import evaluate as score
    from bot.domain.rubrics.overlays import criteria_by_check
    from bot.rendering.evals import results as rendering

    settings = environment.load()
    library = wiring.load_library(settings, rubric)
    criteria = criteria_by_check(library)
    known = files.load(cases, only, criteria)
    thresholds = files.thresholds(cases)
    if recorded and (record or no_model):
        raise UserError(
            "--recorded uses no model, so --record and --no-model have no effect.", "Omit one of them."
        )
    readings = []
    with progress() as bar:
        for case in known:
            # Opened for each case, because a budget covers one review.
            with wiring.connect_model(settings, wanted=not (no_model or recorded)) as model:
                if record and model is None:
                    raise UserError("--record needs a model, but none is set.", _CONFIGURE)
                port = evals.choose_model(case, model, recorded, record)
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
