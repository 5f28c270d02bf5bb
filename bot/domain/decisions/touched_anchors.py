"""Find the decisions whose lines a change alters or removes.

Lines are compared by content, so code that is moved, renamed or reformatted is not touched: its text is on
both sides of the change equally often. A decision about lines that were taken out is touched when they come
back.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from bot.domain.decisions.anchor_patterns import CodePattern, make_patterns, prepare_code
from bot.domain.decisions.drift import ComparedDecision, DriftFinding, cite_anchor, make_fingerprint
from bot.domain.decisions.records import CodeAnchor
from bot.domain.review.citations import MOST_CHARACTERS
from bot.domain.review.diff import FileDiff, FileStatus, Hunk, HunkLine, LineKind
from bot.domain.review.paths import display_path
from bot.domain.review.report import Citation

Side = Literal["head", "base"]
_MOST_COMPARED = 300  # lines of which the most similar one is chosen: each comparison takes a while
_OTHER_SIDE: dict[Side, Side] = {"head": "base", "base": "head"}


@dataclass(frozen=True, slots=True)
class ChangeSides:
    """The commits of a change. ``paths`` are the files that its head has."""

    base: str
    head: str
    paths: Collection[str]


@dataclass(frozen=True, slots=True)
class _Side:
    """One side of a hunk: its lines, their prepared text, and where each line starts in that."""

    file: FileDiff
    hunk: Hunk
    lines: tuple[HunkLine, ...]
    starts: tuple[int, ...]
    text: str
    bare: str

    def lines_of(self, start: int, end: int) -> Iterator[HunkLine]:
        """Yield the lines that a span of the text covers."""
        ends = (*self.starts[1:], len(self.text) + 1)
        for line, begin, stop in zip(self.lines, self.starts, ends, strict=True):
            if begin < end and start < stop - 1:
                yield line


class ChangedCode:
    """The changed code of a change, searched for the lines that decisions are about."""

    def __init__(self, files: Sequence[FileDiff], sides: ChangeSides) -> None:
        self._files = files
        self._sides = sides
        self._paths = {display_path(path) for file in files for path in (file.old_path, file.path)}
        hunks = [(file, hunk) for file in files for hunk in file.hunks]
        self._by_side: dict[Side, list[_Side]] = {
            "base": [_make_side(file, hunk, LineKind.ADDED) for file, hunk in hunks],
            "head": [_make_side(file, hunk, LineKind.REMOVED) for file, hunk in hunks],
        }
        self._bare = {side: "\0".join(one.bare for one in ones) for side, ones in self._by_side.items()}

    def find_touched(
        self, decisions: Iterable[ComparedDecision], stood: Collection[str] = ()
    ) -> list[DriftFinding]:
        """Return a finding for each decision of which the change touches a line.

        ``stood`` are the quotes found whole in the changed files. Single lines of theirs, such as
        ``return None``, may be in other places too; a change there doesn't touch them.
        """
        return [finding for decision in decisions if (finding := self._compare(decision, stood))]

    def find_vanished(
        self, decisions: Iterable[ComparedDecision], stood: Collection[str], unread: Collection[str]
    ) -> list[DriftFinding]:
        """Return findings for lines that only this change had, and that its newest commits took out.

        ``stood`` are the quotes found in the changed files. Nothing is known about ``unread`` files.
        """
        return [
            finding
            for decision in decisions
            if decision.here
            for anchor in decision.anchors
            if anchor.quote not in stood and anchor.path not in unread and anchor.side == "head"
            if (finding := self._cite_replacement(decision, anchor))
        ]

    def _compare(self, decision: ComparedDecision, stood: Collection[str]) -> DriftFinding | None:
        for anchor in decision.anchors:
            touched = list(self._find_lines(anchor, stands=anchor.side == "head" and anchor.quote in stood))
            if touched:
                side, first = touched[0][0], touched[0][1]
                lines = [line for hit, line in touched if hit is side]
                removed = anchor.side == "head"
                citation = self._cite(side, lines or [first], removed=removed)
                texts = [_decode(line) for _, line in touched]
                return DriftFinding(decision.id, make_fingerprint(decision.id, texts), citation)
            if self._is_deleted_unseen(anchor):
                fingerprint = make_fingerprint(decision.id, [anchor.quote])
                return DriftFinding(decision.id, fingerprint, cite_anchor(anchor))
        return None

    def _find_lines(self, anchor: CodeAnchor, *, stands: bool) -> Iterator[tuple[_Side, HunkLine]]:
        """Yield an anchor's lines that the change took out (or brought back), each once."""
        here: Side = "base" if anchor.side == "head" else "head"
        kind = LineKind.REMOVED if here == "base" else LineKind.ADDED
        holding = [side for side in self._by_side[here] if self._may_hold(side.file, anchor)]
        patterns = make_patterns(anchor.quote) if holding else ()
        if not patterns or self._stands(patterns[0], here):
            return
        seen: set[int] = set()
        for pattern in patterns[:1] if stands else patterns:
            if self._count(pattern, here) <= self._count(pattern, _OTHER_SIDE[here]):
                continue
            for side in holding:
                for span in pattern.find(side.text, side.bare):
                    for line in side.lines_of(*span):
                        if line.kind is kind and id(line) not in seen:
                            seen.add(id(line))
                            yield side, line

    def _stands(self, whole: CodePattern, here: Side) -> bool:
        return self._count(whole, _OTHER_SIDE[here]) >= max(1, self._count(whole, here))

    def _count(self, pattern: CodePattern, side: Side) -> int:
        if not pattern.occurs_in(self._bare[side]):
            return 0
        return sum(1 for one in self._by_side[side] for _ in pattern.find(one.text, one.bare))

    def _may_hold(self, file: FileDiff, anchor: CodeAnchor) -> bool:
        """Say whether a file is the anchor's: by its path or, if no file has that path any more, any file."""
        if anchor.path in {display_path(file.old_path), display_path(file.path)}:
            return True
        return anchor.path not in self._paths and anchor.path not in self._sides.paths

    def _is_deleted_unseen(self, anchor: CodeAnchor) -> bool:
        """Say whether the anchor's file is deleted and git shows no lines of it."""
        return anchor.side == "head" and any(
            file.status is FileStatus.DELETED
            and not file.hunks
            and display_path(file.old_path) == anchor.path
            for file in self._files
        )

    def _cite(self, side: _Side, lines: Sequence[HunkLine], *, removed: bool) -> Citation:
        """Cite the line that replaces the lines, or else the lines themselves."""
        if removed and (line := _find_replacement(side.hunk, lines)):
            return self._cite_lines(side.file, [line], "head")
        return self._cite_lines(side.file, lines, "base" if removed else "head")

    def _cite_replacement(self, decision: ComparedDecision, anchor: CodeAnchor) -> DriftFinding | None:
        for file in self._files:
            added = list(file.added_lines())
            if display_path(file.path) == anchor.path and added:
                line = _most_similar(added, anchor.quote)
                fingerprint = make_fingerprint(decision.id, [anchor.quote])
                return DriftFinding(decision.id, fingerprint, self._cite_lines(file, [line], "head"))
        return None

    def _cite_lines(self, file: FileDiff, lines: Sequence[HunkLine], side: Side) -> Citation:
        number = _number(lines[0], side)
        run = [line for offset, line in enumerate(lines) if _number(line, side) == number + offset]
        return Citation(
            source="commit",
            path=display_path(file.path if side == "head" else file.old_path),
            commit=self._sides.head if side == "head" else self._sides.base,
            side=side,
            line_start=number,
            line_end=number + len(run) - 1,
            quote="\n".join(map(_decode, run)).strip()[:MOST_CHARACTERS],
            redacted=False,
        )


def _make_side(file: FileDiff, hunk: Hunk, left_out: LineKind) -> _Side:
    lines = tuple(line for line in hunk.lines if line.kind is not left_out)
    # Each line is prepared with the next ones in view, so that a comma before a bracket goes across lines.
    prepared = prepare_code("\n".join(map(_decode, lines)))
    starts, position = [], 0
    for text in prepared.split("\n"):
        starts.append(position)
        position += len(text) + 1
    return _Side(file, hunk, lines, tuple(starts[: len(lines)]), prepared, "".join(prepared.split()))


def _find_replacement(hunk: Hunk, lines: Sequence[HunkLine]) -> HunkLine | None:
    """Return the added line after the given removed lines, in the same run, that is most like them."""
    last = max(index for index, line in enumerate(hunk.lines) if any(line is other for other in lines))
    run: list[HunkLine] = []
    for line in hunk.lines[last + 1 :]:
        if line.kind is LineKind.CONTEXT:
            break
        if line.kind is LineKind.ADDED and line.text.strip():
            run.append(line)
    return _most_similar(run, "\n".join(map(_decode, lines))) if run else None


def _most_similar(lines: Sequence[HunkLine], text: str) -> HunkLine:
    return max(
        lines[:_MOST_COMPARED],
        key=lambda line: SequenceMatcher(None, _decode(line)[:200], text[:400]).ratio(),
    )


def _number(line: HunkLine, side: Side) -> int:
    return (line.new if side == "head" else line.old) or 1


def _decode(line: HunkLine) -> str:
    return line.text.decode("utf-8", "replace").replace("\r", "")
