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
    from bot.rendering.text.safe_text import one_line

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
def retry(
    identities: Annotated[
        list[str] | None, typer.Argument(help="What to let go on, as `list` shows it.", metavar="ID...")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Let all of it go on.")] = False,
) -> None:
    """Let what gave up go on from the step that did not work; handle a delivery once more."""
    from bot import settings as environment
    from bot.bootstrap import service
    from bot.cli.output import say

    settings = environment.load()
    if everything == bool(identities):
        raise UserError("What is to go on?", "Name it as `sensei dead list` shows it, or say --all.")
    with service.records(settings) as store, service.dead_letters(settings) as dead:
        with store.begin() as tx:
            failed = [guid for guid, _ in tx.deliveries.failed()]
        wanted = identities or [*(letter.id for letter in dead.all()), *failed]
        for identity in wanted:
            with store.begin() as tx:
                again = tx.deliveries.again(identity)
            if not (again or dead.retry(identity)):
                if everything:
                    continue  # somebody else let it go on meanwhile
                raise UserError(
                    f"Nothing of the name {identity!r} has given up.",
                    "`sensei dead list` shows what has. What was named before it goes on.",
                )
            say(f"{identity} goes on, by `sensei serve`.")
    if not wanted:
        say("Nothing has given up.")
