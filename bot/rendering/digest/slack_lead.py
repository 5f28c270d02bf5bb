"""A lead's digest in Slack, and in a terminal for a preview."""

import textwrap
from collections.abc import Iterator, Sequence

from bot.domain.digest.lead_digest import LeadDigest
from bot.ports.chat import Block, OutgoingMessage
from bot.rendering.chat.slack_blocks import (
    MOST_OF_A_NAME,
    button,
    divider,
    fitted,
    listed,
    more,
    section,
    small,
)
from bot.rendering.chat.slack_text import mrkdwn
from bot.rendering.digest.lead_parts import QUIET, DigestPart, write_figures, write_parts
from bot.rendering.enquiries.slack_handovers import ANSWER
from bot.rendering.text.safe_text import one_line

ASSIGN = "triage.assign"
"""The button that opens the form in which a lead names a second sensei. Its value is the appeal's id."""
_MOST_APPEALS, _MOST_LINES = 5, 10
_COLUMNS = 80
_LEFT_OUT = "The rest is too long to show here. Your Home tab has all of it."


def lead_message(digest: LeadDigest, picture: Sequence[Block] = ()) -> OutgoingMessage:
    """Return a lead's digest as a message, with its picture if there is one."""
    title = f"{_safe(digest.cohort)}: your week"
    blocks = [section(f"*{title}*"), *_list_blocks(digest), *picture]
    return OutgoingMessage(f"{title}. {_summarise(digest)}", fitted(blocks, _LEFT_OUT))


def preview_lines(digest: LeadDigest) -> Iterator[str]:
    """Yield the lines of a lead's digest for a terminal of 80 columns."""
    yield f"{one_line(digest.cohort)}: your week"
    yield ""
    parts = list(write_parts(digest, one_line))
    if not parts:
        yield QUIET
        yield ""
    for part in parts:
        yield part.title
        for line in part.lines:
            yield from textwrap.wrap(line, _COLUMNS, initial_indent="  - ", subsequent_indent="    ")
        yield ""
    for line in write_figures(digest, one_line):
        yield from textwrap.wrap(line, _COLUMNS)


def _list_blocks(digest: LeadDigest) -> Iterator[Block]:
    parts = list(write_parts(digest, _safe))
    if not parts:
        yield section(QUIET)
    for part in parts:
        yield from _list_part(part)
    yield divider()
    yield small("\n".join(write_figures(digest, _safe)))


def _list_part(part: DigestPart) -> Iterator[Block]:
    if part.appeals:
        return _list_appeals(part)
    return _list_answers(part) if any(part.answers) else _list_lines(part)


def _list_answers(part: DigestPart) -> Iterator[Block]:
    yield section(f"*{part.title}*")
    for line, handover in list(zip(part.lines, part.answers, strict=True))[:_MOST_LINES]:
        answer = button("Answer", f"{ANSWER}:{handover}", str(handover)) if handover else None
        yield section(f"• {line}", answer)
    for left in more(len(part.lines) - _MOST_LINES):
        yield small(left)


def _list_lines(part: DigestPart) -> Iterator[Block]:
    lines = listed(part.lines, lambda line: f"• {line}", _MOST_LINES)
    yield section(f"*{part.title}*\n{lines}")


def _list_appeals(part: DigestPart) -> Iterator[Block]:
    yield section(f"*{part.title}*")
    for line, appeal in list(zip(part.lines, part.appeals, strict=True))[:_MOST_APPEALS]:
        assign = button("Name a sensei", f"{ASSIGN}:{appeal.appeal}", str(appeal.appeal), "primary")
        yield section(f"• {line}", assign)
    for left in more(len(part.lines) - _MOST_APPEALS):
        yield small(left)


def _summarise(digest: LeadDigest) -> str:
    titles = [part.title.partition(":")[0] for part in write_parts(digest, _safe)]
    return ", ".join(titles) if titles else QUIET


def _safe(name: str) -> str:
    return mrkdwn(name, MOST_OF_A_NAME)
