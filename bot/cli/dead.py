"""``sensei dead``: what gave up, and waits for a person."""

from typing import Annotated

import typer

from bot.errors import UserError

app = typer.Typer(no_args_is_help=True, help="Work that gave up: see it, and let it go on.")


@app.command("list")
def list_() -> None:
    """List what gave up, with the reason."""
    from bot import settings as environment
    from bot.bootstrap import service
    from bot.cli.output import say
    from bot.rendering.text import one_line

    with service.dead_letters(environment.load()) as dead:
        letters = dead.all()
    for letter in letters:
        say(f"{letter.id}  {one_line(letter.error)[:200]}")
    if not letters:
        say("Nothing has given up.")


@app.command()
def retry(identity: Annotated[str, typer.Argument(help="What to let go on, as `list` shows it.")]) -> None:
    """Let one go on from the step that did not work."""
    from bot import settings as environment
    from bot.bootstrap import service
    from bot.cli.output import say

    with service.dead_letters(environment.load()) as dead:
        if not dead.retry(identity):
            raise UserError(
                f"Nothing of the name {identity!r} has given up.", "`sensei dead list` shows what has."
            )
    say(f"{identity} goes on, by `sensei serve`.")
