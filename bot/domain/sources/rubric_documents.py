"""What everybody may read of a rubric and its packs, as documents.

As in `/sensei explain`, no check names its level, and nothing is said about how a level is drafted. A
cohort's anchors stay out too: they summarise rulings.
"""

from collections.abc import Iterator

from bot.domain.rubrics.overlays import with_packs
from bot.domain.rubrics.rubric import AntiPattern, Check, Criterion, Library, Rubric
from bot.domain.sources.documents import Document, Passage


def list_rubric_documents(library: Library) -> Iterator[Document]:
    """Yield a document for each criterion, check and source, and one for the levels."""
    yield _describe_levels(library.rubric)
    for criterion in with_packs(library.rubric, library.packs).criteria:
        yield _describe_criterion(criterion, library.rubric.gate_level)
        for check in criterion.checks:
            against = [pattern for pattern in criterion.anti_patterns if pattern.check == check.id]
            yield _describe_check(criterion, check, against)
    yield from _list_references(library)


def _describe_levels(rubric: Rubric) -> Document:
    levels = (
        f"{level.level}, {level.name}: {level.means}" if level.means else f"{level.level}, {level.name}"
        for level in rubric.scale
    )
    text = (
        "A sensei gives a level for each criterion. A level says what the capstone shows today, not how good "
        "a person is. Sensei never gives one.\n\n" + "\n".join(f"- {level}" for level in levels)
    )
    gates = ", ".join(criterion.title for criterion in rubric.criteria if criterion.gate)
    gate = (
        f"A gate is a criterion in which every capstone must reach level {rubric.gate_level}. "
        f"The gates are: {gates or 'none'}."
    )
    milestones = f"The milestones are: {', '.join(rubric.milestones)}."
    return Document(
        "levels",
        "The levels and gates of the rubric",
        (Passage(("Levels",), text), Passage(("Gates",), gate), Passage(("Milestones",), milestones)),
    )


def _describe_criterion(criterion: Criterion, gate_level: int) -> Document:
    gate = f"It is a gate: every capstone must reach level {gate_level} in it." if criterion.gate else ""
    attributes = f"It is about {', '.join(criterion.quality_attributes)}."
    names = f"Its checks are {', '.join(check.id for check in criterion.checks)}."
    text = "\n\n".join(filter(None, (criterion.intent, attributes, gate, names)))
    return Document(f"criterion:{criterion.id}", criterion.title, (Passage(("The criterion",), text),))


def _describe_check(criterion: Criterion, check: Check, against: list[AntiPattern]) -> Document:
    lines = [
        f"It asks: {check.ask}",
        f"A question to start with: {check.probe}",
        f"Why: {criterion.intent}",
    ]
    if check.scope == "capstone":
        lines.append("It's about the whole capstone; no single change can settle it.")
    if against:
        lines.append("What counts against it:\n" + "\n".join(f"- {pattern.text}" for pattern in against))
    passage = Passage((f"The check {check.id}",), "\n\n".join(lines))
    return Document(f"check:{check.id}", criterion.title, (passage,))


def _list_references(library: Library) -> Iterator[Document]:
    """Yield what the packs recommend reading, each address once."""
    known: set[str] = set()
    for pack in library.packs:
        for source in pack.sources:
            if source.url not in known:
                known.add(source.url)
                passage = Passage((pack.title,), f"It explains {source.settles}", source.url)
                yield Document(f"source:{source.url}", source.title, (passage,))
