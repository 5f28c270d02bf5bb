"""A proposal in Slack, for leads to decide on: a page of pairs with buttons."""

from collections.abc import Iterator

from bot.domain.pairing.shown_pairs import PreviousPair, ProposalBoard, ShownPair, ShownUnassigned
from bot.domain.pairing.states import PairState
from bot.ports.chat import Block, OutgoingMessage
from bot.rendering.chat.slack_blocks import (
    MOST_OF_A_NAME,
    actions,
    button,
    header,
    option,
    section,
    small,
)
from bot.rendering.chat.slack_text import moment, mrkdwn, page_of, plain, plain_object
from bot.rendering.pairing.wording import NO_OTHER_LEAD, summarise_proposal
from bot.rendering.text.safe_text import count

PAIRS_A_PAGE = 15
"""Pairs per page: few enough for a phone, and for Slack's limit of 12,000 characters per message."""
_MOST_OF_A_QUOTE, _MOST_OF_A_REASON = 180, 140
_MOST_REASONS = 3
_NOTHING_TO_DECIDE = "There's nothing here for you to decide."
_NOTHING_LEFT = (
    "Nothing in this proposal is waiting for a decision any more. If participants still have no sensei, use "
    "`/dojo pair` to propose pairs for them."
)
_OWN_PAIR = (
    "You're a participant here too, so this list doesn't show what I propose for you: another lead "
    f"will decide on that. {NO_OTHER_LEAD}"
)
_NO_BLAME = (
    "You're a sensei here too, so I don't say why a participant has no sensei: the reason could be "
    "confidential. Another lead can see it, and so can the person who runs Sensei, with `sensei pair show`."
)


def render_board(board: ProposalBoard, page: int = 1) -> OutgoingMessage:
    """Return one page of a proposal, for leads."""
    rows: list[ShownPair | ShownUnassigned] = [*board.unassigned, *board.pairs]
    shown = page_of(rows, page, PAIRS_A_PAGE)
    summary = summarise_proposal(len(board.pairs), board.waiting, len(board.unassigned))
    blocks: list[Block] = [
        header(plain(f"Pairs for {board.cohort}", 150)),
        section(summary),
        small(f"Worked out {moment(board.at)}. {shown.words}".strip()),
    ]
    for row in shown.items:
        blocks += _unassigned_blocks(row) if isinstance(row, ShownUnassigned) else _pair_blocks(row)
    if not rows:
        blocks.append(section(_NOTHING_TO_DECIDE if board.is_partial else _NOTHING_LEFT))
    if board.is_partial:
        blocks.append(small(_OWN_PAIR))
    if board.hides_blame and board.unassigned:
        blocks.append(small(_NO_BLAME))
    if buttons := [*_board_buttons(board, shown.number, shown.of)]:
        blocks.append(actions(*buttons, block_id=f"pairing.board.{board.id}"))
    return OutgoingMessage(f"Pairs for {mrkdwn(board.cohort, MOST_OF_A_NAME)}: {summary}", tuple(blocks))


def render_moved_board(cohort: str) -> OutgoingMessage:
    """Return what replaces a proposal's message once it was sent to the lead again."""
    text = f"I've sent you these pairs for {mrkdwn(cohort, MOST_OF_A_NAME)} again: see my newer message."
    return OutgoingMessage(text, (section(text),))


def _board_buttons(board: ProposalBoard, page: int, pages: int) -> Iterator[Block]:
    number = str(board.id)
    if board.waiting > 1:
        approve = button(f"Approve all {board.waiting:,}", "pairing.approve_all", number, "primary")
        question = f"Approve {count(board.waiting, 'pair')}?"
        what_follows = (
            "I'll ask each sensei. If a sensei doesn't answer within 24 hours, counting only their working "
            "hours, I'll introduce them to their participant."
        )
        yield {**approve, "confirm": _confirmation(question, what_follows, "Approve")}
    if board.waiting or board.unassigned:
        yield button("Work out pairs again", "pairing.again", number)
    if page > 1:
        yield button("← Back", "pairing.page:back", f"{board.id} {page - 1}")
    if page < pages:
        yield button("More →", "pairing.page:on", f"{board.id} {page + 1}")


def _pair_blocks(pair: ShownPair) -> Iterator[Block]:
    names = f"*{mrkdwn(pair.participant, MOST_OF_A_NAME)}* with *{mrkdwn(pair.sensei, MOST_OF_A_NAME)}*"
    # The fit would reveal to one of the two whether the other asked for them.
    lines = [names if pair.is_own else f"{names}, fit {pair.fit} %"]
    lines += [f"• {mrkdwn(reason, _MOST_OF_A_REASON)}" for reason in pair.reasons[:_MOST_REASONS]]
    if pair.before:
        lines.append(_describe_previous(pair.before))
    lines.append(f"_{_describe_state(pair)}_")
    yield section("\n".join(lines), block_id=f"pairing.pair.{pair.id}")
    if buttons := [*_pair_buttons(pair)]:
        yield actions(*buttons, block_id=f"pairing.acts.{pair.id}")


def _pair_buttons(pair: ShownPair) -> Iterator[Block]:
    number = str(pair.id)
    if pair.state is PairState.PROPOSED:
        yield button("Approve", "pairing.approve", number)
        if not pair.is_own:
            yield button("Swap…", "pairing.swap", number)
        lock = option("Unlock", f"unlock {number}") if pair.locked else option("Lock", f"lock {number}")
        options = [lock, option("Decline", f"decline {number}")]
        yield {"type": "overflow", "action_id": "pairing.more", "options": options}
    elif pair.state is PairState.APPROVED:
        if not pair.is_own:
            yield button("Swap…", "pairing.swap", number)
        what_follows = (
            "I've already asked the sensei. If you withdraw the pair, my message to them will say that the "
            "pair is no longer proposed."
        )
        yield {
            **button("Withdraw", "pairing.decline", number),
            "confirm": _confirmation("Withdraw this pair?", what_follows, "Withdraw"),
        }
    elif pair.state is PairState.ACTIVE:
        yield button("End…", "pairing.end", number)


def _confirmation(title: str, text: str, yes: str) -> Block:
    return {
        "title": plain_object(title),
        "text": plain_object(text),
        "confirm": plain_object(yes),
        "deny": plain_object("Not yet"),
    }


def _describe_state(pair: ShownPair) -> str:
    sensei = mrkdwn(pair.sensei, MOST_OF_A_NAME)
    if pair.state is PairState.PROPOSED:
        locked = "Locked, so working out the pairs again won't change it. "
        return f"{locked if pair.locked else ''}Waiting for your decision."
    if pair.state is PairState.APPROVED:
        until = f" and can say no until {moment(pair.until)}" if pair.until else ""
        return f"Approved. I've asked {sensei}, who hasn't accepted yet{until}."
    state = {
        PairState.ACTIVE: "Introduced",
        PairState.DECLINED: "Declined",
        PairState.VETOED: f"{sensei} said no",
        PairState.REPLACED: "No longer proposed",
        PairState.ENDED: "Ended",
    }[pair.state]
    return f"{state}: “{mrkdwn(pair.why, _MOST_OF_A_QUOTE)}”" if pair.why else f"{state}."


def _describe_previous(before: PreviousPair) -> str:
    why = f": “{mrkdwn(before.why, _MOST_OF_A_QUOTE)}”" if before.why else ""
    sensei = mrkdwn(before.sensei, MOST_OF_A_NAME)
    if before.state is PairState.VETOED:
        return f"Previously: {sensei} said no{why}"
    return f"Previously: paired with {sensei}{why}"


def _unassigned_blocks(row: ShownUnassigned) -> Iterator[Block]:
    lines = [f"*{mrkdwn(row.participant, MOST_OF_A_NAME)}*", mrkdwn(row.blame, _MOST_OF_A_QUOTE)]
    if row.before:
        lines.append(_describe_previous(row.before))
    yield section("\n".join(lines))
