"""``sensei questions``: what waits for a sensei's keep or withdraw, or for a ruling."""

from typing import Annotated

import typer

from bot.errors import UserError

app = typer.Typer(no_args_is_help=True, help="Questions that wait for a sensei, unasked or disputed.")


@app.command("list")
def list_() -> None:
    """List the questions that wait, oldest first: to be kept or withdrawn, then those that are disputed."""
    from bot import settings as environment
    from bot.bootstrap import service
    from bot.cli.output import say
    from bot.rendering.pull_requests import waiting_questions

    with service.records(environment.load()) as store, store.begin() as tx:
        waiting, disputed = tx.questions.proposed(), tx.questions.disputed()
    for line in waiting_questions.listed(waiting, disputed):
        say(line)


@app.command()
def keep(
    questions: Annotated[list[int], typer.Argument(help="Numbers of questions, as `list` shows them.")],
) -> None:
    """Post these questions on their pull request."""
    from bot import settings as environment
    from bot.bootstrap import service
    from bot.cli.output import say
    from bot.workflows.pull_requests.question_approval import keep_questions

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
    from bot.workflows.pull_requests.question_approval import withdraw_questions

    if not questions:
        raise UserError("Which questions?", "`sensei questions list` shows their numbers.")
    with service.records(environment.load()) as store, store.begin() as tx:
        dropped = withdraw_questions(tx, questions, service.now())
    say(f"{dropped} withdrawn.")


@app.command()
def settle(
    question: Annotated[int, typer.Argument(help="Number of a disputed question, as `list` shows it.")],
    stands: Annotated[bool, typer.Option("--stands", help="It is asked as before.")] = False,
    withdrawn: Annotated[bool, typer.Option("--withdrawn", help="It is dropped for good.")] = False,
) -> None:
    """Rule on a disputed question; it is said in its thread."""
    from bot import settings as environment
    from bot.bootstrap import service
    from bot.cli.output import say
    from bot.workflows.pull_requests.dispute_rulings import settle_question

    with service.records(environment.load()) as store, store.begin() as tx:
        said = settle_question(tx, question, stands=stands, withdrawn=withdrawn, at=service.now())
    say(said)
