"""The list of questions that are waiting for a sensei, for a terminal."""

from collections.abc import Iterator, Sequence

from bot.domain.pull_requests.records import AskedQuestion, Capstone, PullRequest
from bot.rendering.text.safe_text import one_line, visible


def format_waiting_questions(
    waiting: Sequence[tuple[Capstone, PullRequest, AskedQuestion]],
    disputed: Sequence[tuple[Capstone, PullRequest | None, AskedQuestion, str]],
) -> Iterator[str]:
    """Yield the lines of the list: questions to keep or withdraw, then disputed ones with their reasons."""
    for capstone, pull_request, question in waiting:
        private = "  (private: Sensei posts only answers to commands there)" if pull_request.private else ""
        yield f"{_format_heading(capstone, pull_request, question)}{private}"
        yield f"    {one_line(question.text)}"
    for capstone, its_change, question, reason in disputed:
        yield f"{_format_heading(capstone, its_change, question)}  disputed"
        yield f"    {one_line(question.text)}"
        yield from (f"    | {line}" for line in visible(question.quote).split("\n"))
        login = f"@{one_line(capstone.participant.login)}"
        if its_change is None:
            yield f"    {login} gave the reason in Slack."
        elif not reason:
            yield f"    {login} has deleted the reason."
        else:
            first, *more = visible(reason.replace("\r\n", "\n")).split("\n")
            yield f"    {login}: {first}"
            yield from (f"      {line}" for line in more)
    if not waiting and not disputed:
        yield "No questions are waiting for a sensei."


def _format_heading(capstone: Capstone, pull_request: PullRequest | None, question: AskedQuestion) -> str:
    place = f"{one_line(question.path)}:{question.line_start}"
    where = f"#{pull_request.number}" if pull_request else " (check-in)"
    return f"{question.id}  {capstone.full_name}{where}  {place}"
