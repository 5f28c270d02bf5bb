"""``sensei capstone``: the repositories that the bot reads, and their participants and senseis."""

from enum import StrEnum
from typing import Annotated

import typer

from bot.cli.cohort_option import CohortOption
from bot.cli.pages import CommandGroup

app = CommandGroup("Enrol repositories. The bot ignores all others.")


class Publish(StrEnum):
    """When Sensei posts. A copy of the domain's values, because importing them takes half a second."""

    AUTOMATIC = "automatic"
    SENSEI_FIRST = "sensei_first"
    HELD = "held"


@app.command()
def add(
    repository: Annotated[str, typer.Argument(metavar="REPOSITORY", help="The repository, as owner/name.")],
    participant: Annotated[str, typer.Option(metavar="LOGIN", help="GitHub login of the participant.")],
    sensei: Annotated[
        str | None, typer.Option(metavar="LOGIN", help="GitHub login of the participant's sensei.")
    ] = None,
    publish: Annotated[
        Publish | None,
        typer.Option(
            metavar="WHEN",
            help="When Sensei posts: automatic, sensei_first (once the sensei has approved) or "
            "held (never). Default: automatic, or what an enrolled repository already has.",
        ),
    ] = None,
    cohort: CohortOption = None,
) -> None:
    """Enrol a repository, or change its people.

    The cohort must exist, and the App must be installed on the repository. An enrolled repository stays in
    its cohort, unless --cohort names another.

    `sensei serve` then reads the default branch for the ledger, and reviews all open pull requests.
    """
    from bot import settings as environment
    from bot.bootstrap import wiring
    from bot.bootstrap.command_service import open_for_command
    from bot.cli.output import say
    from bot.domain.pull_requests import records
    from bot.workflows.pull_requests.enrolment import (
        EnrolmentNames,
        cohort_to_enrol_in,
        describe_enrolment,
        enrol_repository,
        look_up_names,
    )

    settings = environment.load()
    names = EnrolmentNames(repository, participant, sensei)
    with open_for_command(settings) as service:
        with service.store.read() as tx:
            target = cohort_to_enrol_in(tx, repository, wiring.cohort_choice(settings, cohort))
        policy = records.PublishPolicy(publish) if publish else None
        wanted = look_up_names(service.host, target, names, policy)
        with service.store.begin() as tx:
            before = tx.capstones.by_repository(wanted.repository.id)
            text = describe_enrolment(tx, enrol_repository(tx, wanted, wiring.now()), before)
    say(text)


@app.command("list")
def list_() -> None:
    """List the enrolled repositories, each with its cohort."""
    from bot import settings as environment
    from bot.bootstrap.records import open_records
    from bot.cli.output import say

    with open_records(environment.load()) as store, store.read() as tx:
        capstones = tx.capstones.all()
        cohorts = {cohort.id: cohort.name for cohort in tx.cohorts.all()}
    for capstone in capstones:
        sensei = f"@{capstone.sensei.login}" if capstone.sensei else "no sensei"
        state = "held" if capstone.held else capstone.publish
        missing = "" if capstone.installation else ", but the App is not installed"
        people = f"@{capstone.participant.login}, {sensei}"
        say(f"{capstone.full_name}: {people}, {state}, in {cohorts[capstone.cohort]}{missing}")
    if not capstones:
        say("No repository is enrolled. To enrol one: `sensei capstone add OWNER/NAME --participant LOGIN`.")


@app.command()
def remove(
    repository: Annotated[str, typer.Argument(metavar="REPOSITORY", help="The repository, as owner/name.")],
) -> None:
    """End a repository's enrolment.

    The bot then ignores the repository. Its stored data is deleted after SENSEI_KEEP_ENDED_CAPSTONES_DAYS
    days.
    """
    from bot import settings as environment
    from bot.bootstrap.records import open_records
    from bot.cli.output import say
    from bot.workflows.pull_requests.enrolment import enrolled_capstone

    settings = environment.load()
    with open_records(settings) as store, store.begin() as tx:
        capstone = enrolled_capstone(tx, repository)
        tx.capstones.end(capstone.id)
        tx.audit("operator", "capstone.end", f"capstone:{capstone.id}")
    days = settings.keep_ended_capstones_days
    say(f"Sensei no longer reads {capstone.full_name}. Its stored data will be deleted in {days} days.")


def hold(
    repository: Annotated[str, typer.Argument(metavar="REPOSITORY", help="The repository, as owner/name.")],
) -> None:
    """Stop posting on a repository's pull requests. Sensei still reads them."""
    _set_held(repository, held=True)


def release(
    repository: Annotated[str, typer.Argument(metavar="REPOSITORY", help="The repository, as owner/name.")],
) -> None:
    """Resume posting on a repository's pull requests."""
    _set_held(repository, held=False)


def _set_held(repository: str, *, held: bool) -> None:
    from bot import settings as environment
    from bot.bootstrap.records import open_records
    from bot.cli.output import say
    from bot.workflows.pull_requests.enrolment import enrolled_capstone

    with open_records(environment.load()) as store, store.begin() as tx:
        capstone = enrolled_capstone(tx, repository)
        tx.capstones.set_publishing(capstone.id, held=held)
        tx.audit("operator", "capstone.hold" if held else "capstone.release", f"capstone:{capstone.id}")
    say(
        f"Sensei posts nothing on {capstone.full_name} until you run `sensei release {capstone.full_name}`."
        if held
        else f"Sensei posts on {capstone.full_name} again."
    )
