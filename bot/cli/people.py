"""``sensei people``, ``export`` and ``erase``: a cohort's people and their stored data."""

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.pages import CommandGroup

UNUSABLE, INCOMPLETE = 2, 3

_Person = Annotated[
    str,
    typer.Argument(metavar="PERSON", help="The person's GitHub login, account number, or id from `export`."),
]


def export(
    person: _Person,
    output: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="File to write; only you can read it. Default: standard output."),
    ] = None,
) -> None:
    """Export all data about a person as JSON.

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
    complain(f"The data was written to {output}.")


def erase(
    person: _Person,
    yes: Annotated[
        bool, typer.Option("--yes", help="Erase the data. Without --yes, only list what would be erased.")
    ] = False,
) -> None:
    """Erase all data about a person, then check that nothing is left.

    The costs of model calls and anonymous audit entries are not erased; docs/privacy.md explains why.
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
                    [
                        *filter(None, parts),
                        "Nothing was changed. Run again with --yes to erase all this permanently.",
                    ]
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
        parts = [f"There is no data about {person!r}: it was already erased, or never stored."]
    say("\n".join([*filter(None, parts), rendering.describe_search(done.found, done.traces)]))
    if not done.complete:
        problem = (
            "Some data is left in the places listed above"
            if done.found.left
            else "The person's data could not be purged from the database's files"
        )
        complain(f"sensei: {problem}. The rest is erased.\nSee docs/privacy.md, then run this command again.")
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
        bool, typer.Option("--dry-run", help="Show what would change, without writing anything.")
    ] = False,
) -> None:
    """Import people from a file, or update them.

    If a row is wrong, nothing is written. Importing the same file again changes nothing. People who are not
    in the file are not changed.
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
        complain(f"sensei: nothing was changed. Errors in {file}: {len(done.problems)}.")
        raise typer.Exit(UNUSABLE)
    new = [(entry.name, str(entry.row.role)) for entry in done.new]
    changed = {entry.name: entry.columns for entry in done.changed}
    for line in rendering.format_changes(new, changed, done.same, name, written=done.written):
        say(line)
    for line in rendering.format_unchanged(done.left, done.missing, done.unlinked, done.other_logins):
        say(line)
    if dry_run:
        say("Nothing was written, because of --dry-run.")


@app.command("list")
def list_(
    cohort: Annotated[
        str | None, typer.Option(metavar="NAME", help="The cohort. Default: SENSEI_COHORT, else dojo.")
    ] = None,
) -> None:
    """List a cohort's people with their roles and accounts."""
    from bot import settings as environment
    from bot.bootstrap.records import open_or_create_records
    from bot.cli.output import say
    from bot.rendering.dojo import people_import as rendering
    from bot.workflows.dojo import cohorts

    settings = environment.load()
    with open_or_create_records(settings) as store, store.read() as tx:
        found = cohorts.find_cohort(tx, cohort or settings.cohort)
        members = tx.members.of(found.id)
    for line in rendering.format_members(members):
        say(line)
    if not members:
        say(f"{found.name} has no people yet. Import them with `sensei people import FILE`.")


@app.command()
def unlink(person: _Person) -> None:
    """Unlink a GitHub account from a person in Slack.

    Its capstones remain with the account. The person can link it again with a new code.
    """
    from bot import settings as environment
    from bot.bootstrap import wiring
    from bot.bootstrap.records import open_or_create_records
    from bot.cli.output import say
    from bot.workflows.dojo.account_linking import unlink as take_back

    with open_or_create_records(environment.load()) as store, store.begin() as tx:
        gone = take_back(tx, person, wiring.now())
    say(f"{', '.join(account.login for account in gone)}: no longer linked to anyone in Slack.")


@app.command()
def template() -> None:
    """Print a CSV template with two sample people."""
    from bot.cli.output import say
    from bot.domain.dojo import people_csv

    say(people_csv.write_csv(people_csv.SAMPLES))
