"""``sensei ledger``: the evidence that a whole repository shows, check by check."""

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.formats import Format
from bot.cli.review import INCOMPLETE


def ledger(
    repo: Annotated[
        Path, typer.Option(help="The repository: its folder, one below it, or a bare one.")
    ] = Path(),
    head: Annotated[
        str,
        typer.Option(help="What counts: a commit or branch; WORKTREE or INDEX for what is not committed."),
    ] = "HEAD",
    rubric: Annotated[str | None, typer.Option(help="A rubric's id or file. Default: capstone.")] = None,
    overlay: Annotated[Path | None, typer.Option(help="A cohort's own wording, weights and probes.")] = None,
    stacks: Annotated[Path | None, typer.Option(help="A folder of stack packs of your own.")] = None,
    report: Annotated[
        list[Path] | None,
        typer.Option(
            help="A saved review (--format json); may be repeated. Counts while its quotes are there.",
            metavar="FILE",
        ),
    ] = None,
    format_: Annotated[Format, typer.Option("--format", help="How to print it.")] = Format.TERMINAL,
) -> None:
    """Show what each check of the rubric rests on: its state, its evidence, what is missing, what has gone.

    Reads the whole tree by its signals, and what saved reviews found that still stands. Exit status: 0
    complete, 3 incomplete (it says why), 2 unusable input.
    """
    from bot.adapters.reading_process.process import ReadingProcess

    ahead = ReadingProcess()  # before all else: it loads what it needs while this process does
    from bot import bootstrap
    from bot import settings as environment
    from bot.adapters.reading_process.supervisor import ReadingProcesses
    from bot.cli.output import complain, console, progress, say
    from bot.rendering.ledger import markdown
    from bot.rendering.ledger import terminal as rendering
    from bot.rendering.text.safe_text import one_line

    settings = environment.load()
    library = bootstrap.load_library(settings, rubric, overlay, stacks)
    with progress() as bar:
        request = bootstrap.LedgerRequest(head, report or ())
        filled, notes = bootstrap.build_ledger(
            str(repo), request, library, settings, bar, ReadingProcesses(ahead)
        )
    for note in notes:
        complain(one_line(f"sensei: note: {note}"))
    match format_:
        case Format.JSON:
            say(filled.ledger.as_json())
        case Format.MD:
            say(markdown.render(filled))
        case Format.TERMINAL:
            console().print(rendering.render(filled))
    if not filled.baseline.complete:
        raise typer.Exit(INCOMPLETE)
