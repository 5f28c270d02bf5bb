"""How a question names the decision that it asks about.

The guardrails read a question without the decision's title. A title is its author's text: it may say what no
question may, such as the name of a remedy, and it can't say anything to the person who wrote it.
"""

import re

from bot.domain.articulation.guide import NAMED_DECISION, ArticulationGuide
from bot.domain.articulation.slots import Slot
from bot.domain.decisions.records import Decision
from bot.domain.guardrails.model_wording import has_plain_form

_MOST_OF_A_TITLE = 60
_TITLED = re.compile(r"(?i:\bdecision) \d+( \(“([^“”]{1,60})”\))")


def ask_untitled(guide: ArticulationGuide, decision: Decision) -> str:
    """Return the guide's question about a decision, with its number and without its title."""
    probe = guide.drift_revisit_probe if decision.texts.get(Slot.REVISIT) else guide.drift_probe
    return probe.replace(NAMED_DECISION, f"decision {decision.number}")


def names_decision(text: str, number: int) -> bool:
    """Say whether a question names a decision by its number."""
    return _find_number(text, number) is not None


def add_title(text: str, decision: Decision) -> str:
    """Add a decision's title after its number, unless the title has a link, a mention or markup."""
    title = _shorten(decision.title)
    named = _find_number(text, decision.number)
    if named is None or not title or not has_plain_form(title):
        return text
    return f"{text[: named.end()]} (“{title}”){text[named.end() :]}"


def remove_title(text: str) -> str:
    """Return a question without the title that ``add_title`` added, for the guardrails to read."""
    titled = _TITLED.search(text)
    if titled is None or not has_plain_form(titled[2]):
        return text
    return text[: titled.start(1)] + text[titled.end(1) :]


def _find_number(text: str, number: int) -> re.Match[str] | None:
    return re.search(rf"(?i:\bdecision) {number}(?!\d)", text)


def _shorten(title: str) -> str:
    line = re.sub(r"[“”]", "", " ".join(title.split())).strip().rstrip("?!. ")
    return line if len(line) <= _MOST_OF_A_TITLE else f"{line[: _MOST_OF_A_TITLE - 1].rstrip()}…"
