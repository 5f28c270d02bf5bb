"""``sensei db``: maintain the database's tables."""

from bot.cli.pages import CommandGroup

app = CommandGroup("Upgrade the database's tables.")


@app.callback()
def group() -> None:  # Makes `upgrade` a subcommand, although it is the only command in the group.
    """Upgrade the database's tables."""


@app.command()
def upgrade() -> None:
    """Upgrade the tables to this version of Sensei.

    Run this after each upgrade of Sensei if you use PostgreSQL. SQLite files are upgraded automatically.
    """
    from bot import settings
    from bot.adapters.database import upgrade_store
    from bot.bootstrap import wiring
    from bot.cli.output import say

    say(upgrade_store(wiring.database_url(settings.load())))
