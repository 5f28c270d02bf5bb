"""Help pages that show arguments as ``REPOSITORY`` instead of Typer's ``{repository}`` and ``<str>``."""

from collections.abc import Callable
from typing import Any, TypeVar

import typer
from typer.core import TyperArgument, TyperCommand

_Function = TypeVar("_Function", bound=Callable[..., Any])


class Command(TyperCommand):
    """A command whose help shows its arguments in capitals, without Python types."""

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """Return the parts of the usage line."""
        pieces = [self.options_metavar or ""]
        for parameter in self.get_params(ctx):
            if isinstance(parameter, TyperArgument):
                name = _argument_name(parameter)
                pieces.append(name if parameter.required else f"[{name}]")
        return pieces

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the sections for arguments and options."""
        arguments, options = [], []
        for parameter in self.get_params(ctx):
            if (record := parameter.get_help_record(ctx)) is None:
                continue
            if isinstance(parameter, TyperArgument):
                arguments.append((_argument_name(parameter), record[1].removesuffix("  [required]")))
            else:
                options.append(record)
        for title, records in (("Arguments", arguments), ("Options", options)):
            if records:
                with formatter.section(title):
                    formatter.write_dl(records)


def _argument_name(argument: TyperArgument) -> str:
    return argument.display_name_raw + ("..." if argument.nargs != 1 else "")


class CommandGroup(typer.Typer):
    """A group of commands. Without arguments it prints its help."""

    def __init__(self, help_: str) -> None:
        # No rich help pages: plain ones read well everywhere and load in a fifth of the time. No pretty
        # exceptions: they print local variables, which may contain a participant's texts.
        super().__init__(
            no_args_is_help=True,
            add_completion=False,
            rich_markup_mode=None,
            pretty_exceptions_enable=False,
            help=help_,
            context_settings={"help_option_names": ["--help", "-h"]},
        )

    def command(self, name: str | None = None, **given: Any) -> Callable[[_Function], _Function]:
        """Register a command."""
        return super().command(name, cls=Command, **given)
