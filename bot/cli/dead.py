"""``sensei dead``: what gave up, and waits for a person."""

from typing import Annotated

import typer

from bot.errors import UserError

app = typer.Typer(no_args_is_help=True, help="Work that gave up: see it, and let it go on.")


@app.command("list")
def list_() -> None:
    """List what gave up, with the reason. `sensei serve` must not be running."""
    from bot import bootstrap
    from bot import settings as environment
    from bot.bootstrap import service
    from bot.cli.output import say
    from bot.rendering.text import one_line

    settings = environment.load()
    with (
        service.office(settings) as desk,
        service.engine(settings, bootstrap.library(settings), desk) as (engine, _),
    ):
        letters = engine.dead()
    for letter in letters:
        say(f"{letter.id}  {one_line(letter.error)[:200]}")
    if not letters:
        say("Nothing has given up.")


@app.command()
def retry(identity: Annotated[str, typer.Argument(help="What to let go on, as `list` shows it.")]) -> None:
    """Let one go on from its last recorded step. `sensei serve` must not be running."""
    from bot import bootstrap
    from bot import settings as environment
    from bot.bootstrap import service
    from bot.cli.output import say

    settings = environment.load()
    with (
        service.office(settings) as desk,
        service.engine(settings, bootstrap.library(settings), desk) as (engine, _),
    ):
        if not engine.retry(identity):
            raise UserError(
                f"Nothing of the name {identity!r} has given up.", "`sensei dead list` shows what has."
            )
    say(f"{identity} goes on when `sensei serve` runs.")
