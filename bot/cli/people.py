"""``sensei people``, ``export`` and ``erase``: people are brought in, shown what is kept, and forgotten."""

from pathlib import Path
from typing import Annotated

import typer

UNUSABLE, INCOMPLETE = 2, 3

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
        bool, typer.Option("--yes", help="Do it. Without: say what would go, and change nothing.")
    ] = False,
) -> None:
    """Forget a person: all that is kept of them but the bill and opaque audit entries; then prove it."""
    from bot import settings as environment
    from bot.bootstrap import privacy
    from bot.cli.output import complain, say
    from bot.rendering.privacy import erasure as rendering

    settings = environment.load()
    with privacy.open_erasure(settings) as erasing:
        if not yes:
            plan = erasing.plan(person)
            parts = [
                rendering.what_went(plan.counts, yet=True),
                rendering.what_stays(plan.shown, privacy.host_address(settings)),
            ]
            say("\n".join([*filter(None, parts), "Nothing was changed. With --yes all this goes, for good."]))
            return
        done = erasing.erase(person)
    if done.plan:
        parts = [
            rendering.what_went(done.plan.counts, yet=False),
            rendering.what_stays(done.plan.shown, privacy.host_address(settings)),
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


app = typer.Typer(no_args_is_help=True, help="Bring a cohort's people in from a file, and list them.")


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="CSV or YAML (.yaml, .yml); `template` shows the columns.")],
    cohort: Annotated[str | None, typer.Option(help="Into which cohort. Default: SENSEI_COHORT.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would happen; write nothing.")] = False,
) -> None:
    """Bring people in, or change what is known of them. Nothing is written if a row is wrong.

    The same file again changes nothing; who is not in it is left as they are.
    """
    from bot import settings as environment
    from bot.adapters.files.atomic_write import read_whole
    from bot.bootstrap import dojo, service
    from bot.cli.output import complain, looked_up, say
    from bot.domain.dojo import people_import
    from bot.rendering.dojo import people_import as rendering

    settings = environment.load()
    name = cohort or settings.cohort
    kind: people_import.Kind = "yaml" if file.suffix.lower() in {".yaml", ".yml"} else "csv"
    data = read_whole(file, people_import.MOST_BYTES + 1)
    with dojo.make_import(settings, service.now, looked_up) as work:
        done = work.run(data, kind, name, dry=dry_run, make=cohort is None)
    if done.problems:
        for line in people_import.describe_problems(done.problems):
            complain(line)
        complain(f"sensei: {len(done.problems)} to put right in {file}, so nothing was changed.")
        raise typer.Exit(UNUSABLE)
    new = [(entry.name, str(entry.row.role)) for entry in done.new]
    changed = {entry.name: entry.columns for entry in done.changed}
    for line in rendering.imported(new, changed, done.same, name, written=done.written):
        say(line)
    for line in rendering.stayed(done.left, done.missing, done.unlinked, done.otherwise):
        say(line)
    if dry_run:
        say("Nothing was written: --dry-run.")


@app.command("list")
def list_(
    cohort: Annotated[str | None, typer.Option(help="The cohort's name. Default: SENSEI_COHORT.")] = None,
) -> None:
    """List a cohort's people, with their roles and accounts."""
    from bot import settings as environment
    from bot.bootstrap import dojo
    from bot.cli.output import say
    from bot.rendering.dojo import people_import as rendering
    from bot.workflows.dojo import cohorts

    settings = environment.load()
    with dojo.open_members(settings) as store, store.begin() as tx:
        found = cohorts.find_cohort(tx, cohort or settings.cohort)
        members = tx.members.of(found.id)
    for line in rendering.listed(members):
        say(line)
    if not members:
        say(f"Nobody is in {found.name} yet. `sensei people import FILE` brings people in.")


@app.command()
def unlink(person: _Person) -> None:
    """Take back whose a GitHub account is. Its capstones stay with the account; a new code links it again."""
    from bot import settings as environment
    from bot.bootstrap import dojo, service
    from bot.cli.output import say
    from bot.workflows.dojo.account_linking import unlink as take_back

    with dojo.open_members(environment.load()) as store, store.begin() as tx:
        gone = take_back(tx, person, service.now())
    say(f"{', '.join(account.login for account in gone)}: linked to nobody in Slack any more.")


@app.command()
def template() -> None:
    """Print a file to begin with: the columns, and two sample people to replace."""
    from bot.cli.output import say
    from bot.domain.dojo import people_import

    say(people_import.write_csv(people_import.SAMPLES))
