"""``sensei capstone``: which repositories the bot reads, and who answers for them."""

from enum import StrEnum
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, help="Enrol repositories; everywhere else the bot is silent.")


class Publish(StrEnum):
    """What goes out without a person; the domain's, which would take half a second to import here."""

    AUTOMATIC = "automatic"
    SENSEI_FIRST = "sensei_first"
    HELD = "held"


@app.command()
def add(
    repository: Annotated[str, typer.Argument(help="The repository, as owner/name.")],
    participant: Annotated[str, typer.Option(help="Login of the participant whose capstone it is.")],
    sensei: Annotated[str | None, typer.Option(help="Login of their sensei.")] = None,
    publish: Annotated[
        Publish | None, typer.Option(help="What goes out without a person. Default: the cohort's, automatic.")
    ] = None,
) -> None:
    """Enrol a repository in the cohort SENSEI_COHORT (unless set, dojo), or change who answers for it.

    The App must be installed on the repository. If the cohort does not exist yet, this makes it.

    Its default branch is read for the ledger, and its open pull requests are read like new ones.
    """
    from bot import settings as environment
    from bot.bootstrap import service
    from bot.cli.output import say
    from bot.domain.pull_requests import records
    from bot.workflows.pull_requests.enrolment import (
        EnrolmentNames,
        as_enrolled,
        enrol_repository,
        look_up_names,
    )

    settings = environment.load()
    names = EnrolmentNames(repository, participant, sensei)
    with service.open_for_command(settings) as desk:
        wanted = look_up_names(
            desk.host, settings.cohort, names, records.PublishPolicy(publish) if publish else None
        )
        with desk.store.begin() as tx:
            capstone = enrol_repository(tx, wanted, service.now())
    say(as_enrolled(capstone))


@app.command("list")
def list_() -> None:
    """List the enrolled repositories."""
    from bot import settings as environment
    from bot.bootstrap import service
    from bot.cli.output import say

    with service.records(environment.load()) as store, store.begin() as tx:
        capstones = tx.capstones.all()
    for one in capstones:
        teacher = f"@{one.sensei.login}" if one.sensei else "no sensei"
        state = "held" if one.held else one.publish
        reach = "" if one.installation else ", the App is not installed"
        say(f"{one.full_name}: @{one.participant.login}, {teacher}, {state}{reach}")
    if not capstones:
        say("No repository is enrolled. `sensei capstone add OWNER/NAME --participant LOGIN` enrols one.")


@app.command()
def remove(repository: Annotated[str, typer.Argument(help="The repository, as owner/name.")]) -> None:
    """End an enrolment: the bot is silent there from now on. What was recorded is kept for a while."""
    from bot import settings as environment
    from bot.bootstrap import service
    from bot.cli.output import say
    from bot.workflows.pull_requests.enrolment import enrolled_capstone

    settings = environment.load()
    with service.records(settings) as store, store.begin() as tx:
        capstone = enrolled_capstone(tx, repository)
        tx.capstones.end(capstone.id)
        tx.audit("operator", "capstone.end", f"capstone:{capstone.id}")
    days = settings.keep_ended_capstones_days
    say(f"{capstone.full_name} is no longer read. What was recorded of it is kept for {days} days.")


def hold(
    repository: Annotated[str, typer.Argument(help="The repository, as owner/name.")],
) -> None:
    """Post nothing on a repository's pull requests; they are still read."""
    _held(repository, held=True)


def release(
    repository: Annotated[str, typer.Argument(help="The repository, as owner/name.")],
) -> None:
    """Post on a repository's pull requests again, from their next round on."""
    _held(repository, held=False)


def _held(repository: str, *, held: bool) -> None:
    from bot import settings as environment
    from bot.bootstrap import service
    from bot.cli.output import say
    from bot.workflows.pull_requests.enrolment import enrolled_capstone

    with service.records(environment.load()) as store, store.begin() as tx:
        capstone = enrolled_capstone(tx, repository)
        tx.capstones.publishes(capstone.id, held=held)
        tx.audit("operator", "capstone.hold" if held else "capstone.release", f"capstone:{capstone.id}")
    say(
        f"Nothing is posted on {capstone.full_name} until `sensei release {capstone.full_name}`."
        if held
        else f"Sensei posts on {capstone.full_name} again."
    )
