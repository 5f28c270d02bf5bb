"""``sensei review``: review a change or a whole tree."""

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.formats import choose_by_ending
from bot.errors import UserError

if TYPE_CHECKING:
    from bot.bootstrap.local_reading import ReviewResult
    from bot.ports.reading import ReadingRequest

INCOMPLETE = 3


class Format(StrEnum):
    """The formats of a report."""

    TERMINAL = "terminal"
    MD = "md"
    HTML = "html"
    JSON = "json"


_FILES = (Format.MD, Format.HTML, Format.JSON)
FormatOption = Annotated[
    Format | None,
    typer.Option(
        "--format",
        metavar="FORMAT",
        help="terminal, md, html or json. Default: chosen by the extension of --output, or terminal.",
    ),
]
OutputOption = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Output file, written completely or not at all. Its extension (.md, .html, .json) sets the "
        "format. Default: standard output.",
    ),
]


def review(
    repo: Annotated[
        Path,
        typer.Option(
            metavar="FOLDER", help="Path of the repository, of a folder in it, or of a bare repository."
        ),
    ] = Path(),
    base: Annotated[
        str | None,
        typer.Option(
            metavar="COMMIT",
            help="Commit or branch to compare with. Default: the main branch, or HEAD with --staged.",
        ),
    ] = None,
    head: Annotated[
        str,
        typer.Option(
            metavar="COMMIT",
            help="The change: a commit or branch, or WORKTREE or INDEX for uncommitted changes.",
        ),
    ] = "HEAD",
    staged: Annotated[
        bool, typer.Option("--staged", help="Read the staged changes. The same as --head INDEX.")
    ] = False,
    baseline: Annotated[
        bool, typer.Option("--baseline", help="Read the whole tree at --head. Asks no questions.")
    ] = False,
    pr: Annotated[
        str | None,
        typer.Option(
            metavar="PR", help="Read a pull request on GitHub, as the App. Write it as 'owner/name#12'."
        ),
    ] = None,
    publish: Annotated[
        bool,
        typer.Option(
            "--publish",
            help="With --pr: post the review on the pull request, as the bot would, instead of printing it.",
        ),
    ] = False,
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
    no_model: Annotated[
        bool, typer.Option("--no-model", help="Use signals only, even if a model is set.")
    ] = False,
    format_: FormatOption = None,
    output: OutputOption = None,
) -> None:
    """Review a change: facts, evidence and up to three questions.

    Signals need no account, no server and, except with --pr, no network. If a model is set, it reads the
    change too. Exit status: 0 complete, 3 incomplete (the report gives the reason), 2 unusable input.
    """
    from bot.adapters.files.atomic_write import check_writable
    from bot.ports.reading import ReadingRequest

    change = {"--repo": repo != Path(), "--base": base, "--head": head != "HEAD", "--staged": staged}
    rules = {"--rubric": rubric, "--overlay": overlay, "--stacks": stacks, "--no-model": no_model}
    printing = {"--format": format_, "--output": output}
    not_published = {**rules, **printing} if publish else {}
    _check_options(pr, {**change, "--baseline": baseline}, not_published, publish=publish)
    _check_baseline(base, baseline=baseline, staged=staged)
    chosen = choose_format(format_, output)
    request = ReadingRequest(base, _resolve_head(head, staged=staged), baseline=baseline, excerpts=True)
    if output is not None:
        check_writable(output)
    if pr is not None and publish:
        _publish(pr)
        return
    result = _read(repo if pr is None else pr, request, (rubric, overlay, stacks), with_model=not no_model)
    _print_result(result, chosen, output)


def choose_format(format_: Format | None, output: Path | None) -> Format:
    """Return the format that was asked for, by name or by the ending of the output file's name."""
    return choose_by_ending(format_, output, _FILES) or Format.TERMINAL


def _check_baseline(base: str | None, *, baseline: bool, staged: bool) -> None:
    """Refuse options that name a change together with --baseline, which reads a whole tree."""
    if baseline and base is not None:
        raise UserError("--baseline reads a whole tree, so --base has no effect.", "Omit one of them.")
    if baseline and staged:
        raise UserError(
            "--staged and --baseline can't be used together.",
            "Omit one of them. To read the whole tree as it is staged, use exactly --baseline --head INDEX.",
        )


def _check_options(
    pr: str | None, change: Mapping[str, object], not_published: Mapping[str, object], *, publish: bool
) -> None:
    """Refuse options that have no effect with --pr or --publish."""
    if pr is None:
        if publish:
            raise UserError("--publish needs a pull request.", "Name one with --pr 'owner/name#12'.")
        return
    for reason, options in (
        ("--pr chooses what to read", change),
        ("--publish always does what the bot would do", not_published),
    ):
        for option, given in options.items():
            if given:
                raise UserError(f"{reason}, so {option} has no effect.", "Omit one of them.")


def _read(
    source: Path | str,
    request: "ReadingRequest",
    rules: tuple[str | None, Path | None, Path | None],
    *,
    with_model: bool,
) -> "ReviewResult":
    """Read a local change, or a pull request given by its name."""
    from bot.adapters.reading_process.process import ReadingProcess

    # Started first, so that its imports load in parallel with this process's.
    ahead = ReadingProcess() if isinstance(source, Path) else None
    from bot import logs
    from bot import settings as environment
    from bot.adapters.reading_process.supervisor import ReadingProcesses
    from bot.bootstrap import wiring
    from bot.cli.output import progress

    settings = environment.load()
    library = wiring.load_library(settings, *rules)
    if isinstance(source, str):
        from bot.bootstrap import requested_review

        logs.configure()
        logs.hide(environment.secrets(settings))
        with progress() as bar:
            return requested_review.read(settings, library, source, bar, with_model=with_model)
    from bot.bootstrap import local_reading

    with progress() as bar, wiring.connect_model(settings, wanted=with_model) as model:
        readings = ReadingProcesses(ahead)
        return local_reading.review_locally(str(source), request, library, settings, bar, model, readings)


def _publish(pr: str) -> None:
    """Publish a round of a pull request, here or through ``sensei serve``, and print the outcome."""
    from bot import logs
    from bot import settings as environment
    from bot.bootstrap import requested_review, wiring
    from bot.cli.output import complain, say

    logs.configure()
    settings = environment.load()
    logs.hide(environment.secrets(settings))
    ended = requested_review.publish(settings, wiring.load_library(settings), pr)
    if ended is None:
        say(f"`sensei serve` is running, so it will read {pr} and publish the review.")
    elif ended.complete:
        say(f"{pr}: {ended.sentence}.")
    else:
        complain(f"sensei: {pr}: {ended.sentence}.")
        raise typer.Exit(INCOMPLETE)


def _resolve_head(head: str, *, staged: bool) -> str:
    if staged and head not in {"HEAD", "INDEX"}:
        raise UserError(f"--staged and --head {head} name two different changes.", "Omit one of them.")
    return "INDEX" if staged else head


def _print_result(result: "ReviewResult", format_: Format, output: Path | None) -> None:
    from bot.cli.output import complain, show
    from bot.rendering.review import terminal
    from bot.rendering.text.safe_text import one_line

    for note in result.notes:
        complain(one_line(f"sensei: note: {note}"))
    if format_ is Format.TERMINAL and not output:
        show(terminal.render(result.report, result.asks))
    else:
        _write_report(result, format_, output)
    if not result.report.complete:
        raise typer.Exit(INCOMPLETE)


def _write_report(result: "ReviewResult", format_: Format, output: Path | None) -> None:
    from bot.adapters.files.atomic_write import write_whole
    from bot.cli.output import as_text, say
    from bot.domain.review.publication_check import remove_refused_texts
    from bot.rendering.review import markdown, terminal

    report, asks = result.report, result.asks
    match format_:
        case Format.JSON:
            text = remove_refused_texts(report).as_json()
        case Format.MD:
            text = markdown.render(report, asks)
        case Format.HTML:
            from bot.rendering.review import html

            text = html.render(report, asks, result.subject)
        case Format.TERMINAL:
            text = as_text(terminal.render(report, asks))
    if output:
        write_whole(output, text)
    else:
        say(text)
