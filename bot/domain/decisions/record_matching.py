"""Finding the decision that a file in the capstone records."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence

from bot.domain.articulation.slots import SlotTexts
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
    for file in ordered:
        if file.path in matched:
            continue
        free = [one for one in public if one.id not in taken and (one.path is None or one.path not in paths)]
        if found := _find_similar(file, free):
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
    titles = _share(_words(file.title), _words(decision.title))
    return max(titles, _share(_all_words(file.texts), _all_words(decision.texts))) >= _SOME_WORDS


def _find_similar(file: RecordFile, decisions: Iterable[Decision]) -> Decision | None:
    """Return the decision that is most like a file, if one is enough like it. A draft is nobody's yet."""
    scored = [
        (words, decision.number, decision)
        for decision in decisions
        if decision.state is DecisionState.CONFIRMED and (words := _likeness(file, decision))
    ]
    return max(scored, default=(0, 0, None), key=lambda entry: entry[:2])[2]


def _likeness(file: RecordFile, decision: Decision) -> float:
    """Return how much of the words two records share, or 0 if they are about different things."""
    titles = _share(_words(file.title), _words(decision.title))
    words = _share(_all_words(file.texts), _all_words(decision.texts))
    same_title = file.title.casefold() == decision.title.casefold() and words >= _ENOUGH_WORDS
    return words if same_title or (titles >= _SAME_TITLE and words >= _SAME_WORDS) else 0.0


def _all_words(texts: SlotTexts) -> frozenset[str]:
    return _words(" ".join(texts.values()))


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.casefold())[:_MOST_WORDS])


def _share(first: frozenset[str], second: frozenset[str]) -> float:
    """Return how many of the words of both are in each, from 0 to 1."""
    return len(first & second) / len(first | second) if first and second else 0.0
