"""``sensei cohort``: the dojo's cohorts, with their leads, calendars and pairing weights."""

import shlex
from typing import Annotated

import typer

from bot.cli.cohort_option import CohortOption
from bot.cli.pages import CommandGroup

app = CommandGroup("Create cohorts, add leads, edit calendars.")
dates = CommandGroup("Edit a cohort's calendar: start, milestones, end.")
app.add_typer(dates, name="date")


@app.command()
def add(name: Annotated[str, typer.Argument(metavar="NAME", help="The cohort's name.")]) -> None:
    """Create a cohort. People who join in Slack join the newest cohort."""
    from bot import settings as environment
    from bot.bootstrap import wiring
    from bot.bootstrap.records import open_or_create_records
    from bot.cli.output import say
    from bot.workflows.dojo import cohorts

    settings = environment.load()
    with open_or_create_records(settings) as store, store.begin() as tx:
        made, new = cohorts.add_cohort(tx, name, wiring.now())
        default = cohorts.describe_default(tx, made, settings.cohort)
    say(f"The cohort {made.name} now exists." if new else f"The cohort {made.name} already exists.")
    say(default)
    if new:
        say(f"Next, add its first lead: `sensei cohort lead {shlex.quote(made.name)} --slack ADDRESS`.")


@app.command("list")
def list_() -> None:
    """List the cohorts, newest first."""
    from bot import settings as environment
    from bot.bootstrap import wiring
    from bot.bootstrap.records import open_or_create_records
    from bot.cli.output import say
    from bot.rendering.dojo import people_import as rendering
    from bot.workflows.dojo.headcounts import count_cohort

    with open_or_create_records(environment.load()) as store, store.read() as tx:
        found = [
            rendering.format_cohort(
                cohort, count_cohort(tx, cohort.id), tx.cohorts.dates(cohort.id), wiring.now().date()
            )
            for cohort in tx.cohorts.all()
        ]
    for line in found:
        say(line)
    if not found:
        say("There is no cohort. Create one with `sensei cohort add NAME`.")


@app.command()
def lead(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The cohort's name.")],
    slack: Annotated[
        str, typer.Option(metavar="ACCOUNT", help="The lead's Slack account: e-mail address or user id.")
    ],
) -> None:
    """Make someone a lead of a cohort.

    Leads propose pairs, confirm senseis and see which participants are stuck.
    """
    from bot import settings as environment
    from bot.bootstrap import wiring
    from bot.bootstrap.records import open_or_create_records
    from bot.cli.output import say
    from bot.domain.dojo.cohort_choice import CohortChoice
    from bot.workflows.dojo import cohorts

    settings = environment.load()
    with open_or_create_records(settings) as store:
        with store.read() as tx:
            cohort = cohorts.find_cohort(tx, CohortChoice(name))
        workspace, user = cohorts.find_account(wiring.connect_chat(settings), cohort, slack)
        with store.begin() as tx:
            called = cohorts.make_lead(tx, cohort, workspace, user, wiring.now())
    say(f"{called} is now a lead of {cohort.name}.")


@app.command()
def weights(
    given: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="WEIGHT=NUMBER",
            help="Weights to set, such as skills=40. Without any, the current weights are shown.",
        ),
    ] = None,
    cohort: CohortOption = None,
    reset: Annotated[
        bool, typer.Option("--reset", help="Reset all other weights to their defaults.")
    ] = False,
) -> None:
    """Show or set the weights of a cohort's pairing.

    One of the weights says how many working hours a week a pair must share. New weights apply from the next
    proposal.
    """
    from bot import settings as environment
    from bot.bootstrap import wiring
    from bot.bootstrap.records import open_or_create_records
    from bot.cli.output import say
    from bot.workflows.dojo import cohorts

    settings = environment.load()
    with (
        open_or_create_records(settings) as store,
        store.begin() if given or reset else store.read() as tx,
    ):
        found = cohorts.find_cohort(tx, wiring.cohort_choice(settings, cohort))
        current = cohorts.set_weights(tx, found, given or [], reset=reset)
    say(f"Weights for pairing in {found.name}:")
    for name, number in current.items():
        say(f"{name}={number}")


@dates.command("add")
def add_date(
    kind: Annotated[
        str, typer.Argument(metavar="KIND", help="Kind of date: start, design, midway, final, end or other.")
    ],
    day: Annotated[str, typer.Argument(metavar="DATE", help="The date, such as 2027-01-15.")],
    title: Annotated[
        str, typer.Argument(metavar="TITLE", help="The date's title. Default: the name of its kind.")
    ] = "",
    cohort: CohortOption = None,
) -> None:
    """Add or move a date. A calendar has one date of each kind, but any number of `other` dates."""
    from bot import settings as environment
    from bot.bootstrap import wiring
    from bot.bootstrap.records import open_or_create_records
    from bot.cli.output import say
    from bot.workflows.dojo import cohorts

    settings = environment.load()
    with open_or_create_records(settings) as store, store.begin() as tx:
        found = cohorts.find_cohort(tx, wiring.cohort_choice(settings, cohort))
        made = cohorts.enter_date(tx, found, kind, day, title)
    say(f"{made.title} is on {made.day} in {found.name}.")


@dates.command("list")
def list_dates(cohort: CohortOption = None) -> None:
    """List a cohort's dates with their numbers."""
    from bot import settings as environment
    from bot.bootstrap import wiring
    from bot.bootstrap.records import open_or_create_records
    from bot.cli.output import say
    from bot.domain.dojo.cohort_choice import cohort_flag
    from bot.rendering.dojo import people_import as rendering
    from bot.workflows.dojo import cohorts

    settings = environment.load()
    with open_or_create_records(settings) as store, store.read() as tx:
        found = cohorts.find_cohort(tx, wiring.cohort_choice(settings, cohort))
        entries = tx.cohorts.dates(found.id)
        flag = cohort_flag(tx.cohorts.all(), settings.cohort, found)
    if entries:
        say(f"Dates of {found.name}:")
    for line in rendering.format_dates(entries):
        say(line)
    if not entries:
        say(
            f"{found.name} has no dates yet. "
            f"Add one, for example: `sensei cohort date add start 2027-01-15{flag}`."
        )


@dates.command("remove")
def remove_date(
    entry: Annotated[int, typer.Argument(metavar="NUMBER", help="The date's number, from `list`.")],
    cohort: CohortOption = None,
) -> None:
    """Remove a date."""
    from bot import settings as environment
    from bot.bootstrap import wiring
    from bot.bootstrap.records import open_or_create_records
    from bot.cli.output import say
    from bot.workflows.dojo import cohorts

    settings = environment.load()
    with open_or_create_records(settings) as store, store.begin() as tx:
        found = cohorts.find_cohort(tx, wiring.cohort_choice(settings, cohort))
        cohorts.remove_date(tx, found, entry)
    say(f"Date {entry} has been removed from {found.name}.")
