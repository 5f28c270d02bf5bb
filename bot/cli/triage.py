"""``sensei triage``: a sensei rules on levels in a terminal, with the evidence at hand."""

from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.cohort_option import CohortOption
from bot.cli.pages import CommandGroup
from bot.errors import UserError

if TYPE_CHECKING:
    from bot.workflows.triage.command_line import TriageCommands, WaitingSensei

app = CommandGroup(
    "Rule on levels, one criterion at a time. This is for senseis with a shell on Sensei's machine. Sensei "
    "shows the evidence, then you rule by pressing a single key; ? explains the keys. Each ruling is saved "
    "at once under your name. The audit trail says that the operator entered it, because Sensei can't check "
    "who sits at the terminal. The command shows draft levels, so nobody else may use it."
)
app.info.no_args_is_help = False

SenseiOption = Annotated[
    str | None,
    typer.Option("--sensei", metavar="NAME", help="The sensei who rules. The start of the name is enough."),
]


@app.callback(invoke_without_command=True)
def triage(context: typer.Context, sensei: SenseiOption = None, cohort: CohortOption = None) -> None:
    """Rule on levels in a terminal, unless a subcommand is given."""
    if context.invoked_subcommand is not None:
        return
    from bot import settings as environment
    from bot.bootstrap.triage import open_triage
    from bot.cli.keyboard import is_terminal
    from bot.cli.output import say
    from bot.cli.triage_session import TriageSession

    if not is_terminal():
        raise UserError(
            "`sensei triage` needs a terminal, because you rule with single keys. Nothing was changed.",
            "Run it in a terminal, or rule in Slack. `sensei triage list` works without a terminal.",
        )
    with open_triage(environment.load(), cohort) as commands:
        chosen = _choose_sensei(commands, sensei)
        if chosen is None or not chosen.tasks:
            say("There are no rulings to make.")
            return
        TriageSession(commands.sit_down(chosen)).run()


@app.command("list")
def list_(sensei: SenseiOption = None, cohort: CohortOption = None) -> None:
    """List the rulings that each sensei has to make. Levels aren't shown."""
    from bot import settings as environment
    from bot.bootstrap.triage import open_triage
    from bot.cli.output import say
    from bot.rendering.triage.terminal import format_waiting

    with open_triage(environment.load(), cohort) as commands:
        waiting = [found for found in commands.list_waiting(sensei) if found.tasks]
    for found in waiting:
        for line in format_waiting(found.name, found.tasks):
            say(line)
    if not waiting:
        say("There are no rulings to make.")


def _choose_sensei(commands: "TriageCommands", name: str | None) -> "WaitingSensei | None":
    """Return the sensei who rules: the one named, the only one for whom rulings wait, or a chosen one."""
    from bot.cli.keyboard import read_line
    from bot.cli.output import complain, say
    from bot.rendering.text.safe_text import count, one_line

    waiting = commands.list_waiting(name)
    if len(waiting) < 2:
        return waiting[0] if waiting else None
    for number, found in enumerate(waiting, start=1):
        say(f"  {number}  {one_line(found.name)}: {count(len(found.tasks), 'ruling')}")
    while (given := read_line("Who rules? Number: ")) is not None:
        if given.isdigit() and 0 < int(given) <= len(waiting):
            return waiting[int(given) - 1]
        complain("Type one of the numbers above, or press Ctrl-D to quit.")
    return None
