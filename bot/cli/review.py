"""``sensei review``: the first pass over a change, or over a whole tree."""

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.errors import UserError

if TYPE_CHECKING:
    from bot.bootstrap import ReviewResult
    from bot.domain.review.report import Report
    from bot.ports.reading import ReadingRequest

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
    pr: Annotated[
        str | None, typer.Option(help="A pull request at GitHub, as 'owner/name#12', read as the App.")
    ] = None,
    publish: Annotated[
        bool, typer.Option("--publish", help="With --pr: say it there, as the bot would, and not here.")
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

    By signals alone: no account, no server, and no network but for --pr. With a model if the settings name
    one. Exit status: 0 complete, 3 incomplete (the report says why), 2 unusable input.
    """
    from bot.adapters.files.atomic_write import check_writable
    from bot.ports.reading import ReadingRequest

    where = {"--repo": repo != Path(), "--base": base, "--head": head != "HEAD", "--staged": staged}
    how = {"--rubric": rubric, "--overlay": overlay, "--stacks": stacks, "--no-model": no_model}
    shown = {"--format": format_ is not Format.TERMINAL, "--output": output}
    _check(pr, {**where, "--baseline": baseline}, {**how, **shown} if publish else {}, publish=publish)
    if baseline and base is not None:
        raise UserError("--baseline reads a whole tree, so --base means nothing.", "Leave one of them out.")
    request = ReadingRequest(base, _head(head, staged=staged), baseline=baseline)
    if output is not None:
        check_writable(output)
    if pr is not None and publish:
        _publish(pr)
        return
    read = _read(repo if pr is None else pr, request, (rubric, overlay, stacks), with_model=not no_model)
    _deliver(read, format_, output)


def _check(
    pr: str | None, where: Mapping[str, object], as_the_bot: Mapping[str, object], *, publish: bool
) -> None:
    """Refuse options that mean nothing beside --pr, or beside --publish."""
    if pr is None:
        if publish:
            raise UserError("--publish needs a pull request.", "Name it: --pr 'owner/name#12'.")
        return
    for why, options in (
        ("--pr says what is read", where),
        ("--publish does what the bot would do", as_the_bot),
    ):
        for option, given in options.items():
            if given:
                raise UserError(f"{why}, so {option} means nothing.", "Leave one of them out.")


def _read(
    what: Path | str,
    request: "ReadingRequest",
    rules: tuple[str | None, Path | None, Path | None],
    *,
    with_model: bool,
) -> "ReviewResult":
    """Read a repository's change, or a pull request by its name."""
    from bot.adapters.reading_process.process import ReadingProcess

    # Before all else: it loads what it needs while this process does.
    ahead = ReadingProcess() if isinstance(what, Path) else None
    from bot import bootstrap, logs
    from bot import settings as environment
    from bot.adapters.reading_process.supervisor import ReadingProcesses
    from bot.cli.output import progress

    settings = environment.load()
    library = bootstrap.load_library(settings, *rules)
    if isinstance(what, str):
        from bot.bootstrap import requested_review

        logs.configure()
        logs.hide(environment.secrets(settings))
        with progress() as bar:
            return requested_review.read(settings, library, what, bar, with_model=with_model)
    with progress() as bar, bootstrap.connect_model(settings, wanted=with_model) as model:
        readings = ReadingProcesses(ahead)
        return bootstrap.review_locally(str(what), request, library, settings, bar, model, readings)


def _publish(pr: str) -> None:
    """Publish a round of a pull request, here or by ``sensei serve``, and say how it ended."""
    from bot import bootstrap, logs
    from bot import settings as environment
    from bot.bootstrap import requested_review
    from bot.cli.output import complain, say

    logs.configure()
    settings = environment.load()
    logs.hide(environment.secrets(settings))
    ended = requested_review.publish(settings, bootstrap.load_library(settings), pr)
    if ended is None:
        say(f"{pr} will be read and published by `sensei serve`, which runs.")
    elif ended.complete:
        say(f"{pr}: {ended.sentence}.")
    else:
        complain(f"sensei: {pr}: {ended.sentence}.")
        raise typer.Exit(INCOMPLETE)


def _head(head: str, *, staged: bool) -> str:
    if staged and head not in {"HEAD", "INDEX"}:
        raise UserError(f"--staged and --head {head} name two different changes.", "Leave one of them out.")
    return "INDEX" if staged else head


def _deliver(read: "ReviewResult", format_: Format, output: Path | None) -> None:
    from bot.cli.output import complain, show
    from bot.rendering.review import terminal
    from bot.rendering.text.safe_text import one_line

    for note in read.notes:
        complain(one_line(f"sensei: note: {note}"))
    if format_ is Format.TERMINAL and not output:
        show(terminal.render(read.report, read.asks))
    else:
        _write(read.report, read.asks, format_, output)
    if not read.report.complete:
        raise typer.Exit(INCOMPLETE)


def _write(report: "Report", asks: dict[str, str], format_: Format, output: Path | None) -> None:
    from bot.adapters.files.atomic_write import write_whole
    from bot.cli.output import as_text, say
    from bot.domain.review.publication_check import admit
    from bot.rendering.review import markdown, terminal

    match format_:
        case Format.JSON:
            text = admit(report).as_json()
        case Format.MD:
            text = markdown.render(report, asks)
        case Format.HTML:
            from bot.rendering.review import html

            text = html.render(report, asks)
        case Format.TERMINAL:
            text = as_text(terminal.render(report, asks))
    if output:
        write_whole(output, text)
    else:
        say(text)
