"""A pack: the data section of one request to a model, and its manifest."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.domain.review.context.blocks import (
    Block,
    RepeatedHunks,
    estimate_tokens,
    excerpt_block,
    file_block,
    marks_block,
)
from bot.domain.review.context.changed_files import ChangedFile, Detail
from bot.domain.review.context.display import DisplayedText, ShownLines
from bot.domain.review.context.nearby import SHARES, NearbyKind, NearbyText, join_lines
from bot.domain.review.question_selection import QuotedHit

MARKS_SHARE = 16  # divisor of a budget
_OPEN, _CLOSE = '<change id="{}">\n', '</change id="{}">'
WRAPPER = estimate_tokens(_OPEN.format("0" * 16)) + estimate_tokens(_CLOSE.format("0" * 16))

_DETAILS = {
    Detail.SURROUNDED: "hunks with what is around them",
    Detail.HUNKS: "hunks",
    Detail.CHANGED: "changed lines",
}


@dataclass(frozen=True, slots=True)
class IncludedPart:
    """A file or text that was shown. ``detail`` says how much of it was shown; ``tokens`` is an estimate."""

    name: str
    detail: str
    tokens: int


@dataclass(frozen=True, slots=True)
class CutPart:
    """A file or text that was not shown in full, or not at all, and the reason."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """The content of a pack, in order, and what was cut. ``tokens`` is the estimate for the whole pack."""

    tokens: int
    included: tuple[IncludedPart, ...]
    cut: tuple[CutPart, ...]


@dataclass(frozen=True, slots=True)
class ContextPack:
    """The complete data section of one request, with its delimiters, and the lines that it shows."""

    user: str
    shown: tuple[ShownLines, ...]
    manifest: Manifest


@dataclass(frozen=True, slots=True)
class SharedBlocks:
    """Data shared by all packs: the author's words, the marks by path, and the budget in estimated tokens.

    ``notes`` names texts that could not be read.
    """

    words: tuple[tuple[str, Block | None], ...]
    marks: Mapping[str, Sequence[QuotedHit]]
    budget: int
    notes: tuple[CutPart, ...] = ()

    @property
    def room(self) -> int:
        """The number of tokens left for files and neighbours."""
        return (
            self.budget - WRAPPER - self.budget // MARKS_SHARE - _sum_tokens(block for _, block in self.words)
        )


@dataclass(frozen=True, slots=True)
class NearbyDisplay:
    """A nearby text in the form shown to a model, with its opening tag."""

    nearby: NearbyText
    display: DisplayedText
    opening: str

    @property
    def label(self) -> str:
        """The text's name in the manifest. A changed file can be shown twice, so its kind is part of it."""
        name, kind = self.display.names[0], self.nearby.kind
        return name if kind is NearbyKind.HISTORY else f"{kind.value} {name}"


class PackDraft:
    """A pack under construction. It starts with everything, and is reduced until it fits."""

    def __init__(
        self, shared: SharedBlocks, files: Sequence[ChangedFile], nearby: Sequence[NearbyDisplay]
    ) -> None:
        self._shared = shared
        self._files = files
        self._repeats = RepeatedHunks.of(files)
        self._details = [Detail.SURROUNDED] * len(files)
        self._blocks = [file_block(file, Detail.SURROUNDED, self._repeats) for file in files]
        self._tokens = _sum_tokens(self._blocks)
        self._nearby = [(text, block) for kind in SHARES for text, block in self._kind_blocks(kind, nearby)]
        self._tokens += _sum_tokens(block for _, block in self._nearby)

    def shrink_to_fit(self) -> bool:
        """Cut as much as necessary, starting with what is needed least. Return whether the files then fit."""
        self._reduce_detail(Detail.HUNKS)
        if self._tokens > self._shared.room:
            files = _sum_tokens(self._blocks)
            self._drop_nearby(max(0, self._shared.room - files))
            self._tokens = files + _sum_tokens(block for _, block in self._nearby)
        self._reduce_detail(Detail.CHANGED)
        return self._tokens <= self._shared.room

    def show_only_part(self) -> None:
        """Cut the pack's only file to fit. What it removed gives way first."""
        self._files[0].shorten_removed_runs()
        self._blocks = [file_block(self._files[0], Detail.CHANGED, self._repeats, self._shared.room)]

    def build(self) -> ContextPack:
        """Return the finished pack."""
        history = [(text.label, block) for text, block in self._nearby if _is_history(text)]
        others = [(text.label, block) for text, block in self._nearby if not _is_history(text)]
        named = [*self._shared.words, *history, *self._named_files(), *others]
        limit = self._shared.budget // MARKS_SHARE
        named.append(("marks", marks_block(self._shared.marks, self._files, limit)))
        blocks = [block for _, block in named if block]
        inner = "".join(f"{block.text}\n" for block in blocks)
        nonce = hashlib.sha256(inner.encode()).hexdigest()[:16]
        user = f"{_OPEN.format(nonce)}{inner}{_CLOSE.format(nonce)}"
        manifest = Manifest(estimate_tokens(user), tuple(self._list_included()), tuple(self._list_cut(named)))
        return ContextPack(user, tuple(part for block in blocks for part in block.shown), manifest)

    def _kind_blocks(
        self, kind: NearbyKind, nearby: Sequence[NearbyDisplay]
    ) -> Iterator[tuple[NearbyDisplay, Block | None]]:
        """Yield the texts of one kind, each with its block or None if the kind's share is used up."""
        most, divisor = SHARES[kind]
        room = min(most, self._shared.budget // divisor)
        for text in nearby:
            if text.nearby.kind is not kind:
                continue
            hidden = self._shown_lines(text.nearby.text.path)
            if text.nearby.keys and hidden.issuperset(text.nearby.keys):
                continue
            lines = join_lines(text.nearby.lines, text.display.count, hidden)
            block = excerpt_block(text.opening, text.display, lines, room, numbered=not _is_history(text))
            room -= block.tokens if block else 0
            yield text, block

    def _shown_lines(self, path: str) -> frozenset[int]:
        """Return the lines of a file's new side that its own block shows at most."""
        rows = (
            row
            for file in self._files
            if file.file.path == path
            for row in file.rows(Detail.SURROUNDED, frozenset())
        )
        return frozenset(row.new for row in rows if row.new is not None)

    def _drop_nearby(self, room: int) -> None:
        """Keep the first nearby texts that fit into a given number of tokens."""
        kept = []
        for text, block in self._nearby:
            room -= block.tokens if block else 0
            kept.append((text, block if room >= 0 else None))
        self._nearby = kept

    def _reduce_detail(self, detail: Detail) -> None:
        """Reduce the detail of files, starting with the last one, until everything fits."""
        for number in range(len(self._files) - 1, -1, -1):
            if self._tokens <= self._shared.room:
                return
            self._tokens -= _sum_tokens([self._blocks[number]])
            self._details[number] = detail
            self._blocks[number] = file_block(self._files[number], detail, self._repeats)
            self._tokens += _sum_tokens([self._blocks[number]])

    def _named_files(self) -> list[tuple[str, Block | None]]:
        return [(file.name, block) for file, block in zip(self._files, self._blocks, strict=True)]

    def _list_included(self) -> Iterator[IncludedPart]:
        for name, block in self._shared.words:
            if block:
                yield IncludedPart(name, block.cut or "all", block.tokens)
        for file, detail, block in zip(self._files, self._details, self._blocks, strict=True):
            if block is None:
                yield IncludedPart(file.name, "its changes are listed beside the same ones in other files", 0)
            else:
                shown = "whole file" if file.whole else _DETAILS[detail]
                yield IncludedPart(file.name, "in part" if block.cut else shown, block.tokens)
        for text, block in self._nearby:
            if block:
                yield IncludedPart(text.label, block.cut or "in excerpts", block.tokens)

    def _list_cut(self, named: Sequence[tuple[str, Block | None]]) -> Iterator[CutPart]:
        files = {file.name for file in self._files}
        for name, block in named:
            if block is None and name not in files and name != "marks":
                yield CutPart(name, "not shown: over the budget")
            elif block and block.cut:
                yield CutPart(name, block.cut)
        for file, detail in zip(self._files, self._details, strict=True):
            if detail < Detail.SURROUNDED and not file.whole:
                yield CutPart(file.name, f"only its {_DETAILS[detail]}: over the budget")
        yield from self._shared.notes


def _is_history(text: NearbyDisplay) -> bool:
    return text.nearby.kind is NearbyKind.HISTORY


def _sum_tokens(blocks: "Iterator[Block | None] | Sequence[Block | None]") -> int:
    return sum(block.tokens for block in blocks if block)
