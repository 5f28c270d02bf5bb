"""``sensei questions``: questions that need a sensei's decision or ruling."""

from typing import Annotated

import typer

from bot.cli.pages import CommandGroup
from bot.errors import UserError

app = CommandGroup("Decide on questions that await a sensei.")


@app.command("list")
def list_() -> None:
    """List the questions that wait for a sensei.

    First come those to keep or withdraw, then those that are disputed; in each part, the oldest is first.
    """
    from bot import settings as environment
    from bot.bootstrap.records import open_records
    from bot.cli.output import say
    from bot.rendering.pull_requests import waiting_questions

    with open_records(environment.load()) as store, store.read() as tx:
        waiting, disputed = tx.questions.list_proposed(), tx.questions.list_disputed()
    for line in waiting_questions.format_waiting_questions(waiting, disputed):
        say(line)


@app.command()
def keep(
    questions: Annotated[
        list[int], typer.Argument(metavar="NUMBER", help="Numbers of questions, from `list`.")
    ],
) -> None:
    """Post these questions on their pull request."""
    from bot import settings as environment
    from bot.bootstrap import wiring
    from bot.bootstrap.records import open_records
    from bot.cli.output import say
    from bot.domain.pull_requests.rulings import OPERATOR_RULES
    from bot.workflows.pull_requests.question_decisions import keep_questions

    with open_records(environment.load()) as store, store.begin() as tx:
        kept = keep_questions(tx, questions, OPERATOR_RULES, wiring.now())
    say(f"`sensei serve` will post {kept}.")


@app.command()
def withdraw(
    questions: Annotated[
        list[int], typer.Argument(metavar="NUMBER", help="Numbers of questions, from `list`.")
    ],
) -> None:
    """Withdraw these questions. Sensei never asks them again."""
    from bot import settings as environment
    from bot.bootstrap import wiring
    from bot.bootstrap.records import open_records
    from bot.cli.output import say
    from bot.domain.pull_requests.rulings import OPERATOR_RULES
    from bot.workflows.pull_requests.question_decisions import withdraw_questions

    if not questions:
        raise UserError(
            "Which questions should be withdrawn?", "`sensei questions list` shows their numbers."
        )
    with open_records(environment.load()) as store, store.begin() as tx:
        dropped = withdraw_questions(tx, questions, OPERATOR_RULES, wiring.now())
    say(f"Withdrew {dropped}.")


@app.command()
def settle(
    question: Annotated[
        int, typer.Argument(metavar="NUMBER", help="A disputed question's number, from `list`.")
    ],
    stands: Annotated[bool, typer.Option("--stands", help="Uphold the question.")] = False,
    withdrawn: Annotated[
        bool, typer.Option("--withdrawn", help="Withdraw the question permanently.")
    ] = False,
) -> None:
    """Rule on a disputed question. Sensei posts the ruling in its thread."""
    from bot import settings as environment
    from bot.bootstrap import wiring
    from bot.bootstrap.records import open_records
    from bot.cli.output import say
    from bot.workflows.pull_requests.dispute_rulings import settle_question

    with open_records(environment.load()) as store, store.begin() as tx:
        sentence = settle_question(tx, question, stands=stands, withdrawn=withdrawn, at=wiring.now())
    say(sentence)
