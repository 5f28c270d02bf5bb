"""A criterion's evidence, as a sensei sees it before they rule, and which criteria moved since they ruled."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.domain.ledger.evidence import CheckState, Entry, Exemption
from bot.domain.ledger.ledger import Ledger
from bot.domain.ledger.levels import DraftLevel, draft_levels
from bot.domain.rubrics.rubric import Check, Criterion, Rubric
from bot.domain.triage.records import CriterionRuling


@dataclass(frozen=True, slots=True)
class CheckEvidence:
    """A check, its state, and the live entries for and against it. ``exemption``: why it does not apply."""

    check: Check
    state: CheckState
    supports: tuple[Entry, ...]
    weakens: tuple[Entry, ...]
    exemption: Exemption | None = None

    @property
    def has_evidence(self) -> bool:
        """Return whether there is anything to read about the check."""
        return bool(self.supports or self.weakens)

    @property
    def applies(self) -> bool:
        """Return whether the check applies to the capstone."""
        return self.state is not CheckState.NOT_APPLICABLE


@dataclass(frozen=True, slots=True)
class CriterionEvidence:
    """Everything that a ruling on a criterion rests on. ``draft`` is only for senseis.

    ``digest`` identifies the evidence: it changes whenever a live quote or an exemption does.
    """

    criterion: Criterion
    checks: tuple[CheckEvidence, ...]
    draft: DraftLevel
    digest: str

    @property
    def has_evidence(self) -> bool:
        """Return whether there is anything to read about a check that applies."""
        return any(shown.has_evidence and shown.applies for shown in self.checks)

    @property
    def applies(self) -> bool:
        """Return whether any check applies. If none does, there is nothing to rule on."""
        return any(shown.applies for shown in self.checks)

    @property
    def view(self) -> str:
        """Return a sha256 of the evidence and the draft: all that a sensei is shown before they rule.

        The draft can change without any new evidence, for example when a pack's checks begin to apply.
        """
        withheld = [(held.check, held.state) for held in self.draft.withheld]
        return _hash([self.digest, self.draft.level, withheld])


def gather_evidence(ledger: Ledger, rubric: Rubric) -> dict[str, CriterionEvidence]:
    """Return the evidence of every criterion by its id, in the rubric's order.

    Raises:
        ValueError: the ledger is for another rubric.
    """
    states, drafts = ledger.states(), draft_levels(ledger, rubric)
    live: dict[str, list[Entry]] = {check: [] for check in ledger.checks}
    for entry in ledger.entries:
        if entry.live:
            live[entry.check].append(entry)
    exemptions = {exemption.check: exemption for exemption in ledger.exemptions}
    found = {}
    for criterion, draft in zip(rubric.criteria, drafts.criteria, strict=True):
        checks = tuple(
            _make_check_evidence(check, states[check.id], live[check.id], exemptions.get(check.id))
            for check in criterion.checks
        )
        found[criterion.id] = CriterionEvidence(criterion, checks, draft, _digest(checks))
    return found


def find_moved(
    evidence: Mapping[str, CriterionEvidence], rulings: Mapping[str, CriterionRuling]
) -> tuple[str, ...]:
    """Return the criteria whose evidence is not what the last ruling rested on, in the rubric's order.

    A criterion without a ruling has moved if it has any evidence.
    """
    return tuple(
        criterion
        for criterion, shown in evidence.items()
        if (shown.digest != rulings[criterion].basis if criterion in rulings else shown.has_evidence)
    )


def _make_check_evidence(
    check: Check, state: CheckState, live: Iterable[Entry], exemption: Exemption | None
) -> CheckEvidence:
    entries = sorted(live, key=lambda entry: (entry.partial, entry.key))
    supports = tuple(entry for entry in entries if entry.direction == "supports")
    weakens = tuple(entry for entry in entries if entry.direction == "weakens")
    return CheckEvidence(check, state, supports, weakens, exemption)


def _digest(checks: Iterable[CheckEvidence]) -> str:
    """Return a sha256 of the quotes for and against each check, and of the exemptions.

    Paths, lines and white space don't count: they change with every merge and every formatter. A check
    without evidence doesn't count either, since a sensei judges the evidence: whether a reading looked for
    it, or whether a pack that asks about it applies, changes nothing that they can read.
    """
    content: list[object] = []
    for shown in checks:
        if not shown.applies:
            content.append([shown.check.id, "not applicable"])
        elif shown.has_evidence:
            entries = (*shown.supports, *shown.weakens)
            content.append([shown.check.id, sorted({(*entry.evidence, entry.partial) for entry in entries})])
    return _hash(content)


def _hash(content: object) -> str:
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()
