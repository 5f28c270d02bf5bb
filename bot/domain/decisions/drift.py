"""Decisions that a change is compared with, and what the comparison found.

A private decision travels without its words: its code is compared, and nothing of it reaches a model or the
code host.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bot.domain.articulation.slots import Slot
from bot.domain.decisions.records import CodeAnchor, Decision
from bot.domain.review.report import Citation

_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_NO_COMMIT = "0" * 40


@dataclass(frozen=True, slots=True)
class ComparedDecision:
    """A confirmed decision, as far as a reading may know it.

    ``id`` is our own, ``number`` is the one that people see. ``here``: it came from the pull request that is
    being read, or still holds according to a thread there, so its lines may not be in the base yet.
    ``title`` and ``texts`` are empty unless a model may see them.
    """

    id: int
    number: int
    anchors: tuple[CodeAnchor, ...]
    here: bool = False
    title: str = ""
    texts: Mapping[Slot, str] = field(default_factory=dict)

    @property
    def may_be_shown(self) -> bool:
        """Whether a model may see its words."""
        return bool(self.texts)


@dataclass(frozen=True, slots=True)
class DriftFinding:
    """A decision that a change may have overtaken, and the place that shows it.

    ``decision`` is its id. ``text`` is a model's question, or "" for the guide's. ``fingerprint`` identifies
    the decision together with the changed lines. ``inline`` says whether a comment can be placed on the
    citation's lines. ``touched`` is False if only a model sees that the change contradicts the decision.
    """

    decision: int
    fingerprint: str
    citation: Citation
    text: str = ""
    inline: bool = False
    touched: bool = True


def compare_with(decision: Decision, *, here: bool, may_be_shown: bool) -> ComparedDecision:
    """Return what a reading may know of a decision. A private one's words stay where they are."""
    anchors = tuple(anchor for anchor in decision.anchors if anchor.quote.strip())
    if decision.private or not may_be_shown:
        return ComparedDecision(decision.id, decision.number, anchors, here)
    return ComparedDecision(decision.id, decision.number, anchors, here, decision.title, dict(decision.texts))


def make_fingerprint(decision: int, lines: Iterable[str]) -> str:
    """Return a digest of a decision and of changed lines, independent of their order and white space."""
    squashed = sorted({"".join(line.split()) for line in lines})
    return hashlib.sha256("\n".join([f"drift:{decision}", *squashed]).encode()).hexdigest()


def cite_anchor(anchor: CodeAnchor) -> Citation:
    """Return an anchor as a citation. A record that people wrote by hand may name no commit."""
    return Citation(
        source="commit",
        path=anchor.path,
        commit=anchor.commit if _COMMIT.fullmatch(anchor.commit) else _NO_COMMIT,
        side="base" if anchor.side == "base" else "head",
        line_start=max(1, anchor.line_start),
        line_end=max(1, anchor.line_end),
        quote=anchor.quote,
        redacted="[redacted:" in anchor.quote,
    )


def order_findings(findings: Sequence[DriftFinding]) -> list[DriftFinding]:
    """Return one finding for each decision: the first. Those whose own lines changed come first."""
    first: dict[int, DriftFinding] = {}
    for finding in sorted(findings, key=lambda finding: not finding.touched):
        first.setdefault(finding.decision, finding)
    return list(first.values())
