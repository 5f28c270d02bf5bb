"""``sensei dead``: work that Sensei gave up on."""

from collections.abc import Sequence
from typing import Annotated

import typer

from bot.cli.pages import CommandGroup
from bot.errors import UserError

app = CommandGroup("List and retry failed work.")


@app.command("list")
def list_() -> None:
    """List failed work, with the reasons and who will retry it."""
    from bot import settings as environment
    from bot.bootstrap import wiring
    from bot.bootstrap.records import open_dead_letters, open_records
    from bot.cli.output import say
    from bot.rendering.text.safe_text import one_line
    from bot.workflows.jobs.dead_letter_retry import describe_next_step

    settings = environment.load()
    with open_dead_letters(settings) as dead:
        found = [
            (letter.id, letter.error, f" ({describe_next_step(letter, wiring.now())})")
            for letter in dead.all()
        ]
    with open_records(settings) as store, store.read() as tx:
        found += [(guid, f"a delivery: {error}", "") for guid, error in tx.deliveries.list_failed()]
        found += [(job, f"a job: {error}", "") for job, error in tx.jobs.list_failed()]
    for identity, error, next_step in found:
        say(f"{identity}  {one_line(error)[:200]}{next_step}")
    if not found:
        say("There is no failed work.")


@app.command()
def retry(
    identities: Annotated[
        list[str] | None, typer.Argument(metavar="ID", help="The id of the work to retry, from `list`.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Retry all failed work.")] = False,
) -> None:
    """Retry failed work.

    A workflow continues from the step that failed. A delivery or a job starts again.
    """
    from bot import settings as environment
    from bot.bootstrap import wiring
    from bot.bootstrap.records import open_dead_letters, open_records
    from bot.cli.output import say

    settings = environment.load()
    if everything == bool(identities):
        raise UserError("What should be retried?", "Give an id from `sensei dead list`, or --all.")
    with open_records(settings) as store, open_dead_letters(settings) as dead:
        with store.read() as tx:
            failed = [id_ for id_, _ in (*tx.deliveries.list_failed(), *tx.jobs.list_failed())]
        wanted = identities or [*(letter.id for letter in dead.all()), *failed]
        for position, identity in enumerate(wanted):
            with store.begin() as tx:
                again = tx.deliveries.retry(identity) or tx.jobs.retry(identity, wiring.now())
            if not (again or dead.retry(identity)):
                if everything:
                    continue  # someone else has retried it in the meantime
                others = _describe_others(wanted[position + 1 :], any_before=position > 0)
                raise UserError(
                    f"There is no failed work with the id {identity!r}.",
                    f"`sensei dead list` shows the ids of failed work.{others}",
                )
            say(f"`sensei serve` will retry {identity}.")
    if not wanted:
        say("There is no failed work.")


def _describe_others(after: Sequence[str], *, any_before: bool) -> str:
    """Say what happens to the other ids of a command that stopped at an unknown one."""
    kept = " Sensei will retry the work whose ids come before this one in your command." if any_before else ""
    return f"{kept} Run the command again for {', '.join(after)}." if after else kept
