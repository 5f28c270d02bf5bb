"""The message that tells a participant which levels a sensei has given, and the evidence for them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.domain.triage.records import RulerRole
from bot.domain.triage.shown import EvidenceQuote, ReleasedRuling, RuledLevel, ShownCheck
from bot.ports.chat import Block, OutgoingMessage, View
from bot.rendering.chat.slack_blocks import (
    MOST_OF_A_NAME,
    actions,
    button,
    count,
    divider,
    fitted,
    section,
    small,
)
from bot.rendering.chat.slack_text import link, mrkdwn, plain_object, units
from bot.rendering.triage.slack_levels import (
    APPEAL,
    EVIDENCE,
    format_day,
    format_level,
    format_title,
    is_appealable,
)
from bot.rendering.triage.wording import STATES

MOST_QUOTES = 3
"""Maximum quotes that the message shows for each ruling. The view behind its button shows more."""
_MOST_OF_A_SENTENCE, _MOST_OF_A_MEANING, _MOST_OF_A_QUOTE, _MOST_OF_A_PLACE = 600, 150, 120, 90
_MOST_OF_AN_ASK, _MOST_OF_A_MISSING, _MOST_QUOTES_OF_A_CHECK = 300, 200, 3
_MOST_OF_AN_ADDRESS = 400
_MOST_BLOCKS_OF_A_VIEW, _MOST_OF_A_VIEW = 98, 25_000  # characters; a view may have 250,000 bytes
_LEFT_OUT = "The rest didn't fit here. Your Home tab shows all your levels."
_WHO_SEES = (
    "You and your sensei (or their deputy) see this. Your leads see the levels and dates, but not what your "
    "sensei wrote. GitHub shows only that a sensei has read your work."
)
_FINAL = "This is the second opinion that you asked for. It is final until the evidence changes."


@dataclass(frozen=True, slots=True)
class ShownRelease:
    """Rulings to tell a participant about, in the rubric's order. ``capstone`` is its name and address."""

    capstone: tuple[str, str]
    rulings: Sequence[ReleasedRuling]


def released_message(release: ShownRelease) -> OutgoingMessage:
    """Tell a participant what a sensei has ruled."""
    title = _describe_rulers(release.rulings)
    return OutgoingMessage(f"{title}.", fitted(_released_blocks(title, release), _LEFT_OUT))


def _describe_rulers(rulings: Sequence[ReleasedRuling]) -> str:
    """Return who has looked at what, as a sentence without its stop."""
    criteria = count(len(rulings), "criterion", "criteria")
    rulers = dict.fromkeys(_name_ruler(ruling) for ruling in rulings)
    who = next(iter(rulers)) if len(rulers) == 1 else "Senseis"
    has = "have" if len(rulers) > 1 else "has"
    return f"{who[0].upper()}{who[1:]} {has} looked at {criteria} of your capstone"


def _name_ruler(ruling: ReleasedRuling) -> str:
    name = mrkdwn(ruling.ruler, MOST_OF_A_NAME) if ruling.ruler else ""
    match ruling.role:
        case RulerRole.SENSEI:
            return f"{name}, your sensei," if name else "your sensei"
        case RulerRole.DEPUTY:
            return f"{name}, who stands in for your sensei," if name else "your sensei's deputy"
        case RulerRole.SECOND:
            return f"{name}, as the second sensei," if name else "a second sensei"


def _released_blocks(title: str, release: ShownRelease) -> Iterable[Block]:
    name, address = release.capstone
    yield section(
        f"*{title}:* {link(address, name)}\nA level says what the capstone shows today, not how good you "
        "are. When the evidence changes, the level can change too."
    )
    quotes = max(1, MOST_QUOTES - len(release.rulings) // 3)
    rulers = {_name_ruler(ruling) for ruling in release.rulings}
    for ruling in release.rulings:
        yield divider()
        yield from _ruling_blocks(ruling, quotes, named=len(rulers) > 1)
    yield divider()
    levels = [ruling.shown for ruling in release.rulings]
    if any(map(is_appealable, levels)):
        yield actions(_appeal_button(levels))
        yield small(
            "If you see it differently, you can talk it over with your sensei, or ask for a second opinion: "
            "another sensei then reads the evidence and gives a ruling."
        )
    yield small(_WHO_SEES)


def _appeal_button(levels: Sequence[RuledLevel]) -> dict[str, Any]:
    return button("Ask for a second opinion", APPEAL, str(levels[0].ruling) if len(levels) == 1 else "")


def _ruling_blocks(ruling: ReleasedRuling, quotes: int, *, named: bool) -> Iterable[Block]:
    shown = ruling.shown
    evidence = button("See the evidence", f"{EVIDENCE}:{shown.ruling}", str(shown.ruling))
    yield section("\n".join([_format_head(ruling), *_format_words(ruling, named=named)]), evidence)
    if lines := [format_quote(quote, _MOST_OF_A_QUOTE) for quote in ruling.quotes[:quotes]]:
        yield section("\n".join(["Evidence that counts now:", *lines]))


def _format_head(ruling: ReleasedRuling) -> str:
    shown = ruling.shown
    meaning = f": {mrkdwn(ruling.meaning, _MOST_OF_A_MEANING)}" if ruling.meaning else ""
    return f"*{format_title(shown)}* – *{format_level(shown)}*{meaning}\n{format_day(shown)}"


def _format_words(ruling: ReleasedRuling, *, named: bool) -> list[str]:
    lines = [f"Ruled by {_name_ruler(ruling).rstrip(',')}."] if named else []
    if ruling.before and ruling.before.level != ruling.shown.level:
        lines.append(f"Before, it was {format_level(ruling.before)}.")
    if ruling.shown.is_final:
        lines.append(_FINAL)
    sentence = ruling.shown.sentence.strip()
    said = f"“{mrkdwn(sentence, _MOST_OF_A_SENTENCE, lines=True)}”"
    if ruling.shown.level is not None:
        return [*lines, said] if sentence else lines
    lines.append("The sensei couldn't judge this from the evidence. That isn't a low level.")
    lines.append(f"What would help: {said}" if sentence else "Please ask the sensei what would help.")
    return lines


def format_quote(quote: EvidenceQuote, most: int) -> str:
    """Return a line with a quote and its place."""
    sign = "" if quote.supports else "against: "
    place = (
        link(quote.address, quote.place, _MOST_OF_A_PLACE)
        if 0 < len(quote.address) <= _MOST_OF_AN_ADDRESS
        else mrkdwn(quote.place, _MOST_OF_A_PLACE)
    )
    return f"• {sign}“{mrkdwn(quote.text, most)}” – {place}"


def evidence_view(level: RuledLevel, checks: Sequence[ShownCheck], *, changed: bool) -> View:
    """Return the modal with a criterion's evidence, for its participant.

    ``changed`` means that it isn't what the sensei saw when they ruled.
    """
    return {
        "type": "modal",
        "title": plain_object("Evidence"),
        "close": plain_object("Close"),
        "blocks": _fit_view(_evidence_blocks(level, checks, changed=changed)),
    }


def _fit_view(blocks: Iterable[Block]) -> list[Block]:
    """Return the blocks that fit into one view."""
    kept: list[Block] = []
    room = _MOST_OF_A_VIEW
    for block in blocks:
        room -= units(block.get("text", {}).get("text", ""))
        if room < 0 or len(kept) == _MOST_BLOCKS_OF_A_VIEW:
            return [*kept, small("The rest is too long to show here.")]
        kept.append(block)
    return kept


def _evidence_blocks(level: RuledLevel, checks: Sequence[ShownCheck], *, changed: bool) -> Iterable[Block]:
    yield section(f"*{format_title(level)}* – {format_level(level)}\n{format_day(level)}")
    if level.sentence.strip():
        yield section(f"“{mrkdwn(level.sentence, _MOST_OF_A_SENTENCE, lines=True)}”")
    if changed:
        yield small("The evidence has changed since this ruling. Your sensei will see that.")
    yield divider()
    if not checks:
        yield section("There is no evidence for this criterion yet.")
    for check in checks:
        yield section(_format_check(check))
    yield small(
        "This is what I found in your repository, your pull requests and your answers. Only evidence that is "
        "merged or confirmed counts."
    )


def _format_check(check: ShownCheck) -> str:
    lines = [f"*{STATES[check.state]}:* {mrkdwn(check.ask, _MOST_OF_AN_ASK)}"]
    if check.exempted:
        lines.append(f"Why: {mrkdwn(check.exempted, _MOST_OF_A_MISSING)}")
    lines += [format_quote(quote, _MOST_OF_A_QUOTE) for quote in check.quotes[:_MOST_QUOTES_OF_A_CHECK]]
    if len(check.quotes) > _MOST_QUOTES_OF_A_CHECK:
        lines.append(f"_and {len(check.quotes) - _MOST_QUOTES_OF_A_CHECK} more_")
    lines += [f"What is missing: {mrkdwn(text, _MOST_OF_A_MISSING)}" for text in check.missing[:2]]
    return "\n".join(lines)
