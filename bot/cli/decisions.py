"""``sensei decisions``: which decision records there are, without their words."""

from typing import Annotated

import typer

from bot.cli.pages import CommandGroup

app = CommandGroup(
    "See which decision records there are. Only their authors and senseis can read them, in Slack."
)


@app.command("list")
def list_(
    capstone: Annotated[
        str | None,
        typer.Option(metavar="OWNER/NAME", help="Only the decisions of this repository. Default: all."),
    ] = None,
) -> None:
    """List decision records by capstone, with state and date.

    Public records also show their file and the pull request that adds it. Titles and words aren't shown:
    they belong to the participant and their sensei.
    """
    from bot import settings as environment
    from bot.bootstrap.records import open_records
    from bot.cli.output import say
    from bot.rendering.decisions import terminal
    from bot.workflows.decisions.overview import list_decisions

    with open_records(environment.load()) as store, store.read() as tx:
        capstones = list_decisions(tx, capstone)
    for line in terminal.format_list(capstones):
        say(line)


@app.command()
def show(
    capstone: Annotated[str, typer.Argument(metavar="OWNER/NAME", help="The capstone's repository.")],
    number: Annotated[int, typer.Argument(metavar="NUMBER", help="The decision's number, from `list`.")],
) -> None:
    """Show one record's state, dates and revisions, without its words.

    It shows when each revision was made and by whom, not what it says. For a public record, it also shows the
    file and the pull request that adds it.
    """
    from bot import settings as environment
    from bot.bootstrap.records import open_records
    from bot.cli.output import say
    from bot.rendering.decisions import terminal
    from bot.workflows.decisions.overview import find_decision

    with open_records(environment.load()) as store, store.read() as tx:
        found, decision = find_decision(tx, capstone, number)
        history = tx.decisions.history(decision.id)
        replaced = tx.decisions.find(decision.supersedes) if decision.supersedes else None
    for line in terminal.format_decision(
        found.full_name, decision, history, replaced.number if replaced else None
    ):
        say(line)
