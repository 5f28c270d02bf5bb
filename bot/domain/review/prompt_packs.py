"""Choose which of the packs in use a model needs to see for one change.

A repository's dependency files name every technology that it uses, but a change seldom touches all of them.
The model sees a pack's checks if

- a changed file, on either side, imports the pack's technology or is one of its files, or code that is shown
  beside the change does, such as a caller,
- one of the pack's signals matched, or
- a changed line or the author's words name it.

If this chooses none, but the change speaks of models in general, the model sees all packs in use, as long as
there are few. Of many, it sees those with a check whose id has a word of the change, such as "guardrail".
"""

import re
from collections.abc import Iterable, Iterator, Sequence, Set

from bot.domain.review.citations import SourceText
from bot.domain.review.context.changed_files import ReadableFile
from bot.domain.review.dependency_files import is_manifest, why_too_deep_to_parse
from bot.domain.review.diff import LineKind
from bot.domain.review.stack_detection import StackDetector
from bot.domain.rubrics.rubric import Pack

FEW = 2
_LEAST_LETTERS = 6  # shorter words of ids, such as "token", are in most changes
_GENERAL = re.compile(
    r"model|prompt|llm|agent|token|temperature|embedding|completion|guardrail", re.IGNORECASE
)
# Not at the start of a sentence, and not only capitals, as in API.
_PROPER_NOUN = re.compile(r"(?<=[a-z,;] )[A-Z][A-Za-z]*[a-z][A-Za-z]*")
_OTHER = re.compile(r"[^a-z0-9]+")


def choose_packs(
    packs: Sequence[Pack],
    files: Sequence[ReadableFile],
    nearby: Iterable[SourceText],
    words: Iterable[str],
    matched: Set[str],
) -> list[Pack]:
    """Return the packs in use that a change may touch.

    ``nearby`` are the texts of which parts are shown beside the change; ``matched`` are the ids of the packs
    with a hit.
    """
    text = "\n".join([*_changed_lines(files), *words])
    normal = _normalise(text)
    traced = set(matched) | _find_stacks(packs, [*_list_sides(files), *nearby])
    chosen = [pack for pack in packs if pack.id in traced or _is_named(pack, normal)]
    if chosen or not _GENERAL.search(text):
        return chosen
    return [pack for pack in packs if len(packs) <= FEW or _has_topic(pack, normal)]


def _changed_lines(files: Iterable[ReadableFile]) -> Iterator[str]:
    for readable in files:
        if not readable.file.hunks and readable.head:
            yield readable.head.content
        for hunk in readable.file.hunks:
            for line in hunk.lines:
                if line.kind is not LineKind.CONTEXT:
                    yield line.text.decode("utf-8", "replace")


def _list_sides(files: Iterable[ReadableFile]) -> Iterator[SourceText]:
    for readable in files:
        yield from (text for text in (readable.head, readable.base) if text)


def _find_stacks(packs: Sequence[Pack], texts: Iterable[SourceText]) -> set[str]:
    """Return the packs whose technology the texts use. A dependency file doesn't use what it names."""
    detector = StackDetector(packs)
    return {
        trace.stack
        for text in texts
        if not is_manifest(text.path) and not why_too_deep_to_parse(text.path, text.content)
        for trace in detector.find_traces(text.path, text.content)
    }


def _is_named(pack: Pack, text: str) -> bool:
    names = (_normalise(name) for name in _list_names(pack))
    return any(f" {name.strip()} " in text for name in names if name.strip())


def _list_names(pack: Pack) -> Iterator[str]:
    """Yield the names of a pack's technology, its packages and what the pack's own texts call it."""
    detect = pack.detect
    yield from (*detect.contains, *detect.infrastructure)
    yield from (
        name for table in (detect.imports, detect.dependencies) for names in table.values() for name in names
    )
    capitals = [word for word in pack.title.split() if word[0].isupper()]
    # The capital of "Open models" is only that of a sentence.
    yield from capitals if len(capitals) > 1 or capitals == [pack.title] else [pack.title]
    for added in pack.criteria.values():
        for text in (*(check.ask for check in added.checks), *(anti.text for anti in added.anti_patterns)):
            yield from _PROPER_NOUN.findall(text)


def _has_topic(pack: Pack, text: str) -> bool:
    """Return whether a text has a word of the id of one of a pack's checks, or its plural."""
    ids = [check.id.partition(".")[2] for added in pack.criteria.values() for check in added.checks]
    topics = {word for name in ids for word in name.split("-") if len(word) >= _LEAST_LETTERS}
    return any(f" {topic} " in text or f" {topic}s " in text for topic in topics)


def _normalise(text: str) -> str:
    """Return the words of a text in lower case, each between two spaces."""
    return f" {_OTHER.sub(' ', text.lower())} "
