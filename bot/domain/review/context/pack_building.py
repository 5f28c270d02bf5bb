"""Build the packs of a change: choose what to show, and split the files if one pack is not enough."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from bot.domain.review import paths
from bot.domain.review.citations import SourceText
from bot.domain.review.context.blocks import Block, RepeatedHunks, estimate_tokens, file_block, text_block
from bot.domain.review.context.changed_files import ChangedFile, Detail, Fingerprint, ReadableFile
from bot.domain.review.context.display import LONGEST_PROSE_LINE, DisplayedText, display_name
from bot.domain.review.context.nearby import ATTRIBUTES, NearbyKind, NearbyText
from bot.domain.review.context.packs import ContextPack, CutPart, NearbyDisplay, PackDraft, SharedBlocks
from bot.domain.review.file_selection import reading_rank
from bot.domain.review.question_selection import QuotedHit
from bot.domain.secrets.detection import Redactor

LEAST_BUDGET = 2000  # tokens; enough even for the longest names
WORDS_SHARE = 4  # the author's words may take a quarter of a budget
_LISTED = estimate_tokens(
    ":1,000,000; "
)  # tokens of a repeated hunk's entry in another file's list, besides its name


@dataclass(frozen=True, slots=True)
class ChangeText:
    """The author's words about a change, named ``title``, ``body`` or ``commit message 1a2b3c4``."""

    name: str
    text: str


def build_packs(  # noqa: PLR0913, PLR0917 - five kinds of content, the redactor and the budget
    files: Sequence[ReadableFile],
    words: Sequence[ChangeText],
    nearby: Sequence[NearbyText],
    marks: Sequence[QuotedHit],
    redactor: Redactor,
    budget: int,
    notes: Sequence[CutPart] = (),
) -> tuple[ContextPack, ...]:
    """Build one or more packs of at most ``budget`` estimated tokens each, split by folder.

    To fit everything into one pack, this cuts the surroundings of changes, then nearby texts, then unchanged
    lines. If there are several packs, each contains the author's words and the history, and each file and
    other nearby text is in one of them. The redactor learns the secrets in words and paths here. It must
    already know those in the texts. ``notes`` goes into the manifests.

    Raises:
        ValueError: the budget is below ``LEAST_BUDGET``.
    """
    if budget < LEAST_BUDGET:
        raise ValueError(f"a budget of {budget} tokens is below {LEAST_BUDGET}")
    clean_words = [ChangeText(text.name, text.text.encode("utf-8", "replace").decode()) for text in words]
    for text in (*(text.text for text in clean_words), *_names_to_learn(files, words)):
        redactor.learn(text)
    by_path: dict[str, list[QuotedHit]] = defaultdict(list)
    for hit in marks:
        by_path[hit.citation.path].append(hit)
    head = _head_commit(files, nearby)
    word_blocks = tuple(_make_word_blocks(clean_words, head, redactor, budget // WORDS_SHARE))
    changed_files = [ChangedFile(file, redactor) for file in files]
    displays = _display_nearby(nearby, changed_files, redactor)
    ordered_files = sorted(changed_files, key=lambda file: _file_rank(file, by_path))
    shared = SharedBlocks(word_blocks, by_path, budget, tuple(notes))
    return tuple(_make_packs(shared, ordered_files, displays))


def _names_to_learn(files: Iterable[ReadableFile], words: Iterable[ChangeText]) -> Iterator[str]:
    yield from (name for file in files for name in (file.file.path, file.file.old_path))
    yield from (text.name for text in words)


def _head_commit(files: Iterable[ReadableFile], nearby: Iterable[NearbyText]) -> str:
    """Return the head commit, or the empty string if no text is from the head."""
    texts = (*(file.head for file in files), *(nearby_text.text for nearby_text in nearby))
    return next((text.commit for text in texts if text and text.side == "head"), "")


def _make_word_blocks(
    words: Iterable[ChangeText], head: str, redactor: Redactor, room: int
) -> Iterator[tuple[str, Block | None]]:
    for change_text in words:
        if not change_text.text:
            continue
        text = SourceText.of(change_text.name, head, "head", change_text.text, [])
        names = (display_name(change_text.name, redactor), change_text.name)
        display = DisplayedText.of(names, "text", text, redactor, LONGEST_PROSE_LINE)
        block = text_block("words", "name", display, room, numbered=False)
        room -= block.tokens if block else 0
        yield names[0], block


def _display_nearby(
    nearby: Iterable[NearbyText], files: Iterable[ChangedFile], redactor: Redactor
) -> list[NearbyDisplay]:
    """Convert nearby texts. Each path has one display, even a changed file's, so quotes stay unique."""
    displays = {file.file.path: file.head for file in files}
    shown = []
    for text in nearby:
        path = text.text.path
        if text.kind is NearbyKind.HISTORY:
            display: DisplayedText | None = _display_history(text, redactor)
        elif path in displays:
            display = displays[path]
        else:
            names = (display_name(path, redactor), path, paths.display_path(path))
            display = displays[path] = DisplayedText.of(names, "commit", text.text, redactor)
        if display is not None and display.count:
            shown.append(NearbyDisplay(text, display, _open_tag(text, display, redactor)))
    return shown


def _display_history(text: NearbyText, redactor: Redactor) -> DisplayedText:
    redactor.learn(text.text.content)
    return DisplayedText.of((text.text.path,), "text", text.text, redactor)


def _open_tag(text: NearbyText, display: DisplayedText, redactor: Redactor) -> str:
    if text.kind is NearbyKind.HISTORY:
        return f"<{text.kind.value}>"
    names = ", ".join(display_name(name, redactor) for name in text.names)
    attribute = ATTRIBUTES.get(text.kind)
    listed = f' {attribute}="{names}"' if attribute and names else ""
    return f'<{text.kind.value} path="{display.names[0]}"{listed}>'


def _file_rank(file: ChangedFile, marks: "dict[str, list[QuotedHit]]") -> tuple[bool, int, str]:
    """Return the sort key of a file: files with marks first, then by reading rank, then by path."""
    return paths.display_path(file.file.path) not in marks, reading_rank(file.file.path), file.file.path


def _make_packs(
    shared: SharedBlocks, files: Sequence[ChangedFile], nearby: Sequence[NearbyDisplay]
) -> Iterator[ContextPack]:
    draft = PackDraft(shared, files, nearby)
    if draft.shrink_to_fit():
        yield draft.build()
        return
    groups = list(_group_files(files, shared.room))
    for group, group_nearby in zip(groups, _assign_nearby(nearby, groups), strict=True):
        yield from _pack_group(shared, group, group_nearby)


def _pack_group(
    shared: SharedBlocks, files: Sequence[ChangedFile], nearby: Sequence[NearbyDisplay]
) -> Iterator[ContextPack]:
    draft = PackDraft(shared, files, nearby)
    if draft.shrink_to_fit():
        yield draft.build()
    elif len(files) == 1:
        draft.show_only_part()
        yield draft.build()
    else:
        middle = len(files) // 2
        halves = [files[:middle], files[middle:]]
        for half, half_nearby in zip(halves, _assign_nearby(nearby, halves), strict=True):
            yield from _pack_group(shared, half, half_nearby)


def _group_files(files: Sequence[ChangedFile], room: int) -> Iterator[list[ChangedFile]]:
    """Yield groups of files that probably fit into a pack. Folders are split only if necessary."""
    folders: dict[str, list[ChangedFile]] = defaultdict(list)
    for file in files:
        folders[file.file.path.rpartition("/")[0]].append(file)
    group, room_left, seen_hunks = list[ChangedFile](), room, set[Fingerprint]()
    for folder in folders.values():
        folder_cost = sum(_estimate_cost(file, seen_hunks) for file in folder)
        for position, file in enumerate(folder):
            cost = _estimate_cost(file, seen_hunks)
            if group and (cost > room_left or (position == 0 and room_left < folder_cost <= room)):
                yield group
                group, room_left, seen_hunks = [], room, set()
                cost = _estimate_cost(file, seen_hunks)
            group.append(file)
            room_left -= cost
            seen_hunks.update(file.fingerprints)
    yield group


def _estimate_cost(file: ChangedFile, seen_hunks: set[Fingerprint]) -> int:
    """Estimate the tokens of a file in a pack that already shows some hunks."""
    if file.fingerprints and seen_hunks.issuperset(file.fingerprints):
        return len(file.fingerprints) * (estimate_tokens(file.name) + _LISTED)
    block = file_block(file, Detail.HUNKS, RepeatedHunks.of([file]))
    return block.tokens if block else 0


def _assign_nearby(
    nearby: Iterable[NearbyDisplay], groups: Sequence[Sequence[ChangedFile]]
) -> list[list[NearbyDisplay]]:
    """Assign each text to the group with the file that it is about, or the nearest one; history to all."""
    by_group: list[list[NearbyDisplay]] = [[] for _ in groups]
    for text in nearby:
        if text.nearby.kind is NearbyKind.HISTORY:
            for group_nearby in by_group:
                group_nearby.append(text)
            continue
        path = text.nearby.about or text.nearby.text.path
        closest = [max(_common_prefix_length(path, file.file.path) for file in group) for group in groups]
        by_group[closest.index(max(closest))].append(text)
    return by_group


def _common_prefix_length(path: str, other: str) -> int:
    """Return the length of the common beginning of two paths."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(path, other, strict=False)))
