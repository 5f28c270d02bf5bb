"""``sensei cohort``: the dojo's runs, who leads them, their calendars and what their pairing weighs."""

import shlex
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, help="The dojo's runs: make one, name its leads, keep its calendar.")
dates = typer.Typer(no_args_is_help=True, help="A cohort's calendar: start, milestones, end, other days.")
app.add_typer(dates, name="date")

_Cohort = Annotated[str | None, typer.Option(help="The cohort's name. Default: SENSEI_COHORT, else dojo.")]


@app.command()
def add(name: Annotated[str, typer.Argument(help="The cohort's name.")]) -> None:
    """Make a cohort. The newest one is what people join in Slack."""
    from bot import settings as environment
    from bot.bootstrap import dojo, service
    from bot.cli.output import say
    from bot.workflows.dojo import cohorts

    settings = environment.load()
    with dojo.open_members(settings) as store, store.begin() as tx:
        made, new = cohorts.add_cohort(tx, name, service.now())
    say(f"The cohort {made.name} now exists." if new else f"The cohort {made.name} already exists.")
    if made.name != settings.cohort:
        name = shlex.quote(made.name)
        say(
            f"Commands use the cohort {settings.cohort} unless you set SENSEI_COHORT={name} or pass --cohort."
        )
        say("`sensei capstone add` has no --cohort: set the variable before you enrol a repository.")
    if new:
        say(f"Next: its first lead, `sensei cohort lead {shlex.quote(made.name)} --slack ADDRESS`.")


@app.command("list")
def list_() -> None:
    """List the cohorts, the newest first."""
    from bot import settings as environment
    from bot.bootstrap import dojo, service
    from bot.cli.output import say
    from bot.rendering.dojo import people_import as rendering

    with dojo.open_members(environment.load()) as store, store.begin() as tx:
        found = [
            rendering.cohort(one, tx.members.of(one.id), tx.cohorts.dates(one.id), service.now().date())
            for one in tx.cohorts.all()
        ]
    for line in found:
        say(line)
    if not found:
        say("There is no cohort. `sensei cohort add NAME` makes one.")


@app.command()
def lead(
    name: Annotated[str, typer.Argument(help="The cohort's name.")],
    slack: Annotated[str, typer.Option(help="Their Slack account: its e-mail address, or a user id.")],
) -> None:
    """Let somebody lead a cohort: they propose pairs, confirm senseis, and see who is stuck."""
    from bot import settings as environment
    from bot.bootstrap import chat, dojo, service
    from bot.cli.output import say
    from bot.workflows.dojo import cohorts

    settings = environment.load()
    with dojo.open_members(settings) as store:
        with store.begin() as tx:
            cohort = cohorts.find_cohort(tx, name)
        workspace, user = cohorts.find_account(chat.connect_chat(settings), cohort, slack)
        with store.begin() as tx:
            called = cohorts.make_lead(tx, cohorts.find_cohort(tx, name), workspace, user, service.now())
    say(f"{called} leads {name}.")


@app.command()
def weights(
    given: Annotated[
        list[str] | None, typer.Argument(help="Weights to set, such as skills=40. None: only show them.")
    ] = None,
    cohort: _Cohort = None,
    reset: Annotated[bool, typer.Option("--reset", help="Begin with the defaults.")] = False,
) -> None:
    """Show or set what a cohort's pairing is scored by, and the hours a week that a pair must share.

    The next proposal uses it.
    """
    from bot import settings as environment
    from bot.bootstrap import dojo
    from bot.cli.output import say
    from bot.workflows.dojo import cohorts

    settings = environment.load()
    with dojo.open_members(settings) as store, store.begin() as tx:
        found = cohorts.find_cohort(tx, cohort or settings.cohort)
        now = cohorts.set_weights(tx, found, given or [], reset=reset)
    for name, number in now.items():
        say(f"{name}={number}")


@dates.command("add")
def add_date(
    kind: Annotated[str, typer.Argument(help="start, design, midway, final, end or other.")],
    day: Annotated[str, typer.Argument(help="The day, as 2027-01-15.")],
    title: Annotated[str, typer.Argument(help="What it is called. Default: the kind's own name.")] = "",
    cohort: _Cohort = None,
) -> None:
    """Enter a day; of each kind but `other` there is one, which moves."""
    from bot import settings as environment
    from bot.bootstrap import dojo
    from bot.cli.output import say
    from bot.workflows.dojo import cohorts

    settings = environment.load()
    with dojo.open_members(settings) as store, store.begin() as tx:
        made = cohorts.enter_date(tx, cohorts.find_cohort(tx, cohort or settings.cohort), kind, day, title)
    say(f"{made.title} is on {made.day}.")


@dates.command("list")
def list_dates(cohort: _Cohort = None) -> None:
    """List a cohort's days, each with its number."""
    from bot import settings as environment
    from bot.bootstrap import dojo
    from bot.cli.output import say
    from bot.rendering.dojo import people_import as rendering
    from bot.workflows.dojo import cohorts

    settings = environment.load()
    with dojo.open_members(settings) as store, store.begin() as tx:
        found = cohorts.find_cohort(tx, cohort or settings.cohort)
        entries = tx.cohorts.dates(found.id)
    for line in rendering.calendar(entries):
        say(line)
    if not entries:
        say(f"{found.name} has no day yet. `sensei cohort date add start 2027-01-15` enters one.")


@dates.command("remove")
def remove_date(
    entry: Annotated[int, typer.Argument(help="Its number, as `list` shows it.")], cohort: _Cohort = None
) -> None:
    """Take a day out."""
    from bot import settings as environment
    from bot.bootstrap import dojo
    from bot.cli.output import say
    from bot.workflows.dojo import cohorts

    settings = environment.load()
    with dojo.open_members(settings) as store, store.begin() as tx:
        cohorts.remove_date(tx, cohorts.find_cohort(tx, cohort or settings.cohort), entry)
    say(f"Day {entry} is taken out.")
