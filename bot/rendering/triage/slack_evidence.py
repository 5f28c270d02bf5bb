"""The evidence for a criterion in Slack: each check with its state and its quotes, in pages."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from bot.domain.ledger.evidence import CheckState, Entry
from bot.domain.review.report import Citation
from bot.domain.triage.criterion_evidence import CheckEvidence
from bot.ports.chat import Block
from bot.rendering.chat.slack_blocks import button, section
from bot.rendering.chat.slack_text import link, mrkdwn, preformatted
from bot.rendering.triage.wording import STATES

RESTORE = "triage.restore"
"""The button that lets an exempted check or criterion apply again."""
BLOCKS_A_PAGE = 25
MOST_OF_A_QUOTE, _MOST_OF_A_TEXT, _MOST_OF_A_PATH, _MOST_OF_A_REASON = 900, 600, 200, 1000
_MOST_OF_AN_ADDRESS = 800  # with more, a long path could make a section too long to be shown
_WITHOUT_EVIDENCE = {
    CheckState.OPEN: "I've looked for evidence and found none.",
    CheckState.NOT_ASSESSED: "I haven't looked for evidence yet, so I can't say anything about this.",
}
EntryKey = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class QuotePlace:
    """Where a quote is from, in words, with a link to it if there is one."""

    words: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class ShownChecks:
    """The checks of a criterion. ``places`` are by the entry's key; ``exemptions`` are ids by check.

    ``exempted`` is the id of the exemption of the whole criterion, or None. The value of a button that ends
    an exemption begins with ``target``.
    """

    target: str
    checks: Sequence[CheckEvidence]
    places: Mapping[EntryKey, QuotePlace] = field(default_factory=lambda: MappingProxyType({}))
    exemptions: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    exempted: int | None = None


def evidence_pages(shown: ShownChecks) -> Sequence[Sequence[Block]]:
    """Return the pages of evidence, at least one. A check that goes on is named again on its next page."""
    pages: list[list[Block]] = [[]]
    if shown.exempted is not None:
        pages[0].append(_exempted_block(shown))
    for check in shown.checks:
        head, *rest = _check_blocks(check, shown)
        for number, block in enumerate((head, *rest)):
            if len(pages[-1]) >= BLOCKS_A_PAGE:
                pages.append([_continued(check)] if number else [])
            pages[-1].append(block)
    return pages


def _exempted_block(shown: ShownChecks) -> Block:
    reason = next((check.exemption.reason for check in shown.checks if check.exemption), "")
    text = (
        f"*This criterion doesn't apply to this capstone.*\n{mrkdwn(reason, _MOST_OF_A_REASON, lines=True)}"
    )
    return section(text, _restore_button(shown, shown.exempted or 0))


def _check_blocks(check: CheckEvidence, shown: ShownChecks) -> Iterator[Block]:
    exemption = shown.exemptions.get(check.check.id)
    text = _describe_check(check, is_alone=exemption is not None)
    yield section(text, _restore_button(shown, exemption) if exemption is not None else None)
    if check.state is not CheckState.NOT_APPLICABLE:
        for entry in (*check.supports, *check.weakens):
            yield section(_describe_entry(entry, shown.places.get(entry.key)))


def _describe_check(check: CheckEvidence, *, is_alone: bool) -> str:
    """Return a check's state and question. ``is_alone``: it was exempted by itself; its reason is shown."""
    lines = [
        f"*{STATES[check.state]}* · level {check.check.level}",
        mrkdwn(check.check.ask, _MOST_OF_A_TEXT),
    ]
    if is_alone and check.exemption:
        lines.append(f"Reason: {mrkdwn(check.exemption.reason, _MOST_OF_A_REASON)}")
    elif not check.has_evidence and check.state in _WITHOUT_EVIDENCE:
        lines.append(_WITHOUT_EVIDENCE[check.state])
    return "\n".join(lines)


def _describe_entry(entry: Entry, place: QuotePlace | None) -> str:
    side = "Against" if entry.direction == "weakens" else "For, in part" if entry.partial else "For"
    where = _describe_place(place or QuotePlace("a place that I can't link to"))
    lines = [f"*{side}* · {where}", _format_quote(entry)]
    if entry.missing.strip() and entry.partial:
        lines.append(f"Missing: {mrkdwn(entry.missing, _MOST_OF_A_TEXT)}")
    return "\n".join(lines)


def _describe_place(place: QuotePlace) -> str:
    if 0 < len(place.address) <= _MOST_OF_AN_ADDRESS:
        return link(place.address, place.words, _MOST_OF_A_PATH)
    return mrkdwn(place.words, _MOST_OF_A_PATH)


def _format_quote(entry: Entry) -> str:
    """Return code as code, and words in quotation marks."""
    quote = entry.citation.quote
    if isinstance(entry.citation, Citation) and entry.citation.source == "commit":
        return preformatted(quote, MOST_OF_A_QUOTE)
    return f"“{mrkdwn(quote, MOST_OF_A_QUOTE, lines=True)}”"


def _continued(check: CheckEvidence) -> Block:
    return section(f"_Continued:_ {mrkdwn(check.check.ask, _MOST_OF_A_TEXT)}")


def _restore_button(shown: ShownChecks, exemption: int) -> dict[str, Any]:
    return button("It does apply", f"{RESTORE}:{exemption}", f"{shown.target}:{exemption}")


def list_checks(checks: Iterable[CheckEvidence]) -> dict[str, str]:
    """Return the questions of the checks that apply, by id."""
    return {
        check.check.id: f"{check.check.level}: {check.check.ask}"
        for check in checks
        if check.state is not CheckState.NOT_APPLICABLE
    }
