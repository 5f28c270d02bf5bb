"""``sensei pair``: who is paired with whom; what it proposes here leads see in Slack as well."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from bot.workflows.pairing.command_line import PairingCommands

app = typer.Typer(no_args_is_help=True, help="Pair participants with senseis: propose, look, approve.")

Cohort = Annotated[str | None, typer.Option(help="The cohort's name. Default: SENSEI_COHORT.")]
Number = Annotated[int, typer.Argument(help="A pair's number, as `show` lists it.")]
Why = Annotated[str, typer.Option("--why", help="Your reason; leads alone read it.")]


@contextmanager
def _desk(cohort: str | None = None) -> "Iterator[PairingCommands]":
    from bot import settings as environment
    from bot.bootstrap import service
    from bot.workflows.pairing.command_line import PairingCommands

    settings = environment.load()
    with service.records(settings) as store:
        yield PairingCommands(store, service.now, cohort or settings.cohort)


@app.command()
def propose(
    cohort: Cohort = None,
    everybody: Annotated[
        bool, typer.Option("--all", help="Reconsider active pairs as well, not only who has no sensei.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="With --all: end the active pairs that change.")] = False,
) -> None:
    """Propose the best pairs for whoever has no sensei; leads decide on them."""
    from bot.cli.output import say

    with _desk(cohort) as desk:
        say(desk.propose(everybody=everybody, yes=yes))


@app.command()
def show(
    cohort: Cohort = None,
    reasons: Annotated[bool, typer.Option("--reasons", help="Say of each pair why.")] = False,
) -> None:
    """Show the newest proposal, who is left without a sensei and why, and all pairs that go on."""
    from bot.cli.output import show as shown
    from bot.rendering.pairing.terminal import listed

    with _desk(cohort) as desk:
        newest, others = desk.shown()
    shown(*listed(newest, others, reasons=reasons))


@app.command()
def approve(
    pairs: Annotated[list[int] | None, typer.Argument(help="Numbers of pairs, as `show` lists them.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="All that wait for approval.")] = False,
    cohort: Cohort = None,
) -> None:
    """Approve pairs: each sensei is asked in Slack, and both are introduced a day later at the latest."""
    from bot.cli.output import complain, say
    from bot.rendering.pairing.wording import approved

    with _desk(cohort) as desk:
        decided = desk.approve(pairs or [], everything=everything)
    for line in decided.refused:
        complain(line)
    say(approved(len(decided.done)))
    if decided.refused:
        raise typer.Exit(2)


@app.command()
def decline(pair: Number, why: Why = "") -> None:
    """Decline a pair, or take back one of which the sensei was asked."""
    from bot.cli.output import say

    with _desk() as desk:
        say(desk.decline(pair, why))


@app.command()
def swap(
    pair: Number,
    whom: Annotated[str, typer.Argument(help="Another sensei's name, or another pair's number.")],
) -> None:
    """Give a participant another sensei, or let two pairs change places; what it costs is said."""
    from bot.cli.output import say

    with _desk() as desk:
        say(desk.swap(pair, whom))


@app.command()
def lock(pair: Number) -> None:
    """Let whatever is solved later keep a pair."""
    from bot.cli.output import say

    with _desk() as desk:
        say(desk.lock(pair, locked=True))


@app.command()
def unlock(pair: Number) -> None:
    """Let a pair change again when pairs are solved."""
    from bot.cli.output import say

    with _desk() as desk:
        say(desk.lock(pair, locked=False))


@app.command()
def end(pair: Number, why: Why = "") -> None:
    """End an active pair; both sides are told, not why, and somebody else is looked for."""
    from bot.cli.output import say

    with _desk() as desk:
        say(desk.end(pair, why))


@app.command()
def why(
    participant: Annotated[str, typer.Argument(help="A participant's name or login.")],
    sensei: Annotated[str, typer.Argument(help="A sensei's name or login.")],
    cohort: Cohort = None,
) -> None:
    """Say why two people are a pair, or what it would take to make them one."""
    from bot.cli.output import say

    with _desk(cohort) as desk:
        say(desk.why([participant, sensei]))
