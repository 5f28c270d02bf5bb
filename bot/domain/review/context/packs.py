"""A pack: what one request shows to a model, and a manifest of it."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.domain.review.context.blocks import Block, RepeatedHunks, file_block, marks_block, text_block, tokens
from bot.domain.review.context.changed_files import ChangedFile, Detail
from bot.domain.review.context.display import DisplayedText, ShownLines
from bot.domain.review.question_selection import QuotedHit

NEIGHBOURS_SHARE, NEIGHBOUR_SHARE, MARKS_SHARE = 4, 12, 16  # at most one part in so many of a budget
_OPEN, _CLOSE = '<change id="{}">\n', '</change id="{}">'
WRAPPER = tokens(_OPEN.format("0" * 16)) + tokens(_CLOSE.format("0" * 16))

_DETAILS = {
    Detail.SURROUNDED: "hunks with what is around them",
    Detail.HUNKS: "hunks",
    Detail.CHANGED: "changed lines",
}


@dataclass(frozen=True, slots=True)
class IncludedPart:
    """Something that was shown: ``detail`` says how much of it; ``tokens`` are estimated."""

    name: str
    detail: str
    tokens: int


@dataclass(frozen=True, slots=True)
class CutPart:
    """Something that was not shown, or not all of it, and why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What is in a pack, in its order, and what is not; ``tokens`` is the estimate for all of it."""

    tokens: int
    included: tuple[IncludedPart, ...]
    cut: tuple[CutPart, ...]


@dataclass(frozen=True, slots=True)
class ContextPack:
    """The data section of one request, complete and delimited, with the parts of texts that it shows."""

    user: str
    shown: tuple[ShownLines, ...]
    manifest: Manifest


@dataclass(frozen=True, slots=True)
class SharedBlocks:
    """What is the same for every pack: its words, the marks by path, and the budget in estimated tokens."""

    words: tuple[tuple[str, Block | None], ...]
    marks: Mapping[str, Sequence[QuotedHit]]
    budget: int

    @property
    def room(self) -> int:
        """Tokens that are left for files and neighbours."""
        return self.budget - WRAPPER - self.budget // MARKS_SHARE - _sum(block for _, block in self.words)


class PackDraft:
    """A pack in the making: everything is in it, then less and less until it fits."""

    def __init__(
        self, common: SharedBlocks, files: Sequence[ChangedFile], neighbours: Sequence[DisplayedText]
    ) -> None:
        self._common = common
        self._files = files
        self._repeats = RepeatedHunks.of(files)
        self._details = [Detail.SURROUNDED] * len(files)
        self._blocks = [file_block(file, Detail.SURROUNDED, self._repeats) for file in files]
        self._size = _sum(self._blocks)
        self._near = [(display.names[0], self._neighbour(display)) for display in neighbours]
        self._drop_neighbours(common.budget // NEIGHBOURS_SHARE)
        self._size += _sum(block for _, block in self._near)

    def fits(self) -> bool:
        """Cut what has to be cut, the least needed first; say whether the files fit then."""
        self._lower(Detail.HUNKS)
        if self._size > self._common.room:
            files = _sum(self._blocks)
            self._drop_neighbours(max(0, self._common.room - files))
            self._size = files + _sum(block for _, block in self._near)
        self._lower(Detail.CHANGED)
        return self._size <= self._common.room

    def show_a_part(self) -> None:
        """Show of the only file that this pack has as much as there is room for."""
        self._blocks = [file_block(self._files[0], Detail.CHANGED, self._repeats, self._common.room)]

    def finished(self) -> ContextPack:
        """Write the pack."""
        named = [*self._common.words, *self._named_files(), *self._near]
        most = self._common.budget // MARKS_SHARE
        named.append(("marks", marks_block(self._common.marks, self._files, most)))
        blocks = [block for _, block in named if block]
        inner = "".join(f"{block.text}\n" for block in blocks)
        nonce = hashlib.sha256(inner.encode()).hexdigest()[:16]
        user = f"{_OPEN.format(nonce)}{inner}{_CLOSE.format(nonce)}"
        manifest = Manifest(tokens(user), tuple(self._included()), tuple(self._cut(named)))
        return ContextPack(user, tuple(part for block in blocks for part in block.shown), manifest)

    def _neighbour(self, display: DisplayedText) -> Block | None:
        return text_block("neighbour", "path", display, self._common.budget // NEIGHBOUR_SHARE, numbered=True)

    def _drop_neighbours(self, room: int) -> None:
        """Keep the first neighbours that fit into so many tokens."""
        kept = []
        for name, block in self._near:
            room -= block.tokens if block else 0
            kept.append((name, block if room >= 0 else None))
        self._near = kept

    def _lower(self, detail: Detail) -> None:
        """Show less of files, the last one first, until all fits."""
        for n in range(len(self._files) - 1, -1, -1):
            if self._size <= self._common.room:
                return
            self._size -= _sum([self._blocks[n]])
            self._details[n] = detail
            self._blocks[n] = file_block(self._files[n], detail, self._repeats)
            self._size += _sum([self._blocks[n]])

    def _named_files(self) -> list[tuple[str, Block | None]]:
        return [(file.name, block) for file, block in zip(self._files, self._blocks, strict=True)]

    def _included(self) -> Iterator[IncludedPart]:
        for name, block in self._common.words:
            if block:
                yield IncludedPart(name, block.cut or "all", block.tokens)
        for file, detail, block in zip(self._files, self._details, self._blocks, strict=True):
            if block is None:
                yield IncludedPart(file.name, "its changes are listed beside the same ones in other files", 0)
            else:
                shown = "whole file" if file.whole else _DETAILS[detail]
                yield IncludedPart(file.name, "in part" if block.cut else shown, block.tokens)
        for name, block in self._near:
            if block:
                yield IncludedPart(name, block.cut or "all", block.tokens)

    def _cut(self, named: Sequence[tuple[str, Block | None]]) -> Iterator[CutPart]:
        files = {file.name for file in self._files}
        for name, block in named:
            if block is None and name not in files and name != "marks":
                yield CutPart(name, "not shown: over the budget")
            elif block and block.cut:
                yield CutPart(name, block.cut)
        for file, detail in zip(self._files, self._details, strict=True):
            if detail < Detail.SURROUNDED and not file.whole:
                yield CutPart(file.name, f"only its {_DETAILS[detail]}: over the budget")


def _sum(blocks: "Iterator[Block | None] | Sequence[Block | None]") -> int:
    return sum(block.tokens for block in blocks if block)
