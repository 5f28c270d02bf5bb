"""``sensei db``: the tables of the database."""

from bot.cli.pages import CommandGroup

app = CommandGroup("Bring the database's tables up to date.")


@app.callback()
def group() -> None:  # makes `upgrade` a subcommand, although it is the only one
    """Bring the database's tables up to date."""


@app.command()
def upgrade() -> None:
    """Bring the tables up to date with this version.

    PostgreSQL needs this after each upgrade of Sensei. The next command upgrades a SQLite file.
    """
    from bot import settings
    from bot.adapters.database import upgrade_store
    from bot.bootstrap import wiring
    from bot.cli.output import say

    say(upgrade_store(wiring.database_url(settings.load())))
