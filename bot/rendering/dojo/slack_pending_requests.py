"""Requests that wait for an answer, in the App Home and in ``/dojo status``.

The buttons are those of the messages that ask. ``/dojo status`` has none, because Sensei can't update its
answer after a click.
"""

from collections.abc import Iterable
from datetime import date

from bot.domain.dojo.pending_requests import (
    AskedPair,
    AwaitedAnswer,
    PendingRequests,
    SenseiRequest,
    SenseiSearch,
    WaitingProposal,
)
from bot.ports.chat import Block
from bot.rendering.chat.slack_blocks import (
    MOST_OF_A_NAME,
    actions,
    button,
    count,
    day,
    listed,
    names,
    section,
    small,
)
from bot.rendering.chat.slack_text import mention, moment, mrkdwn
from bot.rendering.dojo.slack_sensei_requests import answer_buttons

SHOW_BOARD = "pairing.show"
_MOST_ASKED, _MOST_PROPOSALS, _MOST_REQUESTS, _MOST_ANSWERS, _MOST_NAMES = 10, 5, 5, 20, 8


def describe_search(search: SenseiSearch | None, today: date) -> str:
    """Tell a participant without a sensei how far the search for one is."""
    none = "You asked for another sensei." if search and search.another else "You don't have one yet."
    if search and search.answer_on:
        stage = f" I've asked a sensei, and expect an answer by {day(search.answer_on, today)}."
    elif search and search.proposed:
        stage = " I've suggested one, and a lead is deciding."
    elif search and search.another:
        stage = " I'm looking for one. A lead has to approve my choice before I ask that sensei."
    else:
        stage = ""
    return (
        f"{none}{stage} Once you're matched, I'll introduce you and your sensei to each other in a group "
        "message."
    )


def asked_blocks(asked: tuple[AskedPair, ...], *, buttons: bool) -> Iterable[Block]:
    """Show a sensei the pairs that wait for their answer."""
    if not asked:
        return
    title = f"*{count(len(asked), 'request')} waiting for your answer*"
    if not buttons:
        lines = listed(asked, lambda pair: f"• {_format_asked(pair)}", _MOST_ASKED)
        yield section(
            f"{title}\n{lines}\nTo answer, use the buttons in my messages or in the app's Home tab."
        )
        return
    yield section(f"{title}\nMy messages say why you were matched.")
    for pair in asked[:_MOST_ASKED]:
        yield section(_format_asked(pair))
        yield actions(
            button("Accept", "pairing.accept", str(pair.id), "primary"),
            button("Not this one…", "pairing.veto", str(pair.id)),
            block_id=f"pairing.ask.{pair.id}",
        )
    if len(asked) > _MOST_ASKED:
        yield small(f"The other {len(asked) - _MOST_ASKED} appear here when you've answered these.")


def lead_blocks(pending: PendingRequests, today: date, *, buttons: bool) -> Iterable[Block]:
    """Show a lead what waits for their decision, and which senseis haven't answered yet."""
    if pending.proposals or pending.senseis:
        yield section("*Waiting for your decision*")
    for proposal in pending.proposals[:_MOST_PROPOSALS]:
        show = button("Show the proposal", f"{SHOW_BOARD}:{proposal.id}", str(proposal.id))
        yield section(_format_proposal(proposal, today), show if buttons else None)
    if len(pending.proposals) > _MOST_PROPOSALS:
        yield small(f"I don't show {count(len(pending.proposals) - _MOST_PROPOSALS, 'older proposal')} here.")
    for request in pending.senseis[:_MOST_REQUESTS]:
        yield section(_format_request(request, today))
        if buttons:
            yield answer_buttons(request.enrolment, request.value)
    if len(pending.senseis) > _MOST_REQUESTS:
        yield small(f"{len(pending.senseis) - _MOST_REQUESTS} more people would like to be senseis.")
    if pending.answers:
        lines = listed(pending.answers, _format_answer, _MOST_ANSWERS)
        yield section(f"*Waiting for a sensei's answer* ({len(pending.answers)})\n{lines}")


def _format_asked(pair: AskedPair) -> str:
    return (
        f"Would you like to be *{mrkdwn(pair.participant, MOST_OF_A_NAME)}*'s sensei? If you don't answer by "
        f"{moment(pair.until)}, I'll take that as a yes and introduce the two of you."
    )


def _format_proposal(proposal: WaitingProposal, today: date) -> str:
    pairs = count(len(proposal.participants), "pair")
    people = names(proposal.participants, _MOST_NAMES)
    return f"• {pairs} proposed on {day(proposal.day, today)}, for {people}"


def _format_request(request: SenseiRequest, today: date) -> str:
    person = f"*{mrkdwn(request.name, MOST_OF_A_NAME)}*"
    if request.chat:
        person += f" ({mention(request.chat)})"
    return f"• {person} would like to be a sensei. They asked on {day(request.day, today)}."


def _format_answer(answer: AwaitedAnswer) -> str:
    sensei = mrkdwn(answer.sensei, MOST_OF_A_NAME)
    people = f"{mrkdwn(answer.participant, MOST_OF_A_NAME)} with {sensei}"
    unasked = f". I couldn't ask {sensei}, because I don't know their Slack account."
    return f"• {people}, until {moment(answer.until)}{'' if answer.reachable else unasked}"
