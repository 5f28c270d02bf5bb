"""``sensei doctor``: what is wrong with this set-up, and what to do about it."""

import os
from typing import Annotated

import typer

UNUSABLE, INCOMPLETE = 2, 3


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print for programs: docs/doctor.md.")] = False,
    ask_model: Annotated[
        bool, typer.Option("--ask-model", help="Make one real call to the model; it costs less than a cent.")
    ] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit with 3 where nothing is bad but there are warnings.")
    ] = False,
) -> None:
    """Look for everything that can be wrong, and say what to do about it. Nothing is changed.

    `sensei serve` may be running. Exit status: 0 nothing is bad, 2 something is.
    """
    # GitPython looks for git when it is imported, and fails where there is none: that is to be found out.
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
