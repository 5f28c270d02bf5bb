"""The words about evidence and rulings that several surfaces share."""

import re
from collections.abc import Mapping, Sequence

from bot.domain.ledger.evidence import CheckState, Entry, Statement
from bot.domain.ledger.levels import DraftLevel
from bot.domain.rubrics.rubric import ScaleLevel
from bot.domain.triage.records import Milestone

_READERS = {"signal": "found by a pattern", "model": "found by the model", "sensei": "added by a sensei"}
_SAID = {"thread": "a conversation", "decision": "a recorded decision", "document": "their design document"}
_PULL_REQUEST = re.compile(r"review:\d+#(\d+):")
STATES = {
    CheckState.MET: "Met",
    CheckState.PARTLY_MET: "Partly met",
    CheckState.CONTESTED: "Contested (evidence for and against)",
    CheckState.OPEN: "Open",
    CheckState.NOT_APPLICABLE: "Doesn't apply",
    CheckState.NOT_ASSESSED: "Not read yet",
}
"""The states of a check, the same for everyone who reads of them in Slack."""
MILESTONES = {
    Milestone.DESIGN: "design milestone",
    Milestone.MIDWAY: "midway milestone",
    Milestone.FINAL: "final milestone",
}


def describe_exemption(reason: str) -> str:
    """Return what a participant reads about a check that their sensei exempted. The caller escapes it."""
    return f"Your sensei says that this doesn't apply to your project: {reason}"


def describe_origin(entry: Entry) -> str:
    """Return where a piece of evidence is from and what found it, such as ``found by a pattern``."""
    if isinstance(entry.citation, Statement):
        return f"the participant's words in {_SAID[entry.citation.source]}"
    found = _PULL_REQUEST.match(entry.change or "")
    return f"{_READERS[entry.reader]}{f' in pull request {found[1]}' if found else ''}"


def name_levels(scale: Sequence[ScaleLevel]) -> Mapping[int, str]:
    """Return the names of the levels, such as ``reasoned`` for 2."""
    return {step.level: step.name for step in scale}


def describe_draft(draft: DraftLevel, names: Mapping[int, str]) -> str:
    """Return a draft level with its name, or why there is none. Only a sensei who rules may see it."""
    if draft.level is not None:
        return f"Draft level: {draft.level} ({names[draft.level]})"
    if draft.withheld:
        reasons = ", ".join(f"{held.check} is {held.state}" for held in draft.withheld)
        return f"No draft level: {reasons}"
    return "No draft level: none of the checks apply"
