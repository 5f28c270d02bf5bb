"""The evidence ledger of one capstone, ``sensei.ledger/1``: the evidence for each check of its rubric.

The ledger stores the citations of readings, and computes each check's state from the live ones. It is
immutable: every method returns a new ledger. ``levels`` computes draft levels from it.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal, Self

from pydantic import Field, TypeAdapter, model_validator

from bot.domain.ledger.evidence import CheckState, Drift, Entry, Exemption, Statement, Strict
from bot.domain.review.report import Citation, Movement, escape_unseen_characters
from bot.domain.rubrics.rubric import Rubric


class Ledger(Strict):
    """The evidence about one capstone. ``checks`` are those of its rubric and the packs of its stacks.

    ``covered`` are the checks that a reading of the whole tree assessed, with or without findings.
    """

    schema_: Literal["sensei.ledger/1"] = Field(default="sensei.ledger/1", alias="schema")
    rubric: str
    version: str
    checks: tuple[str, ...]
    covered: tuple[str, ...] = ()
    exemptions: tuple[Exemption, ...] = ()
    entries: tuple[Entry, ...] = ()
    drift: tuple[Drift, ...] = ()

    @model_validator(mode="after")
    def _check_consistency(self) -> Self:
        known = set(self.checks)
        named = [*self.covered, *(entry.check for entry in self.entries)]
        named += [*(exemption.check for exemption in self.exemptions), *(note.check for note in self.drift)]
        if unknown := sorted({check for check in named if check not in known}):
            raise ValueError(f"the ledger has no check {unknown[0]}")
        for kind, keys in {
            "check": self.checks,
            "covered check": self.covered,
            "exempted check": tuple(exemption.check for exemption in self.exemptions),
            "entry": tuple(entry.key for entry in self.entries),
        }.items():
            if len(set(keys)) != len(keys):
                raise ValueError(f"the ledger contains the same {kind} twice")
        return self

    @classmethod
    def for_rubric(cls, rubric: Rubric) -> Self:
        """Return an empty ledger for a capstone with this rubric, which includes its packs."""
        checks = tuple(check.id for criterion in rubric.criteria for check in criterion.checks)
        return cls(rubric=rubric.id, version=rubric.version, checks=checks)

    def apply(
        self,
        movements: Iterable[Movement],
        *,
        covered: Iterable[str] = (),
        change: str | None = None,
        pending: bool = False,
    ) -> Self:
        """Enter a reading's movements.

        ``covered`` are the checks that the reading assessed, whether or not they moved. For a change it is
        empty, because silence about a check is no answer. ``change`` names the change that was read. It is
        ``pending`` until it is merged.

        Raises:
            ValueError: the ledger does not have one of the checks.
        """
        entries = (
            Entry(
                check=movement.check,
                direction=movement.direction,
                partial=movement.partial,
                missing=movement.missing,
                reader=movement.source,
                citation=citation,
                change=change,
                pending=pending,
            )
            for movement in movements
            for citation in movement.citations
        )
        return self.enter(entries, covered=covered)

    def enter(self, entries: Iterable[Entry], *, covered: Iterable[str] = ()) -> Self:
        """Enter individual citations: statements from a thread, and confirmed decisions.

        An entry that exists is updated, not entered again. Withdrawn evidence remains withdrawn.

        Raises:
            ValueError: the ledger does not have one of the checks.
        """
        kept = {entry.key: entry for entry in self.entries}
        withdrawn = {entry.evidence for entry in self.entries if entry.withdrawn}
        for entry in entries:
            before = kept.get(entry.key)
            changes = {
                "pending": entry.pending and (before is None or before.pending),
                "withdrawn": entry.withdrawn or entry.evidence in withdrawn,
            }
            kept[entry.key] = entry.model_copy(update=changes)
        return self._with(
            entries=tuple(kept[key] for key in sorted(kept)),
            covered=tuple(sorted({*self.covered, *covered})),
        )

    def merge(self, change: str, is_live: Callable[[Citation], bool]) -> Self:
        """Make a merged change's citations count, except those whose text did not survive the merge."""

        def settle(entry: Entry) -> Entry:
            if not entry.pending or entry.change != change:
                return entry
            return _refresh_entry(entry.model_copy(update={"pending": False}), is_live)

        return self._with(entries=tuple(map(settle, self.entries)))

    def close(self, change: str) -> Self:
        """Remove the citations of a change that was closed without being merged."""
        return self._with(
            entries=tuple(entry for entry in self.entries if not entry.pending or entry.change != change)
        )

    def refresh(self, is_live: Callable[[Citation], bool], at: str) -> Self:
        """Check every citation of a commit again, and record the checks that lost support.

        ``is_live`` tells whether a citation's text is at the head of the default branch, the commit ``at``.
        Call this only after that whole head has been read.
        """
        after = self._with(entries=tuple(_refresh_entry(entry, is_live) for entry in self.entries))
        return after._with_drift(self, "gone", at)

    def withdraw(self, check: str, citation: Citation | Statement, at: str) -> Self:
        """Withdraw a statement or a misreading permanently, wherever the same text is cited."""
        taken = {
            entry.evidence for entry in self.entries if entry.check == check and entry.citation == citation
        }
        after = self._with(
            entries=tuple(
                entry.model_copy(update={"withdrawn": entry.withdrawn or entry.evidence in taken})
                for entry in self.entries
            )
        )
        return after._with_drift(self, "withdrawn", at)

    def exempt(self, exemption: Exemption) -> Self:
        """Record that a check does not apply, and why."""
        others = tuple(other for other in self.exemptions if other.check != exemption.check)
        return self._with(exemptions=(*others, exemption))

    def restore(self, check: str) -> Self:
        """Record that a check applies after all."""
        return self._with(exemptions=tuple(other for other in self.exemptions if other.check != check))

    def states(self) -> dict[str, CheckState]:
        """Return every check's state, in the rubric's order."""
        grouped: dict[str, list[Entry]] = {check: [] for check in self.checks}
        for entry in self.entries:
            grouped[entry.check].append(entry)
        exempt = {exemption.check for exemption in self.exemptions}
        return {
            check: CheckState.NOT_APPLICABLE
            if check in exempt
            else _compute_state(entries, covered=check in self.covered)
            for check, entries in grouped.items()
        }

    def drifted(self) -> dict[str, Drift]:
        """Return the latest drift of each check whose earlier state has not been restored."""
        states = self.states()
        low = (CheckState.OPEN, CheckState.PARTLY_MET)
        return {
            note.check: note
            for note in self.drift
            if states[note.check] in low and states[note.check] is not note.before
        }

    def as_json(self) -> str:
        """Return the JSON document, ending in a newline. It includes each check's state."""
        document = self.model_dump(mode="json", by_alias=True)
        return escape_unseen_characters(
            _JSON.dump_json({**document, "states": self.states()}, indent=2).decode() + "\n"
        )

    @classmethod
    def parse(cls, text: str | bytes) -> Self:
        """Parse a document that ``as_json`` wrote.

        Raises:
            ValueError: it is not a ledger, or its states don't match its entries.
        """
        document = _JSON.validate_json(text)
        states = document.pop("states", None)
        ledger = cls.model_validate_json(_JSON.dump_json(document), strict=True)
        if states != ledger.states():
            raise ValueError("states: they do not match the entries")
        return ledger

    def _with(self, **changes: Any) -> Self:
        return self.model_validate({**dict(self), **changes})

    def _with_drift(self, before: "Ledger", because: Literal["gone", "withdrawn"], at: str) -> Self:
        was, now = before.states(), self.states()
        still = {entry.key for entry in self.entries if entry.live}
        lost: dict[str, list[Entry]] = {}
        for entry in before.entries:
            if entry.live and entry.direction == "supports" and entry.key not in still:
                lost.setdefault(entry.check, []).append(entry)
        notes = (
            Drift(
                check=check,
                before=was[check],
                after=now[check],
                because=because,
                at=at,
                lost=tuple(entry.citation for entry in lost[check]),
            )
            for check in self.checks
            if check in lost
            and was[check] is not now[check]
            and _support_weight(self.entries, check) < _support_weight(before.entries, check)
        )
        return self._with(drift=(*self.drift, *notes))


_JSON = TypeAdapter[dict[str, Any]](dict[str, Any])


def count_states(states: Mapping[str, CheckState]) -> dict[CheckState, int]:
    """Count the checks in each state, including states without any."""
    found = list(states.values())
    return {state: found.count(state) for state in CheckState}


def _compute_state(entries: Iterable[Entry], *, covered: bool) -> CheckState:
    settled = [entry for entry in entries if not entry.pending]
    live = [entry for entry in settled if entry.live]
    supports = [entry for entry in live if entry.direction == "supports"]
    if len(supports) < len(live) and supports:
        return CheckState.CONTESTED
    if any(not entry.partial for entry in supports):
        return CheckState.MET
    if supports:
        return CheckState.PARTLY_MET
    return CheckState.OPEN if covered or settled else CheckState.NOT_ASSESSED


def _support_weight(entries: Iterable[Entry], check: str) -> int:
    """Return 2 if a live entry supports the whole check, 1 if one supports part of it, else 0."""
    live = [
        entry for entry in entries if entry.check == check and entry.live and entry.direction == "supports"
    ]
    return max((1 if entry.partial else 2 for entry in live), default=0)


def _refresh_entry(entry: Entry, is_live: Callable[[Citation], bool]) -> Entry:
    citation = entry.citation
    if not isinstance(citation, Citation) or not entry.in_tree or entry.pending:
        return entry
    return entry.model_copy(update={"stands": citation.side == "head" and is_live(citation)})
