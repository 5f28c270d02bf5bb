"""``sensei ledger``: show the evidence in a whole repository, check by check."""

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.review import INCOMPLETE, Format, FormatOption, OutputOption, choose_format


def ledger(
    repo: Annotated[
        Path,
        typer.Option(
            metavar="FOLDER", help="Path of the repository, of a folder in it, or of a bare repository."
        ),
    ] = Path(),
    head: Annotated[
        str,
        typer.Option(
            metavar="COMMIT",
            help="The tree to read: a commit or branch, or WORKTREE or INDEX for uncommitted files.",
        ),
    ] = "HEAD",
    rubric: Annotated[
        str | None,
        typer.Option(metavar="RUBRIC", help="A rubric's id or file. Default: SENSEI_RUBRIC, else capstone."),
    ] = None,
    overlay: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="File with a cohort's own wording, weights and probes."),
    ] = None,
    stacks: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Folder of your own stack packs.")
    ] = None,
    report: Annotated[
        list[Path] | None,
        typer.Option(
            help="A saved review (--format json). Its findings count if the code that they quote is still in "
            "the tree. May be repeated.",
            metavar="FILE",
        ),
    ] = None,
    format_: FormatOption = None,
    output: OutputOption = None,
) -> None:
    """Show the state and the evidence of each check of the rubric.

    Searches the whole tree with signals, and adds the findings of saved reviews that still apply.

    Exit status: 0 complete, 3 incomplete (the ledger gives the reason), 2 unusable input.
    """
    from bot.adapters.files.atomic_write import check_writable, write_whole
    from bot.adapters.reading_process.process import ReadingProcess

    chosen = choose_format(format_, output)
    if output is not None:
        check_writable(output)
    ahead = ReadingProcess()  # Started first, so that its imports load in parallel with this process's.
    from bot import settings as environment
    from bot.adapters.reading_process.supervisor import ReadingProcesses
    from bot.bootstrap import local_reading, wiring
    from bot.cli.output import as_text, complain, progress, say, show
    from bot.rendering.ledger import html, markdown, terminal
    from bot.rendering.text.safe_text import one_line

    settings = environment.load()
    library = wiring.load_library(settings, rubric, overlay, stacks)
    with progress() as bar:
        request = local_reading.LedgerRequest(head, report or ())
        filled, notes, subject = local_reading.build_ledger(
            str(repo), request, library, settings, bar, ReadingProcesses(ahead)
        )
    for note in notes:
        complain(one_line(f"sensei: note: {note}"))
    if chosen is Format.TERMINAL and output is None:
        show(terminal.render(filled))
    else:
        match chosen:
            case Format.JSON:
                text = filled.ledger.as_json()
            case Format.MD:
                text = markdown.render(filled)
            case Format.HTML:
                text = html.render(filled, subject)
            case Format.TERMINAL:
                text = as_text(terminal.render(filled))
        if output is None:
            say(text)
        else:
            write_whole(output, text)
    if not filled.baseline.complete:
        raise typer.Exit(INCOMPLETE)
