"""What an export's page says about a person's capstones, and what they wrote in other people's."""

from collections import Counter
from collections.abc import Iterator, Sequence

from bot.rendering.privacy.export_arguments import (
    conversation_lines,
    decision_lines,
    one_decision_lines,
    statement_lines,
)
from bot.rendering.privacy.export_defences import defence_lines, defence_ruled_lines, document_lines
from bot.rendering.privacy.export_rulings import ruled_lines, ruling_lines
from bot.rendering.privacy.export_words import (
    OUTCOMES,
    QUESTION_STATES,
    ROUND_STATES,
    Json,
    day,
    is_other,
    minute,
    quote_lines,
)
from bot.rendering.review.markdown import code, fence, plain
from bot.rendering.text.safe_text import count


def capstone_lines(capstone: Json) -> Iterator[str]:
    """Yield a capstone: its state, pull requests, evidence and calls to a model."""
    sensei = {None: "no sensei yet", "themselves": "you as its sensei"}.get(capstone["sensei"], "a sensei")
    state = f"ended on {day(capstone['ended_at'])}" if capstone["ended_at"] else capstone["state"]
    cohort = plain(capstone["cohort"])
    yield f"In the cohort {cohort} since {day(capstone['created_at'])}, with {sensei}; {state}."
    for pull_request in capstone["pull_requests"]:
        yield from _pull_request_lines(pull_request)
    if capstone["questions"]:
        yield from ("", "Sensei's questions in check-ins:", "")
    for number, question in enumerate(capstone["questions"], 1):
        yield from _question_lines(number, {"thread": [], **question})
    yield from decision_lines(capstone["decisions"])
    yield from _ledger_lines(capstone["ledger"])
    yield from statement_lines(capstone["statements"])
    yield from ruling_lines(capstone)
    yield from document_lines(capstone)
    yield from defence_lines(capstone)
    yield from _call_lines(capstone["model_calls"])


def _pull_request_lines(pull_request: Json) -> Iterator[str]:
    author = "another person" if is_other(pull_request["author_login"]) else "you"
    yield ""
    yield f"#### Pull request {pull_request['number']}"
    yield ""
    changed = day(pull_request["updated_at"])
    yield f"Opened by {author}. State: {pull_request['state']}. Last changed on {changed}."
    yield ""
    for round_ in pull_request["rounds"]:
        yield from _round_lines(round_)
    if pull_request["questions"]:
        yield from ("", "Sensei's questions about it:", "")
    for number, question in enumerate(pull_request["questions"], 1):
        yield from _question_lines(number, question)
    if pull_request["commands"]:
        yield from ("", "Commands in its comments:", "")
    for command in pull_request["commands"]:
        yield f"- {_describe_command(command)}"


def _round_lines(round_: Json) -> Iterator[str]:
    state = ROUND_STATES.get(round_["state"], round_["state"])
    report = round_["report"] or {}
    found = [
        count(number, noun)
        for key, noun in (("concerns", "fact"), ("questions", "question"), ("strengths", "strength"))
        if (number := len(report.get(key, ())))
    ]
    read = f": {', '.join(found) or 'nothing found'}" if report else ""
    yield f"- Reading {round_['number']} on {minute(round_['created_at'])}, {state}{read}"
    for fact in report.get("concerns", ()):
        yield f"  - Fact: {plain(fact['text'])} ({_place(fact['citation'])})"
    for strength in report.get("strengths", ()):
        yield f"  - Strength: {plain(strength['text'])} ({_place(strength['citation'])})"


def _question_lines(number: int, question: Json) -> Iterator[str]:
    state = QUESTION_STATES.get(question["state"], question["state"])
    ruling = (
        f", and your sensei ruled that the question {_ruling(question['ruling'])}"
        if question["ruling"]
        else ""
    )
    yield f"{number}. **{plain(question['text'])}** ({_place(question)}; {state}{ruling})"
    yield ""
    yield fence(question["quote"])
    yield ""
    mine = [message for message in question["thread"] if not is_other(message["body"])]
    for message in mine:
        yield f"   On {minute(message['at'])}, you wrote:"
        yield ""
        yield from quote_lines(message["body"], "   ")
        yield ""
    if others := len(question["thread"]) - len(mine):
        yield f"   This page leaves out {count(others, 'message')} by other people."
        yield ""
    yield from conversation_lines(question["conversation"])


def _ruling(ruling: str) -> str:
    return "stands" if ruling == "stands" else "is withdrawn"


def _place(where: Json) -> str:
    return code(f"{where['path']}:{where['line_start']}")


def _describe_command(command: Json) -> str:
    outcome = OUTCOMES.get(command["answer"], "not carried out")
    who = "another person" if is_other(command.get("author")) else "you"
    given = code(f"/sensei {command['verb']}") if command["verb"] else "a command that Sensei doesn't know"
    about = f" (about {plain(command['about'])})" if command.get("about") else ""
    return f"{minute(command['at'])}: {who} gave {given}{about}: {outcome}"


def _ledger_lines(entries: Sequence[Json]) -> Iterator[str]:
    if not entries:
        return
    yield from (
        "",
        "#### Evidence in the ledger",
        "",
        "| check | supported | weakened | quotes |",
        "| --- | ---: | ---: | ---: |",
    )
    directions = Counter((entry["check_id"], entry["direction"]) for entry in entries)
    quotes = Counter[str]()
    for entry in entries:
        quotes[entry["check_id"]] += len(entry["citations"])
    for check in sorted(quotes):
        supported, weakened = directions[check, "supports"], directions[check, "weakens"]
        yield f"| {plain(check)} | {supported:,} | {weakened:,} | {quotes[check]:,} |"
    yield from ("", "The JSON has every quote.")


def _call_lines(calls: Sequence[Json]) -> Iterator[str]:
    if not calls:
        return
    answers = sum(call["answer"] is not None for call in calls)
    tokens = sum(call["input_tokens"] + call["output_tokens"] for call in calls)
    usd = sum(call["usd"] or 0 for call in calls)
    yield ""
    yield (
        f"Sensei called a model {count(len(calls), 'time')} to read this capstone ({count(tokens, 'token')}, "
        f"${usd:.2f}). The model's answers that are still stored: {answers:,}."
    )


def elsewhere_lines(elsewhere: Json) -> Iterator[str]:
    """Yield what the person did in other people's capstones, which only have numbers here."""
    if taught := len(elsewhere["sensei_of"]):
        yield f"- You are the sensei of {count(taught, 'capstone')}."
    for pull_request in elsewhere["pull_requests"]:
        yield f"- You opened pull request {pull_request['number']} in capstone {pull_request['capstone']}."
    for command in elsewhere["commands"]:
        yield f"- In capstone {command['capstone']}, {_describe_command(command)}"
    for message in elsewhere["messages"]:
        yield f"- In capstone {message['capstone']}, on {minute(message['at'])}, you wrote:"
        yield ""
        yield from quote_lines(message["body"], "  ")
        yield ""
    for message in elsewhere["private_messages"]:
        yield f"- In capstone {message['capstone']}, on {minute(message['at'])}, you wrote in private:"
        yield ""
        yield from quote_lines(message["body"], "  ")
        yield ""
    for decision in elsewhere["decisions"]:
        yield f"- In capstone {decision['capstone']}, you recorded a decision:"
        yield ""
        yield from one_decision_lines(decision)
    yield from ruled_lines(elsewhere)
    yield from defence_ruled_lines(elsewhere)
