"""``sensei db``: the store of what was asked of a model."""

import typer

app = typer.Typer(
    no_args_is_help=True,
    help="The database: what it keeps, and bringing it up to date.",
    rich_markup_mode=None,
)


@app.callback()
def group() -> None:
    """Keep ``upgrade`` a command of its own, although it is the only one."""


@app.command()
def upgrade() -> None:
    """Bring the tables up to date with this version. A file of your own is kept so without it."""
    from bot import bootstrap, settings
    from bot.adapters.database import upgrade_store
    from bot.cli.output import say

    say(upgrade_store(bootstrap.database_url(settings.load())))
