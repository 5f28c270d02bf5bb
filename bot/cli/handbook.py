"""``sensei handbook``: what Sensei cites when the people of a cohort ask it something."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.pages import CommandGroup

if TYPE_CHECKING:
    from bot.domain.enquiries.records import Handbook
    from bot.workflows.sources.command_line import HandbookCommands
    from bot.workflows.sources.handbooks import HandbookResult

app = CommandGroup("Give a cohort a handbook, from which Sensei answers questions.")

_Cohort = Annotated[str, typer.Argument(metavar="COHORT", help="The cohort's name.")]


@contextmanager
def _open_handbooks() -> "Iterator[HandbookCommands]":
    from bot import settings as environment
    from bot.bootstrap.sources import open_handbooks

    with open_handbooks(environment.load()) as commands:
        yield commands


@app.command("set")
def set_(
    cohort: _Cohort,
    place: Annotated[
        str,
        typer.Argument(
            metavar="PLACE",
            help="A folder of Markdown on this machine, such as ./handbook, or a GitHub repository that the "
            "App can read, as OWNER/NAME.",
        ),
    ],
    link: Annotated[
        str,
        typer.Option(
            metavar="URL",
            help="Start of the pages' web address. By default, links lead to the repository; pages in a "
            "folder get none.",
        ),
    ] = "",
) -> None:
    """Say where a cohort's handbook is, and read it.

    It replaces an earlier handbook. From then on, `sensei serve` reads it again every hour.
    """
    from bot.cli.output import say

    with _open_handbooks() as handbooks:
        name, handbook, result = handbooks.set(cohort, place, link)
    say(f"The handbook of {name} is {handbook.place}.")
    _say_result(handbook, result)


@app.command()
def show(
    cohort: Annotated[
        str | None, typer.Argument(metavar="COHORT", help="The cohort's name. Default: all cohorts.")
    ] = None,
) -> None:
    """Show where each handbook is, and whether Sensei could read it.

    It says how many pages can be found, when Sensei last read them or tried to, and any problem.
    """
    from bot.cli.output import say
    from bot.rendering.sources.terminal import format_handbook

    with _open_handbooks() as handbooks:
        found = handbooks.list(cohort)
    for name, handbook in found:
        for line in format_handbook(name, handbook):
            say(line)
    if not found:
        say("No cohort has a handbook. Give it one with `sensei handbook set COHORT PLACE`.")


@app.command()
def read(cohort: _Cohort) -> None:
    """Read a cohort's handbook now. You needn't stop `sensei serve`."""
    with _open_handbooks() as handbooks:
        _, handbook, result = handbooks.read(cohort)
    _say_result(handbook, result)


@app.command()
def search(
    cohort: _Cohort,
    words: Annotated[list[str], typer.Argument(metavar="WORDS", help="A question, or words from one.")],
) -> None:
    """Show what a question finds in a handbook and the rubric.

    The best passage comes first. It searches as Sensei does when a participant asks, but leaves out people's
    own documents.
    """
    from bot.cli.output import say
    from bot.rendering.sources.terminal import format_found

    with _open_handbooks() as handbooks:
        name, passages = handbooks.find(cohort, " ".join(words))
    for line in format_found(name, passages):
        say(line)


@app.command()
def gaps(
    cohort: _Cohort,
    close: Annotated[
        int | None,
        typer.Option(metavar="N", help="Delete gap N, for instance once a page answers it."),
    ] = None,
) -> None:
    """Show what people say the handbook lacks, without their names.

    First come the figures for the last four weeks: how many questions people asked, and how many answers
    helped. A figure about fewer than five people isn't shown, because it could name
    somebody.
    """
    from bot import settings as environment
    from bot.bootstrap import wiring
    from bot.bootstrap.records import open_records
    from bot.cli.output import say
    from bot.rendering.enquiries.terminal import format_gaps
    from bot.workflows.enquiries.gaps import close_gap, list_gaps

    with open_records(environment.load()) as store:
        if close is not None:
            with store.begin() as tx:
                name = close_gap(tx, cohort, close)
            say(f"Gap {close} of {name} is closed.")
            return
        with store.read() as tx:
            found = list_gaps(tx, cohort, wiring.now())
    for line in format_gaps(found.cohort, found.trends, found.gaps):
        say(line)


@app.command()
def remove(cohort: _Cohort) -> None:
    """Forget a cohort's handbook. Sensei no longer answers from it; its files stay as they are."""
    from bot.cli.output import say

    with _open_handbooks() as handbooks:
        name = handbooks.remove(cohort)
    say(f"{name} no longer has a handbook.")


def _say_result(handbook: "Handbook", result: "HandbookResult") -> None:
    """Print what came of a reading; exit with status 3 if it failed."""
    from bot.cli.output import say
    from bot.rendering.sources.terminal import format_reading

    changes = result.changes
    for line in format_reading(
        handbook, changes.written if changes else None, changes.removed if changes else 0
    ):
        say(line)
    if changes is None:
        raise typer.Exit(3)
