"""``sensei export`` and ``sensei erase``: what is kept of a person, shown to them, and forgotten."""

from pathlib import Path
from typing import Annotated

import typer

INCOMPLETE = 3

_Person = Annotated[
    str, typer.Argument(help="Login or number of their GitHub account, or the id that `export` shows.")
]


def export(
    person: _Person,
    output: Annotated[
        Path | None, typer.Option(help="File to write, for its owner's eyes only. Default: standard output.")
    ] = None,
) -> None:
    """Write all that is kept of a person as one JSON document: sensei.export/1, docs/privacy.md."""
    import json

    from bot import settings as environment
    from bot.adapters.files import check_writable, write_whole
    from bot.bootstrap import people
    from bot.cli.output import complain, say

    if output:
        check_writable(output)
    with people.exporting(environment.load()) as exporting:
        text = json.dumps(exporting.document(person), indent=2) + "\n"
    if output is None:
        say(text)
        return
    write_whole(output, text, private=True)
    complain(f"Written to {output}.")


def erase(
    person: _Person,
    yes: Annotated[
        bool, typer.Option("--yes", help="Do it. Without: say what would go, and change nothing.")
    ] = False,
) -> None:
    """Forget a person: all that is kept of them but the bill and opaque audit entries; then prove it."""
    from bot import settings as environment
    from bot.bootstrap import people
    from bot.cli.output import complain, say
    from bot.rendering import erasing as rendering

    settings = environment.load()
    with people.erasing(settings) as erasing:
        if not yes:
            plan = erasing.plan(person)
            parts = [
                rendering.went(plan.counts, yet=True),
                rendering.stays(plan.shown, people.address(settings)),
            ]
            say("\n".join([*filter(None, parts), "Nothing was changed. With --yes all this goes, for good."]))
            return
        done = erasing.erase(person)
    if done.plan:
        parts = [
            rendering.went(done.plan.counts, yet=False),
            rendering.stays(done.plan.shown, people.address(settings)),
        ]
    else:
        parts = [f"Nobody is known here as {person!r}: erased before, or never here."]
    say("\n".join([*filter(None, parts), rendering.proof(done.found, done.traces)]))
    if not done.complete:
        what = (
            "Something is left, at the places above"
            if done.found.left
            else "The database let nothing be cleaned"
        )
        complain(f"sensei: {what}.\ndocs/privacy.md says what to do. What went has gone; run it again after.")
        raise typer.Exit(INCOMPLETE)
