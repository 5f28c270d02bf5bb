"""The evidence ledger of one capstone, ``sensei.ledger/1``: what each check of its rubric rests on.

Readings bring movements; the ledger keeps their citations and computes each check's state from those that
are live. It is a value: every method returns a new ledger. What a level would be is ``domain.levels``.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal, Self

from pydantic import Field, TypeAdapter, model_validator

from bot.domain.ledger.evidence import CheckState, Drift, Entry, Exemption, Statement, Strict
from bot.domain.review.report import Citation, Movement, unseen_escaped
from bot.domain.rubrics.rubric import Rubric


class Ledger(Strict):
    """What is known of one capstone. ``checks`` are those of its rubric with the packs it calls for.

    ``covered`` are the checks that a reading of the whole has spoken to, found something or not.
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
    def _fits_together(self) -> Self:
        known = set(self.checks)
        named = [*self.covered, *(entry.check for entry in self.entries)]
        named += [*(each.check for each in self.exemptions), *(note.check for note in self.drift)]
        if unknown := sorted({check for check in named if check not in known}):
            raise ValueError(f"the check {unknown[0]} is not one of the ledger's")
        for what, keys in {
            "check": self.checks,
            "covered check": self.covered,
            "exempted check": tuple(each.check for each in self.exemptions),
            "entry": tuple(each.key for each in self.entries),
        }.items():
            if len(set(keys)) != len(keys):
                raise ValueError(f"a {what} stands in the ledger twice")
        return self

    @classmethod
    def of(cls, rubric: Rubric) -> Self:
        """Return the empty ledger of a capstone that is read against a rubric, packs included."""
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
        """Enter what a reading moved.

        ``covered`` are the checks it answered, moved or not: of a change none, as its silence is no answer.
        ``change`` and ``pending`` say that it read a change, and that the change is not merged yet.

        Raises:
            ValueError: a check is not one of the ledger's.
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
        """Enter citations one by one: what was said in a thread, a decision that was confirmed.

        What is there already is not entered again, and what was withdrawn stays so.

        Raises:
            ValueError: a check is not one of the ledger's.
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
        """Let a change's citations count, now that it is merged; what did not come through never counts."""

        def merged(entry: Entry) -> Entry:
            if not entry.pending or entry.change != change:
                return entry
            return _refreshed(entry.model_copy(update={"pending": False}), is_live)

        return self._with(entries=tuple(map(merged, self.entries)))

    def close(self, change: str) -> Self:
        """Forget the citations of a change that was closed without being merged."""
        return self._with(
            entries=tuple(entry for entry in self.entries if not entry.pending or entry.change != change)
        )

    def refresh(self, is_live: Callable[[Citation], bool], at: str) -> Self:
        """Look at every citation of a commit again, and note what has lost its support.

        ``is_live`` says whether a citation's text stands at the head of the default branch, the commit
        ``at``; ask only once all of that head has been read.
        """
        after = self._with(entries=tuple(_refreshed(entry, is_live) for entry in self.entries))
        return after._noting(self, "gone", at)

    def withdraw(self, check: str, citation: Citation | Statement, at: str) -> Self:
        """Take words back, or a citation that misread them: for good, wherever the same text is cited."""
        taken = {e.evidence for e in self.entries if e.check == check and e.citation == citation}
        after = self._with(
            entries=tuple(
                entry.model_copy(update={"withdrawn": entry.withdrawn or entry.evidence in taken})
                for entry in self.entries
            )
        )
        return after._noting(self, "withdrawn", at)

    def exempt(self, exemption: Exemption) -> Self:
        """Say that a check does not apply, and why."""
        others = tuple(each for each in self.exemptions if each.check != exemption.check)
        return self._with(exemptions=(*others, exemption))

    def restore(self, check: str) -> Self:
        """Say that a check applies after all."""
        return self._with(exemptions=tuple(each for each in self.exemptions if each.check != check))

    def states(self) -> dict[str, CheckState]:
        """Return every check's state, in the rubric's order."""
        grouped: dict[str, list[Entry]] = {check: [] for check in self.checks}
        for entry in self.entries:
            grouped[entry.check].append(entry)
        exempt = {each.check for each in self.exemptions}
        return {
            check: CheckState.NOT_APPLICABLE
            if check in exempt
            else _state(entries, covered=check in self.covered)
            for check, entries in grouped.items()
        }

    def drifted(self) -> dict[str, Drift]:
        """Return the latest note of each check that has not regained what it had before."""
        states = self.states()
        low = (CheckState.OPEN, CheckState.PARTLY_MET)
        return {
            note.check: note
            for note in self.drift
            if states[note.check] in low and states[note.check] is not note.before
        }

    def as_json(self) -> str:
        """Return the document, ending in a newline, with each check's state for whoever reads only that."""
        document = self.model_dump(mode="json", by_alias=True)
        return unseen_escaped(
            _JSON.dump_json({**document, "states": self.states()}, indent=2).decode() + "\n"
        )

    @classmethod
    def parse(cls, text: str | bytes) -> Self:
        """Read what ``as_json`` wrote, and nothing else.

        Raises:
            ValueError: it is no such document, or its states are not those of its entries.
        """
        document = _JSON.validate_json(text)
        states = document.pop("states", None)
        ledger = cls.model_validate_json(_JSON.dump_json(document), strict=True)
        if states != ledger.states():
            raise ValueError("states: they are not those of the entries")
        return ledger

    def _with(self, **changes: Any) -> Self:
        return self.model_validate({**dict(self), **changes})

    def _noting(self, before: "Ledger", because: Literal["gone", "withdrawn"], at: str) -> Self:
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
            and _support(self.entries, check) < _support(before.entries, check)
        )
        return self._with(drift=(*self.drift, *notes))


_JSON = TypeAdapter[dict[str, Any]](dict[str, Any])


def counts(states: Mapping[str, CheckState]) -> dict[CheckState, int]:
    """Count the checks in each state, every state named."""
    found = list(states.values())
    return {state: found.count(state) for state in CheckState}


def _state(entries: Iterable[Entry], *, covered: bool) -> CheckState:
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


def _support(entries: Iterable[Entry], check: str) -> int:
    """Return 2 for a whole live support, 1 for a partial one, 0 for none."""
    live = [e for e in entries if e.check == check and e.live and e.direction == "supports"]
    return max((1 if entry.partial else 2 for entry in live), default=0)


def _refreshed(entry: Entry, is_live: Callable[[Citation], bool]) -> Entry:
    citation = entry.citation
    if not isinstance(citation, Citation) or not entry.in_tree or entry.pending:
        return entry
    return entry.model_copy(update={"stands": citation.side == "head" and is_live(citation)})
