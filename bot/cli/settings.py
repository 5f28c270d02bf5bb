"""``sensei settings``: list all settings with their variables and values."""

from enum import StrEnum
from typing import Annotated

import typer


class Format(StrEnum):
    """Output formats of the list."""

    TERMINAL = "terminal"
    MD = "md"
    ENV = "env"


def settings(
    format_: Annotated[
        Format, typer.Option("--format", metavar="FORMAT", help="terminal, md, or env (a file of variables).")
    ] = (Format.TERMINAL),
) -> None:
    """List all settings with their values and meanings."""
    from bot import settings as environment
    from bot.cli.output import say
    from bot.rendering.setup import settings as rendering

    match format_:
        case Format.MD:
            say(rendering.markdown(environment.described()))
        case Format.ENV:
            say(rendering.env_file(environment.described()))
        case Format.TERMINAL:
            from bot.bootstrap import wiring

            settings = environment.load()
            say(rendering.terminal(environment.described(settings, wiring.shown_database(settings))))
