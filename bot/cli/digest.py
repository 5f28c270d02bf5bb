"""``sensei digest``: the weekly digests as they would be sent."""

from typing import Annotated

import typer

from bot.cli.cohort_option import CohortOption
from bot.errors import UserError


def digest(
    preview: Annotated[
        bool, typer.Option("--preview", help="Print the digests. Nothing is sent or stored.")
    ] = False,
    sensei: Annotated[
        str, typer.Option(metavar="NAME", help="Only this sensei's digest. Default: all senseis.")
    ] = "",
    lead: Annotated[
        bool, typer.Option("--lead", help="Show the leads' digests, as of now, instead of the senseis'.")
    ] = False,
    week: Annotated[
        str, typer.Option(metavar="YEAR-WEEK", help="A later week, such as 2026-W50. Default: this week.")
    ] = "",
    cohort: CohortOption = None,
) -> None:
    """Show the weekly digests of senseis or leads.

    `sensei serve` sends them in Slack, each Monday at 09:00 in the reader's time zone. A preview shows names,
    dates and counts. It leaves out draft levels, what participants wrote, and their growth.
    """
    if not preview:
        raise UserError("`sensei serve` sends the digests.", "To see them, add --preview.")
    if lead and (sensei or week):
        raise UserError("--lead shows this week's digests of all leads.", "Omit --sensei and --week.")
    from bot import settings as environment
    from bot.bootstrap import wiring
    from bot.bootstrap.digest import lead_digests, make_previews
    from bot.bootstrap.records import open_records
    from bot.cli.output import say
    from bot.domain.dojo.cohort_choice import choose_cohort
    from bot.rendering.digest.terminal import format_preview
    from bot.workflows.digest.lead_digests import preview_leads

    settings = environment.load()
    with open_records(settings) as store, store.read() as tx:
        chosen = choose_cohort(tx.cohorts.all(), wiring.cohort_choice(settings, cohort))
        if lead:
            lines = list(preview_leads(tx, lead_digests(settings), chosen.id))
            for line in lines or ["This cohort has no active leads."]:
                say(line)
            return
        previews = make_previews(settings).list(tx, chosen.id, sensei, week)
    if not previews:
        say("This cohort has no active senseis, or it is over.")
    for number, shown in enumerate(previews):
        for line in ([""] if number else []) + list(format_preview(shown)):
            say(line)
