"""``sensei doctor``: find what is wrong with an installation, and how to fix it."""

import os
from typing import Annotated

import typer

UNUSABLE, INCOMPLETE = 2, 3


def doctor(
    as_json: Annotated[
        bool, typer.Option("--json", help="Print JSON. docs/doctor.md describes the format.")
    ] = False,
    ask_model: Annotated[
        bool,
        typer.Option("--ask-model", help="Also make one real call to the model. It costs less than a cent."),
    ] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit with status 3 if there are warnings but no errors.")
    ] = False,
) -> None:
    """Check the whole installation, and show how to fix any problems.

    Changes nothing, so you can run it while `sensei serve` is running.

    Exit status: 0 no errors, 2 errors.
    """
    # Without git, GitPython fails on import. A check reports that instead.
    os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")

    from bot.bootstrap import doctor as examination
    from bot.cli.output import say
    from bot.domain.setup.health_checks import worst
    from bot.rendering.setup import health_checks as words

    found = examination.run_doctor(ask_model=ask_model)
    say(words.as_json(found) if as_json else words.terminal(found))
    state = worst([each for _, each in found])
    if state == "bad":
        raise typer.Exit(UNUSABLE)
    if strict and state == "warning":
        raise typer.Exit(INCOMPLETE)
