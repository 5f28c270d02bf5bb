"""Reading the files of a change: which may be read, and what signals find on each side of it."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from bot.domain.review import question_selection
from bot.domain.review.citations import SourceText
from bot.domain.review.context import ReadableFile
from bot.domain.review.dependency_files import manifests_above, too_deep_to_parse
from bot.domain.review.diff import SUBMODULE, SYMLINK, FileDiff, FileSide, FileStatus, HunkLine, as_added
from bot.domain.review.file_selection import (
    IgnoreFile,
    SkipReason,
    skip_reason_by_content,
    skip_reason_by_name,
)
from bot.domain.review.notebooks import notebook_fault
from bot.domain.review.paths import shown
from bot.domain.review.question_selection import QuotedHit, SignalScan
from bot.domain.review.report import Concern, Skipped, Trace
from bot.domain.review.signals import SignalScanner, armed, language_of
from bot.domain.review.stack_detection import StackDetector
from bot.domain.review.syntax_trees import why_not_parsed
from bot.domain.review.text_decoding import decode_text, is_mostly_text, readable_strings
from bot.domain.review.unread_files import leaves_a_gap, may_stand_in
from bot.domain.rubrics.overlays import with_packs
from bot.domain.rubrics.rubric import Library
from bot.domain.rubrics.signal_rules import NOTEBOOK
from bot.domain.secrets.detection import Detect, Redactor
from bot.errors import IncompleteReadingError
from bot.ports.checkout import Change, Checkout
from bot.ports.reading import ReadingLimits
from bot.ports.reading_process import ReadingPart
from bot.workflows.review.reading_parts import ReadingParts

IGNORE_FILE, ATTRIBUTES_FILE = ".senseiignore", ".gitattributes"
MOST_IGNORE_BYTES = 64 * 1024
_SAID_OF_ITSELF = frozenset({SkipReason.GENERATED, SkipReason.MINIFIED})
"""What a file's own bytes say, and what is believed: nobody wrote it to be read."""
_COMMIT = re.compile(r"[0-9a-f]{40,64}")

_OTHER_BYTES = frozenset(
    {SkipReason.BINARY, SkipReason.NOT_UTF8}
)  # what is decoded is not what the file holds


@dataclass(frozen=True, slots=True)
class HidingReasons:
    """Why paths are hidden from a reading, by their names and by patterns.

    ``before`` asks the base alone. ``now`` hides what the head's patterns hide as well: a change can hide
    nothing of itself, and what it hides no longer is read at once.
    """

    ignored_before: Callable[[str], bool]
    ignored_now: Callable[[str], bool]
    attributes_before: Mapping[str, frozenset[str]]
    attributes_now: Mapping[str, frozenset[str]] | None

    def before(self, path: str) -> str | None:
        """Return why the base hides a path, or None."""
        if self.ignored_before(path):
            return f"named by {IGNORE_FILE}"
        return _named(self.attributes_before.get(path, frozenset())) or skip_reason_by_name(path)

    def now(self, path: str) -> str | None:
        """Return why a path is still hidden, or None."""
        if self.ignored_now(path):
            return f"named by {IGNORE_FILE}"
        attributes = self.attributes_before.get(path, frozenset())
        if self.attributes_now is not None:
            attributes &= self.attributes_now.get(path, frozenset())
        return _named(attributes) or skip_reason_by_name(path)


def _named(attributes: Iterable[str]) -> str | None:
    return next((f"{attribute} in .gitattributes" for attribute in sorted(attributes)), None)


@dataclass(slots=True)
class FileFindings:
    """What was found in the files of a change."""

    found: list[QuotedHit] = field(default_factory=list)
    secrets: list[Concern] = field(default_factory=list)
    before: list[tuple[SignalScan, SignalScan | None]] = field(default_factory=list)
    fingerprints: set[tuple[str, str]] = field(default_factory=set)
    files: list[ReadableFile] = field(default_factory=list)
    traces: dict[tuple[str, str], Trace] = field(default_factory=dict)  # by stack and top folder
    skipped: list[Skipped] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)  # texts that no signal ran over, without white space
    unseen: bool = False  # something was not even opened
    reasons: list[str] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)  # reasons that are there at any other try
    _gone: tuple[tuple[int, int], list[QuotedHit]] | None = None

    def facts(self) -> list[Concern]:
        """State what looks wrong: secrets first."""
        return [*self.secrets, *question_selection.state_concerns(self.found)]

    def taken(self) -> list[QuotedHit]:
        """Return the evidence that went; not what may stand in what was not read."""
        if self.reasons or self.unseen:
            return []
        read = len(self.before), len(self.unread)
        if self._gone is None or self._gone[0] != read:  # it takes long, and is asked for several times
            self._gone = read, self._look_for_lost()
        return self._gone[1]

    def _look_for_lost(self) -> list[QuotedHit]:
        everywhere = frozenset(self.fingerprints)
        gone = [
            one
            for before, after in self.before
            for one in question_selection.lost_evidence(before, after, everywhere)
        ]
        there = may_stand_in(self.unread, (one.fingerprint[1] for one in gone))
        return [one for one in gone if one.fingerprint[1] not in there]


class FileReading:
    """The files of one checkout, read against every signal; ``gathered`` is what was found."""

    def __init__(  # noqa: PLR0913 - what the world gives
        self,
        checkout: Checkout,
        library: Library,
        detect: Detect,
        limits: ReadingLimits,
        parts: ReadingParts,
        *,
        keep: bool,
    ) -> None:
        """``detect`` scans for secrets; ``keep`` says whether the texts are kept, for a model to read."""
        self._parts = parts
        self._checkout = checkout
        self._limits = limits
        self._keeps = keep
        self._scanner = SignalScanner(armed(with_packs(library.rubric, library.packs).criteria))
        self._detector = StackDetector(library.packs)
        self.redactor = Redactor(detect)
        self.gathered = FileFindings()
        self.on_text: Callable[[str], None] | None = None
        self.notes: tuple[str, ...] = ()
        self._still_ignored: IgnoreFile | None = None

    def hides(self, change: Change) -> HidingReasons:
        """Return what says why a path is hidden: the base's patterns, as far as the head still has them."""
        names = list(dict.fromkeys(name for file in change.files for name in (file.path, file.old_path)))
        self._parts.begin(ReadingPart("attributes"))
        before = self._checkout.attributes(change.hiding_base, names)
        now = None
        touched = any(name.rpartition("/")[2] == ATTRIBUTES_FILE for name in names)
        if touched and _COMMIT.fullmatch(change.head):
            now = self._checkout.attributes(change.head, names)
        self._parts.begin(ReadingPart("ignore"))
        self._ignored.look(names)
        self._still_ignored = self._of_head(change)
        return HidingReasons(self._ignored.names, self._ignores, before, now)

    def _of_head(self, change: Change) -> IgnoreFile | None:
        """Return the head's patterns where the change touches them; None: those of the base hold."""
        file = next((file for file in change.files if IGNORE_FILE in {file.path, file.old_path}), None)
        if file is None or change.base is None or file.unread:
            return None
        if file.new is None or file.path != IGNORE_FILE:
            return IgnoreFile()
        if not file.new.mode.startswith("100") or (file.new.size or 0) > MOST_IGNORE_BYTES:
            return None
        return IgnoreFile.parse(self._checkout.read(file.new).decode("utf-8", "replace"))

    def _ignores(self, path: str) -> bool:
        still = self._still_ignored
        return self._ignored.names(path) and (still is None or still.names(path))

    def read(self, change: Change, file: FileDiff, hides: HidingReasons) -> Skipped | None:
        """Read one file; return what was not read for decisions, and why, or None if it was.

        Raises:
            Incomplete: this clone does not have its content.
        """
        if file.unread:
            raise IncompleteReadingError(file.unread)
        if reason := hides.now(file.path):
            return self._hidden(change, file, reason)
        side = file.new or file.old
        if reason := self.unreadable(file.path, side) if side else "no content":
            return self._not_read(file, reason, None)
        after, head, whole = None, None, False
        if file.new:
            head, unfit = self.text(file.path, change.head, "head", file.new)
            if head is None:
                return self._not_read(file, unfit or "no content", self._checkout.read(file.new))
            whole = _is_whole(change, file) or self._is_first_read(change, file, hides)
            in_question = _in_question(file, whole=whole)
            self.gathered.secrets += question_selection.find_secrets(
                head, in_question, exact=unfit not in _OTHER_BYTES
            )
            if unfit and unfit in _SAID_OF_ITSELF:
                self.gathered.unread.append("".join(head.content.split()))
                return Skipped(path=shown(file.path), reason=unfit)
            if reason := unfit or _unparsable(head.path, head.content):
                return self._not_read(file, reason, self._checkout.read(file.new))
            after = self._scan_head(head, in_question)
        base = self._scan_base(change, file, after, hides)
        self._keep(file, head, base, whole=whole)
        return None

    def _hidden(self, change: Change, file: FileDiff, reason: str) -> Skipped:
        """Look for secrets alone, but not in what the base's patterns name."""
        if file.new and not self.unreadable(file.path, file.new):
            head, unfit = self.text(file.path, change.head, "head", file.new)
            if head:
                # What an ignore file named was not searched for secrets either.
                whole = _is_whole(change, file) or self._ignored.names(file.old_path)
                exact = unfit not in _OTHER_BYTES
                self.gathered.secrets += question_selection.find_secrets(
                    head, _in_question(file, whole=whole), exact=exact
                )
                self.gathered.unread.append("".join(head.content.split()))
        return Skipped(path=shown(file.path), reason=reason)

    def _not_read(self, file: FileDiff, reason: str, data: bytes | None) -> Skipped:
        """Say why a file is not read; what evidence may stand in it does not count as gone."""
        gap = leaves_a_gap(file, data)
        if gap:
            self.gathered.gaps.append(f"{shown(file.path)}: not read ({reason})")
            self.gathered.unseen |= data is None
        if gap and data is not None:
            text = data.decode("utf-8", "replace")
            self.gathered.unread.append("".join(text.split()))
            if self.on_text:
                self.on_text(text)
        return Skipped(path=shown(file.path), reason=reason, unread=gap)

    def _is_first_read(self, change: Change, file: FileDiff, hides: HidingReasons) -> bool:
        """Say whether nobody has read the old side, so that no line of the new one is known.

        It was hidden under its old name, or by a pattern that has gone, or could not be read.
        """
        if change.base is None or file.old is None or file.new is None:
            return False
        if hides.before(file.old_path) or self.unreadable(file.old_path, file.old):
            return True
        if file.old.oid == file.new.oid:
            return False
        if (file.old.size or 0) > self._limits.max_file_bytes:
            return True
        data = self._checkout.read(file.old)
        return (
            skip_reason_by_content(data) is not None
            or _unparsable(file.old_path, data.decode("utf-8")) is not None
        )

    def _keep(self, file: FileDiff, head: SourceText | None, base: SourceText | None, *, whole: bool) -> None:
        """Keep what the model is to read."""
        if self._keeps:
            changed = as_added(file, head.content.encode()) if whole and head else file
            self.gathered.files.append(ReadableFile(changed, head, base))

    @cached_property
    def _ignored(self) -> IgnoreFile:
        data = self._checkout.hiding_file(IGNORE_FILE, MOST_IGNORE_BYTES)
        ignore = IgnoreFile.parse(data.decode("utf-8", "replace") if data else "")
        self.notes += tuple(f"{IGNORE_FILE} is not followed here: {problem}" for problem in ignore.problems)
        return ignore

    def unreadable(self, path: str, side: FileSide) -> str | None:
        """Say why a file is not even opened, by its name, kind and size; None if it may be."""
        if self._ignores(path):
            return f"named by {IGNORE_FILE}"
        if side.mode == SUBMODULE:
            return "submodule"
        if side.mode == SYMLINK:
            return "symbolic link"
        if side.size is not None and side.size > self._limits.max_scan_bytes:
            return f"larger than {_size(self._limits.max_scan_bytes)}: not searched for secrets either"
        return None

    def text(
        self, path: str, commit: str, side: Literal["head", "base"], blob: FileSide
    ) -> tuple[SourceText | None, str | None]:
        """Return a file's text (None: it has none) and why it is unfit to be read for decisions, if it is."""
        data = self._checkout.read(blob)
        unfit: str | None = skip_reason_by_content(data)
        if unfit is SkipReason.BINARY and not is_mostly_text(data):
            self.redactor.learn(readable_strings(data))
            return None, unfit
        if len(data) > self._limits.max_file_bytes:
            unfit = unfit or f"larger than {_size(self._limits.max_file_bytes)}"
        content = decode_text(data)
        return SourceText.of(path, commit, side, content, self.redactor.learn(content)), unfit

    def _scan_head(self, text: SourceText, in_question: Callable[[int], bool]) -> SignalScan:
        scan = question_selection.scan_text(self._scanner, text, in_question)
        self.gathered.found += scan.touched
        self.gathered.fingerprints |= scan.fingerprints
        self._detect(text.path, text.content)
        if self.on_text:
            self.on_text(text.content)
        return scan

    def _scan_base(
        self, change: Change, file: FileDiff, after: SignalScan | None, hides: HidingReasons
    ) -> SourceText | None:
        """Read the old side for evidence that went, and return it if anything is to be read there."""
        wanted = self._keeps or self._scanner.cares_for(file.old_path)
        if not (file.old and change.base and wanted and any(file.removed_lines())):
            return None
        if self.unreadable(file.old_path, file.old) or hides.before(file.old_path):
            return None  # what the base hides was never evidence
        text, unfit = self.text(file.old_path, change.base, "base", file.old)
        if text is None or unfit or _unparsable(text.path, text.content):
            return None
        removed = _numbers(file.removed_lines(), "old")
        before = question_selection.scan_text(self._scanner, text, removed)
        self.gathered.before.append((before, after))
        if after:
            self.gathered.found += question_selection.facts_made_true(before, after)
        return text

    def _detect(self, path: str, content: str) -> None:
        if reason := too_deep_to_parse(path, content):
            self.gathered.reasons.append(f"{shown(path)}, to see which stacks are used: {reason}")
            return
        for trace in self._detector.traces(path, content):
            self.gathered.traces.setdefault((trace.stack, trace.folder), trace)

    def read_dependencies(self, change: Change, expired: Callable[[], bool]) -> None:
        """Look for stacks in the dependency files beside and above what changed, changed or not."""
        self._parts.begin(ReadingPart("dependencies"))
        tree = {entry.path: entry.side for entry in self._checkout.tree()}
        changed = {file.path for file in change.files}
        paths = manifests_above(changed, tree)
        self._ignored.look(paths)
        for n, path in enumerate(paths):
            if expired():
                left = len(paths) - n
                self.gathered.reasons.append(f"{left} dependency files were not read: the time was used up")
                return
            if path in changed and ReadingPart("file", path) in self._parts.left_out:
                continue  # said already
            side = tree[path]
            if self.unreadable(path, side) or (side.size or 0) > self._limits.max_file_bytes:
                continue
            try:
                self._parts.begin(ReadingPart("file", path))
                self._detect(path, self._checkout.read(side).decode("utf-8", "replace"))
            except IncompleteReadingError as missing:
                self.gathered.reasons.append(f"{shown(path)}, to see which stacks are used: {missing}")


def _everything(_line: int) -> bool:
    return True


def _in_question(file: FileDiff, *, whole: bool) -> Callable[[int], bool]:
    return _everything if whole else _numbers(file.added_lines(), "new")


def _is_whole(change: Change, file: FileDiff) -> bool:
    """Say whether a file is read as it stands, not as a change.

    A baseline has no hunks, and git shows none where a side is binary: what was hidden that way is new.
    """
    return not file.hunks and (file.binary or (change.base is None and file.status is FileStatus.ADDED))


def _unparsable(path: str, content: str) -> str | None:
    """Say why a file's code cannot be read, by what is in it."""
    if path.lower().endswith(NOTEBOOK):
        return notebook_fault(content)
    language = language_of(path, content)
    return why_not_parsed(content, language) if language else None


def _numbers(lines: Iterable[HunkLine], side: Literal["old", "new"]) -> Callable[[int], bool]:
    return frozenset(getattr(line, side) for line in lines).__contains__


def _size(size: int) -> str:
    for unit, scale in (("MB", 1024 * 1024), ("kB", 1024)):
        if size >= scale:
            return f"{size / scale:.3g} {unit}"
    return f"{size} bytes"
