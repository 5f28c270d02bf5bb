"""``sensei decisions``: which decision records there are, and the words of those that are public."""

from typing import Annotated

import typer

from bot.cli.pages import CommandGroup

app = CommandGroup(
    "List decision records, and export public ones. A private record can be read only in Slack, by its "
    "author and the author's sensei."
)


@app.command("list")
def list_(
    capstone: Annotated[
        str | None,
        typer.Option(metavar="OWNER/NAME", help="Only the decisions of this repository. Default: all."),
    ] = None,
) -> None:
    """List decision records by capstone, with state and date.

    For a public record, the list also shows its file and the pull request that adds it. Titles and texts
    aren't shown, because they belong to the participant and their sensei.
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
    """Show one record's state, dates and revisions, without its text.

    For each revision, the command shows the date and the author. For a public record, it also shows the file
    and the pull request that adds it.
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


@app.command()
def export(
    capstone: Annotated[str, typer.Argument(metavar="OWNER/NAME", help="The capstone's repository.")],
    number: Annotated[int, typer.Argument(metavar="NUMBER", help="The decision's number, from `list`.")],
) -> None:
    """Print a confirmed public record as Markdown, to keep it as a file.

    Everyone who can read the repository may read a public record. Drafts and private records can't be
    exported.

    The Markdown always has MADR's layout. In a pull request, Sensei instead follows the layout of the
    repository's other records.
    """
    from bot import settings as environment
    from bot.bootstrap.records import open_records
    from bot.cli.output import say
    from bot.domain.setup.github_app_manifest import web_address
    from bot.workflows.decisions.overview import find_decision
    from bot.workflows.decisions.record_markdown import write_record

    settings = environment.load()
    with open_records(settings) as store, store.read() as tx:
        found, decision = find_decision(tx, capstone, number)
        text = write_record(tx, found, decision, web_address(settings.github_api_url))
    say(text)
