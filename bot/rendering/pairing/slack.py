"""Pairs in Slack: the proposal as a lead sees it, what a sensei is asked, how two people are introduced.

Every function takes what its reader may see and no more: who may see what is decided by
``bot.workflows.pairing.visibility``. ``reasons`` are sentences already; other texts are as people wrote them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.pairing.states import PairState
from bot.ports.chat import Block, OutgoingMessage, View
from bot.rendering.chat.slack_text import mention, moment, mrkdwn, mrkdwn_object, page_of, plain, plain_object
from bot.rendering.pairing import wording as words
from bot.rendering.text.safe_text import count

PAIRS_A_PAGE = 15
"""A page is read on a phone, and all texts of a message together may be 12,000 characters long."""
WITH, WHY = "pairing.with", "pairing.why"
"""Block ids of what is entered in the forms."""
_NAME, _WORDS, _REASON = 60, 180, 140
_MOST_REASONS = 3
_MOST_OF_A_FORM = 1000


@dataclass(frozen=True, slots=True)
class ShownPair:
    """A pair as a lead sees it; names as they are written.

    ``fit`` in per cent of the most that a pair can have. ``until`` is when the sensei's time to object ends.
    ``before`` is why the participant's last pair came to its end: who it was with, the act, the words.
    """

    id: int
    participant: str
    sensei: str
    state: PairState
    fit: int
    reasons: tuple[str, ...] = ()
    locked: bool = False
    why: str = ""
    until: datetime | None = None
    before: words.PreviousPair | None = None


@dataclass(frozen=True, slots=True)
class ShownUnassigned:
    """A participant for whom nobody was found. ``blame`` is a sentence."""

    participant: str
    blame: str
    before: words.PreviousPair | None = None


@dataclass(frozen=True, slots=True)
class ProposalBoard:
    """A proposal: what a lead decides on."""

    id: int
    cohort: str
    at: datetime
    pairs: tuple[ShownPair, ...]
    unassigned: tuple[ShownUnassigned, ...]

    @property
    def waiting(self) -> int:
        """How many pairs wait for a lead."""
        return sum(pair.state is PairState.PROPOSED for pair in self.pairs)


@dataclass(frozen=True, slots=True)
class SwapChoice:
    """Somebody to swap with, and what that does to the fit in points of a hundred.

    ``value`` is ``s`` and a sensei's id, or ``p`` and a pair's.
    """

    value: str
    name: str
    change: int


@dataclass(frozen=True, slots=True)
class IntroducedPerson:
    """One of two who are introduced. ``chat`` is their id in the workspace: they are mentioned by it."""

    name: str
    chat: str | None = None
    goals: str = ""
    brief: str = ""


def board(it: ProposalBoard, page: int = 1) -> OutgoingMessage:
    """Show a proposal to a lead, a page at a time."""
    rows: list[ShownPair | ShownUnassigned] = [*it.unassigned, *it.pairs]
    shown = page_of(rows, page, PAIRS_A_PAGE)
    said = words.proposal_in_short(len(it.pairs), it.waiting, len(it.unassigned))
    cohort = mrkdwn(it.cohort, _NAME)
    blocks: list[Block] = [
        {"type": "header", "text": plain_object(plain(f"Pairs for {it.cohort}", 150))},
        _section(f"{said}"),
        _context(f"Worked out {moment(it.at)}. {shown.words}".strip()),
    ]
    for row in shown.items:
        blocks += [_unassigned(row)] if isinstance(row, ShownUnassigned) else _pair(row)
    if not rows:
        blocks.append(_section("Nobody is there to be paired: everybody active has a sensei."))
    buttons = list(_board_buttons(it, shown.number, shown.of))
    if buttons:
        blocks.append({"type": "actions", "block_id": f"pairing.board.{it.id}", "elements": buttons})
    return OutgoingMessage(f"Pairs for {cohort}: {said}", tuple(blocks))


def _board_buttons(it: ProposalBoard, page: int, pages: int) -> Iterator[Block]:
    here = str(it.id)
    if it.waiting > 1:
        yield {
            **_button("pairing.approve_all", f"Approve all {it.waiting:,}", here),
            "style": "primary",
            "confirm": _confirm(
                f"Approve {count(it.waiting, 'pair')}?",
                "Each sensei is asked, and has a day to say otherwise. Then both are introduced.",
                "Approve",
            ),
        }
    if it.waiting or it.unassigned:
        yield _button("pairing.again", "Work out again", here)
    if page > 1:
        yield _button("pairing.page:back", "← Back", f"{it.id} {page - 1}")
    if page < pages:
        yield _button("pairing.page:on", "More →", f"{it.id} {page + 1}")


def _pair(it: ShownPair) -> Iterator[Block]:
    names = f"*{mrkdwn(it.participant, _NAME)}* with *{mrkdwn(it.sensei, _NAME)}*, fit {it.fit} %"
    lines = [names, *(f"• {mrkdwn(each, _REASON)}" for each in it.reasons[:_MOST_REASONS])]
    if it.before:
        lines.append(_before(it.before))
    lines.append(f"_{_where(it)}_")
    yield _section("\n".join(lines), f"pairing.pair.{it.id}")
    if elements := [*_pair_buttons(it)]:
        yield {"type": "actions", "block_id": f"pairing.acts.{it.id}", "elements": elements}


def _pair_buttons(it: ShownPair) -> Iterator[Block]:
    pair = str(it.id)
    if it.state is PairState.PROPOSED:
        yield _button("pairing.approve", "Approve", pair)
        yield _button("pairing.swap", "Swap…", pair)
        lock = _option("Unlock", f"unlock {pair}") if it.locked else _option("Lock", f"lock {pair}")
        options = [lock, _option("Decline", f"decline {pair}")]
        yield {"type": "overflow", "action_id": "pairing.more", "options": options}
    elif it.state is PairState.APPROVED:
        yield _button("pairing.swap", "Swap…", pair)
        yield {
            **_button("pairing.decline", "Take back", pair),
            "confirm": _confirm(
                "Take this pair back?", "The sensei, who was asked, hears of it.", "Take back"
            ),
        }
    elif it.state is PairState.ACTIVE:
        yield _button("pairing.end", "End…", pair)


def _confirm(title: str, text: str, yes: str) -> Block:
    return {
        "title": plain_object(title),
        "text": plain_object(text),
        "confirm": plain_object(yes),
        "deny": plain_object("Not yet"),
    }


def _where(it: ShownPair) -> str:
    sensei = mrkdwn(it.sensei, _NAME)
    if it.state is PairState.PROPOSED:
        return "Locked: working out again keeps it. Waits for you." if it.locked else "Waits for you."
    if it.state is PairState.APPROVED:
        return f"Approved. {sensei} is asked" + (
            f" and may say no until {moment(it.until)}." if it.until else "."
        )
    said = {
        PairState.ACTIVE: "Introduced",
        PairState.DECLINED: "Declined",
        PairState.VETOED: f"{sensei} said no",
        PairState.REPLACED: "Another proposal took its place",
        PairState.ENDED: "Ended",
    }[it.state]
    return f"{said}: “{mrkdwn(it.why, _WORDS)}”" if it.why else f"{said}."


def _before(it: words.PreviousPair) -> str:
    why = f": “{mrkdwn(it.why, _WORDS)}”" if it.why else ""
    sensei = mrkdwn(it.sensei, _NAME)
    if it.state is PairState.VETOED:
        return f"Before: {sensei} said no{why}"
    return f"Before: with {sensei}{why}"


def _unassigned(it: ShownUnassigned) -> Block:
    lines = [f"*{mrkdwn(it.participant, _NAME)}*", mrkdwn(it.blame, _WORDS)]
    if it.before:
        lines.append(_before(it.before))
    return _section("\n".join(lines))


def swap_form(it: ShownPair, choices: Sequence[SwapChoice], private: str) -> View:
    """Ask whom a participant is to have instead; what each would change stands beside the name."""
    top = _section(
        f"*{mrkdwn(it.participant, _NAME)}* is proposed with *{mrkdwn(it.sensei, _NAME)}*, fit {it.fit} %. "
        "Beside each name: what the choice does to that, in points of a hundred."
    )
    if not choices:
        none = _section("Nobody else can be chosen: the others are full, paused, or barred.")
        return _form("pairing.swap", "Another sensei", [top, none], private, submit=None)
    field = {
        "type": "input",
        "block_id": WITH,
        "label": plain_object("With whom instead?"),
        "element": {
            "type": "static_select",
            "action_id": "pairing.with",
            "placeholder": plain_object("Choose somebody"),
            "options": [
                _option(f"{plain(one.name, 55)} ({words.signed(one.change)})", one.value)
                for one in choices[:100]
            ],
        },
    }
    after = _context(
        "The pair you make stays when pairs are worked out again. It waits for your approval like the others."
    )
    return _form("pairing.swap", "Another sensei", [top, field, after], private, submit="Swap")


def veto_form(participant: str, private: str) -> View:
    """Ask a sensei why a participant is not the one for them."""
    top = _section(
        f"*{mrkdwn(participant, _NAME)}* will not be proposed to you again, and somebody else is looked for. "
        "They do not hear of this."
    )
    field = _asks("Why not this one?", "Only the leads of the cohort read it.")
    return _form("pairing.veto", "Not this one", [top, field], private, submit="Send")


def change_form(sensei: str, private: str) -> View:
    """Ask a participant why they would like another sensei."""
    top = _section(
        f"You and *{mrkdwn(sensei, _NAME)}* are then no longer a pair, and somebody else is looked for. Your "
        "sensei hears that the pair has ended, and not why."
    )
    field = _asks("What would help you more?", "Only the leads of the cohort read it.")
    return _form("pairing.change", "Another sensei", [top, field], private, submit="Ask")


def end_form(it: ShownPair, private: str) -> View:
    """Ask a lead why a pair is ended."""
    names = f"*{mrkdwn(it.participant, _NAME)}* with *{mrkdwn(it.sensei, _NAME)}*"
    told = f"{names}: both hear that the pair has ended, and not why. Somebody else is looked for."
    field = _asks("Why?", "Only the leads of the cohort read it.", optional=True)
    return _form("pairing.end", "End a pair", [_section(told), field], private, "End it")


def ask(  # noqa: PLR0913, PLR0917 - what a sensei is asked on
    pair: int,
    participant: IntroducedPerson,
    reasons: Sequence[str],
    until: datetime,
    state: PairState,
    cohort: str,
) -> OutgoingMessage:
    """Ask a sensei whether they take a participant; once it is decided, say how."""
    name = mrkdwn(participant.name, _NAME)
    lines = [f"*{name}* may become your participant in {mrkdwn(cohort, _NAME)}.", ""]
    lines += _why(reasons)
    blocks: list[Block] = [_section("\n".join(lines).strip())]
    blocks += _about(participant)
    decided = words.decided(state)
    if decided:
        blocks.append(_context(decided))
        return OutgoingMessage(f"{name}: {decided}", tuple(blocks))
    blocks.append(
        _context(
            f"If you say nothing until {moment(until)}, you two are introduced then. The leads see what you "
            f"answer; {name} does not."
        )
    )
    blocks.append(
        {
            "type": "actions",
            "block_id": f"pairing.ask.{pair}",
            "elements": [
                {**_button("pairing.accept", "Accept", str(pair)), "style": "primary"},
                _button("pairing.veto", "Not this one…", str(pair)),
            ],
        }
    )
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
    """Introduce two people to each other, with why they were matched and a question to begin with."""
    both = f"{_called(participant)}, meet {_called(sensei)}, your sensei in {mrkdwn(cohort, _NAME)}."
    lines = [both, "", *_why(reasons, "*Why you two*")]
    blocks: list[Block] = [_section("\n".join(lines).strip()), *_about(participant)]
    blocks.append(
        _section(
            f"*A question to begin with*\n{mrkdwn(question, 400)}\n"
            "It is no assignment: half an hour of talk is enough, and where it leads is up to you."
        )
    )
    blocks.append(
        _context(
            "Find a time that suits you both. `/dojo pair` shows this again, and asks a lead for another "
            "sensei, in confidence."
        )
    )
    text = f"{mrkdwn(participant.name, _NAME)}, meet {mrkdwn(sensei.name, _NAME)}, your sensei."
    return OutgoingMessage(text, tuple(blocks))


def ended(other: str, *, to_participant: bool, cohort: str) -> OutgoingMessage:
    """Tell one side that a pair has ended; why is not said."""
    said = f"You and {mrkdwn(other, _NAME)} are no longer a pair in {mrkdwn(cohort, _NAME)}."
    if to_participant:
        return told(f"{said} Another sensei is looked for; there is nothing for you to do.")
    return told(f"{said} The place is free again; there is nothing for you to do.")


def stands_in(sensei: str, deputy: str, last: str, *, reader: str) -> OutgoingMessage:
    """Tell of a holiday at its beginning.

    ``reader`` is ``participant``, ``deputy``, or ``alone``: a participant for whom nobody stands in.
    """
    away = f"{mrkdwn(sensei, _NAME)} is away until {last}, that day included."
    if reader == "deputy":
        return told(f"{away} You stand in: meanwhile their participants turn to you, and know that they can.")
    if reader == "alone":
        return told(f"{away} Nobody stands in; your lead is there for what cannot wait.")
    return told(f"{away} Meanwhile turn to {mrkdwn(deputy, _NAME)}, who knows of it.")


def is_back(sensei: str, *, to_deputy: bool) -> OutgoingMessage:
    """Tell of a holiday's end."""
    name = mrkdwn(sensei, _NAME)
    if to_deputy:
        return told(f"{name} is back, so you no longer stand in. What is still open, tell them.")
    return told(f"{name} is back, and yours to turn to again.")


def deputy_chosen(
    sensei: str, deputy: str | None, days: tuple[str, str], value: str, *, begun: bool
) -> OutgoingMessage:
    """Tell a lead who stands in for a sensei, with the way to somebody else; ``begun``: it goes on now."""
    name = mrkdwn(sensei, _NAME)
    when = f"{name} is away from {days[0]} to {days[1]}, both included."
    who = f" {mrkdwn(deputy, _NAME)} stands in." if deputy else " Nobody was found who could stand in."
    said = f"{when}{who} Participants {'are told now' if begun else 'are told when it begins'}."
    label = "Somebody else…" if deputy else "Choose somebody…"
    button = _button("pairing.deputy", label, value)
    actions: Block = {"type": "actions", "block_id": "pairing.deputy", "elements": [button]}
    return OutgoingMessage(said, (_section(said), actions))


def deputy_form(sensei: str, options: Sequence[tuple[str, str]], private: str) -> View:
    """Ask who stands in; ``options`` are ids with what speaks for and against each, the best first."""
    top = _section(f"Who stands in for *{mrkdwn(sensei, _NAME)}*?")
    if not options:
        none = _section("There is no other sensei who is there in those days.")
        return _form("pairing.deputy", "Somebody else", [top, none], private, submit=None)
    listed = "\n".join(f"• {mrkdwn(said, _WORDS)}" for _, said in options[:10])
    field: Block = {
        "type": "input",
        "block_id": WITH,
        "label": plain_object("The best first"),
        "element": {
            "type": "static_select",
            "action_id": "pairing.with",
            "options": [_option(plain(said, 75), value) for value, said in options[:100]],
        },
    }
    return _form("pairing.deputy", "Somebody else", [top, _section(listed), field], private, submit="Choose")


def introduce_yourself(participant: str, sensei: str) -> OutgoingMessage:
    """Ask the leads to introduce two people of whom one is not in the chat."""
    return told(
        f"{mrkdwn(participant, _NAME)} and {mrkdwn(sensei, _NAME)} are a pair now. One of them has no Slack "
        "account that Sensei knows of, so introduce them yourself."
    )


def own_pair(pair: int, sensei: str, reasons: Sequence[str]) -> OutgoingMessage:
    """Show a participant their pair, with the way to another sensei."""
    said = f"Your sensei is *{mrkdwn(sensei, _NAME)}*."
    blocks: list[Block] = [
        _section("\n".join([said, "", *_why(reasons)]).strip()),
        {
            "type": "actions",
            "block_id": f"pairing.own.{pair}",
            "elements": [_button("pairing.change", "Ask for another sensei…", str(pair))],
        },
        _context("You say why; only the leads read it."),
    ]
    return OutgoingMessage(f"Your sensei is {mrkdwn(sensei, _NAME)}.", tuple(blocks))


def own_participants(names: Sequence[str], asked: int) -> OutgoingMessage:
    """Show a sensei whom they have."""
    shown = "\n".join(f"• {mrkdwn(name, _NAME)}" for name in names[:40])
    said = f"*Your participants*\n{shown}" if names else "You have no participant yet."
    if asked:
        said += f"\n{count(asked, 'pair')} for you to answer: see the messages above."
    return OutgoingMessage("Your participants" if names else said, (_section(said),))


def parted(name: str, others: Sequence[str], *, anew: bool, paused: bool) -> OutgoingMessage:
    """Tell a lead that somebody has paused or left, and what became of their pairs."""
    with_whom = mrkdwn(words.listed(others, 8), 600)
    one = len(others) == 1
    ended = "their pair has ended" if one else f"their {len(others)} pairs have ended"
    said = f"{mrkdwn(name, _NAME)} has {'paused' if paused else 'left'}, so {ended}: with {with_whom}."
    if anew:
        said += f" A proposal for {'them' if not one else with_whom} follows; all other pairs stay."
    else:
        said += " The place is free again; all other pairs stay."
    return told(said)


def why(lines: Sequence[str], *, heading: str) -> OutgoingMessage:
    """Answer why two people are a pair, or why they are not."""
    sign = "• " if len(lines) > 1 else ""
    shown = "\n".join(f"{sign}{mrkdwn(line, 300)}" for line in lines[:12])
    return OutgoingMessage(mrkdwn(heading, 150), (_section(f"*{mrkdwn(heading, 150)}*\n{shown}".strip()),))


def told(said: str) -> OutgoingMessage:
    """Say one thing; the text is ours, or safe already."""
    return OutgoingMessage(said, (_section(said),))


def _why(reasons: Sequence[str], heading: str = "*Why you two*") -> list[str]:
    shown = [f"• {mrkdwn(each, _REASON)}" for each in reasons[:_MOST_REASONS]]
    return [heading, *shown] if shown else []


def _about(participant: IntroducedPerson) -> list[Block]:
    """Show what a participant wrote of themselves, as their words."""
    rows = [("Goals", participant.goals), ("Capstone", participant.brief)]
    said = [f"*{title}:* {mrkdwn(text, 500)}" for title, text in rows if text.strip()]
    return [_section("\n".join(said))] if said else []


def _called(it: IntroducedPerson) -> str:
    return mention(it.chat) if it.chat else f"*{mrkdwn(it.name, _NAME)}*"


def _asks(label: str, hint: str, *, optional: bool = False) -> Block:
    return {
        "type": "input",
        "block_id": WHY,
        "optional": optional,
        "label": plain_object(label),
        "hint": plain_object(hint),
        "element": {
            "type": "plain_text_input",
            "action_id": "pairing.why",
            "multiline": True,
            "max_length": _MOST_OF_A_FORM,
        },
    }


def _form(callback: str, title: str, blocks: Sequence[Block], private: str, submit: str | None) -> View:
    view: View = {
        "type": "modal",
        "callback_id": callback,
        "private_metadata": private,
        "title": plain_object(title),
        "close": plain_object("Close" if submit is None else "Cancel"),
        "blocks": list(blocks),
    }
    return view if submit is None else {**view, "submit": plain_object(submit)}


def _section(text: str, block_id: str | None = None) -> Block:
    block: Block = {"type": "section", "text": mrkdwn_object(text)}
    return block if block_id is None else {**block, "block_id": block_id}


def _context(text: str) -> Block:
    return {"type": "context", "elements": [mrkdwn_object(text)]}


def _button(action: str, label: str, value: str) -> Block:
    return {"type": "button", "action_id": action, "text": plain_object(label), "value": value}


def _option(label: str, value: str) -> Block:
    return {"text": plain_object(label), "value": value}
