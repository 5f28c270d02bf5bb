"""Every help page, as a terminal of 80 columns shows it."""

from collections.abc import Iterator

import pytest
from typer.core import TyperGroup
from typer.main import get_command
from typer.testing import CliRunner

from bot.cli.app import app


def _paths(group: TyperGroup, before: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    yield before
    for name, command in group.commands.items():
        if isinstance(command, TyperGroup):
            yield from _paths(command, (*before, name))
        else:
            yield (*before, name)


def _root() -> TyperGroup:
    root = get_command(app)
    assert isinstance(root, TyperGroup)
    return root


@pytest.mark.parametrize("path", list(_paths(_root())), ids=" ".join)
def test_a_help_page_fits_into_80_columns_and_shows_whole_sentences_without_types(
    path: tuple[str, ...],
) -> None:
    # Outside tests, click leaves the last two columns of a terminal free.
    done = CliRunner().invoke(app, [*path, "--help"], env={"COLUMNS": "80"}, terminal_width=78)
    assert done.exit_code == 0
    usage, *lines = done.output.split("\n")
    assert usage.startswith("Usage: ")
    assert [
        line for line in lines if len(line) > 80 or line.endswith("...") or "<" in line.split("  [")[0]
    ] == []


@pytest.mark.contract
@pytest.mark.parametrize("path", list(_paths(_root())), ids=" ".join)
def test_the_short_option_shows_the_same_help_page(path: tuple[str, ...]) -> None:
    short, long = (CliRunner().invoke(app, [*path, option]) for option in ("-h", "--help"))
    assert (short.exit_code, short.output) == (0, long.output)
