"""``sensei questions``: what waits for a sensei's keep or withdraw."""

from typing import Annotated

import typer

from bot.errors import UserError

app = typer.Typer(no_args_is_help=True, help="Questions that wait for a sensei: publish mode sensei_first.")


@app.command("list")
def list_() -> None:
    """List the questions that wait, oldest first."""
    from bot import settings as environment
    from bot.bootstrap import service
    from bot.cli.output import say
    from bot.rendering.text import one_line

    with service.records(environment.load()) as store, store.begin() as tx:
        waiting = tx.questions.proposed()
    for capstone, pull_request, one in waiting:
        say(f"{one.id}  {capstone.full_name}#{pull_request.number}  {one_line(one.path)}:{one.line_start}")
        say(f"    {one_line(one.text)}")
    if not waiting:
        say("No question waits.")


@app.command()
def keep(
    questions: Annotated[list[int], typer.Argument(help="Numbers of questions, as `list` shows them.")],
) -> None:
    """Post these questions on their pull request."""
    from bot import settings as environment
    from bot.bootstrap import service
    from bot.cli.output import say
    from bot.workflows.sensei_first import keep_questions

    with service.records(environment.load()) as store, store.begin() as tx:
        kept = keep_questions(tx, questions, service.now())
    say(f"{kept} will be posted by `sensei serve`.")


@app.command()
def withdraw(
    questions: Annotated[list[int], typer.Argument(help="Numbers of questions, as `list` shows them.")],
) -> None:
    """Drop these questions; they are not asked again."""
    from bot import settings as environment
    from bot.bootstrap import service
    from bot.cli.output import say
    from bot.workflows.sensei_first import withdraw_questions

    if not questions:
        raise UserError("Which questions?", "`sensei questions list` shows their numbers.")
    with service.records(environment.load()) as store, store.begin() as tx:
        dropped = withdraw_questions(tx, questions, service.now())
    say(f"{dropped} withdrawn.")
