"""Reading the decision records of a whole tree, in the reading process."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.domain.decisions.record_files import FoundRecords, NamedPlace, RecordFile
from bot.domain.decisions.record_naming import is_record_path
from bot.domain.decisions.record_parsing import parse_record
from bot.domain.decisions.record_text import MOST_CHARACTERS
from bot.domain.decisions.records import CodeAnchor
from bot.domain.review.diff import FileSide
from bot.domain.review.report import Report
from bot.domain.text.storable_text import make_storable
from bot.errors import IncompleteReadingError
from bot.ports.checkout import Checkout
from bot.ports.reading import Clock
from bot.ports.reading_process import ReadingPart
from bot.workflows.review.reading_parts import ReadingParts

MOST_RECORDS = 200
"""Maximum records of a repository that are read."""
MOST_SECONDS = 3.0
_MOST_BYTES_OF_ALL = 2_000_000  # with the code that they name: all of it is in one message of limited size
_MOST_BYTES = MOST_CHARACTERS * 4
_MOST_CODE_BYTES = 500_000
_MOST_QUOTE = 2000  # characters
_REGULAR = "100"  # the start of a regular file's mode: links and submodules are not followed


@dataclass(frozen=True)
class RecordReading:
    """Reads a checkout's records; ``redact`` removes secrets from a text."""

    checkout: Checkout
    parts: ReadingParts
    clock: Clock
    redact: Callable[[str], str]

    def read(self, report: Report) -> FoundRecords:
        """Return the records, except those that the reading of the tree left out, such as hidden files.

        A record that can't be read counts as existing, so that nothing is concluded from its absence.
        """
        until = self.clock.monotonic() + MOST_SECONDS
        entries = self.checkout.tree()
        tree = {entry.path: entry.side for entry in entries if entry.side.mode.startswith(_REGULAR)}
        paths = [path for path in sorted(tree) if is_record_path(path) and make_storable(path) == path]
        left_out = {skipped.path for skipped in report.coverage.skipped}
        files: list[RecordFile] = []
        left = _MOST_BYTES_OF_ALL
        for path in [path for path in paths if path not in left_out][:MOST_RECORDS]:
            left -= tree[path].size or 0
            if self.clock.monotonic() > until or left < 0:
                break
            if record := self._read_record(path, tree, report.head):
                left -= sum(len(anchor.quote) for anchor in record.anchors)
                files.append(record)
        return FoundRecords(tuple(files), frozenset(paths))

    def _read_record(self, path: str, tree: Mapping[str, FileSide], head: str) -> RecordFile | None:
        try:
            self.parts.begin(ReadingPart("record", path))
            content = self._read_small(tree[path], _MOST_BYTES)
        except IncompleteReadingError:
            return None
        record = parse_record(path, content) if content is not None else None
        return self._finish(record, tree, head) if record else None

    def _finish(self, record: RecordFile, tree: Mapping[str, FileSide], head: str) -> RecordFile:
        anchors = [anchor for place in record.places if (anchor := self._find_anchor(place, tree, head))]
        return replace(
            record,
            title=self.redact(record.title),
            texts={slot: self.redact(text) for slot, text in record.texts.items()},
            places=(),
            anchors=tuple(anchors),
        )

    def _find_anchor(self, place: NamedPlace, tree: Mapping[str, FileSide], head: str) -> CodeAnchor | None:
        """Return the place in the code that a record names, or None if the lines don't exist."""
        side = tree.get(place.path)
        try:
            content = self._read_small(side, _MOST_CODE_BYTES) if side else None
        except IncompleteReadingError:
            return None
        lines: Sequence[str] = (content or b"").decode("utf-8", "replace").split("\n")
        quote = "\n".join(lines[place.line_start - 1 : place.line_end])
        if place.line_end > len(lines) or not quote.strip() or len(quote) > _MOST_QUOTE:
            return None
        shown = self.redact(make_storable(quote))
        return CodeAnchor(place.path, head, "head", place.line_start, place.line_end, shown)

    def _read_small(self, side: FileSide, most: int) -> bytes | None:
        """Return a file's bytes, or None if it is too large, or its size is unknown."""
        return self.checkout.read(side) if side.size is not None and side.size <= most else None
