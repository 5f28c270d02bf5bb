"""Questions that wait for a sensei, for a terminal."""

from collections.abc import Iterator, Sequence

from bot.domain.pull_requests.records import AskedQuestion, Capstone, PullRequest
from bot.rendering.text.safe_text import one_line, visible


def listed(
    waiting: Sequence[tuple[Capstone, PullRequest, AskedQuestion]],
    disputed: Sequence[tuple[Capstone, PullRequest, AskedQuestion, str]],
) -> Iterator[str]:
    """Yield the lines of a list: what waits to be kept or withdrawn, then what waits for a ruling."""
    for capstone, pull_request, one in waiting:
        private = "  (private: nothing is posted there)" if pull_request.private else ""
        yield f"{_head(capstone, pull_request, one)}{private}"
        yield f"    {one_line(one.text)}"
    for capstone, pull_request, one, reason in disputed:
        yield f"{_head(capstone, pull_request, one)}  disputed"
        yield f"    {one_line(one.text)}"
        yield from (f"    | {line}" for line in visible(one.quote).split("\n"))
        who = f"@{one_line(capstone.participant.login)}"
        if not reason:
            yield f"    {who} has deleted the reason."
        else:
            first, *more = visible(reason.replace("\r\n", "\n")).split("\n")
            yield f"    {who}: {first}"
            yield from (f"      {line}" for line in more)
    if not waiting and not disputed:
        yield "No question waits."


def _head(capstone: Capstone, pull_request: PullRequest, one: AskedQuestion) -> str:
    return f"{one.id}  {capstone.full_name}#{pull_request.number}  {one_line(one.path)}:{one.line_start}"
