"""``sensei review``: the first pass over a change, or over a whole tree."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.errors import UserError

if TYPE_CHECKING:
    from bot.domain.report import Report

INCOMPLETE = 3


class Format(StrEnum):
    """What a report can be printed as."""

    TERMINAL = "terminal"
    MD = "md"
    HTML = "html"
    JSON = "json"


def review(
    repo: Annotated[
        Path, typer.Option(help="The repository: its folder, one below it, or a bare one.")
    ] = Path(),
    base: Annotated[
        str | None,
        typer.Option(help="What the change goes into. Default: the main branch; HEAD with --staged."),
    ] = None,
    head: Annotated[
        str, typer.Option(help="The change: a commit or branch; WORKTREE or INDEX for what is not committed.")
    ] = "HEAD",
    staged: Annotated[
        bool, typer.Option("--staged", help="What is staged: the same as --head INDEX.")
    ] = False,
    baseline: Annotated[
        bool, typer.Option("--baseline", help="Read the whole tree at --head; ask nothing.")
    ] = False,
    rubric: Annotated[str | None, typer.Option(help="A rubric's id or file. Default: capstone.")] = None,
    overlay: Annotated[Path | None, typer.Option(help="A cohort's own wording, weights and probes.")] = None,
    stacks: Annotated[Path | None, typer.Option(help="A folder of stack packs of your own.")] = None,
    no_model: Annotated[
        bool, typer.Option("--no-model", help="Signals only, whatever the settings say of a model.")
    ] = False,
    format_: Annotated[Format, typer.Option("--format", help="How to print it.")] = Format.TERMINAL,
    output: Annotated[
        Path | None, typer.Option(help="Write it to this file instead, whole or not at all.")
    ] = None,
) -> None:
    """Read a change: facts, evidence, at most three questions.

    By signals alone: no account, no server, no network. With a model if the settings name one. Exit
    status: 0 complete, 3 incomplete (the report says why), 2 unusable input.
    """
    from bot import bootstrap
    from bot import settings as environment
    from bot.adapters.files import check_writable
    from bot.cli.output import complain, progress
    from bot.workflows.review import Request

    if baseline and base is not None:
        raise UserError("--baseline reads a whole tree, so --base means nothing.", "Leave one of them out.")
    request = Request(base, _head(head, staged=staged), baseline=baseline)
    if output is not None:
        check_writable(output)
    settings = environment.load()
    library = bootstrap.library(settings, rubric, overlay, stacks)
    with progress() as bar, bootstrap.model(settings, wanted=not no_model) as model:
        report, asks, notes = bootstrap.review(str(repo), request, library, settings, bar, model)
    for note in notes:
        complain(f"sensei: note: {note}")
    _deliver(report, asks, format_, output)
    if not report.complete:
        raise typer.Exit(INCOMPLETE)


def _head(head: str, *, staged: bool) -> str:
    if staged and head not in {"HEAD", "INDEX"}:
        raise UserError(f"--staged and --head {head} name two different changes.", "Leave one of them out.")
    return "INDEX" if staged else head


def _deliver(report: "Report", asks: dict[str, str], format_: Format, output: Path | None) -> None:
    from bot.adapters.files import write_whole
    from bot.cli.output import as_text, say, show
    from bot.rendering import markdown, terminal

    if format_ is Format.TERMINAL and not output:
        show(terminal.render(report, asks))
        return
    match format_:
        case Format.JSON:
            text = report.as_json()
        case Format.MD:
            text = markdown.render(report, asks)
        case Format.HTML:
            from bot.rendering import html

            text = html.render(report, asks)
        case Format.TERMINAL:
            text = as_text(terminal.render(report, asks))
    if output:
        write_whole(output, text)
    else:
        say(text)
