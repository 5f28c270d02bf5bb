"""``sensei people``, ``export`` and ``erase``: the people of a cohort, and what is stored about them."""

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.pages import CommandGroup

UNUSABLE, INCOMPLETE = 2, 3

_Person = Annotated[
    str,
    typer.Argument(
        metavar="PERSON", help="Their GitHub login or account number, or the id that `export` shows."
    ),
]


def export(
    person: _Person,
    output: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="File to write; only you can read it. Default: standard output."),
    ] = None,
) -> None:
    """Export all data about a person, as JSON.

    docs/privacy.md describes the format, sensei.export/1.
    """
    import json

    from bot import settings as environment
    from bot.adapters.files.atomic_write import check_writable, write_whole
    from bot.bootstrap import privacy
    from bot.cli.output import complain, say

    if output:
        check_writable(output)
    with privacy.open_export(environment.load()) as exporting:
        text = json.dumps(exporting.document(person), indent=2) + "\n"
    if output is None:
        say(text)
        return
    write_whole(output, text, private=True)
    complain(f"Written to {output}.")


def erase(
    person: _Person,
    yes: Annotated[
        bool, typer.Option("--yes", help="Erase. Without --yes: only list what would be erased.")
    ] = False,
) -> None:
    """Erase all data about a person, then check that none is left.

    The costs of model calls and anonymous audit entries stay; docs/privacy.md says why.
    """
    from bot import settings as environment
    from bot.bootstrap import privacy
    from bot.cli.output import complain, say
    from bot.rendering.privacy import erasure as rendering

    settings = environment.load()
    with privacy.open_erasure(settings) as erasing:
        if not yes:
            plan = erasing.plan(person)
            parts = [
                rendering.list_erased(plan.counts, planned=True),
                rendering.list_published(plan.shown, privacy.host_address(settings)),
            ]
            say(
                "\n".join(
                    [*filter(None, parts), "Nothing was changed. With --yes all this is erased for good."]
                )
            )
            return
        done = erasing.erase(person)
    if done.plan:
        parts = [
            rendering.list_erased(done.plan.counts, planned=False),
            rendering.list_published(done.plan.shown, privacy.host_address(settings)),
        ]
    else:
        parts = [f"Nobody is known here as {person!r}. They were erased before, or never known."]
    say("\n".join([*filter(None, parts), rendering.describe_search(done.found, done.traces)]))
    if not done.complete:
        problem = (
            "Some data is left, at the places above"
            if done.found.left
            else "The database's files could not be cleaned"
        )
        complain(
            f"sensei: {problem}. The rest is erased.\ndocs/privacy.md says what to do; then run it again."
        )
        raise typer.Exit(INCOMPLETE)


app = CommandGroup("Import a cohort's people from a file, and list them.")


@app.command("import")
def import_(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="CSV or YAML (.yaml, .yml). `template` shows the columns.")
    ],
    cohort: Annotated[
        str | None, typer.Option(metavar="NAME", help="The cohort. Default: SENSEI_COHORT, else dojo.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would change; write nothing.")
    ] = False,
) -> None:
    """Import people from a file, or update them.

    If a row is wrong, nothing is written. Importing the same file again changes nothing, and people who are
    not in it stay as they are.
    """
    from bot import settings as environment
    from bot.adapters.files.atomic_write import read_at_most
    from bot.bootstrap import dojo, wiring
    from bot.cli.output import complain, report_lookups, say
    from bot.domain.dojo import people_file
    from bot.domain.dojo.import_rows import describe_problems
    from bot.rendering.dojo import people_import as rendering

    settings = environment.load()
    name = cohort or settings.cohort
    kind: people_file.FileKind = "yaml" if file.suffix.lower() in {".yaml", ".yml"} else "csv"
    data = read_at_most(file, people_file.MOST_BYTES + 1)
    with dojo.make_import(settings, wiring.now, report_lookups) as importer:
        done = importer.run(data, kind, name, dry=dry_run, make=cohort is None)
    if done.problems:
        for line in describe_problems(done.problems):
            complain(line)
        complain(f"sensei: {len(done.problems)} to correct in {file}, so nothing was changed.")
        raise typer.Exit(UNUSABLE)
    new = [(entry.name, str(entry.row.role)) for entry in done.new]
    changed = {entry.name: entry.columns for entry in done.changed}
    for line in rendering.format_changes(new, changed, done.same, name, written=done.written):
        say(line)
    for line in rendering.format_unchanged(done.left, done.missing, done.unlinked, done.other_logins):
        say(line)
    if dry_run:
        say("Nothing was written: --dry-run.")


@app.command("list")
def list_(
    cohort: Annotated[
        str | None, typer.Option(metavar="NAME", help="The cohort. Default: SENSEI_COHORT, else dojo.")
    ] = None,
) -> None:
    """List a cohort's people, with their roles and accounts."""
    from bot import settings as environment
    from bot.bootstrap.records import open_or_create_records
    from bot.cli.output import say
    from bot.rendering.dojo import people_import as rendering
    from bot.workflows.dojo import cohorts

    settings = environment.load()
    with open_or_create_records(settings) as store, store.begin() as tx:
        found = cohorts.find_cohort(tx, cohort or settings.cohort)
        members = tx.members.of(found.id)
    for line in rendering.format_members(members):
        say(line)
    if not members:
        say(f"Nobody is in {found.name} yet. `sensei people import FILE` imports people.")


@app.command()
def unlink(person: _Person) -> None:
    """Unlink a GitHub account from a person in Slack.

    Its capstones stay with the account. A new code links it again.
    """
    from bot import settings as environment
    from bot.bootstrap import wiring
    from bot.bootstrap.records import open_or_create_records
    from bot.cli.output import say
    from bot.workflows.dojo.account_linking import unlink as take_back

    with open_or_create_records(environment.load()) as store, store.begin() as tx:
        gone = take_back(tx, person, wiring.now())
    say(f"{', '.join(account.login for account in gone)}: no longer linked to anybody in Slack.")


@app.command()
def template() -> None:
    """Print a CSV file to start from, with two sample people."""
    from bot.cli.output import say
    from bot.domain.dojo import people_csv

    say(people_csv.write_csv(people_csv.SAMPLES))
