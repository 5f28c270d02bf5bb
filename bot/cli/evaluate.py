"""``sensei eval``: measure how well Sensei reviews cases whose correct results are known."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.formats import Format
from bot.domain.evals.scripts import Script
from bot.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from bot.domain.evals.cases import Case

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
    scripted: Annotated[
        Script | None,
        typer.Option(
            metavar="SCRIPT",
            help="Replace the model by a script that knows the cases: perfect, random, lazy or lying. "
            "It shows what the figures can tell apart.",
        ),
    ] = None,
    agreement: Annotated[
        bool,
        typer.Option(
            "--agreement",
            help="Compare what two authors expect of the cases with a second.yaml. Reviews nothing.",
        ),
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
    if agreement:
        _print_agreement(known, criteria, format_)
        return
    thresholds = files.thresholds(cases)
    _check_source(recorded, record, scripted, no_model=no_model)
    source = evals.AnswerSource(recorded, record, scripted)
    readings = []
    with progress() as bar:
        for case in known:
            # Opened for each case, because a budget covers one review.
            with wiring.connect_model(settings, wanted=not (no_model or recorded or scripted)) as model:
                if record and model is None:
                    raise UserError("--record needs a model, but none is set.", _CONFIGURE)
                port = evals.choose_model(case, model, source, criteria)
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


def _check_source(
    recorded: Path | None, record: Path | None, scripted: Script | None, *, no_model: bool
) -> None:
    """Refuse options that contradict each other."""
    replaced = recorded or scripted
    if (recorded and scripted) or (replaced and (record or no_model)):
        option, others = ("--recorded", "--scripted") if recorded else ("--scripted", "--recorded")
        raise UserError(
            f"{option} uses no model, so --record, --no-model and {others} have no effect.",
            "Omit one of them.",
        )


def _print_agreement(cases: "Sequence[Case]", checks: "Collection[str]", format_: Format) -> None:
    from bot.cli.output import say, show
    from bot.domain.evals.second_authors import compare_authors
    from bot.rendering.evals import agreement as rendering

    agreement = compare_authors(cases, checks)
    if not agreement.cases:
        raise UserError(
            "None of these cases has a second author.",
            "Put the second author's expectations into second.yaml next to case.yaml; see docs/evals.md.",
        )
    match format_:
        case Format.JSON:
            say(rendering.as_json(agreement))
        case Format.MD:
            say(rendering.markdown(agreement))
        case Format.TERMINAL:
            show(rendering.terminal(agreement))
