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

    settings = environment.load()
    with service.dead_letters(settings) as dead:
        found = [(letter.id, letter.error) for letter in dead.all()]
    with service.records(settings) as store, store.begin() as tx:
        found += [(guid, f"a delivery: {error}") for guid, error in tx.deliveries.failed()]
    for identity, error in found:
        say(f"{identity}  {one_line(error)[:200]}")
    if not found:
        say("Nothing has given up.")


@app.command()
def retry(identity: Annotated[str, typer.Argument(help="What to let go on, as `list` shows it.")]) -> None:
    """Let one go on from the step that did not work; handle a delivery once more."""
    from bot import settings as environment
    from bot.bootstrap import service
    from bot.cli.output import say

    settings = environment.load()
    with service.records(settings) as store, store.begin() as tx:
        again = tx.deliveries.again(identity)
    with service.dead_letters(settings) as dead:
        if not again and not dead.retry(identity):
            raise UserError(
                f"Nothing of the name {identity!r} has given up.", "`sensei dead list` shows what has."
            )
    say(f"{identity} goes on, by `sensei serve`.")
