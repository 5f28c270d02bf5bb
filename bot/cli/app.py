"""All commands of ``sensei``."""

from typing import Annotated

import typer

from bot.cli import (
    capstone,
    cohort,
    db,
    dead,
    decisions,
    demo,
    handbook,
    milestone,
    pair,
    people,
    questions,
    rubric,
    schema,
    setup,
    triage,
)
from bot.cli.digest import digest
from bot.cli.doctor import doctor
from bot.cli.evaluate import evaluate
from bot.cli.ledger import ledger
from bot.cli.pages import CommandGroup
from bot.cli.people import erase, export
from bot.cli.review import review
from bot.cli.schedule import schedule
from bot.cli.serve import serve
from bot.cli.settings import settings

_HELP = "Sensei reviews pull requests in an AI Dojo: the bot asks questions, and people judge the answers."

app = CommandGroup(_HELP)
app.command()(review)
app.command()(ledger)
app.command()(serve)
app.command()(doctor)
app.add_typer(setup.app, name="setup")
app.add_typer(capstone.app, name="capstone")
app.command()(capstone.hold)
app.command()(capstone.release)
app.add_typer(cohort.app, name="cohort")
app.add_typer(people.app, name="people")
app.add_typer(handbook.app, name="handbook")
app.add_typer(questions.app, name="questions")
app.add_typer(triage.app, name="triage")
app.add_typer(decisions.app, name="decisions")
app.add_typer(milestone.app, name="milestone")
app.add_typer(pair.app, name="pair")
app.command()(digest)
app.command()(schedule)
app.add_typer(dead.app, name="dead")
app.command()(export)
app.command()(erase)
app.add_typer(rubric.app, name="rubric")
app.add_typer(db.app, name="db")
app.command()(demo.demo)
app.command("eval")(evaluate)
app.command()(settings)
app.command()(schema.schema)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"sensei {version('sensei-bot')}")
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Sensei reviews pull requests in an AI Dojo: the bot asks questions, and people judge the answers."""
