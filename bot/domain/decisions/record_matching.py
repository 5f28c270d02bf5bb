"""Finding the decision that a file in the capstone records."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.domain.decisions.record_files import RecordFile
from bot.domain.decisions.records import Decision, DecisionState

_WORD = re.compile(r"\w{3,}")
_MOST_WORDS = 2000
_SAME_TITLE, _SAME_WORDS = 0.6, 0.5
_ENOUGH_WORDS = 0.25
"""Words that two records with the same title must share: titles such as "Use a queue" come twice."""
_SOME_WORDS = 0.1
"""Words that a file with a decision's marker must share with it, or with its title."""


def match_records(
    files: Sequence[RecordFile], decisions: Iterable[Decision], paths: Collection[str]
) -> Mapping[str, Decision]:
    """Return the decision of each file that records a known one, by the file's path.

    ``paths`` are all records of the tree. A private decision never matches, since its words must not be
    compared with those of a file that others wrote. Sensei's marker counts most, then the path, and then the
    title with the wording. A decision has at most one file; a copied marker belongs to the file that had the
    decision before, or to the first one.
    """
    public = [decision for decision in decisions if not decision.private]
    matched: dict[str, Decision] = {}
    ordered = sorted(files, key=lambda file: file.path)
    _match_exactly(ordered, public, matched)
    taken = {decision.id for decision in matched.values()}
    unmatched = [file for file in ordered if file.path not in matched]
    free = [one for one in public if one.path is None or one.path not in paths] if unmatched else []
    known = [(one, _read_words(one)) for one in free]
    for file in unmatched:
        if found := _find_similar(file, [pair for pair in known if pair[0].id not in taken]):
            matched[file.path] = found
            taken.add(found.id)
    return matched


def _match_exactly(
    files: Sequence[RecordFile], decisions: Sequence[Decision], matched: dict[str, Decision]
) -> None:
    by_path = {decision.path: decision for decision in decisions if decision.path}
    by_number = {
        decision.number: decision for decision in decisions if decision.state is not DecisionState.DRAFT
    }
    for file in files:
        if file.path in by_path:
            matched[file.path] = by_path[file.path]
    taken = {decision.id for decision in matched.values()}
    for file in files:
        marked = by_number.get(file.marker) if file.marker is not None else None
        if marked and marked.id not in taken and file.path not in matched and _is_plausible(file, marked):
            matched[file.path] = marked
            taken.add(marked.id)


def _is_plausible(file: RecordFile, decision: Decision) -> bool:
    """Return whether a marked file may be the decision's own.

    It may be a record of an earlier participant whose numbers were used again after they left.
    """
    one, other = _read_words(file), _read_words(decision)
    return max(_share(one.of_title, other.of_title), _share(one.of_parts, other.of_parts)) >= _SOME_WORDS


def _find_similar(file: RecordFile, decisions: Iterable[tuple[Decision, "_Words"]]) -> Decision | None:
    """Return the decision that is most like a file, if one is enough like it. Drafts don't count."""
    own = _read_words(file)
    scored = [
        (words, decision.number, decision)
        for decision, known in decisions
        if decision.state is DecisionState.CONFIRMED and (words := _likeness(own, known))
    ]
    return max(scored, default=(0, 0, None), key=lambda entry: entry[:2])[2]


@dataclass(frozen=True, slots=True)
class _Words:
    """The words of a record: of each, those with at least three characters."""

    title: str
    of_title: frozenset[str]
    of_parts: frozenset[str]


def _read_words(record: RecordFile | Decision) -> _Words:
    parts = _split_words(" ".join(record.texts.values()))
    return _Words(record.title.casefold(), _split_words(record.title), parts)


def _likeness(file: _Words, decision: _Words) -> float:
    """Return how much of the words two records share, or 0 if they are about different things."""
    if file.title != decision.title and _share(file.of_title, decision.of_title) < _SAME_TITLE:
        return 0.0
    words = _share(file.of_parts, decision.of_parts)
    return words if words >= (_ENOUGH_WORDS if file.title == decision.title else _SAME_WORDS) else 0.0


def _split_words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.casefold())[:_MOST_WORDS])


def _share(first: frozenset[str], second: frozenset[str]) -> float:
    """Return how many of the words of both are in each, from 0 to 1."""
    return len(first & second) / len(first | second) if first and second else 0.0
