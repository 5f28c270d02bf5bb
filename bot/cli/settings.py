"""``sensei settings``: what can be set, by which variable, and what it is now."""

from enum import StrEnum
from typing import Annotated

import typer


class Format(StrEnum):
    """How settings are listed."""

    TERMINAL = "terminal"
    MD = "md"
    ENV = "env"


def settings(
    format_: Annotated[
        Format, typer.Option("--format", help="A table, Markdown, or a file of variables.")
    ] = (Format.TERMINAL),
) -> None:
    """List every setting: its variable, its value here, and what it means."""
    from bot import settings as environment
    from bot.cli.output import say
    from bot.rendering.setup import settings as rendering

    match format_:
        case Format.MD:
            say(rendering.markdown(environment.described()))
        case Format.ENV:
            say(rendering.env_file(environment.described()))
        case Format.TERMINAL:
            say(rendering.terminal(environment.described(environment.load())))
