"""``sensei milestone``: how far the rulings of a milestone have come, and a participant's report."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.cohort_option import CohortOption
from bot.cli.pages import CommandGroup
from bot.domain.triage.records import Milestone

if TYPE_CHECKING:
    from bot.workflows.milestones.command_line import MilestoneCommands

app = CommandGroup("See a milestone's rulings, and make a participant's report.")


@contextmanager
def _open_milestones(cohort: str | None) -> "Iterator[MilestoneCommands]":
    from bot import settings as environment
    from bot.bootstrap import triage, wiring
    from bot.bootstrap.records import open_records
    from bot.workflows.milestones.command_line import MilestoneCommands

    settings = environment.load()
    with open_records(settings) as store:
        choice = wiring.cohort_choice(settings, cohort)
        yield MilestoneCommands(store, wiring.now, choice, triage.ledger_loader(settings))


@app.command("list")
def list_(cohort: CohortOption = None) -> None:
    """List how many criteria have a ruling, for each participant.

    The list is for the milestone that is open, or else for the next one, and grouped by sensei. Draft levels
    and what people wrote aren't shown, because they belong to the participant and their sensei.
    """
    from bot.cli.output import say
    from bot.rendering.milestones.terminal import format_list

    with _open_milestones(cohort) as milestones:
        name, current, senseis = milestones.list()
    for line in format_list(name, current, senseis):
        say(line)


@app.command()
def report(
    person: Annotated[
        str, typer.Argument(metavar="NAME", help="The participant's name, login, or Slack user id.")
    ],
    output: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="HTML file to write; only you can read it. Default: standard output.",
        ),
    ] = None,
    milestone: Annotated[
        Milestone | None,
        typer.Option(metavar="NAME", help="design, midway or final. Default: the last one with rulings."),
    ] = None,
    cohort: CohortOption = None,
) -> None:
    """Make a participant's report on a milestone, as an HTML page.

    Give the page only to the participant; it is made to be printed too. It shows their ruled levels, the
    evidence, their public decisions and their growth. It shows no draft levels, and nothing that a sensei
    wrote for other senseis.
    """
    from bot.adapters.files.atomic_write import check_writable, write_whole
    from bot.cli.output import complain, say
    from bot.rendering.milestones import html

    if output:
        check_writable(output)
    with _open_milestones(cohort) as milestones:
        text = html.render(milestones.report(person, milestone))
    if output is None:
        say(text)
        return
    write_whole(output, text, private=True)
    complain(f"The report was written to {output}. Give it only to the participant.")
