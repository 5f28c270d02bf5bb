"""``sensei eval``: measure how well Sensei reviews cases whose correct results are known."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Protocol, TypeVar

import typer

from bot.cli.evaluate_answers import AnswerOptions, evaluate_answers
from bot.cli.formats import Format
from bot.domain.evals.scripts import Script
from bot.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from rich.console import RenderableType

    from bot.domain.evals.cases import Case
    from bot.domain.evals.judging import Judgement, JudgeSheet
    from bot.domain.evals.scoring import Evaluation
    from bot.domain.evals.thresholds import Thresholds
    from bot.domain.review.report import Report

Result_contra = TypeVar("Result_contra", contravariant=True)


class Rendering(Protocol[Result_contra]):
    """A module that renders a result in every format."""

    def terminal(self, result: Result_contra, /) -> "RenderableType":
        """Return the result for rich to print."""

    def markdown(self, result: Result_contra, /) -> str:
        """Return the result as Markdown."""

    def as_json(self, result: Result_contra, /) -> str:
        """Return the result as JSON."""


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
            help="Replace the model with a script that knows the cases. SCRIPT is perfect, random, lazy or "
            "lying. Run several to see whether the figures can tell them apart.",
        ),
    ] = None,
    agreement: Annotated[
        bool,
        typer.Option(
            "--agreement",
            help="Compare what two authors expect, for each case with a second.yaml. Reviews nothing.",
        ),
    ] = False,
    compare: Annotated[
        tuple[Path, Path] | None,
        typer.Option(
            metavar="A B",
            help="Compare two saved results (--format json): is B worse than A? Reviews nothing.",
        ),
    ] = None,
    judge_sheet: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Write the run's questions and facts into a new file (YAML), for a person to judge without "
            "knowing where they come from.",
        ),
    ] = None,
    judged: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE",
            help="Include the verdicts from a filled-in judge sheet. Repeat the option for a second judge.",
        ),
    ] = None,
    answers: Annotated[
        bool,
        typer.Option(
            "--answers",
            help="Measure how well Sensei understands answers to questions (evals/answers), instead of how "
            "well it reviews. Combine it only with --cases, --only, --recorded, --record, --agreement and "
            "--format.",
        ),
    ] = False,
    format_: Annotated[
        Format, typer.Option("--format", metavar="FORMAT", help="terminal, md or json.")
    ] = Format.TERMINAL,
) -> None:
    """Measure how well Sensei reviews cases with known results.

    Uses the model from the settings, recorded answers, or signals alone. docs/evals.md explains each figure.

    Exit status: 0 every threshold in the cases' thresholds.yaml is met, 4 one is missed (with --compare: B is
    worse), 2 unusable input.
    """
    from bot import settings as environment
    from bot.adapters.files import eval_cases as files
    from bot.bootstrap import evals, wiring
    from bot.cli.output import progress
    from bot.domain.evals.scoring import evaluate as score
    from bot.domain.rubrics.overlays import criteria_by_check

    if answers:
        if any((rubric, no_model, scripted, compare, judge_sheet, judged)):
            raise UserError(
                "--answers reviews nothing, so the options for a review have no effect.",
                "Combine it only with --cases, --only, --recorded, --record, --agreement and --format.",
            )
        evaluate_answers(AnswerOptions(cases, only, recorded, record), agreement=agreement, format_=format_)
        return
    if compare and agreement:
        raise UserError("--compare and --agreement can't be combined.", "Omit one of them.")
    if (compare or agreement) and any((recorded, record, scripted, no_model, judge_sheet, judged)):
        option = "--compare" if compare else "--agreement"
        raise UserError(
            f"{option} reviews nothing, so the options for a review have no effect.", "Omit them."
        )
    if compare:
        _print_comparison(*compare, format_)
        return
    settings = environment.load()
    library = wiring.load_library(settings, rubric)
    criteria = criteria_by_check(library)
    known = files.load(cases, only, criteria)
    if agreement:
        _print_agreement(known, criteria, format_)
        return
    thresholds = files.thresholds(cases)
    _check_source(recorded, record, scripted, no_model=no_model)
    sheets = _prepare_judging(
        judge_sheet, judged, repeatable=bool(recorded or scripted or no_model or not settings.model_provider)
    )
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
    if judge_sheet:
        _write_sheet(judge_sheet, readings)
    _print_evaluation(score(readings, criteria), thresholds, _judge(readings, sheets), format_)


def _print_evaluation(
    evaluation: "Evaluation", thresholds: "Thresholds", judgement: "Judgement | None", format_: Format
) -> None:
    from bot.cli.output import complain, say, show
    from bot.rendering.evals import judged, results

    match format_:
        case Format.JSON:
            say(results.as_json(evaluation, thresholds, judged.numbers(judgement) if judgement else None))
        case Format.MD:
            say(results.markdown(evaluation, thresholds) + (judged.markdown(judgement) if judgement else ""))
        case Format.TERMINAL:
            show(
                results.terminal(evaluation, thresholds), *([judged.terminal(judgement)] if judgement else [])
            )
    if broken := thresholds.broken(evaluation):
        complain(f"sensei: below threshold: {', '.join(broken)}.")
        raise typer.Exit(BELOW)


def _prepare_judging(
    sheet: Path | None, judged: list[Path] | None, *, repeatable: bool
) -> "list[JudgeSheet]":
    """Check the options for judges before any model is paid. Return the filled-in sheets."""
    from bot.adapters.files import judge_sheets

    if sheet:
        judge_sheets.check_new(sheet)
    if judged and not repeatable:
        raise UserError(
            "A model answers differently each time, so the judged texts would not be in this run.",
            "Record the answers with --record. Then use --recorded in both runs: with --judge-sheet and with "
            "--judged.",
        )
    if judged and len(judged) > 2:
        raise UserError("--judged takes one or two sheets.", "Omit the others.")
    if len({path.resolve() for path in judged or ()}) < len(judged or ()):
        raise UserError("Both judge sheets are the same file.", "Name the second judge's sheet.")
    return [judge_sheets.load(path) for path in judged or ()]


def _write_sheet(path: Path, readings: "Sequence[tuple[Case, Report]]") -> None:
    from bot.adapters.files import judge_sheets
    from bot.cli.output import complain
    from bot.domain.evals.judging import list_items
    from bot.rendering.text.safe_text import count

    items = list_items(readings)
    judge_sheets.write(path, items)
    complain(f"sensei: {path} now contains {count(len(items), 'text')} to judge.")


def _judge(readings: "Sequence[tuple[Case, Report]]", sheets: "list[JudgeSheet]") -> "Judgement | None":
    from bot.domain.evals.judging import judge, list_items

    if not sheets:
        return None
    judgement = judge(list_items(readings), sheets)
    if judgement.unjudged == judgement.items:
        raise UserError("None of the judged texts is in this run.", "Repeat the run that wrote the sheet.")
    return judgement


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


def _print_comparison(before: Path, after: Path, format_: Format) -> None:
    from bot.adapters.files import saved_evaluations
    from bot.cli.output import complain
    from bot.domain.evals.comparison import Conclusion, compare_results
    from bot.rendering.evals import comparison as rendering

    comparison = compare_results(saved_evaluations.load(before), saved_evaluations.load(after))
    if not comparison.cases:
        raise UserError("The two results have no case in common.", "Compare runs over the same cases.")
    _print(comparison, rendering, format_)
    if worse := comparison.concluded(Conclusion.WORSE):
        complain(f"sensei: worse than before: {', '.join(worse)}.")
        raise typer.Exit(BELOW)


def _print_agreement(cases: "Sequence[Case]", checks: "Collection[str]", format_: Format) -> None:
    from bot.domain.evals.second_authors import compare_authors
    from bot.rendering.evals import agreement as rendering

    agreement = compare_authors(cases, checks)
    if not agreement.cases:
        raise UserError(
            "None of these cases has a second author.",
            "Put the second author's expectations into second.yaml next to case.yaml; see docs/evals.md.",
        )
    _print(agreement, rendering, format_)


def _print(result: Result_contra, rendering: Rendering[Result_contra], format_: Format) -> None:
    from bot.cli.output import say, show

    match format_:
        case Format.JSON:
            say(rendering.as_json(result))
        case Format.MD:
            say(rendering.markdown(result))
        case Format.TERMINAL:
            show(rendering.terminal(result))
