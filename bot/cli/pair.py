"""``sensei pair``: pair participants with senseis. Leads also see the proposals in Slack."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.cohort_option import CohortOption
from bot.cli.pages import CommandGroup

if TYPE_CHECKING:
    from bot.workflows.pairing.command_line import PairingCommands

app = CommandGroup("Pair participants with senseis.")

Number = Annotated[int, typer.Argument(metavar="PAIR", help="The pair's number, from `show`.")]
Why = Annotated[str, typer.Option("--why", metavar="REASON", help="Your reason. Only leads read it.")]


@contextmanager
def _open_pairing(cohort: str | None = None) -> "Iterator[PairingCommands]":
    from bot import settings as environment
    from bot.bootstrap import dojo, wiring
    from bot.bootstrap.records import open_records
    from bot.workflows.pairing.command_line import PairingCommands

    settings = environment.load()
    with open_records(settings) as store:
        vocabulary = dojo.vocabulary_loader(settings)
        yield PairingCommands(store, wiring.now, wiring.cohort_choice(settings, cohort), vocabulary)


@app.command("try")
def try_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV or YAML, as for `sensei people import`.")],
    weight: Annotated[
        list[str] | None,
        typer.Option(
            metavar="WEIGHT=NUMBER",
            help="Change a weight, such as skills=40. Can be repeated. `sensei cohort weights` lists them.",
        ),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print JSON. `sensei schema pairing` prints its schema.")
    ] = False,
) -> None:
    """Work out pairs for the people in a file, but store nothing.

    This needs no database, Slack or GitHub. It shows the reasons for each pair, what another choice would
    cost, and which participants have no sensei and why.
    """
    from bot import settings as environment
    from bot.adapters.files.atomic_write import read_at_most
    from bot.bootstrap import dojo, wiring
    from bot.cli import output as out
    from bot.domain.dojo import people_file
    from bot.domain.dojo.import_rows import describe_problems
    from bot.domain.dojo.people import CohortRole
    from bot.domain.dojo.people_import import read_people
    from bot.domain.pairing.problem import read_weights
    from bot.domain.pairing.trial import try_pairing
    from bot.rendering.pairing.trial import render_trial
    from bot.rendering.text.safe_text import count

    weights = read_weights(weight or [], {})
    vocabulary = dojo.vocabulary_loader(environment.load())()
    data = read_at_most(file, people_file.MOST_BYTES + 1)
    table = read_people(data, people_file.kind_of(file.name), vocabulary, needs_time_zones=True)
    if table.problems:
        for line in describe_problems(table.problems):
            out.complain(line)
        found = count(len(table.problems), "error")
        out.complain(
            f"sensei: {file} has {found}, so Sensei worked out no pairs. Correct the file and try again."
        )
        raise typer.Exit(2)
    with out.progress() as bar:
        bar.stage("Comparing choices", sum(row.role is CohortRole.PARTICIPANT for row in table.rows))
        trial = try_pairing(table.rows, wiring.now().date(), weights, bar.step)
    if as_json:
        out.say(trial.as_json())
    else:
        out.show(*render_trial(trial, file.name, vocabulary))


@app.command()
def propose(
    cohort: CohortOption = None,
    everybody: Annotated[bool, typer.Option("--all", help="Also reconsider active pairs.")] = False,
    yes: Annotated[
        bool, typer.Option("--yes", help="With --all: end active pairs that the proposal changes.")
    ] = False,
) -> None:
    """Propose pairs for participants without a sensei. Leads decide."""
    from bot.cli.output import say

    with _open_pairing(cohort) as pairing:
        say(pairing.propose(everybody=everybody, yes=yes))


@app.command()
def show(
    cohort: CohortOption = None,
    reasons: Annotated[bool, typer.Option("--reasons", help="Show the reasons for each pair.")] = False,
) -> None:
    """Show the newest proposal and all current pairs.

    Also lists participants who got no sensei, with the reasons.
    """
    from bot.cli.output import show as print_rich
    from bot.rendering.pairing.terminal import render_pairs

    with _open_pairing(cohort) as pairing:
        newest, others = pairing.show()
    print_rich(*render_pairs(newest, others, reasons=reasons))


@app.command()
def approve(
    pairs: Annotated[
        list[int] | None, typer.Argument(metavar="PAIR", help="Numbers of pairs, from `show`.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Approve all proposed pairs.")] = False,
    cohort: CohortOption = None,
) -> None:
    """Approve pairs.

    Sensei asks each sensei in Slack. If a sensei doesn't answer within 24 hours, counting only their working
    hours, Sensei introduces the pair.
    """
    from bot.cli.output import complain, say
    from bot.rendering.pairing.wording import describe_approval

    with _open_pairing(cohort) as pairing:
        name, decided = pairing.approve(pairs or [], everything=everything)
    for line in decided.refused:
        complain(line)
    say(describe_approval(len(decided.done), name))
    if decided.refused:
        raise typer.Exit(2)


@app.command()
def decline(pair: Number, why: Why = "") -> None:
    """Decline a pair, or withdraw one whose sensei was already asked."""
    from bot.cli.output import say

    with _open_pairing() as pairing:
        say(pairing.decline(pair, why))


@app.command()
def swap(
    pair: Number,
    other: Annotated[
        str,
        typer.Argument(metavar="OTHER", help="The name of another sensei, or the number of another pair."),
    ],
) -> None:
    """Give a participant another sensei, or swap two pairs.

    Shows how the change affects the score.
    """
    from bot.cli.output import say

    with _open_pairing() as pairing:
        say(pairing.swap(pair, other))


@app.command()
def lock(pair: Number) -> None:
    """Lock a pair, so that later proposals do not change it."""
    from bot.cli.output import say

    with _open_pairing() as pairing:
        say(pairing.lock(pair, locked=True))


@app.command()
def unlock(pair: Number) -> None:
    """Unlock a pair, so that later proposals may change it."""
    from bot.cli.output import say

    with _open_pairing() as pairing:
        say(pairing.lock(pair, locked=False))


@app.command()
def end(pair: Number, why: Why = "") -> None:
    """End an active pair.

    Sensei tells both people that their pair has ended, but not why, and looks for another sensei for the
    participant.
    """
    from bot.cli.output import say

    with _open_pairing() as pairing:
        say(pairing.end(pair, why))


@app.command()
def why(
    participant: Annotated[
        str, typer.Argument(metavar="PARTICIPANT", help="The participant's name or login.")
    ],
    sensei: Annotated[str, typer.Argument(metavar="SENSEI", help="The sensei's name or login.")],
    cohort: CohortOption = None,
) -> None:
    """Explain why two people are, or are not, a pair."""
    from bot.cli.output import say

    with _open_pairing(cohort) as pairing:
        say(pairing.why([participant, sensei]))
