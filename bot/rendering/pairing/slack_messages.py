"""Slack messages and answers about pairs, for senseis, participants, deputies and leads.

``bot.workflows.pairing`` passes each function only what its reader may see. ``reasons`` are complete
sentences; other texts are as people wrote them.
"""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.dojo.app_home import ShownPerson
from bot.domain.pairing.delays import ProposalDelay
from bot.domain.pairing.shown_pairs import IntroducedPerson
from bot.domain.pairing.states import PairState
from bot.ports.chat import Block, OutgoingMessage
from bot.rendering.chat.slack_blocks import MOST_OF_A_NAME, actions, button, named, section, small
from bot.rendering.chat.slack_text import mention, moment, mrkdwn
from bot.rendering.pairing.wording import describe_decision
from bot.rendering.text.name_lists import join_names
from bot.rendering.text.safe_text import count

_MOST_OF_A_REASON = 140
_MOST_REASONS = 3
_ASK_FOR_ANOTHER = "Ask for another sensei…"


def veto_question(  # noqa: PLR0913, PLR0917 - what a sensei decides on
    pair: int,
    participant: IntroducedPerson,
    reasons: Sequence[str],
    until: datetime,
    state: PairState,
    cohort: str,
) -> OutgoingMessage:
    """Ask a sensei whether they accept a participant. After the decision, say what was decided."""
    name = _shorten(participant.name)
    lines = [f"You've been proposed as *{name}*'s sensei in {_shorten(cohort)}.", "", *_reason_lines(reasons)]
    blocks = [section("\n".join(lines).strip()), *_profile_blocks(participant)]
    if decision := describe_decision(state):
        blocks[0] = section(f"I asked you to be *{name}*'s sensei in {_shorten(cohort)}.")
        return OutgoingMessage(f"{name}: {decision}", (*blocks, small(decision)))
    blocks += [
        small(
            f"If you don't answer by {moment(until)}, I'll take that as a yes and introduce the two of you. "
            f"The leads can see your answer; {name} can't, even if they're also a lead."
        ),
        _answer_buttons(pair),
    ]
    return OutgoingMessage(
        f"You've been proposed as {name}'s sensei. Is this a good match for you?", tuple(blocks)
    )


def reminder(pair: int, participant: str, until: datetime, state: PairState, cohort: str) -> OutgoingMessage:
    """Remind a sensei who has not answered yet. After the decision, say what was decided."""
    name = _shorten(participant)
    if decision := describe_decision(state):
        return OutgoingMessage(f"{name}: {decision}", (section(f"*{name}*"), small(decision)))
    text = (
        f"You haven't answered yet: would you like to be *{name}*'s sensei in {_shorten(cohort)}? My earlier "
        f"message says why you were matched. If you don't answer by {moment(until)}, I'll take that as a "
        "yes and introduce the two of you."
    )
    return OutgoingMessage(
        f"Reminder: would you like to be {name}'s sensei?", (section(text), _answer_buttons(pair))
    )


def _answer_buttons(pair: int) -> Block:
    return actions(
        button("Accept", "pairing.accept", str(pair), "primary"),
        button("Not this one…", "pairing.veto", str(pair)),
        block_id=f"pairing.ask.{pair}",
    )


def introduction(
    participant: IntroducedPerson,
    sensei: IntroducedPerson,
    reasons: Sequence[str],
    question: str,
    cohort: str,
) -> OutgoingMessage:
    """Introduce two people, with the reasons for the match and a question to start with."""
    names = f"{_mention(participant)}, meet {_mention(sensei)}, your sensei in {_shorten(cohort)}."
    lines = [names, "", *_reason_lines(reasons)]
    blocks = (
        section("\n".join(lines).strip()),
        *_profile_blocks(participant),
        section(
            f"*A question to start with*\n{mrkdwn(question, 400)}\n"
            "This isn't an assignment. A half-hour chat is enough, and where it leads is up to you.\n"
            f"*Next step:* {_mention(participant)}, please suggest a few times for a first chat."
        ),
        small(
            "`/dojo pair` shows your pair again. The participant can also use it to ask for another sensei, "
            "in confidence."
        ),
    )
    text = f"{_shorten(participant.name)}, meet {_shorten(sensei.name)}, your sensei."
    return OutgoingMessage(text, blocks)


def pair_ended(other: str, *, to_participant: bool, cohort: str) -> OutgoingMessage:
    """Tell one side that a pair has ended, without the reason."""
    news = f"You and {_shorten(other)} are no longer a pair in {_shorten(cohort)}."
    if to_participant:
        return paragraph(f"{news} I'm looking for another sensei for you. You don't need to do anything.")
    return paragraph(f"{news} You have a free place again. You don't need to do anything.")


def change_confirmed(sensei: str, cohort: str) -> OutgoingMessage:
    """Confirm to a participant that their pair has ended, because they asked for another sensei."""
    name = _shorten(sensei)
    return paragraph(
        f"As you asked, you and {name} are no longer a pair in {_shorten(cohort)}. I'm telling {name} that "
        "the pair has ended, but not why. I'm looking for another sensei for you, and the leads will decide. "
        "Once you're matched, I'll introduce you and your new sensei to each other here."
    )


def unreachable_pair(participant: str, sensei: str) -> OutgoingMessage:
    """Ask the leads to introduce two people when one of them is not in the chat."""
    return paragraph(
        f"{_shorten(participant)} and {_shorten(sensei)} are now a pair. I don't know the Slack account "
        "of at least one of them, so please introduce them yourself."
    )


def own_pair(pair: int, sensei: ShownPerson, reasons: Sequence[str]) -> OutgoingMessage:
    """Show a participant their pair, with a button to ask for another sensei."""
    lines = [f"Your sensei is *{named(sensei)}*.", "", *_reason_lines(reasons)]
    blocks = (
        section("\n".join(lines).strip()),
        actions(button(_ASK_FOR_ANOTHER, "pairing.change", str(pair)), block_id=f"pairing.own.{pair}"),
        small(
            "I'll ask you why. The leads can read your answer; your sensei can't, even if they're also a "
            "lead."
        ),
    )
    return OutgoingMessage(f"Your sensei is {_shorten(sensei.name)}.", blocks)


def own_participants(participants: Sequence[ShownPerson], asked: int) -> OutgoingMessage:
    """Show a sensei their participants. ``asked`` is the number of pairs awaiting their answer."""
    shown = "\n".join(f"• {named(person)}" for person in participants[:40])
    text = f"*Your participants*\n{shown}" if participants else "You have no participants yet."
    if asked:
        text += f"\n{count(asked, 'pair')} waiting for your answer: see my messages, or the app's Home tab."
    return OutgoingMessage("Your participants" if participants else text, (section(text),))


def person_left(
    name: str, ended: Sequence[str], withdrawn: Sequence[str], *, search: bool, paused: bool
) -> OutgoingMessage:
    """Tell a lead that a person has paused or left, and what happened to their pairs.

    ``ended`` names the partners whom I had introduced, and ``withdrawn`` those of pairs before that.
    ``search`` means that they were a sensei, so I propose new senseis for their participants.
    """
    changes = []
    if ended:
        changes.append(f"their {_count_pairs('pair', ended, 'has', 'have')} ended")
    if withdrawn:
        changes.append(f"the {_count_pairs('proposed pair', withdrawn, 'is', 'are')} withdrawn")
    news = f"{_shorten(name)} has {'paused' if paused else 'left'}, so {', and '.join(changes)}."
    partners = [*ended, *withdrawn]
    if search:
        single = len(partners) == 1
        search_for = f"another sensei for {_list_names(partners)}" if single else "other senseis for them"
        return paragraph(f"{news} I'll propose {search_for}. All other pairs stay the same.")
    place = " The sensei has a free place again." if ended else ""
    return paragraph(f"{news}{place} All other pairs stay the same.")


def _count_pairs(what: str, partners: Sequence[str], one: str, many: str) -> str:
    """Return, for example, “pair with Ada has” or “2 pairs (with Ada and Bo) have”."""
    if len(partners) == 1:
        return f"{what} with {_list_names(partners)} {one}"
    return f"{len(partners)} {what}s (with {_list_names(partners)}) {many}"


def _list_names(names: Sequence[str]) -> str:
    return mrkdwn(join_names(names, 8), 600)


def explanation(lines: Sequence[str], *, heading: str) -> OutgoingMessage:
    """Explain why two people are or aren't paired."""
    bullet = "• " if len(lines) > 1 else ""
    shown = "\n".join(f"{bullet}{mrkdwn(line, 300)}" for line in lines[:12])
    title = mrkdwn(heading, 150)
    return OutgoingMessage(title, (section(f"*{title}*\n{shown}".strip()),))


def delayed_proposal(cohort: str, delay: ProposalDelay, due: datetime) -> OutgoingMessage:
    """Tell a lead why there is no proposal yet, and when Sensei tries again."""
    name = _shorten(cohort)
    again = f"I'll try again at {moment(due, '{time}')} and keep trying until it works."
    match delay:
        case ProposalDelay.CHANGING:
            why = "because people or profiles kept changing while I worked"
            rest = f"{again} You don't need to do anything."
        case ProposalDelay.BUSY:
            why = "because the database didn't answer"
            rest = f"{again} You don't need to do anything."
        case ProposalDelay.REFUSED:
            why = "because the cohort's weights aren't valid"
            rest = f"Please ask an operator to correct them with `sensei cohort weights`. {again}"
        case ProposalDelay.FAILED:
            why = "because something went wrong on my side"
            rest = (
                "I'll try again in the next two hours. If there's still no proposal by then, please ask an "
                "operator to look at `sensei dead list`."
            )
    return paragraph(f"I couldn't work out pairs for {name} yet, {why}. The request is still open. {rest}")


def paragraph(text: str) -> OutgoingMessage:
    """Return a message of one paragraph; the text is our own or already safe."""
    return OutgoingMessage(text, (section(text),))


def _reason_lines(reasons: Sequence[str]) -> list[str]:
    shown = [f"• {mrkdwn(reason, _MOST_OF_A_REASON)}" for reason in reasons[:_MOST_REASONS]]
    return ["*Why you were matched*", *shown] if shown else []


def _profile_blocks(participant: IntroducedPerson) -> list[Block]:
    """Return what a participant wrote about themselves."""
    rows = [("Goals", participant.goals), ("Capstone", participant.brief)]
    lines = [f"*{title}:* {mrkdwn(text, 500)}" for title, text in rows if text.strip()]
    return [section("\n".join(lines))] if lines else []


def _mention(person: IntroducedPerson) -> str:
    return mention(person.chat) if person.chat else f"*{_shorten(person.name)}*"


def _shorten(name: str) -> str:
    return mrkdwn(name, MOST_OF_A_NAME)
