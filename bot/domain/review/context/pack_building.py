"""From a change to packs: what is shown first, and which files go together if one pack does not hold them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from bot.domain.review import paths
from bot.domain.review.citations import SourceText
from bot.domain.review.context.blocks import Block, RepeatedHunks, file_block, text_block, tokens
from bot.domain.review.context.changed_files import ChangedFile, Detail, Fingerprint, ReadableFile
from bot.domain.review.context.display import LONGEST_PROSE_LINE, DisplayedText, display_names
from bot.domain.review.context.packs import ContextPack, PackDraft, SharedBlocks
from bot.domain.review.file_selection import reading_weight
from bot.domain.review.question_selection import QuotedHit
from bot.domain.secrets.detection import Redactor

LEAST_BUDGET = 2000  # tokens: the least that always holds the longest names
WORDS_SHARE = 4  # words take at most one part in so many of a budget
_LISTED = tokens(":1,000,000; ")  # a repeated hunk in another file's list, beside the name


@dataclass(frozen=True, slots=True)
class ChangeText:
    """Text that is not in a commit's tree: ``title``, ``body``, ``commit message 1a2b3c4``."""

    name: str
    text: str


def build_packs(  # noqa: PLR0913, PLR0917 - what there is to show, and two limits
    files: Sequence[ReadableFile],
    words: Sequence[ChangeText],
    neighbours: Sequence[SourceText],
    marks: Sequence[QuotedHit],
    redactor: Redactor,
    budget: int,
) -> tuple[ContextPack, ...]:
    """Show a change in one pack of at most ``budget`` estimated tokens, or in several by folder.

    What is cut for one pack, in this order: the surroundings of changes, neighbours, unchanged lines. Of
    several packs each holds the words; each file and each neighbour is in one of them. The redactor learns
    the secrets in words and paths; those of the texts it has to have learned already.

    Raises:
        ValueError: the budget is below ``LEAST_BUDGET``.
    """
    if budget < LEAST_BUDGET:
        raise ValueError(f"a budget of {budget} tokens is below {LEAST_BUDGET}")
    clean = [ChangeText(each.name, each.text.encode("utf-8", "replace").decode()) for each in words]
    for text in (*(each.text for each in clean), *_names(files, words)):
        redactor.learn(text)
    by_path: dict[str, list[QuotedHit]] = defaultdict(list)
    for found in marks:
        by_path[found.citation.path].append(found)
    shown = tuple(_words(clean, _head(files, neighbours), redactor, budget // WORDS_SHARE))
    changed = {one.file.path for one in files}
    beside = [_neighbour(text, redactor) for text in neighbours if text.content and text.path not in changed]
    ordered = sorted((ChangedFile(one, redactor) for one in files), key=lambda one: _rank(one, by_path))
    return tuple(_packs(SharedBlocks(shown, by_path, budget), ordered, beside))


def _names(files: Iterable[ReadableFile], words: Iterable[ChangeText]) -> Iterator[str]:
    yield from (name for one in files for name in (one.file.path, one.file.old_path))
    yield from (each.name for each in words)


def _head(files: Iterable[ReadableFile], neighbours: Iterable[SourceText]) -> str:
    """Return the head commit; empty if no text is of it."""
    texts = (*(one.head for one in files), *neighbours)
    return next((text.commit for text in texts if text and text.side == "head"), "")


def _words(
    words: Iterable[ChangeText], head: str, redactor: Redactor, room: int
) -> Iterator[tuple[str, Block | None]]:
    for each in words:
        if not each.text:
            continue
        text = SourceText.of(each.name, head, "head", each.text, [])
        names = (display_names(each.name, redactor), each.name)
        display = DisplayedText.of(names, "text", text, redactor, LONGEST_PROSE_LINE)
        block = text_block("words", "name", display, room, numbered=False)
        room -= block.tokens if block else 0
        yield names[0], block


def _neighbour(text: SourceText, redactor: Redactor) -> DisplayedText:
    names = (display_names(text.path, redactor), text.path, paths.shown(text.path))
    return DisplayedText.of(names, "commit", text, redactor)


def _rank(file: ChangedFile, marks: "dict[str, list[QuotedHit]]") -> tuple[bool, int, str]:
    """Order files by how much there is to see: those with marks first, then by weight, then by path."""
    return paths.shown(file.file.path) not in marks, reading_weight(file.file.path), file.file.path


def _packs(
    common: SharedBlocks, files: Sequence[ChangedFile], neighbours: Sequence[DisplayedText]
) -> Iterator[ContextPack]:
    whole = PackDraft(common, files, neighbours)
    if whole.fits():
        yield whole.finished()
        return
    groups = list(_groups(files, common.room))
    for group, near in zip(groups, _shared_out(neighbours, groups), strict=True):
        yield from _group(common, group, near)


def _group(
    common: SharedBlocks, files: Sequence[ChangedFile], neighbours: Sequence[DisplayedText]
) -> Iterator[ContextPack]:
    draft = PackDraft(common, files, neighbours)
    if draft.fits():
        yield draft.finished()
    elif len(files) == 1:
        draft.show_a_part()
        yield draft.finished()
    else:
        half = len(files) // 2
        yield from _group(common, files[:half], neighbours)
        yield from _group(common, files[half:], ())


def _groups(files: Sequence[ChangedFile], room: int) -> Iterator[list[ChangedFile]]:
    """Yield files that probably fit together, folder by folder; a folder is divided only if it has to be."""
    folders: dict[str, list[ChangedFile]] = defaultdict(list)
    for file in files:
        folders[file.file.path.rpartition("/")[0]].append(file)
    group, left, seen = list[ChangedFile](), room, set[Fingerprint]()
    for folder in folders.values():
        whole = sum(_cost(file, seen) for file in folder)
        for n, file in enumerate(folder):
            cost = _cost(file, seen)
            if group and (cost > left or (n == 0 and left < whole <= room)):
                yield group
                group, left, seen = [], room, set()
                cost = _cost(file, seen)
            group.append(file)
            left -= cost
            seen.update(file.fingerprints)
    yield group


def _cost(file: ChangedFile, seen: set[Fingerprint]) -> int:
    """Estimate what a file takes in a pack that shows some hunks already."""
    if file.fingerprints and seen.issuperset(file.fingerprints):
        return len(file.fingerprints) * (tokens(file.name) + _LISTED)
    block = file_block(file, Detail.HUNKS, RepeatedHunks.of([file]))
    return block.tokens if block else 0


def _shared_out(
    neighbours: Iterable[DisplayedText], groups: Sequence[Sequence[ChangedFile]]
) -> list[list[DisplayedText]]:
    """Give each neighbour to the group that has the file nearest to it."""
    near: list[list[DisplayedText]] = [[] for _ in groups]
    for display in neighbours:
        path = display.text.path
        closest = [max(_common(path, file.file.path) for file in group) for group in groups]
        near[closest.index(max(closest))].append(display)
    return near


def _common(one: str, other: str) -> int:
    """Return the number of characters that two paths begin with alike."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
