"""``sensei schedule``: when participants are asked next, and why not now."""

from typing import Annotated

import typer

from bot.cli.cohort_option import CohortOption


def schedule(
    person: Annotated[
        str,
        typer.Argument(
            metavar="PERSON",
            help="GitHub login, Slack id, name, or Sensei's id. Default: all participants.",
            show_default=False,
        ),
    ] = "",
    cohort: CohortOption = None,
) -> None:
    """Show when participants are asked next, and why not now.

    It shows names, days and reasons, but nobody's words. Participants see the same about themselves in their
    App Home. Sensei decides again when a check-in is due.

    Exit status: 0 done, 2 the person isn't known, or isn't a participant of the cohort.
    """
    from bot import settings as environment
    from bot.bootstrap import wiring
    from bot.bootstrap.records import open_records
    from bot.cli.output import say
    from bot.domain.dojo.cohort_choice import choose_cohort
    from bot.errors import UserError
    from bot.rendering.check_ins.terminal import format_schedule
    from bot.rendering.text.safe_text import one_line
    from bot.workflows.check_ins.upcoming import list_upcoming
    from bot.workflows.dojo.people_lookup import find_person

    settings = environment.load()
    with open_records(settings) as store, store.read() as tx:
        chosen = choose_cohort(tx.cohorts.all(), wiring.cohort_choice(settings, cohort))
        people = [find_person(tx, person, changes=False)] if person else None
        upcoming = list_upcoming(tx, chosen.id, wiring.now(), people)
        rhythm = tx.rhythms.of_cohorts([chosen.id])[chosen.id]
    if person and not upcoming:
        raise UserError(
            f"{one_line(person)} isn't a participant of the cohort {one_line(chosen.name)}.",
            "`sensei people list` shows who is in it, and in which role.",
        )
    for line in format_schedule(chosen.name, rhythm, upcoming):
        say(line)
