"""Messages and answers about pairs in Slack: to senseis, participants, deputies and leads.

Each function is given only what its reader may see: ``bot.workflows.pairing`` decides that. ``reasons`` are
sentences already; other texts are as people wrote them.
"""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.pairing.shown_pairs import IntroducedPerson
from bot.domain.pairing.states import PairState
from bot.ports.chat import Block, OutgoingMessage
from bot.rendering.chat.slack_blocks import MOST_OF_A_NAME, actions, button, section, small
from bot.rendering.chat.slack_text import mention, moment, mrkdwn
from bot.rendering.pairing.wording import describe_decision, join_names
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
    """Ask a sensei whether they accept a participant; once that is decided, say what was decided."""
    name = _shorten(participant.name)
    lines = [f"*{name}* may become your participant in {_shorten(cohort)}.", "", *_reason_lines(reasons)]
    blocks = [section("\n".join(lines).strip()), *_profile_blocks(participant)]
    if decision := describe_decision(state):
        return OutgoingMessage(f"{name}: {decision}", (*blocks, small(decision)))
    blocks += [
        small(
            f"If you don't answer until {moment(until)}, I introduce the two of you then. The leads see your "
            f"answer; {name} does not."
        ),
        actions(
            button("Accept", "pairing.accept", str(pair), "primary"),
            button("Not this one…", "pairing.veto", str(pair)),
            block_id=f"pairing.ask.{pair}",
        ),
    ]
    return OutgoingMessage(
        f"{name} may become your participant. Is this a good match for you?", tuple(blocks)
    )


def introduction(
    participant: IntroducedPerson,
    sensei: IntroducedPerson,
    reasons: Sequence[str],
    question: str,
    cohort: str,
) -> OutgoingMessage:
    """Introduce two people: why they were matched, and a question to begin with."""
    names = f"{_mention(participant)}, meet {_mention(sensei)}, your sensei in {_shorten(cohort)}."
    lines = [names, "", *_reason_lines(reasons)]
    blocks = (
        section("\n".join(lines).strip()),
        *_profile_blocks(participant),
        section(
            f"*A question to begin with*\n{mrkdwn(question, 400)}\n"
            "It isn't an assignment: half an hour of talk is enough, and where it leads is up to you."
        ),
        small(
            "Find a time that suits you both. `/dojo pair` shows this again, and lets the participant ask a "
            "lead for another sensei, in confidence."
        ),
    )
    text = f"{_shorten(participant.name)}, meet {_shorten(sensei.name)}, your sensei."
    return OutgoingMessage(text, blocks)


def pair_ended(other: str, *, to_participant: bool, cohort: str) -> OutgoingMessage:
    """Tell one side that a pair has ended, without the reason."""
    news = f"You and {_shorten(other)} are no longer a pair in {_shorten(cohort)}."
    if to_participant:
        return paragraph(f"{news} I'm looking for another sensei; there is nothing for you to do.")
    return paragraph(f"{news} Your place is free again; there is nothing for you to do.")


def deputy_begins(sensei: str, deputy: str, last: str, *, reader: str) -> OutgoingMessage:
    """Tell people that a sensei's holiday begins.

    ``reader`` is ``participant``, ``deputy``, or ``alone``: a participant for whom nobody stands in.
    """
    away = f"{_shorten(sensei)} is away until {last}, that day included."
    if reader == "deputy":
        return paragraph(f"{away} You stand in: I'm telling their participants that they can turn to you.")
    if reader == "alone":
        return paragraph(f"{away} Nobody stands in. Turn to your lead with anything that can't wait.")
    return paragraph(f"{away} Until then, turn to {_shorten(deputy)}, who knows about it.")


def sensei_back(sensei: str, *, to_deputy: bool) -> OutgoingMessage:
    """Tell people that a sensei's holiday has ended."""
    name = _shorten(sensei)
    if to_deputy:
        return paragraph(f"{name} is back, so you no longer stand in. Tell them what is still open.")
    return paragraph(f"{name} is back, so you can turn to them again.")


def deputy_chosen(
    sensei: str, deputy: str | None, days: tuple[str, str], value: str, *, begun: bool
) -> OutgoingMessage:
    """Tell a lead who stands in, with a button to choose somebody else. ``begun``: the holiday has begun."""
    away = f"{_shorten(sensei)} is away from {days[0]} to {days[1]}, both included."
    stands_in = f"{_shorten(deputy)} stands in." if deputy else "I found nobody who could stand in."
    participants = "I'm telling the participants now." if begun else "I tell the participants when it begins."
    text = f"{away} {stands_in} {participants}"
    label = "Somebody else…" if deputy else "Choose somebody…"
    row = actions(button(label, "pairing.deputy", value), block_id="pairing.deputy")
    return OutgoingMessage(text, (section(text), row))


def unreachable_pair(participant: str, sensei: str) -> OutgoingMessage:
    """Ask the leads to introduce two people of whom one is not in the chat."""
    return paragraph(
        f"{_shorten(participant)} and {_shorten(sensei)} are a pair now. I don't know a Slack account for "
        "one of them, so please introduce them yourself."
    )


def own_pair(pair: int, sensei: str, reasons: Sequence[str]) -> OutgoingMessage:
    """Show a participant their pair, with a button to ask for another sensei."""
    name = _shorten(sensei)
    lines = [f"Your sensei is *{name}*.", "", *_reason_lines(reasons)]
    blocks = (
        section("\n".join(lines).strip()),
        actions(button(_ASK_FOR_ANOTHER, "pairing.change", str(pair)), block_id=f"pairing.own.{pair}"),
        small("You say why; only the leads read it."),
    )
    return OutgoingMessage(f"Your sensei is {name}.", blocks)


def own_participants(names: Sequence[str], asked: int) -> OutgoingMessage:
    """Show a sensei their participants. ``asked`` is the number of pairs that wait for their answer."""
    shown = "\n".join(f"• {_shorten(name)}" for name in names[:40])
    text = f"*Your participants*\n{shown}" if names else "You have no participant yet."
    if asked:
        text += f"\n{count(asked, 'pair')} for you to answer: see my messages above."
    return OutgoingMessage("Your participants" if names else text, (section(text),))


def person_left(name: str, others: Sequence[str], *, search: bool, paused: bool) -> OutgoingMessage:
    """Tell a lead that a person has paused or left, and what happened to their pairs.

    ``search``: they were a sensei, so their participants get a new proposal.
    """
    partners = mrkdwn(join_names(others, 8), 600)
    single = len(others) == 1
    ended = "their pair has ended" if single else f"their {len(others)} pairs have ended"
    news = f"{_shorten(name)} has {'paused' if paused else 'left'}, so {ended}: with {partners}."
    if search:
        return paragraph(
            f"{news} A proposal for {partners if single else 'them'} follows; all other pairs stay."
        )
    return paragraph(f"{news} The place is free again; all other pairs stay.")


def explanation(lines: Sequence[str], *, heading: str) -> OutgoingMessage:
    """Answer why two people are a pair, or why they are not."""
    bullet = "• " if len(lines) > 1 else ""
    shown = "\n".join(f"{bullet}{mrkdwn(line, 300)}" for line in lines[:12])
    title = mrkdwn(heading, 150)
    return OutgoingMessage(title, (section(f"*{title}*\n{shown}".strip()),))


def paragraph(text: str) -> OutgoingMessage:
    """Return a message of one paragraph; the text is ours, or safe already."""
    return OutgoingMessage(text, (section(text),))


def _reason_lines(reasons: Sequence[str]) -> list[str]:
    shown = [f"• {mrkdwn(reason, _MOST_OF_A_REASON)}" for reason in reasons[:_MOST_REASONS]]
    return ["*Why the two of you*", *shown] if shown else []


def _profile_blocks(participant: IntroducedPerson) -> list[Block]:
    """Return what a participant wrote about themselves."""
    rows = [("Goals", participant.goals), ("Capstone", participant.brief)]
    lines = [f"*{title}:* {mrkdwn(text, 500)}" for title, text in rows if text.strip()]
    return [section("\n".join(lines))] if lines else []


def _mention(person: IntroducedPerson) -> str:
    return mention(person.chat) if person.chat else f"*{_shorten(person.name)}*"


def _shorten(name: str) -> str:
    return mrkdwn(name, MOST_OF_A_NAME)
