"""Every command of ``sensei``."""

import typer

from bot.cli import rubric

app = typer.Typer(no_args_is_help=True, add_completion=False, rich_markup_mode=None)
app.add_typer(rubric.app, name="rubric")
