"""``sensei people``, ``export`` and ``erase``: a cohort's people and their stored data."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.cohort_option import CohortOption
from bot.cli.formats import choose_by_ending
from bot.cli.pages import CommandGroup

UNUSABLE, INCOMPLETE = 2, 3


class ExportFormat(StrEnum):
    """Formats of an export: everything for a program, or a page for a person."""

    JSON = "json"
    MD = "md"


_WHO = "GitHub login or number, Slack id, name, or Sensei's id."
_Person = Annotated[
    str,
    typer.Argument(metavar="PERSON", help=_WHO),
]


def export(
    person: _Person,
    output: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Output file, which only you can read. Its extension (.md, .json) sets the format. "
            "Default: standard output.",
        ),
    ] = None,
    format_: Annotated[
        ExportFormat | None,
        typer.Option(
            "--format",
            metavar="FORMAT",
            help="json: everything, for programs. md: a readable page. Default: chosen by the "
            "extension of --output, or json.",
        ),
    ] = None,
) -> None:
    """Export all data about a person, as JSON or as a readable page.

    Give the person both the JSON and the page. docs/privacy.md describes the JSON (sensei.export/1).
    """
    import json

    from bot import settings as environment
    from bot.adapters.files.atomic_write import check_writable, write_whole
    from bot.bootstrap import dojo, privacy
    from bot.cli.output import complain, say
    from bot.rendering.privacy.export_page import render_page

    settings = environment.load()
    chosen = choose_by_ending(format_, output, tuple(ExportFormat)) or ExportFormat.JSON
    if output:
        check_writable(output)
    with privacy.open_export(settings) as exporting:
        document = exporting.document(person)
    if chosen is ExportFormat.MD:
        text = render_page(document, dojo.vocabulary_loader(settings)())
    else:
        text = json.dumps(document, indent=2) + "\n"
    if output is None:
        say(text)
        return
    write_whole(output, text, private=True)
    complain(f"The data was written to {output}.")
    if chosen is ExportFormat.JSON:
        complain("For a readable page, run the command again with --output and a file name that ends in .md.")


def erase(
    person: _Person,
    yes: Annotated[
        bool, typer.Option("--yes", help="Erase the data. Without --yes, only list what would be erased.")
    ] = False,
    slack_messages: Annotated[
        bool,
        typer.Option("--slack-messages", help="Also delete Sensei's direct messages to the person in Slack."),
    ] = False,
) -> None:
    """Erase all data about a person, then check that nothing is left.

    What is on GitHub stays there, and so do Sensei's messages in Slack unless you add --slack-messages. The
    costs of model calls and anonymous audit entries are not erased; docs/privacy.md explains why.
    """
    from bot import settings as environment
    from bot.bootstrap import privacy
    from bot.cli.output import complain, say
    from bot.rendering.privacy import erasure as rendering
    from bot.rendering.privacy.person_records import describe_namesakes

    settings = environment.load()
    with privacy.open_erasure(settings, slack_messages=slack_messages) as erasing:
        if not yes:
            plan = erasing.plan(person)
            parts = [
                rendering.list_erased(plan.counts, planned=True),
                rendering.list_published(plan.shown, privacy.host_address(settings)),
                rendering.describe_messages(
                    plan.messages, in_chat=plan.in_chat, planned=True, wanted=slack_messages
                ),
                describe_namesakes(plan.namesakes),
            ]
            say(
                "\n".join(
                    [
                        *filter(None, parts),
                        "Nothing has been erased. To erase all this permanently, add --yes to the command.",
                    ]
                )
            )
            return
        privacy.forget_lookups()
        done = erasing.erase(person)
    if done.plan:
        parts = [
            rendering.list_erased(done.plan.counts, planned=False),
            rendering.list_published(done.plan.shown, privacy.host_address(settings)),
            rendering.describe_messages(
                done.messages, in_chat=done.plan.in_chat, planned=False, wanted=slack_messages
            ),
            describe_namesakes(done.plan.namesakes),
        ]
    else:
        parts = [f"There is no data about {person!r}: it was already erased, or never stored."]
        parts.append(
            rendering.describe_messages(done.messages, in_chat=False, planned=False, wanted=slack_messages)
        )
    say(
        "\n".join(
            [
                *filter(None, parts),
                rendering.describe_search(done.found, done.traces, is_known=done.plan is not None),
            ]
        )
    )
    if not done.complete:
        problem = (
            "Some data is left in the places listed above"
            if done.found.left
            else "The person's data could not be purged from the database's files"
        )
        complain(
            f"sensei: {problem}. Everything else has been erased.\n"
            "See docs/privacy.md, then run this command again."
        )
        raise typer.Exit(INCOMPLETE)


app = CommandGroup("Import a cohort's people from a file, and list them.")


@app.command("import")
def import_(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="CSV or YAML (.yaml, .yml). `template` shows the columns.")
    ],
    cohort: CohortOption = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would change, without writing anything.")
    ] = False,
) -> None:
    """Import people from a file, or update them.

    If anything is wrong, all errors are listed and nothing is written. Importing the same file again changes
    nothing. People who are not in the file are not changed.

    Sensei looks up the Slack accounts and remembers them for a day, so a second run is quick.

    The github column doesn't link accounts; it only says which account you expect. The result lists who has
    linked that account, and who must still link it with `/dojo link`.
    """
    from bot import settings as environment
    from bot.adapters.files.atomic_write import read_at_most
    from bot.bootstrap import dojo, wiring
    from bot.cli.output import complain, lookups, say
    from bot.domain.dojo import people_file
    from bot.domain.dojo.import_rows import describe_problems
    from bot.rendering.dojo import people_import as rendering
    from bot.rendering.text.safe_text import count

    settings = environment.load()
    kind = people_file.kind_of(file.name)
    data = read_at_most(file, people_file.MOST_BYTES + 1)
    with lookups() as report, dojo.make_import(settings, wiring.now, report) as importer:
        done = importer.run(data, kind, wiring.cohort_choice(settings, cohort), dry=dry_run)
    if done.problems:
        for line in describe_problems(done.problems):
            complain(line)
        if done.unchecked:
            complain(f"sensei: the Slack accounts could not be checked. {done.unchecked}")
        place = f" in {done.cohort}" if done.cohort else ""
        found = count(len(done.problems), "error")
        complain(
            f"sensei: {file} has {found}, so Sensei changed nothing{place}. Correct the file and try again."
        )
        raise typer.Exit(UNUSABLE)
    new = [(entry.name, str(entry.row.role)) for entry in done.new]
    changed = {entry.name: entry.columns for entry in done.changed}
    for line in rendering.format_changes(new, changed, done.same, done.cohort, written=done.written):
        say(line)
    for line in rendering.format_unchanged(
        done.left, done.missing, done.linked, done.unlinked, done.other_logins
    ):
        say(line)
    if dry_run:
        say("Nothing was written, because of --dry-run.")


@app.command("list")
def list_(
    cohort: CohortOption = None,
) -> None:
    """List a cohort's people with their roles and accounts."""
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
        members = tx.members.of(found.id)
        flag = cohort_flag(tx.cohorts.all(), settings.cohort, found)
    if members:
        say(f"People in {found.name}:")
    for line in rendering.format_members(members):
        say(line)
    if not members:
        say(f"{found.name} has no people yet. Import them with `sensei people import FILE{flag}`.")


@app.command()
def link(
    person: _Person,
    login: Annotated[str, typer.Argument(metavar="LOGIN", help="The person's GitHub login.")],
) -> None:
    """Link a GitHub account when its owner confirms it in Slack.

    Use this for someone who has no pull request yet, and so no place to post a code from `/dojo link`. Sensei
    looks up the account on GitHub, and links its id, not its login. It asks the person in Slack, and links
    nothing until they click Yes. They have a day to answer.
    """
    import secrets

    from bot import settings as environment
    from bot.bootstrap import wiring
    from bot.bootstrap.command_service import open_for_command
    from bot.cli.output import say
    from bot.rendering.dojo import operator_linking as rendering
    from bot.workflows.dojo import operator_linking

    with open_for_command(environment.load()) as service:
        with service.store.read() as tx:
            operator_linking.check_person(tx, person)
        account = service.host.find_account(operator_linking.read_login(login))
        with service.store.begin() as tx:
            asked = operator_linking.ask_about_account(tx, person, account, secrets.randbits, wiring.now())
    say(rendering.describe_question(asked.name, asked.account, asked.until, repeated=asked.repeated))


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
