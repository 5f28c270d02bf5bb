"""A sensei's weekly digest in Slack: what to do first, why now, and the buttons to do it."""

from collections.abc import Iterator, Sequence

from bot.domain.digest.rows import DigestRow, RowKind, RowTarget
from bot.domain.digest.shown import RowState, ShownDigest, ShownRow
from bot.ports.chat import Block, OutgoingMessage
from bot.rendering.articulation.slack_handovers import talked_button
from bot.rendering.chat.days import say_day
from bot.rendering.chat.slack_blocks import MOST_OF_A_NAME, actions, button, fitted, section, small
from bot.rendering.chat.slack_text import link, mrkdwn
from bot.rendering.digest.row_words import (
    NOTHING,
    say_rest,
    say_row_left,
    say_shown_since,
    say_snoozed,
)
from bot.rendering.enquiries.slack_handovers import ANSWER

OPEN_LIST, OPEN_RULING, SNOOZE = "triage.list", "triage.rule", "digest.snooze"
"""The buttons: all that waits about a capstone, one criterion's evidence, and putting a row off."""
_WHERE = {
    RowKind.DISPUTE: "To decide, use the buttons in my earlier message.",
    RowKind.QUESTION: "To decide, use the buttons in my earlier message.",
    RowKind.HANDOVER: "My earlier message says what they wrote.",
    RowKind.ENQUIRY: "My earlier message says what they asked.",
}
"""Where to act on what has a message of its own."""
_MOST_OF_A_LINE, _MOST_OF_REASONS = 200, 600
_LEFT_OUT = "The rest didn't fit into this message. `/dojo triage` shows everything that is waiting for you."


def sensei_digest(
    digest: int, shown: ShownDigest, web: str, picture: Sequence[Block] = ()
) -> OutgoingMessage:
    """Return the message. ``digest`` is its id, and ``web`` the code host's web address."""
    if not shown.rows and not shown.rest:
        return OutgoingMessage(_say_nothing(shown), (section(_say_nothing(shown)),))
    blocks = _list_blocks(digest, shown, web, picture)
    return OutgoingMessage(_say_first(shown), fitted(blocks, _LEFT_OUT))


def _say_nothing(shown: ShownDigest) -> str:
    return " ".join([NOTHING, *say_snoozed(shown.snoozed), *([shown.coming] if shown.coming else [])])


def _say_first(shown: ShownDigest) -> str:
    """Return the notification: what to do first."""
    first = next((row.row for row in shown.rows if row.row and row.state is RowState.OPEN), None)
    if first is None:
        return "Your week: nothing on this list needs you any more."
    return f"Your week. First: {mrkdwn(first.name, MOST_OF_A_NAME)}, {mrkdwn(first.what, _MOST_OF_A_LINE)}."


def _list_blocks(digest: int, shown: ShownDigest, web: str, picture: Sequence[Block]) -> Iterator[Block]:
    yield section(f"*Your week, most urgent first.* {shown.milestone}".strip())
    if shown.coming:
        yield section(shown.coming)
    first = next((row.key for row in shown.rows if row.state is RowState.OPEN), "")
    for number, row in enumerate(shown.rows, start=1):
        yield from _row_blocks(digest, number, row, web, is_first=row.key == first)
    rest = say_rest(shown.rest)
    if rest or shown.snoozed:
        yield small(" ".join([*rest, *say_snoozed(shown.snoozed)]))
    yield from picture


def _row_blocks(digest: int, number: int, shown: ShownRow, web: str, *, is_first: bool) -> Iterator[Block]:
    row = shown.row
    if row is None or shown.state is not RowState.OPEN:
        yield small(f"{number}. {_say_closed(shown)}")
        return
    yield section(f"*{number}. {mrkdwn(row.name, MOST_OF_A_NAME)}* · {mrkdwn(row.what, _MOST_OF_A_LINE)}")
    yield small(_say_why(row, web))
    yield actions(
        *([_open_button(row.target, number, "primary" if is_first else "")] if row.target else []),
        *([talked_button(row.questions, number)] if row.questions else []),
        *([_answer_button(row.handover, number, "primary" if is_first else "")] if row.handover else []),
        button("Snooze until …", f"{SNOOZE}:{number}", f"{digest} {row.key}"),
    )


def _say_closed(shown: ShownRow) -> str:
    name = mrkdwn(shown.name, MOST_OF_A_NAME) if shown.name else ""
    if shown.state is RowState.SNOOZED and shown.row and shown.until:
        what = mrkdwn(shown.row.what, _MOST_OF_A_LINE)
        return f"{name} · {what}. _Snoozed until {say_day(shown.until)}._"
    return say_row_left(shown.kind, name)


def _say_why(row: DigestRow, web: str) -> str:
    words = [mrkdwn(" ".join(row.why), _MOST_OF_REASONS), *say_shown_since(row.shown_since)]
    if row.kind in _WHERE:
        words.append(_WHERE[row.kind])
    if row.standing_in_for:
        words.append(f"You stand in for {mrkdwn(row.standing_in_for, MOST_OF_A_NAME)}.")
    if row.place is not None:
        thread = f"#discussion_r{row.place.comment}" if row.place.comment else ""
        address = f"{web}/{row.place.repository}/pull/{row.place.pull_request}{thread}"
        words.append(link(address, f"{row.place.repository}#{row.place.pull_request}"))
    return " ".join(words)


def _answer_button(handover: int, number: int, style: str) -> dict[str, object]:
    return button("Answer", f"{ANSWER}:{number}", str(handover), style)


def _open_button(target: RowTarget, number: int, style: str) -> dict[str, object]:
    if target.criterion:
        return button("Open", f"{OPEN_RULING}:{number}", f"{target.capstone}:{target.criterion}", style)
    return button("Open", f"{OPEN_LIST}:{number}", str(target.capstone), style)
