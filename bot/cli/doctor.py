"""``sensei doctor``: what is wrong with an installation, and how to fix it."""

import os
from typing import Annotated

import typer

UNUSABLE, INCOMPLETE = 2, 3


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON; docs/doctor.md describes it.")] = False,
    ask_model: Annotated[
        bool, typer.Option("--ask-model", help="Make one real call to the model. It costs less than a cent.")
    ] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 3 if there are only warnings.")] = False,
) -> None:
    """Check the whole installation, and say how to fix it.

    Changes nothing. `sensei serve` may be running. Exit status: 0 nothing is bad, 2 something is.
    """
    # GitPython fails on import where there is no git. A check reports that instead.
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
